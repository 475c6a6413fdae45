"""One run of `serve` or `worker`: what is refused, what is said at start, how it ends."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import nullcontext

from bot import words
from bot.checks import discord, secrets, slack
from bot.cli.output import Output, complain
from bot.cli.session import perform
from bot.journal import set_up
from bot.running import operating
from bot.running.serving import Died, Part, Shift, check_free, holding, signals
from bot.running.station import Station, open_station
from bot.running.sweeping import sweeping
from bot.settings import Settings
from bot.wiring import House, home_lock, look_at_secrets, open_house, open_web
from pipeline.errors import PersonCanFix
from pipeline.ports.check import Check

_PREDECESSOR = 20.0  # seconds that a process which is ending keeps the home
_LAST_STAGES = 5.0  # seconds that a stage has to end before it is cut off
_DIED = 1
_log = logging.getLogger(__name__)


def serve(*, work: bool, debug: bool) -> None:
    """Talk on every platform that is set up, and work on the jobs unless told not to."""

    async def main() -> int:
        settings = Settings.load()
        _refuse([*secrets.unkeyed(settings), *_unset(settings)])
        if work:
            await asyncio.to_thread(check_free, home_lock(settings))
        await _try_master_keys(settings)
        shift = Shift()
        with signals(shift.end):
            async with (
                open_house(settings) as house,
                open_station(house, shift, _tell) as station,
            ):
                _log_more(settings, debug=debug)
                queue = (working(house),) if work else ()
                shift.parts = (
                    *(thinking(house), sweeping(settings)),
                    *(*station.speaking, *queue, *station.listening),
                )
                return await run(
                    house, shift, lambda: _serving(house, station, work=work), hold=work
                )

    perform(main)


def worker(*, port: int | None, debug: bool) -> None:
    """Work on the jobs of the home; with a port, be watched there."""

    async def main() -> int:
        settings = Settings.load()
        _refuse([*secrets.unkeyed(settings)])
        await asyncio.to_thread(check_free, home_lock(settings))
        await _try_master_keys(settings)
        shift = Shift()
        with signals(shift.end):
            async with open_house(settings) as house:
                _log_more(settings, debug=debug)
                watched = (_watched(house, shift, port),) if port is not None else ()
                parts = (thinking(house), sweeping(settings), working(house), *watched)
                shift.parts = parts
                return await run(house, shift, lambda: _place(house), hold=True)

    perform(main)


def thinking(house: House) -> Part:
    """The library of language models, there before anybody waits for it; often nobody needs it."""

    async def until_the_end() -> None:
        await asyncio.Event().wait()

    return Part("The language model", until_the_end, open=house.models.open)


def working(house: House) -> Part:
    """The runner of every due job. Its end stops trainings on this machine; they go on later."""
    queue = house.queue()
    patience = _LAST_STAGES * min(house.settings.retry_scale, 1.0)
    return Part(
        "The queue of jobs",
        lambda: queue.run(house.drive),
        finish=lambda: queue.finish(patience),
    )


def _watched(house: House, shift: Shift, port: int) -> Part:
    """Health, readiness and metrics of a process that talks to nobody."""
    web = open_web(house, (), lambda: shift.draining, dict, port=port)
    return Part("The web server", web.run, open=web.open, finish=web.finish)


async def run(house: House, shift: Shift, lines: Callable[[], Iterator[str]], *, hold: bool) -> int:
    """Hold the home and run until asked to end; returns the exit code."""

    def opened() -> None:
        for line in (*lines(), operating.READY):
            Output().say(line)

    patience = _PREDECESSOR * min(house.settings.retry_scale, 1.0)
    try:
        async with holding(house.lock, shift, patience=patience) if hold else nullcontext():
            await shift.work(opened)
    except Died as death:
        _log.error("%s", death, exc_info=death)
        complain(death)
        return _DIED
    return 0


def _unset(settings: Settings) -> Iterator[Check]:
    """What stands in the way of talking on any platform."""
    wanted = [one for one in (discord, slack) if one.is_wanted(settings)]
    for platform in wanted:
        yield from platform.ill_set(settings)
    if not wanted:
        yield Check(
            name="chat", ok=False, detail=operating.NO_PLATFORM, hint=operating.NO_PLATFORM_HINT
        )


def _refuse(wrong: list[Check]) -> None:
    """PersonCanFix names everything that is wrong, the first cure as its hint."""
    if wrong:
        told = " ".join(check.detail for check in wrong)
        raise PersonCanFix(told, " ".join(check.hint for check in wrong))


async def _try_master_keys(settings: Settings) -> None:
    """PersonCanFix when they do not open what is kept: said at the start, not in a job."""
    looked = await look_at_secrets(settings)
    if not looked.ok:
        _log.warning("%s %s", looked.detail, looked.hint)


def _log_more(settings: Settings, *, debug: bool) -> None:
    if debug:
        set_up(settings.home, logging.DEBUG)


def _place(house: House) -> Iterator[str]:
    yield operating.line("home", str(house.home))
    yield operating.line("sandbox", words.SANDBOX[house.workbench.level])


def _serving(house: House, station: Station, *, work: bool) -> Iterator[str]:
    ways = {"discord": discord.MODE, "slack": slack.mode(house.settings)}
    for hearing in station.heard:
        yield operating.line(hearing.name, f"{hearing.state}; {ways[hearing.name]}")
    yield operating.line("port", str(station.port()))
    if not work:
        yield operating.line("work", operating.LEFT_TO_A_WORKER)
    yield from _place(house)


def _tell(platform: str, text: str) -> None:
    Output().say(operating.line(platform, text))
