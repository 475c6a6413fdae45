"""Python's own reading of a script, one at a time."""

import ast
import threading

_READING = threading.Lock()  # Python up to 3.11.7 fails when two threads make trees (gh-106905)


def tree(text: str, name: str = "script") -> ast.Module:
    """The syntax tree of a script; errors as ast.parse."""
    with _READING:
        return ast.parse(text, name)
