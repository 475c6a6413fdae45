"""What is kept for a person: shown by its tail, forgotten, and put under a new master key."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from pydantic import AwareDatetime

from bot.cli.connecting import find, refuse_values
from bot.cli.output import Output
from bot.cli.session import perform, person
from bot.settings import Settings
from bot.wiring import Records, accounts, open_records
from pipeline.errors import PersonCanFix
from pipeline.jobs import Frozen
from pipeline.ports.vault import Held

NOTHING_KEPT = "Nothing is kept for you. Give a key: mltrainer connect SERVICE"


class Shown(Frozen):
    """A secret as `secrets list --json` shows it; `checked_at` is null while nobody was asked."""

    kind: str
    tail: str
    name: str
    since: AwareDatetime
    expires_at: AwareDatetime | None
    checked_at: AwareDatetime | None


class Listing(Frozen):
    """The object of `secrets list --json`."""

    secrets: tuple[Shown, ...]


def show(*, as_json: bool) -> None:
    """A line for each secret of whoever sits here."""

    async def work() -> int:
        output = Output(as_json=as_json)
        async with _records() as records:
            held = await records.vault().held(person())
        for one in held:
            output.say(_line(one, datetime.now(UTC)))
        if not held:
            output.say(NOTHING_KEPT)
        output.result(Listing(secrets=tuple(_shown(one) for one in held)))
        return 0

    perform(work)


def forget(name: str, beside: Iterable[str], *, everything: bool) -> None:
    """Delete one kind, or everything with the person's own key."""
    refuse_values(beside, "mltrainer secrets forget SERVICE")
    if bool(name) == everything:
        raise PersonCanFix(
            "Say what to forget: a service, or --all.", "mltrainer secrets list shows what is kept."
        )

    async def work() -> int:
        async with _records() as records:
            vault = records.vault()
            kinds = {one.kind for one in await vault.held(person())}
            known = name if name in kinds or everything else _kind(name, records)
            count = await vault.forget(person(), known or None)
        Output().say(_forgotten(count, everything=everything))
        return 0

    perform(work)


def rotate() -> None:
    """Wrap every person's key anew, and say what becomes of the older master keys."""

    async def work() -> int:
        async with _records() as records:
            vault = records.vault()
            changed = await vault.rotate()
            spare = await vault.spare()
            given = records.settings.master_keys is not None
        people = "1 person" if changed == 1 else f"{changed} people"
        Output().say(f"The keys of {people} are wrapped with the newest master key.")
        Output().say(_older(spare, given=given, file=str(records.home / "master.key")))
        return 0

    perform(work)


@asynccontextmanager
async def _records() -> AsyncIterator[Records]:
    async with open_records(Settings.load()) as records:
        yield records


def _kind(name: str, records: Records) -> str:
    return find(name, accounts(records.settings)).account.kind


def _forgotten(count: int, *, everything: bool) -> str:
    if not count:
        return "Nothing was kept for that." if not everything else "Nothing was kept for you."
    what = "Everything that was kept for you is" if everything else "It is"
    return f"{what} deleted here. A key that is no longer needed: delete it at its service as well."


def _older(spare: Iterable[str], *, given: bool, file: str) -> str:
    """Which master keys nothing is wrapped with any more."""
    listed = ", ".join(spare)
    if not listed:
        return "Every master key is still in use."
    if given:
        return f"Nothing needs {listed} any more: remove it from MLTRAINER_MASTER_KEYS."
    return f"The older ones stay in {file}, for backups that need them: {listed}."


def _shown(one: Held) -> Shown:
    return Shown(
        kind=one.kind,
        tail=one.tail,
        name=one.name,
        since=one.at,
        expires_at=one.expires_at,
        checked_at=one.checked_at,
    )


def _line(one: Held, now: datetime) -> str:
    """`kaggle       …1234  ann  since 2026-01-01, checked 2026-01-01`."""
    facts = [f"since {one.at:%Y-%m-%d}"]
    facts.append(f"checked {one.checked_at:%Y-%m-%d}" if one.checked_at else "not checked yet")
    if one.expires_at is not None:
        over = one.expires_at <= now
        facts.append(f"{'over since' if over else 'until'} {one.expires_at:%Y-%m-%d %H:%M} UTC")
    tail = f"…{one.tail}" if one.tail else ""
    return f"{one.kind:<12} {tail:<5}  {one.name + '  ' if one.name else ''}{', '.join(facts)}"
