"""Adapters of one kind, found by their file names in a folder."""

import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from typing import Any

from pipeline.errors import Bug


def shelf(name: str, but: str = "", /, **parts: object) -> Mapping[str, Any]:
    """Every adapter of a shelf by its file name; each one's `adapter(...)` names what it needs.

    One that gives None is not set up, and not on the shelf.
    """
    package = importlib.import_module(f"adapters.{name}")
    made = {
        found.name: called(f"adapters.{name}.{found.name}", "adapter", parts)
        for found in pkgutil.iter_modules(package.__path__)
        if found.name != but
    }
    return {file: one for file, one in made.items() if one is not None}


def called(module: str, function: str, parts: Mapping[str, object]) -> Any:  # noqa: ANN401  (any adapter)
    """What a function of a module makes of those of `parts` that it names as its parameters."""
    work = getattr(importlib.import_module(module), function, None)
    if work is None:
        raise Bug(f"{module} must define {function}(...).")
    needed = inspect.signature(work).parameters
    return work(**{part: value for part, value in parts.items() if part in needed})
