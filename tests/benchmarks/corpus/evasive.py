"""Keys that somebody has taken apart or written in another way: scored by themselves."""

import base64
from collections.abc import Iterator
from random import Random

from tests.benchmarks.corpus.drawing import Message
from tests.benchmarks.corpus.keys import drawn
from tests.benchmarks.corpus.letters import HEX

SEED = 433
ROUNDS = 6
DRAWS = (
    drawn("hf_", 34),
    drawn("gsk_", 52),
    drawn("ghp_", 36),
    drawn("KGAT_", 32, HEX),
    drawn("sk-", 48),
)


def messages(random: Random) -> Iterator[Message]:
    """Every way for every key."""
    for _ in range(ROUNDS):
        for draw in DRAWS:
            for sort, text in _hidden(draw(random)):
                yield Message(text[0], text[1:], "evasive", sort)


def _hidden(key: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A sort, then the text and the parts of the secret in it."""
    yield "no width", (f"key {key[:8]}\u200b{key[8:]}", key[:8], key[8:])
    yield "space", (f"{key[:10]} {key[10:]}", key[:10], key[10:])
    yield "line break", (f"key:\n{key[:20]}\n{key[20:]}", key[:20], key[20:])
    yield "two parts", (f"part 1: {key[:14]}\npart 2: {key[14:]}", key[:14], key[14:])
    code = base64.b64encode(key.encode()).decode()
    yield "base64", (f"base64: {code}", code.rstrip("="))
    yield "hex", (f"hex: {key.encode().hex()}", key.encode().hex())
    yield "backwards", (f"read it backwards: {key[::-1]}", key[::-1])
    percent = "".join(f"%{ord(letter):02x}" for letter in key)
    yield "percent", (f"https://x.example/?q={percent}", percent)
    yield "spelled", (" ".join(key), " ".join(key))
