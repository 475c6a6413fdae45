"""The pages of Spaces in the environments that they ask for: started, asked, looked at."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.sync_api import expect, sync_playwright
from pydantic import JsonValue

from adapters.hosts.huggingface.installs import installs
from pipeline.deep import DEEP
from pipeline.jobs import TaskType
from pipeline.recipe import find_recipe, known_recipes, requirements
from tests.contracts.bundles import trained_here
from tests.contracts.published import alone
from tests.fakes.hub.repos import front_matter_of

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
HUB_HAS_ALREADY = ("spaces==0.51.3",)  # beside what a Space names itself
_START_SECONDS = 120.0
_ANSWER_SECONDS = 60.0


def wanted(*, deep: bool) -> tuple[str, ...]:
    """All that the Spaces of the light recipes install together, or those of the deep ones."""
    recipes = [task for task in known_recipes() if is_deep(task) == deep]
    lines = {line for task in recipes for line in requirements(task)} | {*(DEEP if deep else ())}
    return (*installs(sorted(lines)), *HUB_HAS_ALREADY)


def is_deep(task: TaskType) -> bool:
    """Whether the page of what is trained here of this task needs a network."""
    return bool(trained_here(find_recipe(task)).requirements)


@contextmanager
def started(space: Path, python: Path, work: Path) -> Iterator[str]:
    """The address of a Space's page, started from its files as the Hub starts it."""
    told = front_matter_of((space / "README.md").read_bytes()) or {}
    assert told["sdk"] == "gradio"
    address, log = f"http://127.0.0.1:{(port := _free_port())}", work / "page.log"
    as_there = {
        "SYSTEM": "spaces",
        "SPACE_ID": "ann/tried",
        "GRADIO_SERVER_NAME": "127.0.0.1",
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_CACHE_EXAMPLES": "true",
        "GRADIO_ANALYTICS_ENABLED": "False",
        "GRADIO_TEMP_DIR": str(work / "uploads"),
    }
    with log.open("wb") as told_there:
        process = subprocess.Popen(
            [python, str(told["app_file"])],
            cwd=space,
            env={**alone(python, work), **as_there},
            stdout=told_there,
            stderr=told_there,
            start_new_session=True,
        )
    try:
        _wait(address, process, log)
        yield address
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    ends = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < ends:
        with suppress(httpx.HTTPError):
            if httpx.get(f"{address}/gradio_api/info", timeout=5, trust_env=False).is_success:
                return
        time.sleep(0.2)
    raise AssertionError(f"the page does not start:\n{log.read_text(errors='replace')[-4000:]}")


@dataclass(frozen=True, slots=True)
class Page:
    """A page that runs, asked as a person's own program would ask it."""

    address: str

    def answer(self, cells: Sequence[JsonValue], *, pictures: bool) -> list[JsonValue]:
        """What it shows in each of its boxes for one row; a picture is given by its path."""
        with httpx.Client(base_url=f"{self.address}/gradio_api", trust_env=False) as client:
            given = [_sent(client, Path(str(cell))) if pictures else cell for cell in cells]
            begun = client.post("/call/predict", json={"data": given}).raise_for_status()
            call = f"/call/predict/{begun.json()['event_id']}"
            ended = client.get(call, timeout=_ANSWER_SECONDS).raise_for_status().text
        assert "event: complete" in ended, ended
        shown: list[JsonValue] = json.loads(ended.rsplit("data: ", 1)[1])
        return shown


def _sent(client: httpx.Client, picture: Path) -> dict[str, JsonValue]:
    files = {"files": (picture.name, picture.read_bytes())}
    (path,) = client.post("/upload", files=files).raise_for_status().json()
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


def seen_in_a_browser(address: str, cells: Mapping[str, str], picture: Path) -> str:
    """What a person reads as the answer who fills the boxes of a page and submits them."""
    with sync_playwright() as driver:
        # A container's root can start Chromium only without Chromium's own sandbox.
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address)
        for label, cell in cells.items():
            page.get_by_label(label, exact=True).fill(cell)
        page.get_by_role("button", name="Submit").click()
        answer = page.get_by_label("Answer", exact=True)
        expect(answer).not_to_have_value("", timeout=1000 * _ANSWER_SECONDS)
        page.screenshot(path=picture, full_page=True)
        said = answer.input_value()
        browser.close()
    return said
