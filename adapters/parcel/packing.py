"""Packs a training into one zip that runs anywhere with a Python: `carry.py` runs it there.

`plan.json` names every file by its place in the parcel, so that no path of this machine travels.
The same request makes the same bytes.
"""

import json
import os
import shutil
import stat
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from adapters.installer import CONSTRAINTS
from pipeline.errors import Bug
from pipeline.ports.runtime import RunRequest, Step

CARRY = Path(__file__).with_name("carry.py")
_INSTALL = Path(__file__).with_name("install.py")
NAME = "parcel.zip"
_PLAN = "plan.json"
_READS, _WORK = "reads", "work"
_CONFIG = "config.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = (stat.S_IFREG | 0o644) << 16
_BLOCK = 1 << 20
# What these hold is packed already: packing it again costs time and saves nothing.
_PACKED = frozenset(
    {".parquet", ".safetensors", ".npz", ".zip", ".gz", ".png", ".jpg", ".jpeg", ".webp", ".bin"}
)


def pack(request: RunRequest, into: Path) -> Path:
    """Write the parcel of a training below `into`; returns its path.

    In it are carry.py, plan.json and all that the steps read. Raises Bug where a step reads a
    link or something that is not there, and OSError of the disk.
    """
    places = _Places.of(request)
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft, parcel = into / f".{NAME}", into / NAME
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for script in (CARRY, _INSTALL):
            _add(archive, script.name, script)
        configs = dict(_configs(places))
        for name, path in sorted(places.files()):
            if name in configs:
                _write(archive, name, configs[name].text())
            else:
                _add(archive, name, path)
        _write(archive, "constraints.txt", CONSTRAINTS.read_bytes())
        _write(archive, _PLAN, _json(_plan(request, places, configs)))
    draft.replace(parcel)
    return parcel


@dataclass(frozen=True, slots=True)
class _Places:
    """Folders and files of this machine, by their place at the other end.

    No one of `roots` lies in another; `work` is made anew there and takes nothing along.
    """

    roots: Mapping[Path, str]
    work: Path

    @classmethod
    def of(cls, request: RunRequest) -> "_Places":
        read = [path for step in request.steps for path in (step.script.parent, *step.reads)]
        paths = [path.absolute() for path in dict.fromkeys(read)]
        work = request.folder.absolute()
        outer = [
            path
            for path in dict.fromkeys(paths)
            if not path.is_relative_to(work)
            and not any(path != other and path.is_relative_to(other) for other in paths)
        ]
        return cls({path: f"{_READS}/{number}" for number, path in enumerate(outer)}, work)

    def place(self, path: Path) -> str | None:
        """Where a path of this machine lies at the other end; None for one that stays here."""
        known = {**self.roots, self.work: _WORK}
        for root, name in known.items():
            if path.is_relative_to(root):
                return "/".join((name, *path.relative_to(root).parts))
        return None

    def files(self) -> Iterator[tuple[str, Path]]:
        """Every file that travels, with its place."""
        for root, name in self.roots.items():
            for path in _regular(root):
                yield "/".join((name, *path.relative_to(root).parts)), path


def _regular(root: Path) -> Iterator[Path]:
    """The files of a folder, or the one file; Bug for what is no file."""
    if root.is_file():
        yield root
        return
    if not root.is_dir():
        raise Bug(f"A step reads '{root.name}', which is not there.")
    for folder, folders, names in os.walk(root):
        folders[:] = [one for one in folders if one != "__pycache__"]
        for path in (Path(folder) / name for name in (*names, *folders)):
            if path.is_symlink():
                raise Bug(f"A step reads '{path.name}', which is a link.")
            if path.is_file():
                yield path


def _plan(
    request: RunRequest, places: _Places, configs: Mapping[str, "_Config"]
) -> dict[str, JsonValue]:
    return {
        "name": request.name,
        "gpu": bool(request.gpu),
        "requirements": list(request.requirements),
        "steps": [_described(step, places) for step in request.steps],
        "settings": [told for name, config in configs.items() for told in config.described(name)],
    }


def _described(step: Step, places: _Places) -> dict[str, JsonValue]:
    return {
        "name": step.name,
        "script": places.place(step.script.absolute()),
        "arguments": [_argument(text, places) for text in step.arguments],
        "work": places.place(step.work.absolute()),
        "seconds": step.limits.seconds,
        "output": step.limits.output,
        "file_size": step.limits.file_size,
        "environment": dict(step.environment),
    }


def _argument(text: str, places: _Places) -> JsonValue:
    """A path of this machine as {"place": …}; every other argument as it is."""
    place = places.place(Path(text)) if Path(text).is_absolute() else None
    return {"place": place} if place is not None else text


@dataclass(frozen=True, slots=True)
class _Config:
    """A config.json, and where in it a folder is named that travels: by its keys, its place."""

    content: JsonValue
    named: Mapping[tuple[str | int, ...], str]

    def described(self, name: str) -> list[JsonValue]:
        """What carry.py puts in once it knows where everything lies."""
        return [
            {"file": name, "keys": list(keys), "place": place} for keys, place in self.named.items()
        ]

    def text(self) -> bytes:
        """The file, with places instead of this machine's folders."""
        content = json.loads(json.dumps(self.content))
        for (*outer, last), place in self.named.items():
            inner = content
            for key in outer:
                inner = inner[key]
            inner[last] = place
        return _json(content)


def _configs(places: _Places) -> Iterator[tuple[str, _Config]]:
    """Each config.json that travels and names a folder that does so, too."""
    for root, name in places.roots.items():
        config = root / _CONFIG
        if config.is_file():
            content = json.loads(config.read_bytes())
            if named := dict(_paths_in(content, (), places)):
                yield f"{name}/{_CONFIG}", _Config(content, named)


def _paths_in(
    value: JsonValue, keys: tuple[str | int, ...], places: _Places
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    match value:
        case str() if Path(value).is_absolute():
            if (place := places.place(Path(value))) is not None:
                yield keys, place
        case dict():
            for key, inner in value.items():
                yield from _paths_in(inner, (*keys, key), places)
        case list():
            for number, inner in enumerate(value):
                yield from _paths_in(inner, (*keys, number), places)


def _json(content: JsonValue) -> bytes:
    return (json.dumps(content, indent=1) + "\n").encode()


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> None:
    info = _entry(name)
    info.file_size = path.stat().st_size
    with path.open("rb") as source, archive.open(info, "w") as target:
        shutil.copyfileobj(source, target, _BLOCK)


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(_entry(name), content, compresslevel=1)


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry that tells nothing of when and by whom it was written."""
    info = zipfile.ZipInfo(name, _EPOCH)
    packed = Path(name).suffix.lower() in _PACKED
    info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    info.external_attr = _MODE
    return info
