"""The metric that a person cares about, by the names that the field uses."""

import re

_NAMES = (
    ("macro_f1", r"macro[\s-]?(?:averaged\s+)?f1"),
    ("f1", r"f[\s-]?1(?:[\s-]?score)?|f[\s-]score"),
    ("roc_auc", r"(?:roc[\s-]?)?auc(?:[\s-]?roc)?|auroc"),
    ("log_loss", r"log[\s-]?loss|cross[\s-]?entropy"),
    ("rmse", r"rmse|root\s+mean\s+squared?\s+error"),
    ("mae", r"mae|mean\s+absolute\s+error"),
    ("r2", r"r2|r\^2|r[\s-]squared"),
    ("smape", r"smape|symmetric\s+mape"),
    ("mape", r"mape"),
    ("mase", r"mase"),
    ("map50", r"map@?\.?50"),
    ("map", r"map@[\d.:]+|mean\s+average\s+precision"),
    ("bleu", r"bleu"),
    ("chrf", r"chrf"),
    ("rougeL", r"rouge[\s-]?l"),
    ("rouge2", r"rouge[\s-]?2"),
    ("rouge1", r"rouge(?:[\s-]?1)?"),
    ("perplexity", r"perplexity"),
    ("silhouette", r"silhouette"),
    ("span_f1", r"(?:span|entity)[\s-]f1"),
)
# Everyday words, a metric only where the person speaks of judging.
_EVERYDAY = (
    ("recall", r"recall|sensitivity"),
    ("precision", r"precision"),
    ("accuracy", r"accuracy"),
)
_JUDGING = (
    r"(?:optimi[sz]\w*|maximi[sz]\w*|minimi[sz]\w*|judged?|measured?|scored?|report\w*|metric|evaluat\w*"
    r"|care\w*|focus\w*|tune\w*|go\s+for|best|highest|good|high)\s+(?:\w+\s+){0,3}?"
)
_MATTERS = r"\s+(?:is\s+what\s+)?(?:matters|counts|is\s+(?:the\s+)?(?:metric|important|key))"


def named_metric(words: str) -> str | None:
    """The metric's fixed name, or None."""
    for name, pattern in _NAMES:
        if re.search(rf"(?<![\w-])(?:{pattern})(?![\w-])", words, re.IGNORECASE):
            return name
    for name, pattern in _EVERYDAY:
        said = rf"{_JUDGING}(?:{pattern})\b|\b(?:{pattern}){_MATTERS}"
        if re.search(said, words, re.IGNORECASE):
            return name
    return None
