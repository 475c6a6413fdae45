"""Pictures of a result, drawn from what score.py left, in an environment of their own."""

import asyncio
import shutil
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipeline import bundle
from pipeline.artifacts import Picture
from pipeline.errors import MLTrainerError, Superseded
from pipeline.events import AgentLogged
from pipeline.folders import fresh
from pipeline.jobs import Stage
from pipeline.ports import Ports
from pipeline.ports.runtime import Limits, Step
from pipeline.recipe import harness_file, harness_shelves, read_lines
from pipeline.scripts import environment, run_script

FOLDER = "pictures"
_SCRIPT = "draw.py"
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
    python = await environment(stage, ports, read_lines(harness_file("pictures.txt")))
    scripts = fresh(work.with_name(f"{work.name}-scripts"))
    for name, source in bundle.needed((_SCRIPT,), harness_shelves()).items():
        await asyncio.to_thread(shutil.copyfile, source, scripts / name)
    step = Step(
        name="pictures",
        script=scripts / _SCRIPT,
        arguments=("--figures", str(figures), "--out", "."),
        work=fresh(work),
        reads=(scripts, figures),
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
