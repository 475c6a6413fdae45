"""One call of the bot: what it asks, what it is answered, and the name of its route."""

import re
from dataclasses import dataclass, field

from tests.fakes.discord.gateway import Gateway
from tests.fakes.discord.interactions import Interactions
from tests.fakes.discord.rates import Rates
from tests.fakes.discord.world import Json, Value, World
from tests.fakes.people import Upload

TOKEN = re.compile(r"(?<=/)(\d+|itk[\w-]+)(?=/|$)")


@dataclass
class Call:
    """One call: `raw` is everything that came over the wire, files too, `answer` what it got."""

    route: str
    path: str
    body: Json = field(default_factory=dict)
    raw: str = ""
    files: dict[str, Upload] = field(default_factory=dict)
    status: int = 0
    answer: Value = None

    @property
    def ok(self) -> bool:
        return self.status // 100 == 2


@dataclass(frozen=True)
class Asked:
    """What a route's function gets: ids and tokens of the path in order, the query, the body."""

    ids: tuple[str, ...]
    query: dict[str, str]
    body: Value
    files: list[Upload]


@dataclass(frozen=True)
class Answered:
    """What the bot is told."""

    document: Value = None
    status: int = 200


@dataclass
class Site:
    """All that answers."""

    world: World
    gateway: Gateway
    interactions: Interactions
    rates: Rates


def route_of(method: str, path: str) -> str:
    """ "POST /channels/…/messages": ids and tokens are left out."""
    return f"{method} {TOKEN.sub('…', path)}"


def ids_of(path: str) -> tuple[str, ...]:
    return tuple(TOKEN.findall(path))
