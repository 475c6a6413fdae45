"""Which task the words and the data together mean: every reading with a score and a reason."""

import re
from dataclasses import dataclass

from pipeline.artifacts import DataReport
from pipeline.jobs import TaskType
from pipeline.recipe import find_recipe, known_recipes

_WORDS_FOR_TASKS_TO_COME: dict[str, tuple[str, ...]] = {
    "tabular_regression": ("regression", "how much", "price", "estimate", "amount", "value of"),
    "image_classification": ("image", "images", "photo", "photos", "picture", "pictures"),
    "image_regression": ("count in the photo", "from a picture", "image regression"),
    "object_detection": ("detect objects", "detector", "bounding box", "boxes", "object detection"),
    "text_generation": ("generate text", "write like", "language model", "text generation"),
    "token_classification": ("named entities", "ner", "entities", "tag words"),
    "summarization": ("summarize", "summarise", "summary", "summaries", "tldr", "shorten"),
    "translation": ("translate", "translation", "translator"),
    "llm_finetuning": ("fine-tune", "finetune", "fine tune", "lora", "qlora", "instruction"),
    "time_series_forecasting": (
        "forecast",
        "forecasting",
        "next month",
        "next year",
        "time series",
    ),
    "clustering": ("cluster", "clusters", "clustering", "segment", "segments", "group similar"),
}
_WORDS_WEIGH = 0.55
_EVIDENCE_WEIGHS = 0.45
_A_TIE = 0.04
_ENOUGH = 0.2
_CANNOT_BE = 0.1


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand the request: score from 0 to 1, and the reason."""

    task: TaskType
    score: float
    reason: str
    trainable: bool


def normal(words: str) -> str:
    """Lower case, single spaces, punctuation other than hyphens gone."""
    return re.sub(r"[^\w\s-]+|\s+", " ", words.lower()).strip()


def _heard(words: str, task: str, phrases: tuple[str, ...]) -> tuple[float, list[str]]:
    """How clearly the words name a task, and the phrases that do."""
    text = f" {normal(words)} "
    if f" {task.replace('_', ' ')} " in text or f" {task} " in text:
        return 1.0, [task.replace("_", " ")]
    found = [phrase for phrase in phrases if f" {phrase} " in text]
    return 1 - 0.4 ** len(found), found


def _read(task: TaskType, words: str, report: DataReport) -> Reading:
    trainable = task in known_recipes()
    phrases = find_recipe(task).words if trainable else _WORDS_FOR_TASKS_TO_COME.get(task, ())
    heard, found = _heard(words, task, phrases)
    evidence = find_recipe(task).evidence(report, normal(words)) if trainable else None
    score = _WORDS_WEIGH * heard + _EVIDENCE_WEIGHS * (evidence.score if evidence else heard / 2)
    if evidence is not None and evidence.score < _CANNOT_BE:
        score *= evidence.score / _CANNOT_BE  # words alone do not make data suit a task
    said = f"you said “{found[0]}”" if found else ""
    reason = " and ".join(part for part in (said, evidence.reason if evidence else "") if part)
    return Reading(task, score, reason or "nothing points to it", trainable)


def readings(words: str, report: DataReport, tasks: tuple[TaskType, ...]) -> tuple[Reading, ...]:
    """All readings, the best first."""
    found = (_read(task, words, report) for task in tasks)
    return tuple(sorted(found, key=lambda reading: -reading.score))


def equally_good(ranked: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """The readings that nothing tells apart: one when the request is clear, none when it is not."""
    best = ranked[0]
    if best.score < _ENOUGH:
        return tuple(reading for reading in ranked if reading.trainable)
    return tuple(reading for reading in ranked if best.score - reading.score <= _A_TIE)
