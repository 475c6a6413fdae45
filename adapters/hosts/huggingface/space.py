"""A model's Space: made on the best hardware its owner is given, filled, waited for, and asked."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.hosts.huggingface import contents, page
from adapters.hosts.huggingface.page import Rung
from adapters.hosts.huggingface.placing import Spot
from adapters.hosts.huggingface.question import Page
from adapters.hub_client import HubClient
from adapters.hub_library import library
from adapters.hub_refusals import TITLE, Topic
from pipeline.errors import PersonCanFix

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_REFUSED = {HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.FORBIDDEN}
_STARTING = {"BUILDING", "APP_STARTING", "RUNNING_BUILDING", "RUNNING_APP_STARTING"}
_RUNNING = "RUNNING"
_STATIC_TOLD = (
    f"The Space shows how to use the model and does not run it: {TITLE} gives pages that run to "
    "PRO accounts (https://huggingface.co/pro)."
)
_UPLOAD_SPEED = 100_000  # bytes a second at least


@dataclass(frozen=True, slots=True)
class _There:
    """A Space that exists: what it is, whose job it is of, and its files."""

    rung: Rung
    job: str
    files: tuple[str, ...]
    private: bool


@dataclass(frozen=True, slots=True)
class Space:
    """The Space of one model. `address` is the template of a Space's own address."""

    client: HubClient
    spot: Spot
    job: str
    private: bool
    address: str
    pause: float
    most_seconds: float

    @property
    def url(self) -> str:
        """Where people find it."""
        return f"{self.client.endpoint}/spaces/{self.spot.repo}"

    @property
    def _topic(self) -> Topic:
        return Topic(f"the Space {self.spot.repo}", self.url, "deploy.create_space")

    async def made(self, folder: Path) -> tuple[str | None, tuple[str, ...]]:
        """Its address and what there is to say of it; no address where it cannot be had.

        TryAgain when the Hub may let it go on later.
        """
        try:
            rung, there = await self._begun()
        except PersonCanFix as refused:
            return None, (f"There is no Space: {refused.message} {refused.hint}",)
        if rung is None:
            told = f"There is no Space: {self.url} exists already and is not of this model."
            return None, (told,)
        model_url = f"{self.client.endpoint}/{self.spot.repo}"
        files = page.contents(folder, self.spot.repo, self.job, rung, model_url)
        await self.client.ask(
            lambda api: contents.committed(
                api, self.spot.repo, files, kind="space", there=there, job=self.job
            ),
            self._topic,
            within=120 + contents.size_of(files) / _UPLOAD_SPEED,
        )
        return self.url, await self._started(folder, rung)

    async def _begun(self) -> tuple[Rung | None, tuple[str, ...]]:
        """The Space that there is by now, and the files in it; None where it is somebody else's."""
        there = await self.client.ask(self._looked, self._topic)
        if there is None:
            return await self.client.ask(self._created, self._topic), ()
        if there.job not in {"", self.job}:
            return None, ()
        if there.private != self.private:
            await self.client.ask(self._shown, self._topic)
        return there.rung, there.files

    def _looked(self, api: "HfApi") -> _There | None:
        repo = self.spot.repo
        if not api.repo_exists(repo, repo_type="space"):
            return None
        info: Any = api.space_info(repo)
        runtime: Any = api.get_space_runtime(repo)
        hardware = str(runtime.requested_hardware or "")
        rung = Rung(str(info.sdk), hardware if hardware == page.ZERO else "")
        card: Mapping[str, Any] = info.card_data.to_dict() if info.card_data else {}
        files = tuple(one.rfilename for one in info.siblings or ())
        has_nothing = not {*files} - {".gitattributes"}
        job = "" if has_nothing else str(card.get(contents.JOB, "?"))
        return _There(rung, job, files, private=bool(info.private))

    def _shown(self, api: "HfApi") -> None:
        api.update_repo_settings(self.spot.repo, repo_type="space", private=self.private)

    def _created(self, api: "HfApi") -> Rung:
        """The first rung of the ladder that the Hub gives; the last one's refusal is raised."""
        for rung in page.ladder(pro=self.spot.pro):
            try:
                api.create_repo(
                    self.spot.repo,
                    private=self.private,
                    repo_type="space",
                    space_sdk=rung.sdk,
                    space_hardware=rung.hardware or None,  # type: ignore[arg-type]  # a new name
                )
            except library().errors.HfHubHTTPError as refused:
                if rung == page.STATIC or refused.response.status_code not in _REFUSED:
                    raise
            else:
                return rung
        raise AssertionError

    async def _started(self, folder: Path, rung: Rung) -> tuple[str, ...]:
        """What there is to say once it runs, cannot, or was waited for long enough."""
        stage = ""
        for _ in range(int(self.most_seconds / self.pause) + 1):
            stage = await self.client.ask(self._stage, self._topic)
            if stage not in _STARTING:
                break
            await asyncio.sleep(self.pause)
        logs = f"{self.url}?logs=container"
        if stage in _STARTING:
            return (f"The Space is still being built; look at {self.url} in a while.",)
        if stage != _RUNNING:
            return (f"The Space does not start ({stage}): its log is at {logs}.",)
        if rung == page.STATIC:
            return (_STATIC_TOLD,)
        return await self._asked(folder, logs)

    def _stage(self, api: "HfApi") -> str:
        runtime: Any = api.get_space_runtime(self.spot.repo)
        return str(runtime.raw.get("stage", ""))

    async def _asked(self, folder: Path, logs: str) -> tuple[str, ...]:
        info: Any = await self.client.ask(lambda api: api.space_info(self.spot.repo), self._topic)
        address = self.address.replace("{subdomain}", str(info.subdomain))
        token = self.client.token if self.private else ""
        if await Page(address, token).asked(folder, self.pause) == "failed":
            return (f"The Space runs but does not answer a question: its log is at {logs}.",)
        return ()
