"""Accounts of people: the private panel, the form, the login link, and the jobs that waited.

A value goes from the form to the vault and nowhere else. What a button or a form carries is a
ticket: single-use, over after ten minutes, and worth something only in its owner's hands.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot import forms, phrases
from bot.accounts import credentials
from bot.accounts.in_time import InTime
from pipeline.errors import MLTrainerError, PersonCanFix, TryAgain, UnknownName
from pipeline.jobs import Actor, JobStatus, Place
from pipeline.ports.account import Account, Checked, LoginLink, Service
from pipeline.ports.chat import Action, AskForm, Card, FormErrors, Reply, Row, Submit, Whisper
from pipeline.ports.clock import Clock
from pipeline.ports.post import Post, Ticket
from pipeline.ports.sanitizer import Sanitizer
from pipeline.ports.store import Inbound, Store
from pipeline.ports.vault import Held, Vault

_PURPOSE = "account"
_TICKET = timedelta(minutes=10)
_CHECK_SECONDS = 1.5  # of the three that a form has, beside people and the database
_POLL_SECONDS = 2.0
_LOOKED_AT = 200
Tell = Callable[[Actor, Place, Card], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Login:
    """A login that somebody is at."""

    service: Service
    link: LoginLink
    ticket: Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    """What connecting needs around it."""

    store: Store
    vault: Vault
    post: Post
    clock: Clock
    sanitizer: Sanitizer


class Connecting:
    """Panels and forms of all services. `tell` says privately that a login has come to its end."""

    def __init__(
        self,
        backing: Backing,
        services: Mapping[str, Service],
        *,
        tell: Tell | None = None,
        check_seconds: float = _CHECK_SECONDS,
    ) -> None:
        self._back = backing
        usable = {kind: one for kind, one in services.items() if one.account.fields}
        self._services = dict(sorted(usable.items(), key=lambda one: one[1].account.title))
        self._tell = tell
        self._check_seconds = check_seconds
        self._logins: dict[str, _Login] = {}

    @property
    def titles(self) -> Mapping[str, str]:
        """The services' names by their kind."""
        return {kind: one.account.title for kind, one in self._services.items()}

    def kind_of(self, said: str) -> str:
        """The service that is meant; UnknownName lists those there are."""
        kind = credentials.kind_of(said, self._services)
        if kind is None:
            raise UnknownName("service", said.strip(), self._services, field="service")
        return kind

    async def panel(self, actor: Actor, place: Place, said: str = "", title: str = "") -> Reply:
        """A row for each account, or for the one that is named; only its person sees it."""
        kinds = (self.kind_of(said),) if said.strip() else tuple(self._services)
        held = {one.kind: one for one in await self._back.vault.held(actor)}
        rows = [await self._row(actor, place, kind, held.get(kind)) for kind in kinds]
        card = Card(
            title=title or phrases.YOUR_ACCOUNTS, body=phrases.ACCOUNTS_PRIVATE, rows=tuple(rows)
        )
        return Whisper(card=card)

    async def paste(self, actor: Actor, place: Place, token: str) -> Reply:
        """The form of a Paste button."""
        ticket = await self._ticket(actor, token)
        if ticket is None:
            return await self.panel(actor, place, title=phrases.BUTTON_OVER)
        return AskForm(form=forms.account(self._account(ticket.argument), token))

    async def form_now(self, actor: Actor, place: Place, said: str) -> Reply:
        """The form at once, where a person looks at one thing at a time."""
        kind = self.kind_of(said)
        token = await self._issue(actor, place, kind)
        return AskForm(form=forms.account(self._account(kind), token))

    async def login(self, actor: Actor, place: Place, token: str) -> Reply:
        """A link to log in with; who has logged in is noticed later."""
        ticket = await self._ticket(actor, token)
        if ticket is None:
            return await self.panel(actor, place, title=phrases.BUTTON_OVER)
        service = self._services[ticket.argument]
        now = self._back.clock.now()
        link = await InTime(service, self._check_seconds).begin_login(now)
        if link is None:
            raise PersonCanFix(phrases.NO_LOGIN, phrases.WHERE_TO_PASTE)
        await self._back.post.use(token, now)
        self._logins[token] = _Login(service, link, ticket)
        opening = Action(id="open-login", label="Connect", url=link.url, style="primary")
        card = Card(
            title=f"Connect {service.account.title}",
            body=phrases.LOGIN_STEPS,
            facts=(("Code", link.code), ("Link", link.url)),
            actions=(opening,),
        )
        return Whisper(card=card)

    async def submitted(self, submit: Submit) -> Reply:
        """Keep what a form brings; a wrong value is answered beside its field and kept nowhere."""
        ticket = await self._ticket(submit.actor, submit.state)
        if ticket is None:
            raise PersonCanFix(phrases.FORM_OVER, phrases.WHERE_TO_PASTE)
        service = self._services[ticket.argument]
        values = {name: str(value) for name, value in submit.values.items()}
        self._hide(service.account, values)
        errors = credentials.problems(service.account, values)
        checked: Checked | None = None
        if not errors:
            try:
                checked = await self._keep(service, submit.actor, values, submit.key)
            except PersonCanFix as refused:
                last = service.account.fields[-1].id
                errors = {last: f"{refused.message} {refused.hint}".strip()}
        if errors:
            return FormErrors(form=forms.account(service.account, submit.state, errors))
        await self._back.post.use(submit.state, self._back.clock.now())
        name, detail = (checked.name, checked.detail) if checked else ("", "")
        title = phrases.connected_as(service.account.title, name, detail)
        return await self.panel(submit.actor, submit.place, service.account.kind, title)

    async def forget(self, actor: Actor, said: str) -> Reply:
        """Remove one account of a person, or all."""
        kind = self.kind_of(said) if said.strip() else None
        count = await self._back.vault.forget(actor, kind)
        return Whisper(card=Card(title=phrases.forgotten(count)))

    def warning(
        self, kinds: tuple[str, ...], files: tuple[str, ...] = (), *, deleted: bool = False
    ) -> Card:
        """What is said privately to who brought a key into the chat, in words or in files."""
        accounts = [self._services[kind].account for kind in kinds if kind in self._services]
        named = {**self.titles, "known": phrases.GIVEN_BEFORE}
        titles = [named.get(kind, kind) for kind in kinds]
        connect = Action(id="connect", label="Connect accounts", style="primary")
        return Card(
            title=phrases.uploaded(files, titles) if files else phrases.pasted(titles),
            body=phrases.rotate([one.page for one in accounts if one.page], deleted=deleted),
            actions=(connect,),
            tone="bad",
        )

    async def run(self) -> None:
        """Notice finished logins, until cancelled."""
        while True:
            await self.notice()
            await asyncio.sleep(_POLL_SECONDS)

    async def notice(self) -> None:
        """Look once at every login that somebody is at."""
        for token, login in tuple(self._logins.items()):
            try:
                await self._finish(token, login)
            except TryAgain:
                continue
            except MLTrainerError as error:
                self._logins.pop(token, None)
                await self._say(login.ticket, Card(title=error.message, body=error.hint))

    async def _finish(self, token: str, login: _Login) -> None:
        if self._back.clock.now() >= login.link.expires_at:
            raise PersonCanFix(phrases.LOGIN_OVER, phrases.WHERE_TO_PASTE)
        asked = InTime(login.service, self._check_seconds)  # one must not hold up the others
        values = await asked.finish_login(login.link)
        if values is None:
            return
        account, owner = login.service.account, login.ticket.owner
        checked = await self._keep(login.service, owner, values, f"login:{token[:16]}")
        self._logins.pop(token, None)
        name = checked.name if checked else ""
        await self._say(login.ticket, Card(title=phrases.connected_as(account.title, name)))

    async def _say(self, ticket: Ticket, card: Card) -> None:
        """A private word after the fact; who cannot be reached finds it in the panel."""
        if self._tell is not None:
            with contextlib.suppress(MLTrainerError):
                await self._tell(ticket.owner, ticket.place, card)

    def _hide(self, account: Account, values: Mapping[str, str]) -> None:
        """Before anything may fail with a secret in its hands, every log learns to mask it."""
        for field in account.fields:
            if field.secret:
                self._back.sanitizer.know(values.get(field.id, "").strip())

    def _account(self, kind: str) -> Account:
        return self._services[kind].account

    async def _keep(
        self, service: Service, owner: Actor, values: Mapping[str, str], key: str
    ) -> Checked | None:
        """Into the vault, and the jobs that waited for it go on; PersonCanFix when refused."""
        checked = await credentials.keep(
            self._back.vault,
            InTime(service, self._check_seconds),
            owner,
            values,
            now=self._back.clock.now(),
            know=self._back.sanitizer.know,
        )
        await go_on(self._back.store, owner, service.account, key)
        return checked

    async def _row(self, actor: Actor, place: Place, kind: str, held: Held | None) -> Row:
        account = self._account(kind)
        token = await self._issue(actor, place, kind)
        paste = Action(id="paste", label="Paste", argument=token)
        login = Action(id="login", label="Connect", argument=token, style="primary")
        actions = (login, paste) if account.login else (paste,)
        return Row(title=account.title, text=_state(held), actions=actions)

    async def _issue(self, actor: Actor, place: Place, kind: str) -> str:
        ticket = Ticket(owner=actor, place=place, purpose=_PURPOSE, argument=kind)
        return await self._back.post.issue(ticket, self._back.clock.now() + _TICKET)

    async def _ticket(self, actor: Actor, token: str) -> Ticket | None:
        """What a token opens for this person; None when it is over or no such token."""
        ticket = await self._back.post.look(token, self._back.clock.now())
        if ticket is None or ticket.purpose != _PURPOSE or ticket.argument not in self._services:
            return None
        if ticket.owner.key != actor.key:
            raise PersonCanFix(phrases.NOT_YOUR_FORM, phrases.YOUR_OWN_PANEL)
        return ticket


async def go_on(store: Store, owner: Actor, account: Account, key: str) -> None:
    """Tell every job of this person that waits for the account that it is there."""
    said = phrases.connected(owner.name or owner.id, account.title)
    for row in await store.list(owner=owner.key, limit=_LOOKED_AT):
        waiting = row.context.waiting
        if row.status is not JobStatus.WAITING or waiting is None:
            continue
        if waiting.reason == "credential" and waiting.field == account.kind:
            reply = Inbound(key=f"{key}:{row.id}", actor=owner.key, text=said)
            await store.receive(row.id, reply)


def _state(held: Held | None) -> str:
    if held is None:
        return phrases.NOT_CONNECTED
    until = f"{held.expires_at:%Y-%m-%d}" if held.expires_at else ""
    return phrases.account_state(held.name, held.tail, until)
