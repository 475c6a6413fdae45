"""What a Space installs: Gradio, and what its model needs beside it."""

from collections.abc import Iterable

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REQUIREMENTS = "requirements.txt"
GRADIO = "6.31.0"  # the version that the recipes' pages were tried with
# Gradio brings these itself and refuses a version newer than it knows: a Space would not be built.
_BROUGHT = frozenset(("pillow",))


def installs(lines: Iterable[str]) -> tuple[str, ...]:
    """The lines of a Space's requirements.txt, from those of its model."""
    own = (line for line in lines if canonicalize_name(Requirement(line).name) not in _BROUGHT)
    return (f"gradio=={GRADIO}", *own)
