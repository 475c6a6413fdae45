"""Models of others, as a test says what there is and what can be reached."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import MLTrainerError, PersonCanFix
from pipeline.ports.runtime import OnLine
from pipeline.ports.weights import Fetched, Offer


@dataclass
class FakeWeights:
    """pipeline.ports.weights.Weights. `there` maps a name to its licence or to why it cannot be."""

    home: Path
    there: Mapping[str, str | MLTrainerError] = field(default_factory=dict)
    cut_off: MLTrainerError | None = None
    looked_for: list[str] = field(default_factory=list)

    async def find(self, name: str, *, local: bool) -> Offer:
        self.looked_for.append(name)
        if local and Path(name).is_dir():
            return Offer(f"local/{Path(name).name}", name, "", "", 1_000_000)
        found = self.there.get(name)
        if found is None:
            raise PersonCanFix(f"There is no model {name}.", "Check the name.")
        if isinstance(found, MLTrainerError):
            raise found
        return Offer(name, name, "a1b2c3", found, 1_000_000)

    async def fetch(self, offer: Offer, on_line: OnLine) -> Fetched:
        await on_line("half of it")
        if self.cut_off is not None:
            raise self.cut_off
        folder = self.home / "weights" / offer.name.replace("/", "--")
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        return Fetched(folder, offer.name, offer.license, offer.revision or "d1")
