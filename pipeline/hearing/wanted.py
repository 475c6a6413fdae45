"""Which of two classes a person wants to be found: the positive one."""

import re

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.hearing.likeness import likeness, name_words, words_of
from pipeline.hearing.naming import MODIFIERS

_YES = frozenset(
    (
        *("1", "1.0", "true", "yes", "y", "t", "on", "ja", "j", "oui", "si", "sí", "sim", "да"),
        *("tak", "ano", "evet", "positive", "pos"),
    )
)
# What is looked for where the words do not say it: what goes wrong.
_SOUGHT = frozenset(
    (
        *("fraud", "fraudulent", "spam", "malignant", "default", "defaulted", "churn", "churned"),
        *("failure", "failed", "fail", "defect", "defective", "faulty", "broken", "abnormal"),
        *("anomaly", "attack", "sick", "ill", "diseased", "infected", "died", "dead", "bad"),
        *("late", "delayed", "cancelled", "canceled", "left", "phishing", "fake", "toxic"),
    )
)
_SAME = 0.9  # of a word and how it may be misspelt
_NOT = (
    r"(?:\bnot|n't|\bnever|\bno\s+longer|\bfail(?:s|ed)?\s+to|\brefuses?\s+to"
    r"|\bwithout|\bstop(?:s|ped)?)"
)
_OR_NOT = re.compile(r"\bor\s+(?:\w+\s+){0,3}?(?:not|won't|don't|doesn't)\b", re.IGNORECASE)


def positive_of(report: DataReport, words: str) -> str | None:
    """The one of two labels that is wanted; None where there are not two.

    The one that says yes, or no where the words ask who does not; else the one that the words
    name alone; else what goes wrong; else the rarer.
    """
    target = report.roles.get("target")
    column = report.column(target) if isinstance(target, str) else None
    if column is None or column.unique != 2 or not column.top:  # noqa: PLR2004 - two labels
        return None
    labels = [label for label, _ in column.top]
    yes = [label for label in labels if label.lower() in _YES]
    if len(yes) == 1:
        others = [label for label in labels if label not in yes]
        return others[0] if others and _asks_who_does_not(column, words) else yes[0]
    for wanted in (
        [label for label in labels if _is_named(label, words)],
        [label for label in labels if label.lower() in _SOUGHT],
    ):
        if len(wanted) == 1:
            return wanted[0]
    return labels[-1]


def _asks_who_does_not(column: ColumnReport, words: str) -> bool:
    """Whether the words ask for those who do not: "who will not renew" of `renewed`."""
    plain = _OR_NOT.sub(" ", words.replace("\u2019", "'"))
    for found in re.finditer(rf"{_NOT}\s+((?:\w+\s+){{0,2}}\w+)", plain, re.IGNORECASE):
        spoken = words_of(found[1])
        own = [word for word in name_words(column.name) if word not in MODIFIERS]
        if any(likeness(word, one) >= _SAME for word in own for one in spoken):
            return True
    return False


def _is_named(label: str, words: str) -> bool:
    """Whether the words hold the whole label; a number or a letter is no name."""
    wanted, spoken = words_of(label), words_of(words)
    if len(label) < 2 or label.isdigit() or not wanted:  # noqa: PLR2004 - a letter
        return False
    return any(
        all(likeness(one, said) >= _SAME for one, said in zip(wanted, spoken[at:], strict=False))
        for at in range(len(spoken) - len(wanted) + 1)
    )
