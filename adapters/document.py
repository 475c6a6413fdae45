"""A job's context as the text in its row: written so that it can be read back, for good."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ValidationError

from pipeline.artifacts import Run
from pipeline.context import SCHEMA_VERSION, JobContext
from pipeline.errors import Bug, PersonCanFix

Document = dict[str, Any]
_PRESENT = f'{{"schema_version":{SCHEMA_VERSION},'  # how `write` begins: no need to look inside

STEPS: Mapping[int, Callable[[Document], Document]] = MappingProxyType({})
"""By version: turns a document of that schema into one of the next."""


class Unreadable(PersonCanFix):
    """The saved document is damaged; this job is lost, the others are not."""


class _Part(BaseModel):
    """What is looked at of the documents of many jobs at once."""

    run: Run | None = None


def at_runtime(name: str) -> str:
    """What the text of every job holds whose run is at that runtime, and hardly another's."""
    return f'"run":{{"runtime":"{name}",'


def run_of(text: str) -> Run | None:
    """The run in a document; None where there is none, or none that can be read."""
    try:
        return _Part.model_validate_json(text).run
    except ValidationError:
        return None


def write(context: JobContext) -> tuple[str, JobContext]:
    """Text to save, and the context as it will be read back; Bug when it could not be."""
    text = context.model_dump_json(warnings=False)
    try:
        return text, JobContext.model_validate_json(text)
    except ValidationError as error:
        message = f"Job {context.job_id} was about to be saved in a form that cannot be read."
        raise Bug(message, hint=_first(error)) from error


def read(job_id: str, text: str) -> JobContext:
    """Read a document of this or an older schema; Unreadable when it is damaged.

    PersonCanFix when a newer mltrainer wrote it: that one can still read it.
    """
    try:
        if not text.startswith(_PRESENT):
            text = _brought_up(job_id, text)
        return JobContext.model_validate_json(text)
    except ValidationError as error:
        raise _damaged(job_id, _first(error)) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _damaged(job_id, f"{type(error).__name__}: {error}") from error


def _brought_up(job_id: str, text: str) -> str:
    document = json.loads(text)
    version = document["schema_version"]
    if version > SCHEMA_VERSION:
        raise _newer(job_id, version)
    return json.dumps(_upgraded(document, version)) if version < SCHEMA_VERSION else text


def _upgraded(document: Document, version: int) -> Document:
    for step in range(version, SCHEMA_VERSION):
        document = STEPS[step](document) | {"schema_version": step + 1}
    return document


def _newer(job_id: str, version: int) -> PersonCanFix:
    return PersonCanFix(
        f"Job {job_id} was saved by a newer mltrainer (schema {version}, here {SCHEMA_VERSION}).",
        hint="Update mltrainer, then go on with the job.",
    )


def _damaged(job_id: str, why: str) -> Unreadable:
    return Unreadable(
        f"The saved record of job {job_id} is damaged ({why}).",
        hint="Start this job anew, or put a backup of the database in its place.",
    )


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in first['loc']) or 'document'}: {first['msg']}"
