"""Wishes said in passing: "20 epochs", "lr 1e-3", "keep it private", "in 10 minutes"."""

import re
from collections.abc import Iterator

from pydantic import JsonValue

from pipeline.hearing import metrics, models, numbers
from pipeline.hearing.likeness import mended
from pipeline.hearing.numbers import COUNT, DECIMAL, PART, UNIT, find, share, value
from pipeline.hearing.spoken import clauses

Wish = tuple[str, JsonValue]
_IS = r"\s*(?:of|=|:|to|is|at|around|about)?\s*"

_OF_THEM = r"of\s+(?:it|the\s+\w+|them|all)"

_WHOLE = (
    ("hyperparameters.epochs", rf"({COUNT})\s*(?:training\s+)?(?:epochs?|epocs?|ephocs?)\b"),
    ("hyperparameters.epochs", rf"\bepochs?{_IS}(\d+)"),
    ("hyperparameters.batch_size", rf"\bbatch(?:[\s-]?size|es)?{_IS}(\d+)"),
    ("hyperparameters.gradient_accumulation_steps", rf"\baccumulat\w+(?:\s+steps)?{_IS}(\d+)"),
    ("hyperparameters.early_stopping_patience", rf"\bpatience{_IS}(\d+)"),
    ("hyperparameters.early_stopping_patience", r"\bearly[\s-]stop\w*\s+after\s+(\d+)"),
    ("hyperparameters.seed", rf"\b(?:random[\s-])?seed{_IS}(\d+)"),
    (
        "hyperparameters.clusters",
        rf"\b({COUNT})\s+(?:\w+\s+)?(?:clusters?|segments?|groups?|personas?|kinds|sorts|types|bunches)\b",
    ),
    ("hyperparameters.clusters", r"\bk\s*=\s*(\d+)"),
    ("peft.lora_r", r"\b(?:lora[\s_-]*)?(?:r\s*(?:=|:|of)|rank\s*(?:=|:|of)?)\s*(\d+)"),
    ("peft.lora_alpha", rf"\b(?:lora[\s_-]*)?alpha{_IS}(\d+)"),
)
_PARTS = (
    ("hyperparameters.learning_rate", rf"\b(?:lr|learning[\s-]?rate){_IS}({DECIMAL})"),
    (
        "hyperparameters.learning_rate",
        rf"({DECIMAL})\s+(?:as\s+)?(?:the\s+)?(?:lr|learning[\s-]?rate)\b",
    ),
    ("hyperparameters.weight_decay", rf"\bweight[\s-]?decay{_IS}({DECIMAL})"),
    ("hyperparameters.warmup_ratio", rf"\bwarm[\s-]?up(?:\s+ratio)?{_IS}({DECIMAL}%?)"),
    ("hyperparameters.max_grad_norm", rf"\b(?:clip\w*|max)\s+grad\w*(?:\s+norm)?{_IS}({DECIMAL})"),
    ("peft.lora_dropout", rf"\b(?:lora[\s_-]*)?dropout{_IS}({DECIMAL}%?)"),
    (
        "dataset.test_split",
        rf"\b(?:hold|keep|set|leave|put)\w*\s+(?:out|back|aside)\s+(?:a\s+)?{PART}",
    ),
    (
        "dataset.test_split",
        rf"\btest\w*\s+(?:on|with|split\s+of|share\s+of|set\s+of|size(?:\s+of)?|is|=|:)\s+(?:a\s+)?{PART}",
    ),
    (
        "dataset.test_split",
        rf"{PART}\s+(?:{_OF_THEM}\s+)?(?:for|as|in|into|to)\s+(?:a\s+|the\s+)?(?:test|hold)",
    ),
    (
        "dataset.test_split",
        rf"{PART}\s+(?:test|held[\s-]?out|hold[\s-]?out)\b(?!\s*(?:score|result))",
    ),
    ("dataset.val_split", rf"{PART}\s+(?:for\s+|as\s+)?(?:a\s+|the\s+)?validation\b"),
    ("dataset.train_split", rf"\btrain\w*\s+(?:on|with|split\s+of)\s+(?:a\s+)?{PART}(?!\s+test)"),
)
_CHOICES = (
    ("hyperparameters.optimizer", r"\b(adamw|adafactor|adam|sgd)\b"),
    (
        "hyperparameters.lr_scheduler",
        r"\b(cosine|linear|constant)\s+(?:lr\s+)?(?:sched|decay|anneal)",
    ),
)
_PRIVATE = (
    r"\bprivate(?:ly)?\s+(?:(?:hugging\s*face|hf|hub)\s+)?(?:repo\w*|model|space|hub|please|pls)\b"
    r"|\b(?:keep|make|made|kept|stay|be|is)\s+"
    r"(?:(?:it|this|that|them|everything|the\s+\w+)\s+)?private\b"
    r"|\bnot?\s+(?:make\s+it\s+)?public\b|n't\s+(?:make|publish)\s+(?:it\s+)?public"
    r"|\bpublish\w*\s+(?:it\s+)?privately\b"
    r"|(?:^|[,;.(]\s*)private(?:ly)?\s*(?:[,;.!)]|$)"
)
_PUBLIC = r"\b(?:make\s+it|keep\s+it|should\s+be)\s+public\b|\bpublic\s+repo"
_UNPUBLISHED = (
    r"(?:\b(?:no|not|never|without)|n'?t|\bdo\s?nt)\s+(?:need\s+to\s+|want\s+to\s+)?"
    r"(?:deploy|publish|upload|push)(?!\w*\s+(?:it\s+)?public)"
    r"|\bno\s+(?:deployment|publishing|upload)\b|\blocal(?:ly)?\s+only\b"
    r"|\b(?:keep|stays?|leave)\s+(?:it\s+)?"
    r"(?:local|here|on\s+(?:this|my)\s+(?:machine|computer|laptop))\b"
)
_PUBLISHED = (
    r"\b(?:publish|deploy|upload|push)\s+(?:it|this|the\s+\w+)\b"
    r"|\b(?:put|push|upload)\w*\s+(?:it\s+)?(?:in|on|to)\s+(?:\w+\s+){0,2}(?:hugging\s*face|hub)\b"
)
_NO_SPACE = r"\b(?:no|without\s+an?|without)\s+(?:gradio\s+)?(?:space|demo|app)\b"
_NEW_HERE = (
    r"\b(?:new\s+to\s+(?:this|ml|machine)|beginner|no\s+idea\s+(?:of|about)"
    r"|not\s+(?:a\s+)?technical|explain\s+(?:it\s+)?(?:simply|like))"
)
_FROZEN = r"\bfr(?:ee|o)z\w*\s+(?:the\s+)?(?:backbone|encoder|body)"
_FLAGS: tuple[tuple[str, bool | str, str], ...] = (
    ("hyperparameters.lr_scheduler", "reduce_on_plateau", r"\breduce\w*(?:\s+\w+)?\s+on\s+plateau"),
    ("peft.use_qlora", True, r"\bqlora\b"),
    ("peft.use_lora", False, r"\b(?:no|not|without|instead\s+of|n't\s+use)\s+lora\b"),
    ("peft.use_lora", True, r"\blora\b"),
    ("precision.fp16", True, r"\b(?:fp16|half[\s-]precision)\b"),
    ("precision.bf16", True, r"\b(?:bf16|bfloat16)\b"),
    ("precision.use_gradient_checkpointing", True, r"\bgradient[\s-]checkpoint"),
    ("architecture.freeze_backbone", True, _FROZEN),
    ("architecture.pretrained", False, r"\bfrom\s+scratch\b"),
    ("deploy.private_repo", True, _PRIVATE),
    ("deploy.private_repo", False, _PUBLIC),
    ("deploy.publish", False, _UNPUBLISHED),
    ("deploy.publish", True, _PUBLISHED),
    ("deploy.create_space", False, _NO_SPACE),
    ("user_expertise_level", "novice", _NEW_HERE),
)
_SPELT_RIGHT = frozenset(
    (
        *("epochs", "epoch", "batch", "learning", "rate", "private", "public", "publish", "deploy"),
        *("clusters", "groups", "segments", "minutes", "minute", "hours", "seconds", "longer"),
        *("within", "please", "keep", "model", "call", "name", "repo", "patience", "dropout"),
        *("modal", "kaggle", "named", "called", "the"),
        *("accuracy", "precision", "recall"),
    )
)
_SPLIT = re.compile(r"\b(\d{2})\s*/\s*(\d{1,2})(?:\s*/\s*(\d{1,2}))?\b(?!\s*/)")
_NAME = re.compile(
    r"\b(?:call|name)(?:d)?\s+(?:it|this|the\s+(?:model|repo\w*|thing)|that)\s+(?:as\s+)?"
    r"(?:[\"“'`](?P<quoted>[^\"”'`]{1,60})[\"”'`]|(?P<bare>[\w.-]+(?:\s+[\w.-]+){0,2}))"
    r"|\b(?:repo\w*|model|space|it)\s+(?:called|named)\s+[\"“'`]?(?P<called>[\w.-]+)"
    r"|\b(?:publish|save|upload|store)\s+(?:it|this|the\s+model)\s+(?:\w+\s+)?as\s+[\"“'`]?(?P<slug>[\w.-]+)",
    re.IGNORECASE,
)
_HEARD = 4000  # letters
_ENDS_A_NAME = frozenset(
    ("and", "please", "pls", "plz", "with", "then", "but", "when", "thanks", "on", "in")
)
_WORKING = re.compile(
    r"\b(?:train\w*|finish\w*|done|ready|spend|takes?|run\w*|budget|limit|stop|build|make|give|have|need"
    r"|want|quick\w*|fast)\b",
    re.IGNORECASE,
)
_OTHERS_TIME = re.compile(
    r"\b(?:that|which|who|whether|if|arriv\w+|deliver\w+|late|wait\w*|last)\b", re.IGNORECASE
)
_SPAN = re.compile(
    rf"\b(?:in|within|under|at\s+most|(?:no\s+)?(?:more|longer)\s+than|max(?:imum)?|up\s+to|less\s+than|for|budget(?:\s+of)?"
    rf"|only\s+have|limit(?:\s+of)?|have)\s+(?:about\s+|only\s+|like\s+)?({COUNT})\s*{UNIT}\b",
    re.IGNORECASE,
)
_SPAN_ALONE = re.compile(
    rf"^\s*({COUNT})\s*{UNIT}\s*(?:max\w*|tops|at\s+most|budget|limit)", re.IGNORECASE
)


