"""The Hugging Face Hub as the host of finished models.

placing    whose account, under which name
contents   the files of a repository and its card
page       the files of a Space
installs   what a Space installs
space      the Space: made, filled, waited for
question   one real question to it
"""

import asyncio
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters import hub_whose
from adapters.credentials import values_of
from adapters.hosts.huggingface import contents
from adapters.hosts.huggingface.placing import Spot, spot
from adapters.hosts.huggingface.space import Space
from adapters.hub_client import HubClient
from adapters.hub_login import renewed
from adapters.hub_refusals import KIND, TITLE, Topic
from pipeline.errors import Bug, PersonCanFix, TryAgain
from pipeline.folders import fresh, remove
from pipeline.jobs import Actor
from pipeline.ports.host import Published, Terms
from pipeline.ports.vault import Vault

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_SPEED = 100_000  # bytes a second at least, up or down
_LEAST_SECONDS = 120.0
_LEAST_PAUSE = 0.05
_NAME = "deploy.hf_repo_name"


@dataclass(frozen=True, slots=True)
class _There:
    """A repository as it is: which job it is of (empty: it holds nothing yet), and its files."""

    job: str
    files: tuple[str, ...]
    private: bool


@dataclass(frozen=True)
class HubHost:
    """Implements pipeline.ports.host.Host with the Hub at `endpoint`.

    `spaces` is the template of a Space's own address. A Space is waited for `space_seconds`, with
    a look every `pause` seconds.
    """

    vault: Vault
    endpoint: str
    spaces: str
    pause: float = 5.0
    space_seconds: float = 900.0
    name: str = KIND
    title: str = TITLE
    account: str | None = KIND

    async def publish(
        self,
        folder: Path,
        name: str,
        owner: Actor,
        *,
        terms: Terms = Terms(),  # noqa: B008  (it is frozen)
    ) -> Published:
        """Put the folder into a repository of its own, in one commit, and a Space beside it.

        The same job's next version is a new commit there. Without the owner's token PersonCanFix;
        TryAgain goes on from what is there, which its hint names.
        """
        client = await self._client(owner, "publish")
        place = await self._spot(client, terms, name)
        url = f"{self.endpoint}/{place.repo}"
        revision = await self._model(client, place, folder, name, terms)
        published = Published(url=url, path=None, revision=revision)
        if not terms.space:
            return published
        space = Space(
            client, place, name, terms.private, self.spaces, self.pause, self.space_seconds
        )
        with _naming(f"The model is published at {url}; its Space is not finished yet."):
            space_url, notes = await space.made(folder)
        return Published(url, None, revision, space_url, None, notes)

    async def fetch(self, published: Published, into: Path, owner: Actor) -> Path:
        """Download exactly the published revision into an empty folder, each file checked."""
        if published.url is None or published.revision is None:
            raise Bug("The Hub publishes revisions of repositories only.")
        repo, revision = published.url.removeprefix(f"{self.endpoint}/"), published.revision
        client = await self._client(owner, "fetch the published model")
        topic = _topic(repo, published.url)
        info: Any = await client.ask(
            lambda api: api.model_info(repo, revision=revision, files_metadata=True), topic
        )
        await asyncio.to_thread(fresh, into)
        for one in info.siblings or ():
            await client.ask(
                lambda api, one=one: _fetched(api, repo, revision, one, into),  # type: ignore[misc]
                topic,
                within=_LEAST_SECONDS + (one.size or 0) / _SPEED,
            )
        await asyncio.to_thread(_cleared, into)
        return into

    async def _client(self, owner: Actor, purpose: str) -> HubClient:
        renew = partial(renewed, self.endpoint)
        values = await values_of(self.vault, owner, KIND, purpose, TITLE, renew=renew)
        return HubClient.of(self.endpoint, values["token"])

    async def _spot(self, client: HubClient, terms: Terms, job: str) -> Spot:
        """Where the model goes; after a refusal the Hub is asked anew whose token it is."""
        me = hub_whose.recall(client.endpoint, client.token)
        if me is None:
            about = Topic("your account", "https://huggingface.co/settings")
            me = told = await client.ask(lambda api: api.whoami(), about)
            hub_whose.keep(client.endpoint, client.token, told)
        try:
            return spot(me, terms, job)
        except PersonCanFix:
            hub_whose.forget(client.endpoint, client.token)
            raise

    async def _model(
        self, client: HubClient, place: Spot, folder: Path, job: str, terms: Terms
    ) -> str:
        """The repository with exactly the folder's files; returns the new revision."""
        url = f"{self.endpoint}/{place.repo}"
        topic = _topic(place.repo, url)
        there = await client.ask(lambda api: _looked(api, place.repo), topic)
        if there is not None and there.job not in {"", job}:
            raise _taken(place.repo, url)
        if there is None or there.private != terms.private:
            await client.ask(
                lambda api: _made(api, place.repo, private=terms.private, new=there is None), topic
            )
        files = await asyncio.to_thread(contents.model, folder, place.repo, job)
        kept = there.files if there else ()
        has = "still holds the version before" if there and there.job else "exists and is empty yet"
        with _naming(f"{url} {has}."):
            return await client.ask(
                lambda api: contents.committed(
                    api, place.repo, files, kind="model", there=kept, job=job
                ),
                topic,
                within=_LEAST_SECONDS + contents.size_of(files) / _SPEED,
            )


