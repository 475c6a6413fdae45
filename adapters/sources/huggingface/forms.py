"""Files of a data set: what can be read of them, and what their names tell."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

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


def split_of(name: str) -> str:
    """The split that a path tells, its innermost part first; empty where none does."""
    for part in reversed(PurePosixPath(name).parts):
        words = re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", part).lower())
        told = {_WORD[word] for word in words if word in _WORD}
        if len(told) == 1:
            return told.pop()
    return ""


def leads_out(name: str) -> bool:
    """Whether a name would be written somewhere else than below the folder that is meant."""
    return name.startswith("/") or ".." in PurePosixPath(name).parts


def is_script(repo: str, there: Iterable[Found]) -> bool:
    """Whether the data set is made by a program of its author."""
    return f"{repo.rpartition('/')[2]}.py" in {one.name for one in there}


def others(there: Iterable[Found]) -> list[str]:
    """Names of files that are no mere words about the data."""
    return sorted(one.name for one in there if not _BESIDE.fullmatch(PurePosixPath(one.name).name))


def is_data(one: Found, below: str) -> bool:
    """Whether a file below a folder may be data; hidden and empty ones are none."""
    path = PurePosixPath(one.name)
    is_below = not below or one.name == below or one.name.startswith(f"{below}/")
    is_hidden = any(part.startswith(".") for part in path.parts)
    return is_below and one.size > 0 and not is_hidden and not _BESIDE.fullmatch(path.name)


def form_of(name: str) -> str:
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


def kind_of(files: Sequence[Taken]) -> str:
    """The form that most of the bytes of the best known forms have."""
    sizes = Counter[str]()
    for one in files:
        sizes[form_of(one.name)] += one.size
    for forms in ({"picture"}, _TABLES, {"xlsx"}, {"archive"}, {"txt"}):
        there = [form for form in forms if sizes[form]]
        if forms == {"picture"} and sizes["picture"] < sum(sizes[form] for form in _TABLES):
            continue
        if there:
            return max(sorted(there), key=lambda form: sizes[form])
    return ""


def goes_with(name: str, kind: str) -> bool:
    """Tables and texts beside pictures say what is on them."""
    return kind == "picture" and form_of(name) in {*_TABLES, "txt"}
