"""One real question to the page of a Space: a row that the model has not learned from."""

import asyncio
import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import httpx

Answer = Literal["answered", "failed", "unasked"]
_BOXES = {"textbox", "number"}
_PICTURES = {".jpg", ".jpeg", ".png"}
_SECONDS = 30.0
_TRIES = 6


@dataclass(frozen=True, slots=True)
class Page:
    """A Space's own address; the token is for one that only its owner sees."""

    address: str
    token: str = field(default="", repr=False)
    seconds: float = _SECONDS

    async def asked(self, folder: Path, pause: float) -> Answer:
        """Ask about a held-out row of the model folder; `unasked` where none fits its boxes."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with httpx.AsyncClient(timeout=self.seconds, headers=headers) as client:
            for _ in range(_TRIES):
                try:
                    return await self._answer(client, folder)
                except (httpx.HTTPError, ValueError, LookupError):
                    await asyncio.sleep(pause)  # it is just starting
        return "failed"

    async def _answer(self, client: httpx.AsyncClient, folder: Path) -> Answer:
        told = await client.get(f"{self.address}/gradio_api/info")
        endpoints: dict[str, Any] = told.raise_for_status().json()["named_endpoints"]
        name = "/predict" if "/predict" in endpoints else next(iter(endpoints))
        boxes = endpoints[name]["parameters"]
        cells = await self._cells(client, boxes, folder)
        if cells is None:
            return "unasked"
        call = f"{self.address}/gradio_api/call{name}"
        begun = await client.post(call, json={"data": cells})
        event = begun.raise_for_status().json()["event_id"]
        ended = await client.get(f"{call}/{event}")
        is_told = "event: complete" in ended.raise_for_status().text
        return "answered" if is_told else "failed"

    async def _cells(
        self, client: httpx.AsyncClient, boxes: list[dict[str, Any]], folder: Path
    ) -> list[Any] | None:
        """What is put into the page's boxes; a picture is sent ahead."""
        if [_component(box) for box in boxes] != ["image"]:
            return _texts(boxes, await asyncio.to_thread(_row, folder))
        picture = await asyncio.to_thread(_picture, folder)
        if picture is None:
            return None
        name, content = picture
        sent = await client.post(
            f"{self.address}/gradio_api/upload", files={"files": (name, content)}
        )
        (path,) = sent.raise_for_status().json()
        return [{"path": path, "meta": {"_type": "gradio.FileData"}}]


def _component(box: Mapping[str, Any]) -> str:
    return str(box.get("component", "")).lower()


def _picture(folder: Path) -> tuple[str, bytes] | None:
    """The first held-out picture, by its name."""
    found = sorted(path for path in folder.glob("images/*") if path.suffix.lower() in _PICTURES)
    return (found[0].name, found[0].read_bytes()) if found else None


def _row(folder: Path) -> Mapping[str, str]:
    """The first held-out row; nothing where there is none."""
    for name in ("heldout.csv", "heldout.jsonl"):
        if (folder / name).is_file():
            with (folder / name).open(encoding="utf-8", newline="") as file:
                found = next(csv.DictReader(file), None) if name.endswith(".csv") else None
                told = found if found is not None else json.loads(file.readline() or "{}")
                return {key: value for key, value in told.items() if isinstance(value, str)}
    return {}


def _texts(boxes: list[dict[str, Any]], row: Mapping[str, str]) -> list[str] | None:
    """The row's cells in the order of the page's boxes; a lone box takes the longest text."""
    if not row or any(_component(box) not in _BOXES for box in boxes):
        return None
    if all(box.get("label") in row for box in boxes):
        return [row[box["label"]] for box in boxes]
    return [max(row.values(), key=len)] if len(boxes) == 1 else None
