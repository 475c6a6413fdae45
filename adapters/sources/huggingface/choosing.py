"""Which files of a data set are taken, and which part of the data each one is."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from adapters.sources.huggingface.location import Wanted
from pipeline.errors import PersonCanFix

_TABLES = {"parquet", "csv", "tsv", "jsonl", "ndjson", "json"}
_PICTURES = {"jpg", "jpeg", "png", "webp", "bmp", "gif", "tif", "tiff"}
_ARCHIVES = {"zip", "tar", "tgz"}
_PACKED = re.compile(r"\.(gz|bz2|xz)$", re.IGNORECASE)
_BESIDE = re.compile(
    r"(readme|license|licence|notice|citation|changelog|requirements)(\..*)?|\..*"
    r"|(dataset_infos?|state|package|config|generation_config|tokenizer\w*)\.json",
    re.IGNORECASE,
)
_SPLITS: Mapping[str, tuple[str, ...]] = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "val", "dev", "development"),
    "test": ("test", "testing", "eval", "evaluation"),
}
_WORD = {word: split for split, words in _SPLITS.items() for word in words}
_MOST_OPTIONS = 12


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the repository and its bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Taken:
    """A file to take, and the split it belongs to; empty where nothing tells one."""

    name: str
    size: int
    split: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is taken of a data set: `kind` says of which form."""

    files: tuple[Taken, ...]
    kind: str
    config: str = ""
    notes: tuple[str, ...] = ()


def chosen(
    wanted: Wanted, repo: str, there: Sequence[Found], card: Mapping[str, Any]
) -> Chosen | None:
    """The files that are meant; None where there are none that can be read.

    PersonCanFix asks which configuration or split is meant, where there are several.
    """
    usable = [one for one in there if _is_data(one, wanted.below)]
    configs = {} if wanted.below else _configs(card)
    if configs:
        name, split = _config(wanted, repo, configs)
        told = _told_by_card(configs[name], usable)
    else:
        name, split = "", wanted.split or wanted.first
        told = [Taken(one.name, one.size, split_of(one.name)) for one in usable]
    kind = _kind(told)
    if not kind:
        return None
    files = [one for one in told if _form(one.name) == kind or _goes_with(one.name, kind)]
    if kind == "picture" and not split:  # folders tell the splits, tables beside them hold labels
        return Chosen(tuple(files), kind, name)
    kept, notes = _of_split(files, split, _place(repo, name))
    return Chosen(tuple(kept), kind, name, notes)


def converted(wanted: Wanted, repo: str, there: Sequence[Found]) -> Chosen | None:
    """The same of the Hub's own conversion: CONFIG/SPLIT/0000.parquet, partial- of large ones."""
    by_config: dict[str, list[Taken]] = defaultdict(list)
    for one in there:
        config, _, rest = one.name.partition("/")
        split = rest.partition("/")[0].removeprefix("partial-")
        if one.name.endswith(".parquet") and split:
            by_config[config].append(Taken(one.name, one.size, split))
    if not by_config:
        return None
    name, split = _config(wanted, repo, {config: {} for config in by_config})
    kept, notes = _of_split(by_config[name], split, _place(repo, name))
    told = "The Hub's own conversion to Parquet is taken, as the data set's files cannot be read."
    return Chosen(tuple(kept), "parquet", name, (told, *notes))


def split_of(name: str) -> str:
    """The split that a path tells, its innermost part first; empty where none does."""
    for part in reversed(PurePosixPath(name).parts):
        words = re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", part).lower())
        told = {_WORD[word] for word in words if word in _WORD}
        if len(told) == 1:
            return told.pop()
    return ""


def holds_pictures(card: Mapping[str, Any], config: str) -> bool:
    """Whether the card tells of columns that are pictures, which Parquet then holds inside."""
    told = card.get("dataset_info")
    listed = told if isinstance(told, list) else [told]
    infos = [one for one in listed if isinstance(one, dict)]
    meant = [one for one in infos if one.get("config_name", config) == config] or infos
    features = [one for info in meant for one in info.get("features") or ()]
    return any(isinstance(one, dict) and one.get("dtype") == "image" for one in features)


def others(there: Iterable[Found]) -> list[str]:
    """Names of files that are no mere words about the data."""
    return sorted(one.name for one in there if not _BESIDE.fullmatch(PurePosixPath(one.name).name))


def is_script(repo: str, there: Iterable[Found]) -> bool:
    """Whether the data set is made by a program of its author."""
    return f"{repo.rpartition('/')[2]}.py" in {one.name for one in there}


