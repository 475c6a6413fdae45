"""A trained bundle, published as a job's model is and fetched back, and asked there."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from adapters.environments import variables
from adapters.hosts.folder import FolderHost
from adapters.hosts.huggingface import HubHost
from pipeline.bundle import needed
from pipeline.ports.host import Terms
from pipeline.proving import held_out
from pipeline.recipe import find_recipe, requirements
from tests.contracts.bundles import TestBundle, trained_here
from tests.fakes.clock import FakeClock
from tests.fakes.hub import FakeHub
from tests.fakes.jobs import ANN
from tests.fakes.vault import MemoryVault

JOB = "j-4f0c2k9a"
_IN_MODEL = ("predict.py", "score.py", "app.py")
_SECONDS = 120.0


def model_folder(bundle: TestBundle, into: Path) -> Path:
    """The folder of a bundle's model, with all that a job puts into one."""
    shutil.copytree(bundle.work / "scored", into)
    shutil.copytree(bundle.folder / "model", into / "model")
    files = needed(_IN_MODEL, (bundle.folder,)).values()
    for path in (*files, bundle.folder / "config.json"):
        shutil.copy(path, into)
    backbone = trained_here(find_recipe(bundle.task))
    lines = sorted({*requirements(bundle.task), *backbone.requirements})
    passport = {"job": JOB, "task_type": bundle.task}
    texts = {
        "requirements.txt": "".join(f"{line}\n" for line in lines),
        "passport.json": json.dumps(passport),
        "README.md": f"---\ntags: [mltrainer]\n---\n# {find_recipe(bundle.task).title}\n",
    }
    for name, text in texts.items():
        (into / name).write_text(text, "utf-8")
    return into


async def through_a_folder(model: Path, work: Path) -> Path:
    """The model, published in a folder of this machine and fetched from there."""
    return await _through(FolderHost(work / "models"), model, work / "fetched")


async def through_the_hub(model: Path, work: Path, *, pro: bool = True) -> tuple[Path, Path]:
    """The model, published at the Hub and fetched from there; and a copy of its Space's files."""
    with FakeHub() as hub:
        vault = MemoryVault(clock=FakeClock())
        token = hub.token(hub.account("ann", pro=pro))
        await vault.put(ANN, "huggingface", json.dumps({"token": token}), tail="")
        host = HubHost(vault, hub.url, hub.spaces_url, pause=0.01, space_seconds=5.0)
        fetched = await _through(host, model, work / "fetched")
        (space,) = hub.spaces.values()
        for name, content in space.files.items():
            path = work / "space" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                path.write_bytes(content)
            else:
                shutil.copy(content.path, path)
    return fetched, work / "space"


async def _through(host: FolderHost | HubHost, model: Path, into: Path) -> Path:
    published = await host.publish(model, JOB, ANN, terms=Terms(name="tried"))
    assert published.notes == ()
    return await host.fetch(published, into, ANN)


def predicted(folder: Path, python: Path, work: Path) -> bytes:
    """What a model folder answers for its held-out rows, in a process that has nothing else."""
    held = held_out(folder)
    answers = work / f"answers{held.suffix}"
    done = subprocess.run(
        [python, folder / "predict.py", "--input", held, "--output", answers],
        cwd=work,
        env=alone(python, work),
        capture_output=True,
        check=False,
        text=True,
        timeout=_SECONDS,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return answers.read_bytes()


def alone(python: Path, home: Path) -> dict[str, str]:
    """A process environment without anything of this machine's."""
    own = {"PATH": os.environ["PATH"], "HOME": str(home), "HF_HUB_OFFLINE": "1"}
    return {**own, "OMP_NUM_THREADS": "1", **variables(python)}
