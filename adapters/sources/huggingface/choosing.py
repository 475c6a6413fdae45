"""Which files of a data set are taken, and which part of the data each one is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from adapters.sources.huggingface.cards import configs_of, told_by_card
from adapters.sources.huggingface.forms import (
    Found,
    Taken,
    form_of,
    goes_with,
    is_data,
    kind_of,
    split_of,
)
from adapters.sources.huggingface.location import Wanted
from pipeline.errors import PersonCanFix

_MOST_OPTIONS = 12


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
    usable: Sequence[Found] = [one for one in there if is_data(one, wanted.below)]
    configs = {} if wanted.below else configs_of(card)
    if configs:
        name, split = _config(wanted, repo, configs)
        told = told_by_card(configs[name], usable)
    else:
        name, split, usable = _in_folder(wanted, repo, usable)
        told = [Taken(one.name, one.size, split_of(one.name)) for one in usable]
    kind = kind_of(told)
    if not kind:
        return None
    files = [one for one in told if form_of(one.name) == kind or goes_with(one.name, kind)]
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


def _in_folder(
    wanted: Wanted, repo: str, there: Sequence[Found]
) -> tuple[str, str, Sequence[Found]]:
    """A card without configurations: a folder may be meant by that word, else it is a split."""
    inside = [one for one in there if wanted.first in PurePosixPath(one.name).parts[:-1]]
    if wanted.first and inside:
        return wanted.first, wanted.split, inside
    if wanted.split:
        folders = {PurePosixPath(one.name).parts[0] for one in there if "/" in one.name}
        raise _which("configuration", wanted.first, _place(repo, ""), folders)
    return "", wanted.first, there


def _of_split(
    files: Sequence[Taken], split: str, place: str
) -> tuple[list[Taken], tuple[str, ...]]:
    """The files of one split, or those of train, validation and test under these names."""
    by_split: dict[str, list[Taken]] = defaultdict(list)
    for one in files:
        by_split[one.split].append(one)
    if split:
        alike = [name for name in by_split if split_of(name) == split]
        split = alike[0] if split not in by_split and len(alike) == 1 else split
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
            f"{place} has no {what} '{said}'.", f"Leave that out: {place}.", field="data"
        )
    told = f"has no {what} '{said}'" if said else f"has several {what}s"
    return PersonCanFix(
        f"{place} {told}: {', '.join(names)}.",
        f"Say which, as {place}:{names[0]}.",
        field="data",
        options=[f"{place}:{name}" for name in names],
    )