def _is_data(one: Found, below: str) -> bool:
    path = PurePosixPath(one.name)
    is_below = not below or one.name == below or one.name.startswith(f"{below}/")
    is_hidden = any(part.startswith(".") for part in path.parts)
    return is_below and one.size > 0 and not is_hidden and not _BESIDE.fullmatch(path.name)


def _form(name: str) -> str:
    """The form of a file by its suffix, without that of a compression; empty for a strange one."""
    if re.search(r"\.tar(\.\w+)?$", name, re.IGNORECASE):
        return "archive"
    suffix = PurePosixPath(_PACKED.sub("", name)).suffix.lower().lstrip(".")
    if suffix in _TABLES:
        return {"ndjson": "jsonl", "tsv": "csv"}.get(suffix, suffix)
    if suffix in _ARCHIVES:
        return "archive"
    if suffix in _PICTURES:
        return "picture"
    return {"txt": "txt", "text": "txt", "xlsx": "xlsx"}.get(suffix, "")


def _kind(files: Sequence[Taken]) -> str:
    """The form that most of the bytes of the best known forms have."""
    sizes = Counter[str]()
    for one in files:
        sizes[_form(one.name)] += one.size
    for forms in ({"picture"}, _TABLES, {"xlsx"}, {"archive"}, {"txt"}):
        there = [form for form in forms if sizes[form]]
        if forms == {"picture"} and sizes["picture"] < sum(sizes[form] for form in _TABLES):
            continue
        if there:
            return max(sorted(there), key=lambda form: sizes[form])
    return ""


def _goes_with(name: str, kind: str) -> bool:
    """Tables and texts beside pictures say what is on them."""
    return kind == "picture" and _form(name) in {*_TABLES, "txt"}


def _configs(card: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The configurations of the card that name their files."""
    told = card.get("configs")
    listed = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    return {
        str(one.get("config_name", "default")): one
        for one in listed
        if one.get("data_files") or one.get("data_dir")
    }


def _config(wanted: Wanted, repo: str, configs: Mapping[str, Mapping[str, Any]]) -> tuple[str, str]:
    """The configuration and the split meant."""
    if wanted.first in configs:
        return wanted.first, wanted.split
    if wanted.first and wanted.split:
        raise _which("configuration", wanted.first, _place(repo, ""), configs)
    default = [name for name, one in configs.items() if one.get("default")]
    for name in (*default, "default", *(configs if len(configs) == 1 else ())):
        if name in configs:
            return name, wanted.first
    raise _which("configuration", wanted.first, _place(repo, ""), configs)


def _told_by_card(config: Mapping[str, Any], there: Sequence[Found]) -> list[Taken]:
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


def _of_split(
    files: Sequence[Taken], split: str, place: str
) -> tuple[list[Taken], tuple[str, ...]]:
    """The files of one split, or those of train, validation and test under these names."""
    by_split: dict[str, list[Taken]] = defaultdict(list)
    for one in files:
        by_split[one.split].append(one)
    if split:
        if split not in by_split:
            raise _which("split", split, place, [name for name in by_split if name])
        return by_split[split], ()
    roles: dict[str, list[str]] = defaultdict(list)
    for name in by_split:
        roles[split_of(name)].append(name)
    if set(roles) == {""}:
        return [Taken(one.name, one.size) for one in files], ()
    kept = {role: _one_of(role, names, place) for role, names in roles.items() if role}
    left = [name or "what no split is told of" for name in by_split if name not in kept.values()]
    told = (f"Not taken: {', '.join(sorted(left))}.",) if left else ()
    return [
        Taken(one.name, one.size, role) for role, name in kept.items() for one in by_split[name]
    ], told


def _one_of(role: str, names: Sequence[str], place: str) -> str:
    """The split that plays a role; which one, only the person knows where several could."""
    if role in names or len(names) == 1:
        return role if role in names else names[0]
    raise _which("split", "", place, names)


def _place(repo: str, config: str) -> str:
    return f"hf:{repo}:{config}" if config else f"hf:{repo}"


def _which(what: str, said: str, place: str, known: Iterable[str]) -> PersonCanFix:
    names = sorted(known)[:_MOST_OPTIONS]
    if not names:
        return PersonCanFix(
            f"{place} has no {what} '{said}'.", "Leave that out, or name a file.", field="data"
        )
    told = f"has no {what} '{said}'" if said else f"has several {what}s"
    return PersonCanFix(
        f"{place} {told}: {', '.join(names)}.",
        f"Say which, as {place}:{names[0]}.",
        field="data",
        options=[f"{place}:{name}" for name in names],
    )
