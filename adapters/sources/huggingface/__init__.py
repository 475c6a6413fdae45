"""Data sets of the Hugging Face Hub, by `hf:OWNER/NAME` or their address.

location   what a person writes
forms      what files are, by their names
cards      what a card says of them
choosing   which files are taken, and which split each is
fitting    what of them fits
fetching   the files, one after the other
"""

import asyncio
import hashlib
import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.credentials import values_of
from adapters.file_names import clean, free
from adapters.hub_client import HubClient, folder_of
from adapters.hub_login import renewed
from adapters.hub_refusals import KIND, TITLE, Topic
from adapters.sources.huggingface import cards, choosing, fetching, fitting, forms, location
from adapters.sources.huggingface.choosing import Chosen
from adapters.sources.huggingface.forms import Found
from adapters.sources.huggingface.location import Wanted
from pipeline.errors import PersonCanFix
from pipeline.folders import remove
from pipeline.jobs import Actor
from pipeline.ports.vault import Vault

if TYPE_CHECKING:
    from huggingface_hub import HfApi

MOST_BYTES = 5 << 30
MOST_FILES = 50_000
_ROOM = 1 << 30  # bytes that stay free on the disk
_CONVERTED = "refs/convert/parquet"
_SEARCHED = 100
_OPTIONS = 8
_NOTE = ".huggingface.json"
_STALE_SECONDS = 7 * 24 * 3600.0
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class _State:
    """A data set as it is now. `sha` is its revision; `card` what it says of itself."""

    repo: str
    sha: str
    files: tuple[Found, ...]
    card: Mapping[str, Any]


@dataclass(frozen=True)
class HubSource:
    """Implements pipeline.ports.source.Source for the Hub at `endpoint`.

    What is under way lies in a folder of its person's own below `home`, and leaves it when it is
    whole.
    """

    vault: Vault
    home: Path
    endpoint: str
    most_bytes: int = MOST_BYTES
    most_files: int = MOST_FILES
    name: str = KIND

    def takes(self, location_: str) -> bool:
        """`hf:…` and addresses of the Hub."""
        return location.is_hub(location_, self.endpoint)

    async def fetch(self, location_: str, into: Path, owner: Actor) -> tuple[Path, ...]:
        """A folder with the data's files, named after their splits; a lone archive as it is.

        What is larger than `most_bytes` is fetched in part where it can be, and the files' names
        say so. PersonCanFix (field "data") says why there is nothing, TryAgain when to come back.
        """
        wanted = location.read(location_)
        client, state = await self._found(wanted, owner)
        chosen, revision = await self._chosen(client, wanted, state)
        if chosen.kind == "parquet" and cards.holds_pictures(state.card, chosen.config):
            raise _pictures_inside(state.repo)
        parts = fitting.fitted(chosen, self.most_bytes, f"hf:{state.repo}")
        self._check_room(state.repo, sum(one.size for one in parts), len(parts))
        draft = self._draft(owner, f"{state.repo}@{revision} into {into}")
        for part in parts:
            await client.ask(
                lambda api, part=part: fetching.fetched(api, state.repo, revision, part, draft),  # type: ignore[misc]
                self._topic(state.repo),
                within=fetching.seconds_for(part),
            )
        return await asyncio.to_thread(_delivered, draft, into, state, chosen, parts)

    async def _found(self, wanted: Wanted, owner: Actor) -> tuple[HubClient, _State]:
        """The data set as its person may see it; what everybody may, also with a stale token."""
        mine = await self._client(owner)
        try:
            return mine, await self._state(mine, wanted)
        except PersonCanFix as refused:
            if refused.field != KIND or not mine.token:
                raise
            nobody = HubClient(self.endpoint)
            try:
                return nobody, await self._state(nobody, wanted)
            except PersonCanFix:
                raise refused from None

    async def _client(self, owner: Actor) -> HubClient:
        if await self.vault.find(owner, KIND) is None:
            return HubClient(self.endpoint)
        renew = partial(renewed, self.endpoint)
        values = await values_of(self.vault, owner, KIND, "read data", TITLE, renew=renew)
        return HubClient.of(self.endpoint, values["token"])

    async def _state(self, client: HubClient, wanted: Wanted) -> _State:
        """Look it up as the Hub would; a name without an owner may be one exact hit of a search."""
        try:
            return await self._looked_up(client, wanted.repo, wanted.revision or None)
        except PersonCanFix as missing:
            if "/" in wanted.repo or missing.field != "data":
                raise
            repo = await self._searched(client, wanted.repo, missing)
            return await self._looked_up(client, repo, wanted.revision or None)

    async def _looked_up(self, client: HubClient, repo: str, revision: str | None) -> _State:
        def work(api: "HfApi") -> _State:
            found = api.dataset_info(repo, revision=revision, files_metadata=True)
            if found.gated:
                api.auth_check(found.id, repo_type="dataset")
            files = [
                Found(one.rfilename, one.size or 0)
                for one in found.siblings or ()
                if not forms.leads_out(one.rfilename)
            ]
            told: Any = found.card_data
            card = told.to_dict() if told else {}
            return _State(found.id, str(found.sha), tuple(files), card)

        return await client.ask(work, self._topic(repo))

    async def _searched(self, client: HubClient, name: str, missing: PersonCanFix) -> str:
        """The one data set of this name, whoever has it."""

        def work(api: "HfApi") -> list[str]:
            return [
                one.id for one in api.list_datasets(search=name, sort="downloads", limit=_SEARCHED)
            ]

        near = await client.ask(work, self._topic(name))
        same = [one for one in near if one.rpartition("/")[2].lower() == name.lower()]
        if len(same) == 1:
            return same[0]
        options = [f"hf:{one}" for one in (same or near)[:_OPTIONS]]
        if not options:
            raise missing
        told = "Several data sets have" if same else "No data set has"
        raise PersonCanFix(
            f"{told} the name '{name}' on {TITLE}.",
            f"Say which is meant, with its owner: {', '.join(options)}.",
            field="data",
            options=options,
        )

    async def _chosen(self, client: HubClient, wanted: Wanted, state: _State) -> tuple[Chosen, str]:
        """The files meant and their revision; those of the Hub's conversion where none will do."""
        found = choosing.chosen(wanted, state.repo, state.files, state.card)
        if found is not None:
            return found, state.sha
        if not wanted.below and not wanted.revision:
            try:
                other = await self._looked_up(client, state.repo, _CONVERTED)
            except PersonCanFix:
                other = None
            made = choosing.converted(wanted, state.repo, other.files) if other else None
            if made is not None and other is not None:
                return made, other.sha
        raise _unusable(state, wanted.below)

    def _check_room(self, repo: str, size: int, count: int) -> None:
        if count > self.most_files:
            raise PersonCanFix(
                f"hf:{repo} has {count:,} files; at most {self.most_files:,} are fetched.",
                "Give a smaller data set, or one that is packed as Parquet.",
                field="data",
            )
        self.home.mkdir(parents=True, exist_ok=True)
        left = shutil.disk_usage(self.home).free
        if size + _ROOM > left:
            raise PersonCanFix(
                f"hf:{repo} needs {size / 1e9:.1f} GB of disk, and {left / 1e9:.1f} are free.",
                "Free some space, then retry.",
            )

    def _draft(self, owner: Actor, what: str) -> Path:
        """Where one job's files gather until all are there; the same one after a failure."""
        folder = folder_of(self.home, owner.key)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for old in folder.iterdir():
            if time.time() - old.stat().st_mtime > _STALE_SECONDS:
                remove(old)
        draft = folder / hashlib.sha256(what.encode()).hexdigest()[:_DIGITS]
        draft.mkdir(exist_ok=True, mode=0o700)
        return draft

    def _topic(self, repo: str) -> Topic:
        return Topic(f"the data set {repo}", f"{self.endpoint}/datasets/{repo}", "data")


