"""Bundle files as modules: they lie flat beside each other and import by bare name."""

import importlib
import sys
from typing import Any

from pipeline.recipe import HARNESS


def harness(name: str) -> Any:  # noqa: ANN401 - bundle files are typed where they lie side by side
    """Import a harness file as a bundle script would."""
    if str(HARNESS) not in sys.path:
        sys.path.append(str(HARNESS))
    return importlib.import_module(name)
