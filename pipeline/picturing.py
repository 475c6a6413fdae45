"""Pictures of a result, drawn from what score.py left, in an environment of their own."""

import asyncio
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipeline.artifacts import Picture
from pipeline.errors import MLTrainerError, Superseded
from pipeline.events import AgentLogged
from pipeline.folders import fresh
from pipeline.jobs import Stage
from pipeline.ports import Ports
from pipeline.ports.runtime import Limits, Step
from pipeline.recipe import HARNESS, read_lines
from pipeline.scripts import environment, harness_script, run_script

FOLDER = "pictures"
_REQUIREMENTS = HARNESS / "pictures.txt"
_LIMITS = Limits(seconds=180)
_LIST = TypeAdapter(tuple[Picture, ...])


async def draw(stage: Stage, ports: Ports, model: Path, work: Path) -> tuple[Picture, ...]:
    """Draw the model folder's figures.json into its pictures/.

    A model without its pictures is still a model: what goes wrong here is told as a warning.
    """
    figures = model / "figures.json"
    if not figures.is_file():
        return ()
    try:
        return await _drawn(stage, ports, figures, work)
    except Superseded:
        raise
    except (MLTrainerError, ValidationError) as error:
        told = f"The pictures of the result could not be drawn: {error}"
        await ports.emit(AgentLogged(stage=stage, message=told[:300], warning=True))
        return ()


async def _drawn(stage: Stage, ports: Ports, figures: Path, work: Path) -> tuple[Picture, ...]:
    python = await environment(stage, ports, read_lines(_REQUIREMENTS))
    step = Step(
        name="pictures",
        script=harness_script("draw.py"),
        arguments=("--figures", str(figures), "--out", "."),
        work=fresh(work),
        reads=(HARNESS, figures),
        limits=_LIMITS,
    )
    await run_script(stage, ports, python, step)
    into = fresh(figures.parent / FOLDER)
    await asyncio.to_thread(ports.workbench.take, work, into)
    listed = _LIST.validate_json((into / "pictures.json").read_bytes())
    (into / "pictures.json").unlink()
    return tuple(one for one in listed if _is_there(into, one))


def _is_there(folder: Path, picture: Picture) -> bool:
    """Both files lie in the folder under plain names."""
    names = (picture.file, picture.dark)
    return all(Path(name).name == name and (folder / name).is_file() for name in names)
