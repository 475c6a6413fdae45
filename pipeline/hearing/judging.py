"""The metric that people describe without its name: "rank them", "how far off on average"."""

import re
from collections.abc import Collection, Mapping

from pydantic import JsonValue

from pipeline.hearing.care import spoken_care
from pipeline.hearing.judged_classes import OF_CLASSES
from pipeline.hearing.judged_numbers import OF_NUMBERS


def spoken_judgement(
    words: str, said: Mapping[str, JsonValue], measured: Collection[str]
) -> dict[str, JsonValue]:
    """The wishes with what is to be judged by: a metric named or described, the worse mistake.

    `measured` are the metrics of the task; only where F1 is one of them there are two mistakes.
    """
    wishes = dict(said)
    care = spoken_care(words) if "f1" in measured else None
    if care is not None:
        wishes["care"] = care
    if "metric" not in wishes and (meant := described_metric(words, measured)) is not None:
        wishes["metric"] = meant
    return wishes


def described_metric(words: str, known: Collection[str]) -> str | None:
    """The one of the known metrics that the words describe, or None."""
    plain = words.replace("\u2019", "'")
    for name, patterns in (*OF_CLASSES, *OF_NUMBERS):
        if name in known and any(re.search(one, plain, re.IGNORECASE) for one in patterns):
            return name
    return None
