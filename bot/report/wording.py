"""Values as a page shows them: text that cannot play tricks, numbers, shares, names of things."""

import math
import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from pydantic import JsonValue

from bot import words

LONGEST_NAME = 160
LONGEST = 600  # signs of one text; beyond, nobody reads on and a page only grows
_MOST_LISTED = 20
_SURROGATE = "Cs"
# These turn the order of what stands around them, or hide in it: a name could pose as another.
_HIDDEN = frozenset("\u200b\u200e\u200f\u2060\ufeff\u061c\u00ad\u2028\u2029")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_METRICS: Mapping[str, str] = MappingProxyType(
    {
        "macro_f1": "Macro F1",
        "f1": "F1",
        "roc_auc": "ROC AUC",
        "rmse": "RMSE",
        "mae": "MAE",
        "r2": "R²",
        "mase": "MASE",
        "smape": "sMAPE",
        "map": "mAP",
        "map50": "mAP at 50 %",
        "span_f1": "Span F1",
        "rouge1": "ROUGE-1",
        "rouge2": "ROUGE-2",
        "rougeL": "ROUGE-L",
        "bleu": "BLEU",
        "chrf": "chrF",
        "nats_per_char": "Nats a letter",
        "eval_loss": "Loss",
        "davies_bouldin": "Davies-Bouldin",
        "calinski_harabasz": "Caliński-Harabasz",
    }
)


def visible(text: str) -> str:
    """A text on whose look one can rely: hidden and turning characters are shown by their code."""
    return "".join(_shown(sign) for sign in text)


def _shown(sign: str) -> str:
    if sign in "\n\t":
        return sign
    if sign in _HIDDEN or _TURNING.match(sign) or unicodedata.category(sign) in {"Cc", _SURROGATE}:
        return f"⟨U+{ord(sign):04X}⟩"
    return sign


def short(text: str, longest: int = LONGEST) -> str:
    """The text, or its beginning and an ellipsis."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def metric_title(name: str) -> str:
    """`ROC AUC` for roc_auc; a name without a title is spelt out."""
    return _METRICS.get(name) or title(name)


def title(name: str) -> str:
    """`Mean error` for mean_error."""
    spelt = " ".join(name.replace("_", " ").split())
    return spelt[:1].upper() + spelt[1:]


def number(value: float) -> str:
    """As everywhere else in the product; what is no number says so."""
    if math.isnan(value):
        return "not defined"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return words.number(value).replace("-", "\u2212", 1) if value < 0 else words.number(value)


def share(part: float) -> str:
    """`0.4 %`, `12 %`: a tenth only where it matters."""
    percent = 100 * part
    return f"{percent:.1f} %" if 0 < abs(percent) < 10 else f"{percent:.0f} %"  # noqa: PLR2004


def count(rows: int, what: str, *, many: str = "") -> str:
    """`1 row`, `1,204 rows`."""
    return f"{rows:,} {what if rows == 1 else many or what + 's'}"


def listed(names: tuple[str, ...]) -> str:
    """`a, b and c`."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def cell(value: JsonValue) -> str:
    """Any small JSON value as the text of a cell."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return number(value)
        case list():
            more = [f"and {len(value) - _MOST_LISTED} more"] if len(value) > _MOST_LISTED else []
            return ", ".join([*(cell(one) for one in value[:_MOST_LISTED]), *more])
        case dict():
            return ", ".join(f"{key} {cell(one)}" for key, one in value.items())
        case str():
            return short(value)
