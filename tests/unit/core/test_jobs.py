"""Ids, people and secret references."""

import pytest

from pipeline.jobs import Actor, JobStatus, is_job_id, new_job_id
from pipeline.secrets import SecretRef


def test_job_ids_have_their_shape_and_differ() -> None:
    ids = {new_job_id() for _ in range(500)}

    assert len(ids) == 500
    assert all(is_job_id(one) for one in ids)


@pytest.mark.parametrize("text", ["j-ABCDEFGH", "j-1234567", "j-123456789", "x-12345678", ""])
def test_other_texts_are_no_job_ids(text: str) -> None:
    assert not is_job_id(text)


def test_only_a_runnable_job_is_unsettled() -> None:
    assert [status for status in JobStatus if not status.settled] == [JobStatus.RUNNABLE]


def test_a_person_is_the_same_under_another_name() -> None:
    ann = Actor(platform="slack", space="T1", id="U1", name="ann")

    assert ann.key == ann.model_copy(update={"name": "Ann B.", "admin": True}).key


def test_a_secret_travels_as_its_reference() -> None:
    reference = SecretRef("huggingface", "7f3a00ff")

    assert SecretRef.parse(str(reference)) == reference
    with pytest.raises(ValueError, match="secret:<kind>:<id>"):
        SecretRef.parse("hf_abcdefgh")
