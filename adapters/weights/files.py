"""Which files of a model are taken: data alone, never code and nothing that can run when opened."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from pipeline.errors import PersonCanFix

MOST_BYTES = 40 << 30
CONFIG = "config.json"
INDEX = "model.safetensors.index.json"
_WHOLE = "model.safetensors"
_SHARD = re.compile(r"model-\d+-of-\d+\.safetensors")
_OTHERS = re.compile(
    r"(generation_config|preprocessor_config|processor_config|special_tokens_map|added_tokens)\.json"
    r"|(tokenizer|vocab|image_processor)[\w.-]*\.(json|txt|model|bpe)"
    r"|merges\.txt|[\w.-]+\.(model|spm)|chat_template[\w.-]*\.(json|jinja)"
)
_MOST_SHOWN = 8
_FIELD = "architecture.backbone"


def chosen(model: str, names: Iterable[str]) -> tuple[str, ...]:
    """The files to take of those a model has; PersonCanFix where they make no usable one."""
    there = sorted(names)
    if CONFIG not in there:
        raise _unusable(f"{model} has no config.json, so no model can be built from it.", there)
    weights = _weights(there)
    if not weights:
        why = "has no weights as model.safetensors; other forms can run code when they are opened"
        raise _unusable(f"{model} {why}.", there)
    return (CONFIG, *weights, *(name for name in there if _OTHERS.fullmatch(name)))


def has_weights(names: Iterable[str]) -> bool:
    """Whether there are weights in the one form that is taken."""
    return bool(_weights(sorted(names)))


def _weights(names: list[str]) -> list[str]:
    """One file, else its parts with their index; others are copies in other forms."""
    if _WHOLE in names:
        return [_WHOLE]
    parts = [name for name in names if _SHARD.fullmatch(name)]
    return [INDEX, *parts] if parts and INDEX in names else []


def check_config(model: str, config: Path) -> None:
    """PersonCanFix for a model that is built by program code of its author."""
    try:
        settings = json.loads(config.read_bytes())
    except (OSError, ValueError) as error:
        raise refused(
            f"The config.json of {model} cannot be read.", "Take another model."
        ) from error
    if not isinstance(settings, dict) or settings.get("auto_map"):
        raise refused(
            f"{model} is built by program code of its author (auto_map), which is never run here.",
            "Take a model that the transformers library knows by itself.",
        )


def check_index(model: str, index: Path, taken: Iterable[str]) -> None:
    """PersonCanFix for an index whose parts are not all there, or no parts: it may name any file.

    What a library is led to by it, it would open in whatever form that has.
    """
    try:
        named = set(json.loads(index.read_bytes())["weight_map"].values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise refused(f"The {INDEX} of {model} cannot be read.", "Take another model.") from error
    if not named <= {name for name in taken if _SHARD.fullmatch(name)}:
        raise refused(
            f"The {INDEX} of {model} names parts that are not among its files.",
            "Take another model.",
        )


def check_size(model: str, size: int, most: int) -> None:
    """PersonCanFix for more than may be kept."""
    if size > most:
        raise refused(
            f"{model} is too large: {shown(size)}, and at most {shown(most)} are taken.",
            "Take a smaller model.",
        )


def shown(size: int) -> str:
    """Bytes as people read them."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"  # noqa: PLR2004


def refused(message: str, hint: str) -> PersonCanFix:
    """What is wrong with the model that was named."""
    return PersonCanFix(message, hint, field=_FIELD)


def _unusable(message: str, there: list[str]) -> PersonCanFix:
    listed = ", ".join(there[:_MOST_SHOWN]) or "nothing"
    more = f" and {len(there) - _MOST_SHOWN} more" if len(there) > _MOST_SHOWN else ""
    return refused(f"{message} There is: {listed}{more}.", "Take another model.")
