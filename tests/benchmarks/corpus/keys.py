"""How secrets are drawn: at run time, so that none stands in the repository."""

import base64
from collections.abc import Callable
from functools import partial
from random import Random

from tests.benchmarks.corpus.letters import BASE64, LETTERS, WEB

Draw = Callable[[Random], str]


def some(random: Random, front: str, length: int, letters: str = LETTERS, end: str = "") -> str:
    """`front`, then `length` random letters, then `end`."""
    return front + "".join(random.choices(letters, k=length)) + end


def drawn(front: str, length: int, letters: str = LETTERS, end: str = "") -> Draw:
    """The same, each time anew."""
    return partial(some, front=front, length=length, letters=letters, end=end)


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
    return f"{owner}.{some(random, '', 6, WEB)}.{some(random, '', 37, WEB)}x"


def private_key(random: Random, sort: str, lines: int = 6) -> tuple[str, str]:
    """A key file and the part of it that is secret."""
    body = "\n".join(some(random, "", 64, BASE64) for _ in range(lines))
    dashes = "-" * 5
    begin, end = (f"{dashes}{word} {sort}PRIVATE KEY{dashes}" for word in ("BEGIN", "END"))
    return f"{begin}\n{body}\n{end}", body
