"""What `mltrainer doctor` looks at: a file a subject, found by its name.

A file has `ORDER`, which is its place in the list, and `look(settings)`, which gives a line for
each thing that it looked at: well or not, and if not, the cure. It changes nothing.
"""

import importlib
import pkgutil
from collections.abc import AsyncIterator, Iterator
from types import ModuleType

from bot.settings import Settings
from pipeline.errors import Bug, MLTrainerError
from pipeline.ports.check import Check


def sick(name: str, error: MLTrainerError) -> Check:
    """An error as a line."""
    return Check(name=name, ok=False, detail=error.message, hint=error.hint)


def subjects() -> list[ModuleType]:
    """The files of this folder, in their order."""
    found = [importlib.import_module(f"{__name__}.{one.name}") for one in _files()]
    for module in found:
        if not hasattr(module, "ORDER") or not hasattr(module, "look"):
            raise Bug(f"{module.__name__} must define ORDER and look(settings).")
    return sorted(found, key=lambda module: (module.ORDER, module.__name__))


def _files() -> Iterator[pkgutil.ModuleInfo]:
    return pkgutil.iter_modules(__path__)


async def examine() -> AsyncIterator[Check]:
    """Everything, the settings first: without them nothing else can be looked at."""
    try:
        settings = Settings.load()
    except MLTrainerError as error:
        yield sick("settings", error)
        return
    yield Check(name="settings", ok=True, detail="all are valid")
    for module in subjects():
        try:
            for check in await module.look(settings):
                yield check
        except MLTrainerError as error:
            yield sick(module.__name__.rpartition(".")[2].replace("_", " "), error)
