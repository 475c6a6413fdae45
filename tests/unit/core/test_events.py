"""Events: a closed set of frozen facts, each known by its kind."""

import math
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.events import EVENT, Event, PipelineStarted, ProgressReported, StageStarted
from pipeline.jobs import Frozen, Stage

KINDS: list[type[Frozen]] = list(get_args(get_args(Event)[0]))
OF_THE_SPECIFICATION = {
    *("pipeline_start", "pipeline_end", "stage_start", "stage_end", "stage_failed"),
    *("stage_skipped", "stage_retry", "llm_call", "llm_response", "tool_call", "tool_result"),
    "agent_log",
}


def kind_of(event: type[Frozen]) -> str:
    return str(event.model_fields["kind"].default)


def test_kinds_are_told_apart_and_the_twelve_are_among_them() -> None:
    kinds = [kind_of(event) for event in KINDS]

    assert len(set(kinds)) == len(kinds)
    assert set(kinds) >= OF_THE_SPECIFICATION


@given(st.one_of(*(st.from_type(event) for event in KINDS)))
def test_every_event_is_read_back_as_it_was_written(event: Event) -> None:
    written = event.model_dump_json()

    assert EVENT.validate_json(written).model_dump_json() == written


def test_a_number_that_is_none_is_still_read_back() -> None:
    lost = ProgressReported(stage=Stage.MONITOR, step="train", numbers={"loss": math.nan})

    read = EVENT.validate_json(lost.model_dump_json())

    assert isinstance(read, ProgressReported)
    assert math.isnan(read.numbers["loss"])


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValidationError, match="kind"):
        EVENT.validate_python({"kind": "stage_exploded"})


def test_what_happened_cannot_be_changed() -> None:
    event = StageStarted(stage=Stage.DATASET, attempt=1)

    with pytest.raises(ValidationError, match="frozen"):
        event.attempt = 2  # type: ignore[misc]


def test_an_event_says_its_kind_in_what_is_saved() -> None:
    assert PipelineStarted(words="hi").model_dump() == {"kind": "pipeline_start", "words": "hi"}
