"""What can go wrong at a site: each kind hurts at once, and says how it is undone, and when."""

import contextlib
import random
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import psycopg

from tests.fakes.discord import FakeDiscord
from tests.faultlab.machines import Machine
from tests.faultlab.site import Site, fill
from tests.faultlab.wires import State

AWAY = (0.3, 4.0, 20.0)  # seconds until a killed machine is back: at once, soon, after a takeover
SHORT, LONG = (1.0, 6.0), (20.0, 26.0)  # the second is longer than anybody waits for a heartbeat
CLOCKS = (-86400.0, -3600.0, -600.0, 600.0, 3600.0, 86400.0)
BROUGHT_AGAIN = 5
IN_PEACE = "rolling restart"  # nobody begins one while something else is broken
_SEND = {"slack": "chat.postMessage", "discord": "POST /channels/…/messages"}
_TOO_MANY = 429
_MOST_DEADLOCKS = 10
_TABLES = (
    "SELECT schemaname || '.' || tablename FROM pg_tables WHERE tablename LIKE 'procrastinate%'"
)


@dataclass(frozen=True)
class Struck:
    """A hurt that was done: to what, for how long, and what makes it good again.

    `pid` is that of a process which must be replaced by another.
    """

    target: str
    seconds: float = 0.0
    undo: Callable[[], object] = bool
    pid: int = 0


Hurt = Callable[[Site, random.Random], Struck]


def kinds(site: Site) -> Mapping[str, Hurt]:
    """Every kind that this site can suffer, by name."""
    states: tuple[State, ...] = ("refused", "hanging", "slow", "cut")
    found: dict[str, Hurt] = {
        "kill": kill,
        "kill work": kill_work,
        "freeze": freeze,
        "clock": clock,
        IN_PEACE: rolling_restart,
    }
    found |= {f"wire {state}": partial(cut, state=state) for state in states}
    found |= {"429 storm": too_many, "lost answers": lose_answers, "line dropped": drop_line}
    if not isinstance(site.town, FakeDiscord):
        found["events again"] = bring_again
    if site.disk is not None:
        found["disk full"] = fill_disk
    if site.disk is not None and site.server is None:
        found["power lost"] = lose_power
    if site.server is not None:
        found |= {"freeze long": freeze_long, "queue emptied": empty_queue}
        found |= {"database killed": partial(restart, how=signal.SIGQUIT, away=(0.0, 1.0))}
        found |= {"database stopped": partial(restart, how=signal.SIGINT, away=(0.0, 1.0))}
        found |= {"database away": partial(restart, how=signal.SIGINT, away=(5.0, 12.0))}
        found |= {"connections ended": end_connections}
    return found


def kill(site: Site, draw: random.Random) -> Struck:
    """SIGKILL of any process."""
    return _killed(_somebody(site, draw), draw)


def kill_work(site: Site, draw: random.Random) -> Struck:
    """SIGKILL of a process that drives jobs."""
    awake = [one for one in site.workers if one in site.fleet.awake]
    return _killed(draw.choice(awake or site.workers), draw)


def lose_power(site: Site, draw: random.Random) -> Struck:
    """Everything on a machine that does it all ends at once, and its disk has what was written."""
    (victim,) = site.fleet.machines
    assert site.disk is not None
    with victim.lock:  # nobody starts it again while it has no disk
        pid = victim.pid if victim.alive else 0
        away = draw.choice(AWAY)
        victim.kill_all(away)
        site.disk.lose_power()
    return Struck(victim.name, seconds=away, pid=pid)


def _killed(victim: Machine, draw: random.Random) -> Struck:
    pid = victim.pid if victim.alive else 0
    away = draw.choice(AWAY) if victim.role == "worker" else AWAY[0]
    victim.kill(away)
    return Struck(victim.name, seconds=away, pid=pid)


def freeze(site: Site, draw: random.Random) -> Struck:
    """SIGSTOP, and SIGCONT before anybody can be sure that it is dead."""
    victim = _somebody(site, draw)
    victim.freeze()
    return Struck(victim.name, draw.uniform(*SHORT), victim.thaw)


def freeze_long(site: Site, draw: random.Random) -> Struck:
    """The same after others have taken over."""
    victim = _somebody(site, draw)
    victim.freeze()
    return Struck(victim.name, draw.uniform(*LONG), victim.thaw)


