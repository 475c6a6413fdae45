"""Two people and one bot process: neither gets the other's files, account or hours, nor a child."""

import asyncio
import os
import re
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import huggingface_hub
import pytest

from adapters.sandbox.levels import choose
from bot.wiring import Records, open_records
from pipeline.errors import PersonCanFix
from pipeline.jobs import Actor
from pipeline.ports.host import Published, Terms
from pipeline.ports.runtime import RunRequest, Step
from tests.contracts.runtimes import BareWorkbench
from tests.fakes.hub import dataset
from tests.fakes.jobs import ANN, BEN
from tests.fakes.modal import Workspace
from tests.fakes.modal.server import ANN_TOKEN, BEN_TOKEN
from tests.stories.canaries import Watcher
from tests.stories.one_process import Keys, Outside, Shelves, keys_of, outside

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
CAT = Actor(platform="terminal", space="local", id="cat")
SERVER_TOKEN = ("ak-ServerServerServer0001", "as-SecretOfServerSecret01")
NAME = "j-1-0"  # the same for both: a run's name is nobody's
TRAIN = """
import json, os, pathlib, sys, time
time.sleep(0.3)  # long enough to be looked at
print(json.dumps(dict(os.environ)), flush=True)
told = (pathlib.Path(sys.argv[2]) / "diary.csv").read_text()
pathlib.Path("model.txt").write_text(told)
"""
AWAY = ("kaggle", "modal")


@dataclass
class House:
    """One process: its shelves serve whoever asks."""

    outside: Outside
    records: Records
    shelves: Shelves
    folder: Path
    ann: Keys
    ben: Keys
    server: Keys

    def diary(self, owner: Actor) -> str:
        """What only this person may have."""
        return f"day,words\n1,the secret of {owner.id}\n"

    def place(self, owner: Actor, *parts: str) -> Path:
        """A folder of this person's job."""
        path = self.folder.joinpath("jobs", owner.id, *parts)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def request(self, owner: Actor, place: str, gpu: str = "") -> RunRequest:
        """A training on this person's diary."""
        bundle, fit = (self.place(owner, part, f"{place}{gpu}") for part in ("bundle", "fit"))
        (bundle / "train.py").write_text(TRAIN, "utf-8")
        (fit / "diary.csv").write_text(self.diary(owner), "utf-8")
        run = self.place(owner, "runs") / f"{place}{gpu}"
        work, script = run / "model", bundle / "train.py"
        step = Step("train", script, ("--fit", str(fit)), work, (bundle, fit))
        return RunRequest(NAME, run, (), (step,), gpu=gpu, seconds=120)

    async def trained(self, owner: Actor, place: str) -> tuple[str, str]:
        """Train there; the handle, and what the model holds."""
        runtime, request = self.shelves.runtimes[place], self.request(owner, place)
        handle = await runtime.submit(request, owner)
        while (state := await runtime.check(handle, 0, owner)).status == "running":
            await asyncio.sleep(0.05)
        assert state.status == "done", state
        await runtime.collect(handle, request.folder, owner)
        return handle, (request.folder / "model" / "model.txt").read_text("utf-8")

    async def fetched(self, owner: Actor, source: str, location: str) -> str:
        """All that a source brings."""
        into = self.place(owner, "data", source)
        (path,) = await self.shelves.sources[source].fetch(location, into, owner)
        if path.is_file():
            with zipfile.ZipFile(path) as archive:
                return archive.read("diary.csv").decode()
        return "".join(one.read_text("utf-8") for one in path.rglob("*.csv"))

    async def published(self, owner: Actor) -> Published:
        """Publish a model of this person's, and bring it back."""
        model, host = self.place(owner, "made"), self.shelves.hosts["huggingface"]
        (model / "model.txt").write_text(self.diary(owner), "utf-8")
        terms = Terms(name="diary-model", space=False)
        told = await host.publish(model, f"j-{owner.id}", owner, terms=terms)
        back = await host.fetch(told, self.place(owner) / "back", owner)
        assert (back / "model.txt").read_text("utf-8") == self.diary(owner)
        return told


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Outside]:
    with outside(tmp_path / "outside") as services:
        yield services


