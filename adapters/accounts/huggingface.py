"""Hugging Face: where models and Spaces are published, and data sets come from."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from adapters import hub_login, hub_whose
from adapters.hub_library import client_id
from adapters.hub_refusals import KIND, TITLE, TOKENS
from adapters.pasted_keys import PastedKeys
from adapters.providers import VISIBLE, listed, unanswered
from adapters.verdicts import Narrow
from pipeline.errors import PersonCanFix, TryAgain
from pipeline.ports.account import Account, AccountField, Checked, LoginLink, Service

_KEY = r"(?:hf|api_org)_[A-Za-z0-9]{30,40}"
_OF_A_LOGIN = r"hf_(?:oauth|jwt)_[A-Za-z0-9_.-]{20,3000}[A-Za-z0-9_]"
_SECONDS = 10.0
_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_WRITES = "repo.write"
_OVER = {"expired_token", "invalid_grant", "access_denied"}

ACCOUNT = Account(
    kind=KIND,
    title=TITLE,
    use="publish models and Spaces, read gated and private data",
    page=TOKENS,
    fields=(
        AccountField(
            id="token",
            label="Hugging Face token",
            shape=_KEY,
            example="hf_ and 34 letters or digits",
        ),
    ),
    leaks=(_KEY, _OF_A_LOGIN),
    login=True,
    kept=("until", "refresh", "client"),
)


class _Entity(BaseModel):
    type: str = ""
    name: str = ""


class _Scope(BaseModel):
    entity: _Entity = _Entity()
    permissions: tuple[str, ...] = ()


class _FineGrained(BaseModel):
    scoped: tuple[_Scope, ...] = ()


class _Access(BaseModel):
    role: str = ""
    fine_grained: _FineGrained = Field(default=_FineGrained(), alias="fineGrained")


class _Auth(BaseModel):
    access: _Access | None = Field(default=None, alias="accessToken")
    expires_at: AwareDatetime | None = Field(default=None, alias="expiresAt")


class _Who(BaseModel):
    """The parts of `/api/whoami-v2` that count here."""

    name: str
    auth: _Auth = _Auth()

    @property
    def writes(self) -> bool:
        """Whether it may make repositories in some namespace; a login may do all its person may."""
        access = self.auth.access
        if access is None or access.role != "fineGrained":
            return access is None or access.role != "read"
        return any(
            _WRITES in scope.permissions and scope.entity.type in {"user", "org"}
            for scope in access.fine_grained.scoped
        )


class _Device(BaseModel):
    """What a login begins with (RFC 8628)."""

    device_code: str
    user_code: str
    verification_uri: str
    expires_in: float = 900


@dataclass(frozen=True, slots=True)
class HuggingFace(PastedKeys):
    """pipeline.ports.account.Service: a token is asked about, or given by a login with a code."""

    endpoint: str
    seconds: float = _SECONDS

    async def check(self, values: Mapping[str, str]) -> Checked | None:
        """Whose token it is; PersonCanFix for one that is not taken, or may not publish."""
        token = values.get("token", "").strip()
        if not VISIBLE.fullmatch(token):
            raise _refused("is no token: it holds blanks or other signs that no token has.")
        known = hub_whose.recall(self.endpoint, token)
        told = await self._whose(token) if known is None else known
        try:
            who = _Who.model_validate(told)
        except ValidationError:
            raise TryAgain(f"{TITLE} does not answer properly.", "Try again in a minute.") from None
        if not who.writes:
            raise Narrow(
                f"This {TITLE} token belongs to {who.name}, but may not publish: it only reads.",
                f"Make one that may write at {TOKENS}, and paste that.",
                field=KIND,
            )
        if known is None:
            hub_whose.keep(self.endpoint, token, told)
        until = None if values.get("refresh") else values.get("until") or who.auth.expires_at
        return Checked(name=who.name, expires_at=until)

    async def _whose(self, token: str) -> dict[str, Any]:
        """What the Hub says of a token; PersonCanFix when it does not take it."""
        address = f"{self.endpoint}/api/whoami-v2"
        headers = {"Authorization": f"Bearer {token}"}
        response = await listed(address, headers, TITLE, seconds=self.seconds)
        if response.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise _refused("is not accepted.")
        if not response.is_success:
            unanswered(TITLE, response)
        return hub_login.told(response)

    async def begin_login(self, now: datetime) -> LoginLink | None:
        """A link and a code to log in with, in any browser."""
        client = await asyncio.to_thread(client_id)
        told = await self._posted("/oauth/device", {"client_id": client}) if client else {}
        try:
            device = _Device.model_validate(told)
        except ValidationError:
            return None  # a Hub without logins of this kind
        return LoginLink(
            url=device.verification_uri,
            code=device.user_code,
            state=device.device_code,
            expires_at=now + timedelta(seconds=device.expires_in),
        )

    async def finish_login(self, link: LoginLink) -> Mapping[str, str] | None:
        """The token of a login that was finished; PersonCanFix when it was refused or is over."""
        client = await asyncio.to_thread(client_id)
        form = {"grant_type": _GRANT, "device_code": link.state, "client_id": client}
        told = await self._posted("/oauth/token", form)
        if told.get("error") in _OVER:
            why = "was refused" if told["error"] == "access_denied" else "is over"
            raise PersonCanFix(f"The login at {TITLE} {why}.", "Begin anew, or paste a token.")
        return hub_login.values_of_login(told, client) if told.get("access_token") else None

    async def renewed(self, values: Mapping[str, str]) -> Mapping[str, str] | None:
        """The values of a login in place of those that are soon over; None where they hold."""
        return await hub_login.renewed(self.endpoint, values, self.seconds)

    async def _posted(self, path: str, form: Mapping[str, str]) -> dict[str, Any]:
        return await hub_login.posted(self.endpoint, path, form, self.seconds)


def _refused(what: str) -> PersonCanFix:
    return PersonCanFix(
        f"This {TITLE} token {what}", f"Copy it again, or make a new one at {TOKENS}.", field=KIND
    )


def adapter(*, hf_endpoint: str = "https://huggingface.co") -> Service:
    """The service, at the Hub's address."""
    return HuggingFace(ACCOUNT, hf_endpoint.rstrip("/"))
