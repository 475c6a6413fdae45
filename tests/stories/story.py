"""What a story says of itself: its sentence, where it cannot be told, and what is there instead.

    @story("A stranger changes nothing", without={"terminal": "nobody else reaches a terminal"})
    def test_a_stranger_changes_nothing(world: World) -> None: ...

A story is told once on each platform, with the fixture `world`; on Slack in one of its modes, every
other story in the other one, and in the lab in both. The table of all stories is docs/parity.md,
written by .ci/generate_parity.py.
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FunctionType, ModuleType
from typing import Any, TypeVar, cast

import pytest

PLATFORMS: Mapping[str, tuple[str, ...]] = {
    "slack": ("slack-http", "slack-socket"),
    "discord": ("discord",),
    "terminal": ("terminal",),
}
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Story:
    """`without` says by platform what takes its place; `otherwise`, how it is done there."""

    sentence: str
    without: Mapping[str, str] = field(default_factory=dict)
    otherwise: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """A platform that does not exist, or that has it and has it not, is a slip."""
        unknown = {*self.without, *self.otherwise} - set(PLATFORMS)
        both = set(self.without) & set(self.otherwise)
        if unknown or both or not set(PLATFORMS) - set(self.without):
            raise ValueError(f"“{self.sentence}” cannot be told like this: {unknown or both}")

    @property
    def told_on(self) -> list[str]:
        """The platforms it is told on, each mode of Slack by itself."""
        return [
            mode for one, modes in PLATFORMS.items() if one not in self.without for mode in modes
        ]

    @property
    def only_in_the_lab(self) -> set[str]:
        """The mode of Slack that another story stands for: they differ in how events come alone."""
        modes = PLATFORMS["slack"]
        return {modes[zlib.crc32(self.sentence.encode()) % len(modes)]}


def story(
    sentence: str,
    *,
    without: Mapping[str, str] | None = None,
    otherwise: Mapping[str, str] | None = None,
) -> Callable[[F], F]:
    """Tell a story on every platform but those in `without`."""
    told = Story(sentence, without or {}, otherwise or {})

    def mark(test: F) -> F:
        places = [
            pytest.param(one, marks=[pytest.mark.lab] if one in told.only_in_the_lab else [])
            for one in told.told_on
        ]
        where = pytest.mark.parametrize("platform", places, indirect=True, scope="module")
        marked = where(test)
        marked.story = told
        return cast("F", marked)

    return mark


def stories_of(module: ModuleType) -> list[Story]:
    """The stories of a module, in their order."""
    found = [one for one in vars(module).values() if isinstance(one, FunctionType)]
    return [one.story for one in found if hasattr(one, "story")]
