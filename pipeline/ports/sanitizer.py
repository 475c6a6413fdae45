"""Secrets in text: found, and taken out before anything is stored, logged or shown to a model."""

from typing import Protocol

from pipeline.jobs import Frozen


class Cleaned(Frozen):
    """A text with every secret replaced by `[secret: kind]`; `found` names their kinds."""

    text: str
    found: tuple[str, ...] = ()


class Sanitizer(Protocol):
    """Knows the shapes of keys, and the values that passed through this process."""

    def clean(self, text: str) -> Cleaned:
        """Take the secrets out of a text, escaped and nested ones too."""
        ...

    def know(self, value: str) -> None:
        """From now on, take this very value out wherever it appears."""
        ...