def rolling_restart(site: Site, draw: random.Random) -> Struck:
    """Every process is asked to end (SIGTERM), each when the one before it is back at work."""
    del draw
    for machine in site.fleet.machines:
        machine.stop()
        site.fleet.wait_for(machine)
    return Struck("all")


def clock(site: Site, draw: random.Random) -> Struck:
    """The clock of one process jumps, and later jumps back."""
    victim, off = _somebody(site, draw), draw.choice(CLOCKS)
    victim.set_clock(off)
    return Struck(f"{victim.name} {off:+.0f} s", draw.uniform(*SHORT), lambda: victim.set_clock(0))


def cut(site: Site, draw: random.Random, *, state: State) -> Struck:
    """One of the wires."""
    name = draw.choice(sorted(site.wires))
    wire = site.wires[name]
    site.cutting.set(wire, state)
    return Struck(name, draw.uniform(*SHORT), lambda: site.cutting.set(wire, "open"))


def too_many(site: Site, draw: random.Random) -> Struck:
    """The platform asks several times to be left alone for a second."""
    times = draw.randint(3, 8)
    if isinstance(site.town, FakeDiscord):
        body = {"message": "You are being rate limited.", "retry_after": 1.0, "global": False}
        headers = {"Retry-After": "1", "X-RateLimit-Scope": "user"}
        site.town.fail(_SEND["discord"], _TOO_MANY, body, headers, times=times)
    else:
        site.town.fail(_SEND["slack"], "ratelimited", times=times, status=_TOO_MANY, retry_after=1)
    return Struck(f"{times} times", 10.0, site.town.stop_failing)


def lose_answers(site: Site, draw: random.Random) -> Struck:
    """The platform posts a message and breaks off before it says so."""
    times = draw.randint(1, 3)
    place = "discord" if isinstance(site.town, FakeDiscord) else "slack"
    site.town.lose_answer(_SEND[place], times=times)
    return Struck(f"{times} times", 10.0, site.town.stop_failing)


def drop_line(site: Site, draw: random.Random) -> Struck:
    """Every open connection to or from the platform breaks."""
    del draw
    if isinstance(site.town, FakeDiscord):
        site.town.drop_gateway()
        return Struck("gateway")
    for name in ("inbound", "platform"):
        site.cutting.set(site.wires[name], "refused")
        site.cutting.set(site.wires[name], "open")
    return Struck("platform")


def bring_again(site: Site, draw: random.Random) -> Struck:
    """Slack brings events again that were taken, in another order."""
    assert not isinstance(site.town, FakeDiscord)
    events = [one for one in list(site.town.deliveries.all) if one.kind == "events_api"]
    taken = [one for one in events if one.taken][-BROUGHT_AGAIN:]
    draw.shuffle(taken)
    for one in taken:
        site.town.bring_again(one)
    return Struck(f"{len(taken)} events")


def fill_disk(site: Site, draw: random.Random) -> Struck:
    """No space is left where the home is."""
    return Struck("home", draw.uniform(*SHORT), fill(site.home))


def restart(
    site: Site, draw: random.Random, *, how: signal.Signals, away: tuple[float, float]
) -> Struck:
    """PostgreSQL ends and comes back: SIGQUIT is as a power cut, SIGINT cuts clients off."""
    assert site.server is not None
    site.server.stop(how)
    return Struck("database", draw.uniform(*away), site.server.start)


def end_connections(site: Site, draw: random.Random) -> Struck:
    """Every connection to the database is ended by the server."""
    del draw
    assert site.server is not None
    return Struck(f"{site.server.terminate_all()} connections")


def empty_queue(site: Site, draw: random.Random) -> Struck:
    """The tables of the queue are emptied; they are derived from the jobs."""
    del draw
    with psycopg.connect(site.url, autocommit=True) as connection:
        tables = [str(name) for (name,) in connection.execute(_TABLES).fetchall()]
        emptied = [one for one in tables if "version" not in one]
        for _ in range(_MOST_DEADLOCKS if emptied else 0):
            with contextlib.suppress(psycopg.errors.DeadlockDetected):  # with those at work
                connection.execute(f"TRUNCATE {', '.join(emptied)} CASCADE".encode())
                break
    return Struck(f"{len(emptied)} tables")


def _somebody(site: Site, draw: random.Random) -> Machine:
    """Any machine that is there and awake."""
    return draw.choice(site.fleet.awake or list(site.fleet.machines))
