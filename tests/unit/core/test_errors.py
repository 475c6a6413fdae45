"""Errors: each says what happened and what to do next."""

import errno

import pytest

from pipeline.errors import (
    Bug,
    MLTrainerError,
    PersonCanFix,
    Rejected,
    TryAgain,
    UnknownName,
    from_unexpected,
)


def test_an_unknown_name_lists_the_known_ones_the_nearest_first() -> None:
    error = UnknownName("column", "labl", ["text", "id", "label"])

    assert error.message == "Unknown column 'labl'."
    assert error.hint == "Known: label, id, text."
    assert error.options == ("label", "id", "text")


def test_a_long_list_of_names_is_cut() -> None:
    error = UnknownName("column", "x", [f"column_{n:03}" for n in range(500)])

    assert error.hint.endswith(", ….")
    assert len(error.options) == 20


def test_an_unknown_name_among_none_says_so() -> None:
    assert UnknownName("job", "j-1", []).hint == "There is no job yet."


def test_a_rejection_without_feedback_feeds_its_message_back() -> None:
    assert Rejected("too wide").feedback == "too wide"
    assert Rejected("too wide", feedback="use 8 columns").feedback == "use 8 columns"


def test_our_own_errors_stay_what_they_are() -> None:
    ours = TryAgain("later")

    assert from_unexpected(ours) is ours


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS])
def test_a_disk_that_refuses_is_for_the_person(code: int) -> None:
    error = from_unexpected(OSError(code, "no", "/data/file"))

    assert isinstance(error, PersonCanFix)
    assert "/data/file" in error.message
    assert "resume" in error.hint


def test_any_other_error_is_our_mistake_and_keeps_its_details_to_the_log() -> None:
    error = from_unexpected(KeyError("hf_token=s3cr3t"))

    assert isinstance(error, Bug)
    assert "s3cr3t" not in error.message + error.hint
    assert "log" in error.hint


def test_every_error_of_the_tree_can_be_caught_as_one() -> None:
    for kind in (PersonCanFix, UnknownName, TryAgain, Rejected, Bug):
        assert issubclass(kind, MLTrainerError)
