"""Which task the words and the data together mean: every reading with a score and a reason."""

from dataclasses import dataclass

from pipeline.artifacts import DataReport
from pipeline.hearing.likeness import likeness
from pipeline.hearing.phrases import hear
from pipeline.jobs import TaskType
from pipeline.recipe import Evidence, Recipe, find_task

_A_TIE = 0.04
_ENOUGH = 0.12
_HEARD = 0.3
_LONG = 6
_UNHEARD = 0.45  # of the evidence's score is left where the words say nothing of a task


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand the request: score from 0 to 1, the reason, and the likely targets.

    `heard` is how clearly the words speak of the task, `named` whether they call it by its name,
    `data` what the data says; `supported` is False where nothing points to any of the targets.
    """

    task: TaskType
    score: float
    reason: str
    trainable: bool
    heard: float
    named: bool
    data: str
    targets: tuple[str, ...] = ()
    supported: bool = True


def read(task: TaskType, words: str, report: DataReport) -> Reading:
    """How well words and data together suit one task; data that cannot be it rules it out."""
    known = find_task(task)
    name = task.replace("_", " ")
    heard = hear(words, (name, *known.words), known.hints)
    evidence = known.evidence(report, words)
    score = evidence.score * (_UNHEARD + (1 - _UNHEARD) * heard.clearness)
    said = f"you said “{heard.found[0]}”" if heard.found else ""
    told = evidence.reason[:1].lower() + evidence.reason[1:] if said else evidence.reason
    reason = " and ".join(part for part in (said, told) if part)
    return Reading(
        task,
        round(score, 4),
        reason,
        isinstance(known, Recipe),
        heard=heard.clearness,
        named=any(_is_name(phrase, name) for phrase in heard.found),
        data=evidence.reason,
        targets=_targets(evidence),
        supported=evidence.supported,
    )


def _targets(evidence: Evidence) -> tuple[str, ...]:
    chosen = evidence.roles.get("target", ())
    first = (chosen,) if isinstance(chosen, str) else chosen
    return tuple(dict.fromkeys((*first, *evidence.doubts.get("target", ()))))


def _is_name(phrase: str, name: str) -> bool:
    """Whether a phrase is a form of the task's own name: translate, summarize, forecasts."""
    own = [word for word in name.split() if len(word) >= _LONG]
    return any(likeness(one, said) > 0 for one in own for said in phrase.split())


def readings(words: str, report: DataReport, tasks: tuple[TaskType, ...]) -> tuple[Reading, ...]:
    """All readings, the best first."""
    found = (read(task, words, report) for task in tasks)
    return tuple(sorted(found, key=lambda reading: -reading.score))


def equally_good(ranked: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """The readings that nothing tells apart: one when the request is clear."""
    best = ranked[0]
    possible = tuple(reading for reading in ranked if reading.score > 0)
    if best.score < _ENOUGH:
        return possible or ranked
    return tuple(reading for reading in possible if best.score - reading.score <= _A_TIE)


def ruled_out(ranked: tuple[Reading, ...]) -> Reading | None:
    """A task that the words call by its name, though the data cannot be it and the best is none."""
    if ranked[0].heard >= _HEARD:
        return None
    return next((reading for reading in ranked if reading.score == 0 and reading.named), None)
