"""A fair order among people: what may be driven next, and how much of one person."""

from collections import Counter
from dataclasses import replace

from adapters.agenda import Due
from adapters.turns import Limits, in_turn, together
from pipeline.jobs import JobId

LIMITS = Limits(at_once=8, per_person=3)


def due(owners: str) -> list[Due]:
    """Jobs in the order they wait, named after their owner's letter."""
    return [Due(JobId(f"{owner}{at}"), owner) for at, owner in enumerate(owners)]


def test_everybodys_first_job_goes_before_anybodys_second() -> None:
    turns = in_turn(due("aaab"), Counter(), LIMITS)

    assert [one.job_id for one in turns] == ["a0", "b3", "a1", "a2"]


def test_a_person_has_no_more_turns_than_the_limit_with_those_under_way() -> None:
    turns = in_turn(due("aaaab"), Counter(a=2), LIMITS)

    assert [(one.job_id, one.rank) for one in turns] == [("b4", 0), ("a0", 2)]


def test_a_person_at_the_limit_waits() -> None:
    assert in_turn(due("aa"), Counter(a=3), LIMITS) == []


def test_looks_are_handed_out_together_and_anything_else_alone() -> None:
    turns = [replace(one, is_look=one.owner == "a") for one in due("abaaba")]

    handed = [[one.job_id for one in some] for some in together(turns, 3)]

    assert handed == [["b1"], ["b4"], ["a0", "a2", "a3"], ["a5"]]
