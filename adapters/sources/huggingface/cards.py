"""What a data set's card says of its files: configurations, their patterns, their columns."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.sources.huggingface.forms import Found, Taken, split_of


def configs_of(card: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The configurations of the card that name their files."""
    told = card.get("configs")
    listed = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    return {
        str(one.get("config_name", "default")): one
        for one in listed
        if one.get("data_files") or one.get("data_dir")
    }


def told_by_card(config: Mapping[str, Any], there: Sequence[Found]) -> list[Taken]:
    """The files that a configuration's patterns match, each with the split it is listed under."""
    folder = str(config.get("data_dir") or "").strip("./")
    files = config.get("data_files") or "**"
    taken: dict[str, Taken] = {}
    for split, patterns in _patterns(files):
        for pattern in patterns:
            fits = glob(f"{folder}/{pattern}" if folder else pattern)
            for one in there:
                if fits.fullmatch(one.name):
                    taken.setdefault(
                        one.name, Taken(one.name, one.size, split or split_of(one.name))
                    )
    return list(taken.values())


def holds_pictures(card: Mapping[str, Any], config: str) -> bool:
    """Whether the card tells of columns that are pictures, which Parquet then holds inside."""
    told = card.get("dataset_info")
    listed = told if isinstance(told, list) else [told]
    infos = [one for one in listed if isinstance(one, dict)]
    meant = [one for one in infos if one.get("config_name", config) == config] or infos
    features = [one for info in meant for one in info.get("features") or ()]
    return any(isinstance(one, dict) and one.get("dtype") == "image" for one in features)


def _patterns(files: object) -> list[tuple[str, list[str]]]:
    """Splits and their patterns, in each of the ways a card may write them."""
    match files:
        case str():
            return [("", [files])]
        case {"split": split, "path": path}:
            return [(str(split), _texts(path))]
        case dict():
            return [(str(split), _texts(path)) for split, path in files.items()]
        case list():
            return [pair for one in files for pair in _patterns(one)]
        case _:
            return []


def _texts(path: object) -> list[str]:
    return [str(one) for one in path] if isinstance(path, list) else [str(path)]


def glob(pattern: str) -> re.Pattern[str]:
    """A pattern of paths as cards write them: `*` stays in a folder, `**` goes through any."""
    found = re.findall(r"\*\*/|\*\*|\*|\?|\[[^\]]+\]|[^*?\[]+|\[", pattern.removeprefix("./"))
    known = {"**/": r"(?:.*/)?", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}
    parts = (known.get(one) or (one if _is_set(one) else re.escape(one)) for one in found)
    return re.compile("".join(parts))


def _is_set(one: str) -> bool:
    return re.fullmatch(r"\[!?[\w-]+\]", one) is not None
