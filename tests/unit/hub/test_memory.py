"""A large model goes up and comes down in pieces: the bot's memory stays flat."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.hub.conftest import JOB, People

LARGE = 200_000_000
# Only a process of its own tells how much memory was taken at most.
SCRIPT = """
import asyncio, json, re, sys
from pathlib import Path
from adapters.hosts.huggingface import HubHost
from adapters.hub_library import library
from pipeline.ports.host import Terms
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import ANN
from tests.fakes.vault import MemoryVault

def memory(what):
    told = re.search(what + r":\\s+(\\d+) kB", Path("/proc/self/status").read_text())
    return int(told[1]) << 10

async def main(url, token, folder, into, job):
    vault = MemoryVault(clock=FakeClock())
    await vault.put(ANN, "huggingface", json.dumps({"token": token}), tail="")
    host = HubHost(vault, url, url)
    library().HfApi().create_commit  # its import is not counted
    before = memory("VmRSS")
    published = await host.publish(Path(folder), job, ANN, terms=Terms(space=False))
    sent = memory("VmHWM")
    await host.fetch(published, Path(into), ANN)
    print(json.dumps({"up": sent - before, "down": memory("VmHWM") - before}))

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_a_large_model_takes_little_memory_on_its_way(people: People, folder: Path) -> None:
    weights = folder / "model" / "model.safetensors"
    with weights.open("r+b") as file:
        file.truncate(LARGE)
    into = people.home / "fetched"
    told = subprocess.run(
        [sys.executable, "-c", SCRIPT, people.hub.url, people.ann, str(folder), str(into), JOB],
        capture_output=True,
        check=True,
        text=True,
    )
    grown = json.loads(told.stdout)
    assert (into / "model" / "model.safetensors").stat().st_size == LARGE
    assert people.hub.models[f"ann/mltrainer-{JOB}"].commits
    assert grown["up"] < 150_000_000, grown
    assert grown["down"] < 150_000_000, grown
