"""How messages are drawn: secrets in frames, whole files, and what holds no secret."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from random import Random
from typing import Literal, NamedTuple

from tests.benchmarks.corpus.keys import Draw

Group = Literal["own", "vendor", "named", "password", "file", "evasive", "harmless"]

_TIMES = 8  # that each sort of file is drawn


class Message(NamedTuple):
    """A text, the secrets in it as they stand there, and what it is a sample of."""

    text: str
    secrets: tuple[str, ...]
    group: Group
    sort: str


class Kind(NamedTuple):
    """A sort of secret: how to draw one, its usual variable, what people call its service."""

    draw: Draw
    variable: str
    service: str


class Framed(NamedTuple):
    """Kinds of a group, the frames that they stand in, and how many messages a kind gets."""

    group: Group
    kinds: Mapping[str, Kind]
    frames: Sequence[str]
    each: int


def with_secrets(
    random: Random, secrets: Iterable[Framed], files: Callable[[Random], Iterator[Message]]
) -> Iterator[Message]:
    """Each kind in frames that are picked for it, then the files."""
    for one in secrets:
        yield from _framed(random, one)
    for _ in range(_TIMES):
        yield from files(random)


def _framed(random: Random, told: Framed) -> Iterator[Message]:
    for name, kind in told.kinds.items():
        for frame in random.sample(told.frames, min(told.each, len(told.frames))):
            key = kind.draw(random)
            text = frame
            for mark, word in (("KEY", key), ("VAR", kind.variable), ("SVC", kind.service)):
                text = text.replace(f"«{mark}»", word)
            yield Message(text, (key,), told.group, name)


def harmless(
    random: Random,
    sentences: Mapping[str, Sequence[str]],
    families: Callable[[Random], Iterator[tuple[str, str]]],
    rounds: int,
) -> Iterator[Message]:
    """Messages that hold no secret: sentences once, families many times."""
    said = ((sort, text) for sort, texts in sentences.items() for text in texts)
    looking = (one for _ in range(rounds) for one in families(random))
    for sort, text in chain(said, looking):
        yield Message(text, (), "harmless", sort)
