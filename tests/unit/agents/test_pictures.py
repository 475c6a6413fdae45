"""Pictures are drawn from what the scoring left; a model without them is still a model."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest

from pipeline import picturing
from pipeline.events import AgentLogged, Event
from pipeline.jobs import Stage
from pipeline.ports import Ports
from pipeline.ports.runtime import Step, StepResult, Workbench
from tests.unit.orchestrator.scripted import Clock
from tests.unit.orchestrator.scripted import ports as ports_of

pytestmark = pytest.mark.anyio
PICTURE = {"file": "roc.png", "dark": "roc.dark.png", "title": "It ranks well", "alt": "0.9"}


@dataclass
class Painter:
    """A workbench whose script leaves these files."""

    files: Mapping[str, str]
    exit_code: int = 0
    asked: list[Step] = field(default_factory=list)

    async def prepare(self, lines: Sequence[str], on_line: object) -> Path:
        del on_line
        assert any(line.startswith("matplotlib==") for line in lines)
        return Path("python")

    async def run(self, python: Path, step: Step, on_line: object = None) -> StepResult:
        del python, on_line
        self.asked.append(step)
        for name, text in self.files.items():
            (step.work / name).write_text(text, "utf-8")
        ending = "failed" if self.exit_code else "ok"
        return StepResult(ending=ending, exit_code=self.exit_code, tail=("no",), seconds=1)  # type: ignore[arg-type]

    def take(self, produced: Path, into: Path) -> tuple[Path, ...]:
        into.mkdir(parents=True, exist_ok=True)
        return tuple(path.rename(into / path.name) for path in sorted(produced.iterdir()))


def studio(home: Path, painter: Painter, told: list[Event]) -> Ports:
    async def emit(event: Event) -> None:
        told.append(event)

    return replace(ports_of(Clock(), home), emit=emit, workbench=cast("Workbench", painter))


def model_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "figures.json").write_text("[]", "utf-8")
    return folder


async def test_pictures_lie_in_the_model_folder_with_their_words(tmp_path: Path) -> None:
    listed = json.dumps([PICTURE, {**PICTURE, "file": "../roc.png"}, {**PICTURE, "file": "no.png"}])
    painter = Painter({"roc.png": "png", "roc.dark.png": "png", "pictures.json": listed})
    model = model_folder(tmp_path)

    drawn = await picturing.draw(
        Stage.MONITOR, studio(tmp_path, painter, []), model, tmp_path / "work"
    )

    assert [picture.file for picture in drawn] == ["roc.png"]
    assert {path.name for path in (model / "pictures").iterdir()} == {"roc.png", "roc.dark.png"}


@pytest.mark.parametrize(
    "painter",
    [Painter({}, exit_code=1), Painter({"pictures.json": '[{"file": 1}]'})],
    ids=["the script fails", "its list is wrong"],
)
async def test_what_cannot_be_drawn_is_told_and_stops_nothing(
    tmp_path: Path, painter: Painter
) -> None:
    told: list[Event] = []
    ports = studio(tmp_path, painter, told)
    assert await picturing.draw(Stage.MONITOR, ports, model_folder(tmp_path), tmp_path / "w") == ()
    (said,) = [event for event in told if isinstance(event, AgentLogged)]
    assert said.warning
    assert "could not be drawn" in said.message


async def test_a_result_without_figures_needs_no_drawing(tmp_path: Path) -> None:
    painter = Painter({})
    (tmp_path / "model").mkdir()
    ports = studio(tmp_path, painter, [])
    assert await picturing.draw(Stage.MONITOR, ports, tmp_path / "model", tmp_path / "w") == ()
    assert not painter.asked