@pytest.fixture
async def house(
    services: Outside, tmp_path: Path, environments: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """Ann and Ben have connected their accounts; what the server itself has is a trap."""
    services.modal.workspaces[SERVER_TOKEN] = Workspace("server-lab")
    ann, ben = keys_of(services, "ann", ANN_TOKEN), keys_of(services, "ben", BEN_TOKEN)
    server = keys_of(services, "server", SERVER_TOKEN)
    _be_tempting(server, tmp_path / "server", monkeypatch)
    settings = services.settings(tmp_path / "home", environments)
    async with open_records(settings) as records:
        vault = records.vault()
        bench = BareWorkbench(await choose(None), None)  # type: ignore[arg-type]  # nothing is made
        shelves = Shelves.of(settings, vault, bench)
        house = House(services, records, shelves, tmp_path, ann, ben, server)
        for owner, keys in ((ANN, ann), (BEN, ben)):
            await keys.give(vault, owner)
            diary = {"diary.csv": house.diary(owner).encode()}
            services.hub.datasets[f"{owner.id}/diary"] = dataset(diary)
            services.hub.datasets[f"{owner.id}/diary"].private = True
            services.kaggle.world.publish(f"{owner.id}-k/diary", diary, private=True)
        yield house


def _be_tempting(server: Keys, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of the server's own, in the places where each library looks for one."""
    (home / ".kaggle").mkdir(parents=True)
    named = f'{{"username": "{server.kaggle.name}", "key": "{server.kaggle.key}"}}'
    (home / ".kaggle" / "kaggle.json").write_text(named)
    (home / ".modal.toml").write_text(
        f'[default]\ntoken_id = "{server.modal[0]}"\ntoken_secret = "{server.modal[1]}"\n'
    )
    (home / ".netrc").write_text(f"machine 127.0.0.1 login server password {server.kaggle.key}\n")
    tempting = {
        "HOME": str(home),
        "HF_TOKEN": server.hub,
        "KAGGLE_API_TOKEN": server.kaggle.token,
        "KAGGLE_USERNAME": server.kaggle.name,
        "KAGGLE_KEY": server.kaggle.key,
        "MODAL_TOKEN_ID": server.modal[0],
        "MODAL_TOKEN_SECRET": server.modal[1],
    }
    for name, value in tempting.items():
        monkeypatch.setenv(name, value)


async def all_of_it(house: House, owner: Actor) -> None:
    """Everything that somebody can do outside, at once."""
    diary = house.diary(owner)
    found = await asyncio.gather(
        house.fetched(owner, "huggingface", f"hf:{owner.id}/diary"),
        house.fetched(owner, "kaggle", f"kaggle:{owner.id}-k/diary"),
        house.trained(owner, "kaggle"),
        house.trained(owner, "modal"),
        house.trained(owner, "local"),
        house.published(owner),
    )
    assert list(found[:2]) == [diary, diary]
    assert [one[1] for one in found[2:5]] == [diary] * 3


async def test_two_people_side_by_side_use_what_is_their_own_and_nothing_else(
    house: House,
) -> None:
    with Watcher(os.getpid) as watcher:
        await asyncio.gather(all_of_it(house, ANN), all_of_it(house, BEN))

    assert_nobody_asked_for_another(house)
    keys = (house.ann, house.ben, house.server)
    secrets = [secret for one in keys for secret in one.secrets]
    children = {f"{arguments}\n{environ}" for arguments, environ in watcher.seen.items()}
    assert any("train.py" in child for child in children)
    assert [one for one in children for secret in secrets if secret in one] == []
    assert_files_are_apart(house, secrets)


def assert_nobody_asked_for_another(house: House) -> None:
    """By the headers that the services heard."""
    whose = {house.ann.hub: "ann", house.ben.hub: "ben"}
    for one in house.outside.hub.requests:
        name = whose[one.token] if one.token else ""
        others = {"ann", "ben"} - {name}
        assert not re.search(rf"/({'|'.join(others)})/", one.path), one
    heard = {(who, str(body)) for who, _, body in house.outside.kaggle.world.asked}
    assert {who for who, _ in heard} == {"ann-k", "ben-k"}
    assert not [body for who, body in heard if ("ben-k" if who == "ann-k" else "ann-k") in body]
    modal = house.outside.modal
    assert set(modal.tokens) == {ANN_TOKEN, BEN_TOKEN}
    for token in (ANN_TOKEN, BEN_TOKEN):
        assert len(modal.workspaces[token].sandboxes) == 1
    for kernel in house.outside.kaggle.world.kernels.values():
        assert len(kernel.pushed) == 1


def assert_files_are_apart(house: House, secrets: Sequence[str]) -> None:
    """In the bot's home is nothing of a diary and no key; in a job's folder only its owner's.

    What a training printed lies there as well: its whole environment.
    """
    home = [path for path in (house.folder / "home").rglob("*") if path.is_file()]
    tellings = [house.diary(one).splitlines()[-1] for one in (ANN, BEN)]
    kept = {path: path.read_bytes() for path in home}
    words = [*secrets, *tellings]
    assert [path for path, held in kept.items() for one in words if one.encode() in held] == []
    for owner, other in ((ANN, BEN), (BEN, ANN)):
        words = [*secrets, house.diary(other).splitlines()[-1]]
        mine = [path for path in house.place(owner).rglob("*") if path.is_file()]
        assert any(path.name == "output.log" for path in mine)
        held = [path for path in mine for one in words if one.encode() in path.read_bytes()]
        assert held == []
    shared = Path(huggingface_hub.constants.HF_HUB_CACHE)
    assert list(shared.glob("*--diary*")) == []


async def test_who_comes_second_with_no_account_or_another_gets_nothing_of_the_first(
    house: House,
) -> None:
    handles = {place: (await house.trained(ANN, place))[0] for place in AWAY}
    published = await house.published(ANN)
    await house.fetched(ANN, "huggingface", "hf:ann/diary")
    await house.fetched(ANN, "kaggle", "kaggle:ann-k/diary")
    before = len(house.outside.kaggle.world.asked), len(house.outside.modal.calls)
    requests = len(house.outside.hub.requests)

    await refused_without_an_account(house, CAT, handles, published)
    await house.records.vault().forget(BEN)
    await refused_without_an_account(house, BEN, handles, published)

    assert {one.token for one in house.outside.hub.requests[requests:]} == {""}
    asked = house.outside.kaggle.world.asked[before[0] :]
    assert {who for who, _, _ in asked} == {""}
    assert len(house.outside.modal.calls) == before[1]

    await house.ben.give(house.records.vault(), BEN)
    await with_an_account_of_their_own(house, handles, published)
    assert {who for who, _, _ in house.outside.kaggle.world.asked[before[0] :]} == {"", "ben-k"}
    assert set(house.outside.modal.tokens[before[1] :]) == {BEN_TOKEN}


async def refused_without_an_account(
    house: House, who: Actor, handles: dict[str, str], published: Published
) -> None:
    """Each door says whose account is missing."""
    shelves, into = house.shelves, house.place(who, "taken")
    told = await refusal(lambda: house.fetched(who, "huggingface", "hf:ann/diary"))
    assert "connect huggingface" in told.hint
    told = await refusal(lambda: house.fetched(who, "kaggle", "kaggle:ann-k/diary"))
    assert told.field == "kaggle"
    host = shelves.hosts["huggingface"]
    told = await refusal(lambda: host.fetch(published, into, who))
    assert told.field == "huggingface"
    for place, handle in handles.items():
        runtime = shelves.runtimes[place]
        doors: list[Callable[[], Awaitable[object]]] = [
            lambda: runtime.find(NAME, who),  # noqa: B023  (called before the next turn)
            lambda: runtime.check(handle, 0, who),  # noqa: B023
            lambda: runtime.collect(handle, into, who),  # noqa: B023
            lambda: runtime.cancel(handle, who),  # noqa: B023
            lambda: runtime.submit(house.request(who, place), who),  # noqa: B023
        ]
        for door in doors:
            assert (await refusal(door)).field == place
    assert list(into.iterdir()) == []


async def with_an_account_of_their_own(
    house: House, handles: dict[str, str], published: Published
) -> None:
    """Ben's own account does not open what is Ann's."""
    shelves, into = house.shelves, house.place(BEN, "taken")
    await refusal(lambda: house.fetched(BEN, "huggingface", "hf:ann/diary"))
    await refusal(lambda: house.fetched(BEN, "kaggle", "kaggle:ann-k/diary"))
    await refusal(lambda: shelves.hosts["huggingface"].fetch(published, into, BEN))
    told = await refusal(lambda: shelves.runtimes["kaggle"].check(handles["kaggle"], 0, BEN))
    assert told.field == "kaggle"
    state = await shelves.runtimes["modal"].check(handles["modal"], 0, BEN)
    assert (state.status, state.lines) == ("lost", ())
    for place in AWAY:
        assert await shelves.runtimes[place].find(NAME, BEN) is None
    assert list(into.iterdir()) == []


async def test_hours_of_a_gpu_are_those_of_who_trains(house: House) -> None:
    kaggle = house.shelves.runtimes["kaggle"]
    house.ann.kaggle.gpu_used = house.ann.kaggle.gpu_hours

    told = await refusal(lambda: kaggle.submit(house.request(ANN, "kaggle", "T4"), ANN))
    handle = await kaggle.submit(house.request(BEN, "kaggle", "T4"), BEN)
    again = await refusal(lambda: kaggle.submit(house.request(ANN, "kaggle", "T4"), ANN))

    assert told.field == again.field == "runtime"
    assert told.message == again.message
    assert "0.0 hours of GPU left" in told.message
    assert handle.startswith("ben-k/")
    assert list(house.outside.kaggle.world.kernels) == [handle]


async def refusal(door: Callable[[], Awaitable[object]]) -> PersonCanFix:
    """What the person is told; no key is in it."""
    with pytest.raises(PersonCanFix) as told:
        await door()
    assert not re.search(r"hf_\w{9}|KGAT_|as-\w{9}", f"{told.value.message} {told.value.hint}")
    return told.value
