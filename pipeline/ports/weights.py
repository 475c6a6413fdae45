"""Weights of models that others have trained: what is offered under a name, and its files."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.errors import PersonCanFix
from pipeline.ports.runtime import OnLine

_FREE = re.compile(
    r"apache-2\.0|mit|mit-0|isc|zlib|unlicense|wtfpl|0bsd|bsd(-[234]-clause(-clear)?)?|bsl-1\.0"
    r"|cc0-1\.0|cc-by(-sa)?-[234]\.\d|pddl|odbl|odc-by|cdla-permissive-[12]\.0|postgresql|ncsa"
    r"|(lgpl|gpl|agpl)(-lr|-[23]\.\d)?|mpl-2\.0|ep(l|ul)-[12]\.\d|eupl-1\.\d|osl-3\.0|afl-3\.0"
    r"|artistic-2\.0|ecl-2\.0|ms-pl|lppl-1\.3c|ofl-1\.1"
)
_NOT_FOR_TRADE = re.compile(r"(^|-)nc(-|$)|non-?commercial|research|academic|amlr")


@dataclass(frozen=True, slots=True)
class Offer:
    """A model that can be had. `size` counts bytes; `license` is empty where none is stated.

    `name` is how people call it, `source` where its files are, `revision` which of its states.
    """

    name: str
    source: str
    revision: str
    license: str
    size: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """A folder with a model's files, data alone; a script may read it and nobody changes it."""

    folder: Path
    title: str
    license: str
    revision: str


class Weights(Protocol):
    """Finds models and brings their files to this machine, as nobody in particular."""

    async def find(self, name: str, *, local: bool) -> Offer:
        """What is offered under a name: an id of the Hub or, where `local`, a folder here.

        PersonCanFix when there is no such model, or none that may be used; TryAgain when that
        cannot be known now.
        """
        ...

    async def fetch(self, offer: Offer, on_line: OnLine) -> Fetched:
        """Its files, from the cache where they are there already; cancelling ends the download.

        Errors as `find`. Of a download that was cut off, whole files are not fetched again.
        """
        ...


class NoWeights:
    """A house that reaches no models of others."""

    async def find(self, name: str, *, local: bool) -> Offer:  # noqa: ARG002  (there is none)
        """There is none."""
        raise PersonCanFix("No models of others can be fetched here.", "Choose one of the menu.")

    async def fetch(self, offer: Offer, on_line: OnLine) -> Fetched:  # noqa: ARG002  (as above)
        """There is none."""
        raise PersonCanFix("No models of others can be fetched here.", "Choose one of the menu.")


def restriction(license_id: str) -> str:
    """What a licence keeps people from, in words; empty for a free one and where none is stated."""
    told = license_id.strip().lower()
    if not told or _FREE.fullmatch(told):
        return ""
    if _NOT_FOR_TRADE.search(told):
        return "which does not allow commercial use"
    return "which has terms of its own"


def terms(license_id: str) -> str:
    """A licence as people are told of it."""
    return f"licence {license_id}" if license_id else "no licence stated"