def spoken_wishes(words: str) -> dict[str, JsonValue]:
    """Every wish in the words by its dotted leaf; the first one said of each counts.

    Of a very long text only the beginning is heard: the patterns look at every pair of places.
    """
    found: dict[str, JsonValue] = {}
    for leaf, said in _all(mended(words[:_HEARD], _SPELT_RIGHT)):
        found.setdefault(leaf, said)
    return found


def _all(words: str) -> Iterator[Wish]:
    for leaf, pattern in _WHOLE:
        if (count := find(pattern, words)) is not None and float(value(count)).is_integer():
            yield leaf, int(value(count))
    for leaf, pattern in _PARTS:
        if (part := find(pattern, words)) is not None:
            yield leaf, share(part)
    for leaf, pattern in _CHOICES:
        if (choice := find(pattern, words)) is not None:
            yield leaf, choice.lower()
    for leaf, said, pattern in _FLAGS:
        if re.search(pattern, words, re.IGNORECASE):
            yield leaf, said
    yield from _parts_of_a_split(words)
    yield from _others(words)


def _parts_of_a_split(words: str) -> Iterator[Wish]:
    """80/20 is train and test, 70/15/15 has a validation part in the middle."""
    found = _SPLIT.search(words)
    parts = [int(part) for part in found.groups() if part is not None] if found else []
    if sum(parts) != 100:  # noqa: PLR2004 - per cent
        return
    yield "dataset.train_split", parts[0] / 100
    yield "dataset.test_split", parts[-1] / 100
    if len(parts) == 3:  # noqa: PLR2004 - train, validation, test
        yield "dataset.val_split", parts[1] / 100


