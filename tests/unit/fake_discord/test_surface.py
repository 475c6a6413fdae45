"""People have the same hands and eyes on every platform, so that one story fits all."""

import inspect
from dataclasses import fields

import pytest

from tests.fakes import discord, people, slack

ONLY_ON_SLACK = {"home", "open_home", "shortcut"}
OF_FAKES = {"add_channel", "archive", "calls", "calls_of", "delay", "everything_sent", "fail"}
OF_FAKES |= {"lose_answer", "lost_events", "messages", "pass_time", "person", "remove", "settle"}
OF_FAKES |= {"stop_failing", "wait_for_answers"}


def surface(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


def taken(kind: type, method: str) -> list[str]:
    """What a method takes by position; a name may be another where the thing is."""
    found = inspect.signature(getattr(kind, method)).parameters.values()
    return [one.name for one in found if one.kind is one.POSITIONAL_OR_KEYWORD]


def test_a_person_can_do_the_same() -> None:
    assert surface(slack.Person) - ONLY_ON_SLACK <= surface(discord.Person)


@pytest.mark.parametrize("method", sorted(surface(slack.Person) - ONLY_ON_SLACK - {"slack", "id"}))
def test_a_person_does_it_in_the_same_words(method: str) -> None:
    ours, theirs = taken(discord.Person, method), taken(slack.Person, method)
    assert ours == ["where" if one == "channel" and method == "command" else one for one in theirs]


def test_what_is_seen_has_the_same_parts() -> None:
    for ours, theirs in ((discord.Seen, slack.Seen), (discord.SeenView, slack.SeenView)):
        known = {one.name for one in fields(theirs)}
        assert known <= {one.name for one in fields(ours)}
    assert isinstance(discord.Seen.root, property)


def test_the_fakes_are_arranged_and_asked_the_same_way() -> None:
    assert surface(discord.FakeDiscord) >= OF_FAKES <= surface(slack.FakeSlack)


def test_what_people_attach_and_how_they_fail_is_one_for_all() -> None:
    for name in ("Upload", "NotAnswered", "NotThere"):
        assert getattr(slack, name) is getattr(discord, name) is getattr(people, name)