def _unusable(state: _State, below: str) -> PersonCanFix:
    """Why nothing of a data set can be taken."""
    others = forms.others(state.files)
    if forms.is_script(state.repo, state.files):
        told = "makes its data by a program of its author, which is never run here"
    elif below:
        told = f"has no data I can read at {below}"
    else:
        told = f"has no files I can read, only {', '.join(others[:5])}" if others else "is empty"
    return PersonCanFix(
        f"hf:{state.repo} {told}.",
        "Take a data set of CSV, JSON, Parquet or text files or of pictures, or give its files.",
        field="data",
    )


def _pictures_inside(repo: str) -> PersonCanFix:
    return PersonCanFix(
        f"hf:{repo} keeps its pictures inside Parquet files, which I cannot read.",
        "Give a data set with the pictures as files, or a folder or zip of them.",
        field="data",
    )


def _delivered(
    draft: Path, into: Path, state: _State, chosen: Chosen, parts: Sequence[fitting.Part]
) -> tuple[Path, ...]:
    """Move what is whole into the job's folder; nothing of it stays behind."""
    if chosen.kind == "archive" and len(parts) == 1:
        target = free(into, clean(parts[0].path))
        _moved(draft / "files" / parts[0].name, target)
        remove(draft)
        return (target,)
    folder = free(into, clean(state.repo.rpartition("/")[2]))
    for part in parts:
        *above, last = part.path.split("/")
        place = folder.joinpath(*above)
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        _moved(draft / "files" / part.name, free(place, last))
    note = {
        "repo": state.repo,
        "revision": state.sha,
        "config": chosen.config,
        "notes": [*chosen.notes, *(f"{part.path}: a part" for part in parts if not part.is_whole)],
        "files": {part.path: part.name for part in parts},
        "card": {key: state.card[key] for key in ("license", "dataset_info") if key in state.card},
    }
    (folder / _NOTE).write_text(json.dumps(note, indent=1, default=str) + "\n", "utf-8")
    remove(draft)
    return (folder,)


def _moved(file: Path, target: Path) -> None:
    file.replace(target)
    target.chmod(0o600)


def adapter(*, vault: Vault, home: Path, hf_endpoint: str) -> HubSource:
    """The source of the Hub's data sets."""
    return HubSource(vault, home, hf_endpoint.rstrip("/"))
