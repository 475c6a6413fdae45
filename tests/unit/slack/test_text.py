"""Slack's markup made plain, and our words made harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.platforms.slack.text import cut, escaped, mentions, plain, spoken

OWN = "UBOT"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("<@UBOT> train it", "train it"),
        ("<@UBOT|mltrainer>: train it", "train it"),
        ("hey <@UBOT> train it", "hey train it"),
        ("<@UBOT>\nline one\n  line two", "line one\n  line two"),
        ("<@UBOT> ask <@U2> and <@U3|ben>", "ask @U2 and @ben"),
        ("in <#C2|random> and <#C3>", "in #random and #C3"),
        ("<!channel> <!here|here> <!subteam^S1|@team>", "@channel here @team"),
        ("<https://x.org/d.csv?a=1&amp;b=2>", "https://x.org/d.csv?a=1&b=2"),
        ("<http://x.org|x.org>", "http://x.org"),
        ("<https://x.org/d.csv|the data>", "the data https://x.org/d.csv"),
        ("<mailto:a@b.org|a@b.org>", "a@b.org"),
        ("1 &lt; 2 &amp;amp; 3 &gt; 2", "1 < 2 &amp; 3 > 2"),
        ("h\u200bf_\u2060x\u202e \u00adok", "hf_x ok"),
        ("a\tb\nc", "a\tb\nc"),
        ("<@UBOT>", ""),
        ("1,  2,   3", "1,  2,   3"),
    ],
)
def test_what_a_person_typed(typed: str, said: str) -> None:
    assert spoken(typed, OWN) == said


def test_the_bot_is_named_or_not() -> None:
    assert mentions("hey <@UBOT>", OWN)
    assert mentions("hey <@UBOT|name>", OWN)
    assert not mentions("hey <@UBOT2>", OWN)
    assert not mentions("UBOT", OWN)


@pytest.mark.parametrize("word", ["@channel", "@here", "@everyone", "@group", "@Channel"])
def test_a_call_to_everybody_is_broken(word: str) -> None:
    assert word not in plain(f"hello {word}!")
    assert plain(f"hello {word}!").replace("\u2060", "") == f"hello {word}!"


def test_signs_that_turn_a_line_around_are_taken_out() -> None:
    assert plain("a\u202eb\u2066c\u200bd\x00e\r") == "abcde"
    assert plain("👩\u200d💻 عربي") == "👩\u200d💻 عربي"


@given(st.text())
def test_nothing_that_slack_parses_is_left(text: str) -> None:
    safe = escaped(text)

    assert "<" not in safe
    assert ">" not in safe


@given(st.text(), st.integers(min_value=2, max_value=50))
def test_a_cut_text_fits(text: str, most: int) -> None:
    short = cut(text, most)

    assert len(short.encode("utf-16-le", "surrogatepass")) // 2 <= most
    assert short == text or short.endswith("…")


def test_an_escape_is_not_cut_in_half() -> None:
    assert cut("ab&lt;cd", 6) == "ab…"