def _topic(repo: str, url: str) -> Topic:
    return Topic(f"the model {repo}", url, "retry")


def _looked(api: "HfApi", repo: str) -> _There | None:
    if not api.repo_exists(repo):
        return None
    info: Any = api.model_info(repo)
    files = tuple(one.rfilename for one in info.siblings or ())
    card = info.card_data.to_dict() if info.card_data else {}
    has_nothing = not {*files} - {".gitattributes"}
    job = "" if has_nothing else str(card.get(contents.JOB, "?"))
    return _There(job, files, private=bool(info.private))


def _made(api: "HfApi", repo: str, *, private: bool, new: bool) -> None:
    if new:
        api.create_repo(repo, private=private, exist_ok=True)
    else:
        api.update_repo_settings(repo, private=private)


def _fetched(api: "HfApi", repo: str, revision: str, one: Any, into: Path) -> None:  # noqa: ANN401  (the library's)
    """One file of the revision, as whole as the Hub says it is."""
    path = Path(api.hf_hub_download(repo, one.rfilename, revision=revision, local_dir=into))
    with path.open("rb") as file:
        wanted = one.lfs.sha256 if one.lfs else None
        is_same = wanted in {None, hashlib.file_digest(file, "sha256").hexdigest()}
    if not is_same or path.stat().st_size != one.size:
        path.unlink()
        raise TryAgain(f"{one.rfilename} of {repo} came damaged.", "It is fetched anew.")


def _cleared(folder: Path) -> None:
    """Leave the published files alone, for their owner's eyes."""
    remove(folder / ".cache")  # the library's notes
    (folder / ".gitattributes").unlink(missing_ok=True)  # the Hub's own
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)


@contextmanager
def _naming(there: str) -> Iterator[None]:
    """Whatever goes wrong in here says first what exists at the Hub by now."""
    try:
        yield
    except TryAgain as error:
        raise TryAgain(error.message, f"{there} {error.hint}", after=error.after) from None
    except PersonCanFix as error:
        hint = f"{there} {error.hint}"
        raise PersonCanFix(error.message, hint, field=error.field, options=error.options) from None


def _taken(repo: str, url: str) -> PersonCanFix:
    name = repo.rpartition("/")[2]
    return PersonCanFix(
        f"{url} exists already and is not of this job; it is left as it is.",
        f"Give the model another name, such as {name}-2.",
        field=_NAME,
        options=(f"{name}-2",),
    )


def adapter(
    *, vault: Vault, hf_endpoint: str, hf_spaces_url: str, retry_scale: float = 1.0
) -> HubHost:
    """The host that keeps models at the Hub; `retry_scale` multiplies its waiting times."""
    pause = max(_LEAST_PAUSE, HubHost.pause * retry_scale)
    return HubHost(vault, hf_endpoint.rstrip("/"), hf_spaces_url.rstrip("/"), pause)
