"""What of a message's markup the client acts upon, and what is only read."""

import pytest

from tests.fakes.discord.markdown import read

NAMES = {"7": "ann"}


def name_of(user: str) -> str:
    return NAMES.get(user, user)


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("**bold** and *not* __so__ ~~much~~", "bold and not so much"),
        (r"\*\*not bold\*\* a\_b\_c", "**not bold** a_b_c"),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
        ("# Title\n-# small\n> quoted\n- one\n* two", "Title\nsmall\nquoted\n• one\n• two"),
        (r"\# no title", "# no title"),
        ("`**code**` and ```py\nx = '*'\n```", "**code** and x = '*'"),
        ("<@7> <@!7> <@9> <@&7>", "@ann @ann @9 @ann"),
        (r"\<@7\>", "<@7>"),
        ("[label](https://example.com/x)", "label"),
        (r"\[label\](https\://example.com)", "[label](https://example.com)"),
        ("see <https://example.com>.", "see https://example.com."),
    ],
)
def test_markup_is_read_as_the_client_shows_it(markup: str, shown: str) -> None:
    assert read(markup, name_of).text == shown


def test_what_is_not_escaped_acts() -> None:
    found = read("# Big\n**loud** <@7> @everyone https://a.example [b](https://b.example)", name_of)
    assert found.headings == ["Big"]
    assert found.styled == ["loud"]
    assert found.mentions == ["ann", "everybody"]
    assert found.links == ["https://a.example", "https://b.example"]
    loose = read("<a@b.example> a@b.example discord.gg/abc", name_of)
    assert loose.links == ["a@b.example", "discord.gg/abc"]


@pytest.mark.parametrize(
    "markup",
    [
        r"\# Big \*\*loud\*\* \<@7> \@everyone https\://a.example \[b](https\://b.example)",
        "`# Big **loud** <@7> @everyone https://a.example [b](https://b.example)`",
        "@\u200beveryone <\u200b@7>",
    ],
)
def test_what_is_escaped_only_stands_there(markup: str) -> None:
    found = read(markup, name_of)
    assert not found.headings + found.styled + found.mentions + found.links
