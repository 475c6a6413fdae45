"""Giving a key at the terminal: typed unseen, or piped in, a line a value; never an argument."""

import getpass
import re
import sys
import uuid
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from bot import phrases
from bot.accounts import credentials
from bot.accounts.connecting import go_on
from bot.cli.output import Output, note
from bot.cli.session import perform, person
from bot.settings import Settings
from bot.wiring import accounts, open_records
from pipeline.errors import PersonCanFix
from pipeline.jobs import JobStatus
from pipeline.ports.account import Account, AccountField, Checked, Service
from pipeline.ports.store import JobRow, Store

_TRIES = 3
_NO_NAME = re.compile(r"[0-9_]|.{20}")  # no service is called like that, but keys look so
_IN_THE_OPEN = (
    "A key does not belong into a command: there it stays in the shell's history, and other "
    "programs can read it."
)


def connect(name: str, beside: Iterable[str]) -> None:
    """Ask for an account's values, check them and keep them."""
    settings = Settings.load()
    service = find(name, accounts(settings))
    refuse_values(beside, f"mltrainer connect {service.account.kind}")
    values = _typed(service.account) if sys.stdin.isatty() else _piped(service.account)

    async def work() -> int:
        async with open_records(settings) as records:
            checked = await credentials.keep(
                records.vault(),
                service,
                person(),
                values,
                now=records.clock.now(),
                know=records.sanitizer.know,
            )
            Output().say(_connected(service.account, values, checked))
            for row in await _waiting(records.store, service.account.kind):
                Output().say(f"Job {row.id} waits for it. Go on: mltrainer resume {row.id}")
            await go_on(records.store, person(), service.account, f"connect:{uuid.uuid4().hex}")
        return 0

    perform(work)


async def _waiting(store: Store, kind: str) -> tuple[JobRow, ...]:
    """Jobs of whoever sits here that stand still for want of the account."""
    rows = await store.list(owner=person().key)
    return tuple(
        row
        for row in rows
        if row.status is JobStatus.WAITING
        and row.context.waiting is not None
        and (row.context.waiting.reason, row.context.waiting.field) == ("credential", kind)
    )


def find(name: str, services: Mapping[str, Service]) -> Service:
    """A service by any of its names. An unknown one is not repeated: it may be a key."""
    kind = credentials.kind_of(name, services)
    if kind is not None:
        return services[kind]
    if _NO_NAME.search(name):
        refuse_values([name], "mltrainer connect SERVICE")
    kinds = ", ".join(sorted(services))
    names = {credentials.plain(one.account.title): kind for kind, one in services.items()}
    names |= dict(zip(services, services, strict=True))
    near = get_close_matches(credentials.plain(name), names, n=1)
    meant = f"Did you mean {names[near[0]]}? " if near else ""
    message = "There is no such service." if name else "Which service?"
    raise PersonCanFix(message, f"{meant}Known: {kinds}.")


def refuse_values(beside: Iterable[str], command: str) -> None:
    """PersonCanFix when anything stands behind the service's name."""
    if list(beside):
        hint = f"If that was a real key, replace it. Then run: {command}"
        raise PersonCanFix(_IN_THE_OPEN, f"{hint} and paste it when it is asked for.")


def _typed(account: Account) -> dict[str, str]:
    """Ask for each value; what is secret is not shown while it is typed."""
    note(f"{account.title}: {account.use}.")
    note(f"Your key is made here: {account.page}")
    return {field.id: _ask(account, field) for field in account.fields}


def _ask(account: Account, field: AccountField) -> str:
    for _ in range(_TRIES):
        prompt = f"{field.label}{' (hidden)' if field.secret else ''}: "
        value = getpass.getpass(prompt) if field.secret else _line(prompt)
        wrong = credentials.problems(account, {field.id: value}).get(field.id)
        if wrong is None:
            return value
        note(wrong)
    raise PersonCanFix(
        f"No {field.label} was given; nothing is kept.", f"Look it up: {account.page}"
    )


def _line(prompt: str) -> str:
    """One line that may be seen; the prompt is no result, so it goes to stderr."""
    sys.stderr.write(prompt)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line


def _piped(account: Account) -> dict[str, str]:
    """A line of stdin for each field; all that is wrong with them is said at once."""
    values = {field.id: sys.stdin.readline() for field in account.fields}
    wrong = credentials.problems(account, values)
    if wrong:
        asked = ", ".join(field.label for field in account.fields)
        raise PersonCanFix(
            " ".join(wrong.values()), f"A line for each of these, in order: {asked}."
        )
    return values


def _connected(account: Account, values: Mapping[str, str], checked: Checked | None) -> str:
    tail = credentials.tail(account, credentials.read(account, values))
    kept = f"{account.title} is connected" + (f" (…{tail})" if tail else "")
    if checked is None:
        return f"{kept}. {phrases.UNCHECKED}"
    whose = f" as {checked.name}" if checked.name else ""
    return f"{kept}{whose}. {checked.detail}".strip()
