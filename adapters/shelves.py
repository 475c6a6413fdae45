"""Adapters of one kind, found by their file names in a folder."""

import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from typing import Any

from pipeline.errors import Bug


def shelf(name: str, but: str = "", /, **parts: object) -> Mapping[str, Any]:
    """Every adapter of a shelf by its file name; each one's `adapter(...)` names what it needs."""
    package = importlib.import_module(f"adapters.{name}")
    return {
        found.name: _made(f"adapters.{name}.{found.name}", parts)
        for found in pkgutil.iter_modules(package.__path__)
        if found.name != but
    }


def _made(module: str, parts: Mapping[str, object]) -> object:
    factory = getattr(importlib.import_module(module), "adapter", None)
    if factory is None:
        raise Bug(f"{module} must define adapter(...).")
    needed = inspect.signature(factory).parameters
    return factory(**{part: value for part, value in parts.items() if part in needed})
