"""A house with one more host, as anybody would add it: one file on its shelf."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "adapters", "pipeline")
PARCEL = '''\
"""A parcel service as the host of finished models: takes a key, keeps the folder."""

import asyncio
import json
import os
import shutil
import urllib.request
from pathlib import Path

from pipeline.errors import PersonCanFix
from pipeline.jobs import Actor
from pipeline.ports.host import Published, Terms
from pipeline.ports.vault import Vault


class ParcelHost:
    """Implements pipeline.ports.host.Host; says whose key it was given at PARCEL_URL."""

    name = "parcel"
    title = "Hugging Face"  # the account it takes
    account: str | None = "huggingface"

    def __init__(self, models: Path, vault: Vault) -> None:
        self._models, self._vault = models, vault

    async def publish(
        self, folder: Path, name: str, owner: Actor, *, terms: Terms = Terms()
    ) -> Published:
        del terms
        ref = await self._vault.find(owner, "huggingface")
        if ref is None:
            raise PersonCanFix("There is no key to publish with.", "Connect it, then retry.")
        value = await self._vault.reveal(owner, ref, "publish")
        await asyncio.to_thread(_show, value)
        target = self._models / f"parcel-{name}"
        await asyncio.to_thread(shutil.copytree, folder, target, dirs_exist_ok=True)
        return Published(url=None, path=target)

    async def fetch(self, published: Published, into: Path, owner: Actor) -> Path:
        del owner
        assert published.path is not None
        await asyncio.to_thread(shutil.copytree, published.path, into, dirs_exist_ok=True)
        return into


def _show(value: str) -> None:
    key = next(iter(json.loads(value).values()))
    request = urllib.request.Request(os.environ["PARCEL_URL"], data=key.encode())
    urllib.request.urlopen(request, timeout=10).close()


def adapter(*, models: Path, vault: Vault) -> ParcelHost:
    return ParcelHost(models, vault)
'''


def plugged(folder: Path) -> Path:
    """A copy of the house with the host `parcel`, to be put on PYTHONPATH."""
    for room in ROOMS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / room, folder / room, ignore=ignored)
    (folder / "adapters" / "hosts" / "parcel.py").write_text(PARCEL, "utf-8")
    return folder
