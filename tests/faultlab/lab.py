"""One run of the lab: people at work, a storm over it, peace until all is over, and the checks."""

import contextlib
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.http_delivery import ACK_SECONDS
from tests.fakes.slack.workspace import LEAST_SCOPES
from tests.faultlab import checks
from tests.faultlab.hurts import IN_PEACE, Hurt, kinds
from tests.faultlab.services import kaggle, ray_cluster
from tests.faultlab.site import Building, Site, World
from tests.faultlab.storm import PAUSE, Happened, Storm
from tests.stories.kill_counts import Tally, count, unsent
from tests.stories.kill_records import OnDiscord, OnSlack
from tests.stories.kill_storm import CHANNELS, HISTORY, REDELIVERIES, People
from tests.stories.towns import Town

Platform = Literal["slack", "discord"]
LOOK_SECONDS, LATE_SECONDS, ACCOUNT_SECONDS = 0.15, 3.0, 50.0
END_SECONDS = 420.0
EVERY_SECONDS = 0.5
TABLES = ("jobs", "events", "arrivals", "inbox", "boards", "outbox")


@dataclass(frozen=True)
class Plan:
    """What is to happen in a run. `only` names kinds of hurts; empty for all that are quick.

    `pause` is the least and the most time between two hurts, in seconds.
    """

    world: World
    platform: Platform
    seed: int
    hurts: int
    environments: Path
    python: Path
    only: Sequence[str] = ()
    pause: tuple[float, float] = PAUSE
    end_seconds: float = END_SECONDS


@dataclass(frozen=True)
class Ended:
    """What came of a run. `exits` are the ends of processes that nobody had killed."""

    plan: Plan
    tally: Tally
    found: checks.Found
    happened: Sequence[Happened]
    recoveries: Sequence[float]
    submissions: int
    exits: Sequence[str]
    seconds: float
    lines: Sequence[str] = field(default=())


def run(plan: Plan, folder: Path, tell: Callable[[str], None]) -> Ended:
    """Build a site, let it be hurt while people work with it, and look at what is left."""
    began = time.monotonic()
    with contextlib.ExitStack() as until_the_end:
        town = until_the_end.enter_context(_town(plan.platform))
        services = [
            until_the_end.enter_context(one(folder, plan.python)) for one in (ray_cluster, kaggle)
        ]
        building = Building(plan.world, town, folder, plan.environments, services)
        site = until_the_end.enter_context(building.built())
        people = People(town, _draw(plan.seed), [one.title for one in services])
        _connect(site, people)
        storm = Storm(site, _wanted(plan, site), plan.hurts, _draw(plan.seed + 1), tell, plan.pause)
        _carry_on(people, storm, tell)
        _wait_for_the_end(people, site, plan.end_seconds)
        _keep_tables(site, folder)
        record = _record(town, storm.happened)
        tally = count(record, people.errands, site.rows, starts=())
        return Ended(
            plan,
            tally,
            checks.found(tally, people.errands, site.rows, services),
            storm.happened,
            checks.recoveries(checks.diary(folder), storm.happened, alone=plan.world == "sqlite"),
            sum(sum(one.begun().values()) for one in services),
            [f"{one.name} ended with {code}" for one in site.fleet.machines for code in one.exits],
            time.monotonic() - began,
        )


def _wanted(plan: Plan, site: Site) -> Mapping[str, Hurt]:
    """A rolling restart lasts as long as many others, and is done when it is asked for."""
    found = kinds(site)
    names = plan.only or [name for name in found if name != IN_PEACE]
    return {name: found[name] for name in names if name in found}


@contextlib.contextmanager
def _town(platform: Platform) -> Iterator[Town]:
    """The platform, with every channel that people talk in."""
    slack = FakeSlack(scopes=LEAST_SCOPES | HISTORY, pauses=REDELIVERIES)
    with FakeDiscord() if platform == "discord" else slack as town:
        for channel in CHANNELS[2:]:
            town.add_channel(channel, channel.lower())
        yield town


def _connect(site: Site, people: People) -> None:
    """Everybody gives their account of each service that has accounts, while all is well."""
    site.town.wait_for_answers(ACCOUNT_SECONDS / 2)  # a machine that has just started is slow
    for service in site.services:
        for person in people.persons if service.values else ():
            person.dm(f"connect {service.title}")
            panel = person.wait_for("Your accounts", ACCOUNT_SECONDS)
            person.click(panel, "Paste")
            form = person.wait_for_modal(service.title, ACCOUNT_SECONDS)
            assert not person.fill(form, service.values)
            person.wait_for("is connected", ACCOUNT_SECONDS)
    site.town.wait_for_answers(ACK_SECONDS)


def _carry_on(people: People, storm: Storm, tell: Callable[[str], None]) -> None:
    """Everybody works while the storm is about."""
    storm.begin()
    while not storm.over:
        people.step()
        time.sleep(LOOK_SECONDS)
    people.evening = True
    if storm.error is not None:
        raise storm.error
    tell(f"peace: {len(people.waiting)} of {len(people.errands)} jobs are still under way")


def _wait_for_the_end(people: People, site: Site, seconds: float) -> None:
    """Until every job is over and every message out, or nobody can wait any longer."""
    site.fleet.wait_until_ready()
    end = time.monotonic() + seconds
    while time.monotonic() < end and (people.waiting or unsent(site.rows)):
        people.step()
        time.sleep(LOOK_SECONDS)
    time.sleep(LATE_SECONDS)  # what is sent too often shows by now


def _keep_tables(site: Site, folder: Path) -> None:
    """Write down what the database holds, for whoever looks for a violation's cause."""
    kept = {table: site.rows(f"select * from {table}") for table in TABLES}  # noqa: S608 - ours
    (folder / "tables.json").write_text(json.dumps(kept, default=str, indent=1), "utf-8")


def _record(town: Town, happened: Sequence[Happened]) -> OnDiscord | OnSlack:
    """Discord brings nothing again: what was said while anything was hurt may be lost there."""
    if not isinstance(town, FakeDiscord):
        return OnSlack(town)
    moments = []
    for one in happened:
        steps = int((one.over - one.began) / EVERY_SECONDS) + 1
        moments += [one.began + EVERY_SECONDS * step for step in range(steps + 1)]
    return OnDiscord(town, moments)


def _draw(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a play, no key
