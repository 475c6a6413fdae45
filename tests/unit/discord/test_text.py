"""Text from and to Discord: nothing that stands on a card pings, links or formats."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.plain_text import cut, plain, units
from adapters.platforms.discord import cards
from adapters.platforms.discord.text import escaped, fenced, fitted, spoken
from pipeline.jobs import Actor
from pipeline.ports.chat import Action, Card, Row, StageLine
from tests.fakes.discord import markdown

OWNER = Actor(platform="discord", space="", id="42")
SIGNS = "\\*_~|`<>@[]():#-+.!/&=^ \n\t019aehrvyon"
LIVE = (
    *("<@42>", "<@!42>", "<@&7>", "<#9>", "@everyone", "@here", "<:smile:1>", "<t:1:R>", "</a:1>"),
    *(
        "https://evil.example",
        "<https://evil.example>",
        "[x](https://evil.example)",
        "discord.gg/a",
    ),
    *(
        "**b**",
        "__u__",
        "*i*",
        "_i_",
        "~~s~~",
        "||h||",
        "`c`",
        "```\nc\n```",
        "# h",
        "## h",
        "-# s",
    ),
    *("> q", ">>> q", "- a", "* a", "+ a", "1. a", "12) a", "\\", "a\\", "\\*b*", "www.a.example"),
)
texts = st.one_of(
    st.text(alphabet=SIGNS, max_size=60),
    st.lists(st.sampled_from(LIVE), max_size=4).map(" ".join),
    st.lists(st.sampled_from(LIVE), max_size=4).map("\n".join),
    st.text(max_size=40),
)


def name_of(user: str) -> str:
    return f"user{user}"


def is_dead(markup: str) -> markdown.Reading:
    """What a client reads, which is nothing but text."""
    read = markdown.read(markup, name_of)
    assert [*read.links, *read.mentions, *read.headings, *read.styled] == []
    return read


@given(texts)
@example("@everyone <@42> https://evil.example")
@example("1. # > - **a**")
def test_an_escaped_text_is_read_as_it_was_written(text: str) -> None:
    read = is_dead(escaped(text))

    assert read.text.replace("\N{WORD JOINER}", "") == plain(text).replace("\N{WORD JOINER}", "")


@given(texts, st.integers(min_value=1, max_value=50))
def test_a_text_that_was_cut_is_harmless_too(text: str, most: int) -> None:
    short = fitted(text, most)

    is_dead(short)
    assert units(short) <= most


@given(texts)
def test_a_block_of_code_is_never_ended_from_inside(text: str) -> None:
    assert "``" not in fenced(text)


@given(
    title=texts,
    body=texts,
    other=texts,
    tone=st.sampled_from(["info", "good", "bad", "waiting"]),
    notify=st.booleans(),
)
def test_a_card_styles_only_what_it_means_to(
    title: str, body: str, other: str, tone: str, *, notify: bool
) -> None:
    card = Card.model_validate(
        {
            "title": title,
            "body": body,
            "facts": ((other, body), (title, other)),
            "stages": (StageLine(title=other, state="failed", note=body),),
            "log": (other, body),
            "rows": (Row(title=title, text=other),),
            "actions": (Action(id="x", label=title),),
            "tone": tone,
        }
    )
    whom = OWNER if notify else None
    markups = [str(part["content"]) for part in parts_of(card, whom) if part["type"] == 10]
    reads = [markdown.read(one, name_of) for one in [*markups, cards.content(card, whom)]]
    mentions = [name for read in reads for name in read.mentions]

    assert [link for read in reads for link in read.links] == []
    assert set(mentions) <= ({"42", "user42", "@user42"} if notify else set())
    assert len(mentions) == (2 if notify else 0)


def parts_of(card: Card, notify: Actor | None = None) -> list[dict[str, object]]:
    """Every component, in reading order."""
    found: list[dict[str, object]] = []
    waiting = [dict(one) for one in cards.components(card, notify)]
    while waiting:
        one = waiting.pop(0)
        found.append(one)
        inside = one.get("components")
        waiting = [*(inside if isinstance(inside, list) else []), *waiting]
    return found


LONG = "long **words** and `signs` " * 300


@pytest.mark.parametrize("rows", [0, 3, 10, 15])
@pytest.mark.parametrize("buttons", [0, 1, 2])
def test_a_card_of_any_size_fits(rows: int, buttons: int) -> None:
    action = Action(id="act", label=LONG, argument="j-abcd1234")
    card = Card(
        title=LONG,
        body=LONG,
        facts=tuple((LONG, LONG) for _ in range(20)),
        stages=tuple(StageLine(title=LONG, state="done", note=LONG) for _ in range(9)),
        log=(LONG,) * 50,
        rows=tuple(
            Row(title=f"job {one}", text="x", actions=(action,) * buttons) for one in range(rows)
        ),
        actions=(action,) * 7,
        tone="bad",
    )
    parts = parts_of(card, OWNER)
    ids = [one["custom_id"] for one in parts if "custom_id" in one]

    assert len(parts) <= 40
    assert sum(units(str(one["content"])) for one in parts if one["type"] == 10) <= 4000
    assert len(set(ids)) == len(ids)
    assert units(cards.content(card, OWNER)) <= 2000


def test_rows_that_have_no_room_for_buttons_are_still_read() -> None:
    action = Action(id="act", label="Open", argument="j")
    rows = tuple(Row(title=f"job {one}", actions=(action, action)) for one in range(10))
    parts = parts_of(Card(title="Your jobs", rows=rows, actions=(action,)))
    said = "\n".join(str(one["content"]) for one in parts if one["type"] == 10)

    assert all(f"job {one}" in said for one in range(10))
    assert len(parts) <= 40


def test_a_button_that_discord_would_refuse_is_left_out() -> None:
    actions = (
        Action(id="a", label="Long", argument="x" * 100),
        Action(id="b", label="Odd", url="javascript:alert(1)"),
        Action(id="c", label="Far", url="https://a.example/" + "x" * 600),
        Action(id="d", label="Fine", url="https://a.example"),
    )
    parts = parts_of(Card(title="t", actions=actions))

    assert [one["label"] for one in parts if one["type"] == 2] == ["Fine"]


@pytest.mark.parametrize("said", ["", "a", "a:1", "x:1:go:now", "a:one:go:", "f:form:state"])
def test_a_button_of_somebody_else_is_none_of_ours(said: str) -> None:
    assert cards.button_of(said) is None


def test_a_button_keeps_every_sign_of_its_argument() -> None:
    assert cards.button_of(cards.custom_id("?", 3, "go", "a:b c")) == ("?", "go", "a:b c")


def test_what_arrives_is_made_plain() -> None:
    names = {"@2": "ben", "@&3": "team", "#4": "data"}
    said = spoken(
        "<@1> ask <@!2> of <@&3> in <#4> <a:ok:5> </go:6> <@9>\u202e!", frozenset({"@1"}), names
    )

    assert said == "ask @ben of @team in #data :ok: /go @9!"


def test_a_message_of_signs_alone_takes_no_time() -> None:
    assert spoken("<@" * 100_000, frozenset(), {}) == "<@" * 100_000
    assert units(escaped(" " * 50_000 + "-")) == 50_002


def test_what_is_cut_ends_with_an_ellipsis() -> None:
    assert cut("short", 10) == "short"
    assert cut("much too long", 5) == "much…"
    assert units(cut("😀" * 10, 5)) <= 5
