"""Bundle files as modules: they lie flat beside each other and import by bare name."""

import importlib
import sys
from typing import Any

from pipeline.recipe import harness_shelves


def harness(name: str) -> Any:  # noqa: ANN401 - bundle files are typed where they lie side by side
    """Import a harness file as a bundle script would."""
    sys.path += [str(shelf) for shelf in harness_shelves() if str(shelf) not in sys.path]
    return importlib.import_module(name)