def _others(words: str) -> Iterator[Wish]:
    if (name := _repo_name(words)) is not None:
        yield "deploy.hf_repo_name", name
    if (model := models.named_model(words)) is not None:
        yield "architecture.backbone", model
    if (metric := metrics.named_metric(words)) is not None:
        yield "metric", metric
    if (minutes := _budget(words)) is not None:
        yield "budget_minutes", minutes
    where = find(
        r"\b(?:train|run|training|running)\s+(?:it\s+|this\s+)?(?:on|with|via|in)\s+(kaggle|modal|ray)\b",
        words,
    )
    if where is not None:
        yield "runtime", where.lower()


def _repo_name(words: str) -> str | None:
    found = _NAME.search(words)
    if found is None:
        return None
    whole = found["quoted"] or found["slug"] or found["called"]
    if whole:
        return "-".join(whole.split()).strip(".-")
    kept: list[str] = []
    for word in found["bare"].split():
        if word.lower() in _ENDS_A_NAME:
            break
        kept.append(word.strip(".-"))
        if word.endswith(".") or "-" in word or "_" in word:
            break
    return "-".join(kept) or None


def _budget(words: str) -> float | None:
    """Minutes of training; a time that belongs to the data ("arrive in 30 minutes") is none."""
    for clause in clauses(words):
        found = _SPAN.search(clause) or _SPAN_ALONE.search(clause)
        if found is None:
            continue
        sign = numbers.unit(found[2])
        before = clause[: found.start()]
        alone = not before.strip(" ,-") or before.strip().lower() in {"but", "and", "please"}
        ours = alone or (_WORKING.search(before) and not _OTHERS_TIME.search(before))
        if ours and sign in {"s", "min", "h"} and value(found[1]):
            return numbers.minutes(value(found[1]), sign)
    return None
