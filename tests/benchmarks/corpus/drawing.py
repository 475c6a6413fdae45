"""How secrets and messages are drawn: at run time, so that none stands in the repository."""

import base64
import string
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Literal, NamedTuple

Draw = Callable[[Random], str]
Group = Literal["own", "vendor", "named", "password", "file", "evasive", "harmless"]

LETTERS = string.ascii_letters + string.digits
LOWER = string.ascii_lowercase + string.digits
UPPER = string.ascii_uppercase + string.digits
WEB = LETTERS + "-_"
HEX = "0123456789abcdef"
BASE32 = string.ascii_uppercase + "234567"
BASE64 = LETTERS + "+/"


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


def drawn(front: str, length: int, letters: str = LETTERS, end: str = "") -> Draw:
    """`front`, then `length` random letters, then `end`."""
    return lambda random: front + "".join(random.choices(letters, k=length)) + end


def joined(*parts: Draw | str) -> Draw:
    """Several parts, one behind the other."""
    return lambda random: "".join(one if isinstance(one, str) else one(random) for one in parts)


def numbers(length: int) -> Draw:
    """A number of so many digits."""
    return lambda random: str(random.randrange(10 ** (length - 1), 10**length))


def web64(raw: bytes) -> str:
    """Base64 as it stands in tokens."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def jwt(random: Random) -> str:
    """A signed token."""
    head = b'{"alg":"HS256","typ":"JWT"}'
    body = b'{"sub":"%d","iat":17%d}' % (random.randrange(10**9), random.randrange(10**8))
    return ".".join(web64(part) for part in (head, body, random.randbytes(32)))


def discord(random: Random) -> str:
    """A bot's token: its id, a time, a signature."""
    owner = web64(str(random.randrange(10**17, 10**18)).encode())
    return f"{owner}.{drawn('', 6, WEB)(random)}.{drawn('', 37, WEB)(random)}x"


def private_key(random: Random, sort: str, lines: int = 6) -> tuple[str, str]:
    """A key file and the part of it that is secret."""
    body = "\n".join(drawn("", 64, BASE64)(random) for _ in range(lines))
    dashes = "-" * 5
    begin, end = (f"{dashes}{word} {sort}PRIVATE KEY{dashes}" for word in ("BEGIN", "END"))
    return f"{begin}\n{body}\n{end}", body


def framed(
    random: Random,
    kinds: Mapping[str, Kind],
    frames: Sequence[str],
    group: Group,
    each: int,
) -> Iterator[Message]:
    """`each` messages a kind, in frames that are picked for it."""
    for name, kind in kinds.items():
        picked = random.sample(frames, min(each, len(frames)))
        for frame in picked:
            key = kind.draw(random)
            text = frame
            for mark, told in (("KEY", key), ("VAR", kind.variable), ("SVC", kind.service)):
                text = text.replace(f"«{mark}»", told)
            yield Message(text, (key,), group, name)


def harmless(sort: str, texts: Iterable[str]) -> Iterator[Message]:
    """Messages of a family that hold no secret."""
    for text in texts:
        yield Message(text, (), "harmless", sort)
