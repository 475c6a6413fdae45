"""Data sets of Kaggle: `kaggle:owner/name`, `kaggle:name`, or the address of their page.

What is not public is read with the owner's own key; what is public, by everybody.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.file_names import clean, free
from adapters.kaggle import errors
from adapters.kaggle.asking import KIND, Kaggle, Values
from adapters.kaggle.errors import Refused, meant
from pipeline.errors import MLTrainerError, PersonCanFix
from pipeline.jobs import Actor
from pipeline.ports.vault import Vault

if TYPE_CHECKING:
    from adapters.kaggle.desk import Desk
    from adapters.kaggle.line import Patience

MOST_BYTES = 5 << 30
_NAME = r"[A-Za-z0-9][\w.-]{0,99}"
_ID = re.compile(r"kaggle:(?://)?(?P<what>.*)", re.IGNORECASE | re.DOTALL)
_PAGE = re.compile(
    r"(?:https?://)?(?:www\.)?kaggle\.com(?::443)?(?:/(?P<what>[^?#]*))?(?:[?#].*)?",
    re.IGNORECASE | re.DOTALL,
)
_DATA_SET = re.compile(
    rf"(?:datasets/)?(?P<owner>{_NAME})/(?P<name>{_NAME})(?:/(?:versions/)?(?P<version>\d{{1,6}}))?"
    r"(?:/data|/code|/discussion|/metadata)?"
)
_BARE = re.compile(_NAME)
_COMPETITION = re.compile(r"(?:c|competitions?)(?:/.*)?", re.IGNORECASE)
_NO_DATA = re.compile(r"(?:code|models?|discussions?|learn|docs|settings)(?:/.*)?", re.IGNORECASE)
_FOUND, _SHOWN = 100, 8


@dataclass(frozen=True, slots=True)
class KaggleSource:
    """Implements pipeline.ports.source.Source for data sets of Kaggle."""

    kaggle: Kaggle
    most_bytes: int = MOST_BYTES
    name: str = KIND

    def takes(self, location: str) -> bool:
        """Ids that begin with `kaggle:`, and every address on kaggle.com."""
        return _named(location) is not None

    async def fetch(self, location: str, into: Path, owner: Actor) -> tuple[Path, ...]:
        """Download a data set into `into` as one zip named after it.

        PersonCanFix (field "data") for what is no data set, is not there, is not shown to the
        owner or is too large; field "kaggle" where a key may help and there is none.
        """
        asked = _read(_named(location) or "")
        values = await self.kaggle.values_if_any(owner, "fetch data")
        if "/" not in asked.ref:
            asked = _Asked(await self._only_one(values, asked.ref), asked.version)
        target = free(into, clean(f"{asked.ref.partition('/')[2]}.zip"))
        try:
            return (await self.kaggle.try_to(values, lambda desk: self._take(desk, asked, target)),)
        except Refused as refused:
            error = _meant(refused, asked.ref, values)
        raise error

    def _take(self, desk: "Desk", asked: "_Asked", target: Path) -> Path:
        found = desk.datasets.about(asked.ref)
        if found.size > self.most_bytes:
            raise PersonCanFix(
                f"{found.ref} is too large: {found.size / 1e9:,.1f} GB, and at most "
                f"{self.most_bytes / 1e9:,.1f} GB can be fetched.",
                "Name a smaller data set, or download a part of it and attach that.",
                field="data",
            )
        return desk.datasets.download(found.ref, asked.version, target, self.most_bytes)

    async def _only_one(self, values: Values | None, name: str) -> str:
        """The full id of the one data set of exactly this name; else the person chooses."""
        found = await self.kaggle.ask(
            values, lambda desk: [one.ref for one in islice(desk.datasets.search(name), _FOUND)]
        )
        exact = [ref for ref in found if ref.partition("/")[2].lower() == name.lower()]
        if len(exact) == 1:
            return exact[0]
        near = [f"kaggle:{ref}" for ref in (exact or found)[:_SHOWN]]
        what = f"{len(exact)} data sets" if exact else "No data set"
        verb = "are" if exact else "is"
        raise PersonCanFix(
            f"{what} on Kaggle {verb} called '{name}'.",
            f"Say which one is meant: {', '.join(near)}." if near else "Give it as owner/name.",
            field="data",
            options=near,
        )


@dataclass(frozen=True, slots=True)
class _Asked:
    """A data set as a person named it; version 0 is the newest, a `ref` may lack its owner."""

    ref: str
    version: int = 0


def _named(location: str) -> str | None:
    """What stands behind `kaggle:` or kaggle.com/; None for what is neither."""
    text = location.strip()
    found = _ID.fullmatch(text) or _PAGE.fullmatch(text)
    return (found["what"] or "").strip().strip("/") if found else None


def _read(what: str) -> _Asked:
    inner = (_named(what) if _PAGE.fullmatch(what) else None) or what
    if _COMPETITION.fullmatch(inner):
        raise PersonCanFix(
            "Data of a Kaggle competition is given only to those who joined it.",
            "Join it, download its data there, and attach the files.",
            field="data",
        )
    if not _NO_DATA.fullmatch(inner):
        if found := _DATA_SET.fullmatch(inner):
            return _Asked(f"{found['owner']}/{found['name']}", int(found["version"] or 0))
        if _BARE.fullmatch(inner):
            return _Asked(inner)
    raise PersonCanFix(
        "That names no data set of Kaggle's.",
        "Give it as kaggle:owner/name, or as the address of its page.",
        field="data",
    )


def _meant(refused: Refused, ref: str, values: Values | None) -> MLTrainerError:
    if refused.is_gone:
        return _unseen(ref, values)
    if refused.status == HTTPStatus.UNAUTHORIZED and values is None:
        return PersonCanFix(
            "Kaggle gives this only to people with an account.",
            "Connect your Kaggle account (`connect kaggle`), then go on.",
            field=KIND,
        )
    return meant(refused, "data")


def _unseen(ref: str, values: Values | None) -> PersonCanFix:
    if values is None:
        return PersonCanFix(
            f"Kaggle shows nobody a data set '{ref}' without a key.",
            "Check the name; if it is private, connect your Kaggle account (`connect kaggle`).",
            field=KIND,
        )
    return PersonCanFix(
        f"Kaggle shows you no data set '{ref}'.",
        f"Check the name; some want their terms accepted first: {errors.PAGES}/datasets/{ref}",
        field="data",
    )


def adapter(
    *, vault: Vault, kaggle_api_url: str = errors.API, patience: "Patience | None" = None
) -> KaggleSource:
    """The source at Kaggle's address."""
    return KaggleSource(Kaggle(kaggle_api_url, vault, "data", patience))
