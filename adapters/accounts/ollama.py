"""Ollama: models on a machine of one's own. There is nothing to connect: it has no keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx
from pydantic import BaseModel, ValidationError

from adapters.providers import Provider, listed, unanswered
from pipeline.errors import TryAgain
from pipeline.ports.account import Account, Checked, LoginLink

_SECONDS = 1.0
_NO_TALKERS = ("embed", "bge", "minilm", "rerank")

ACCOUNT = Account(
    kind="ollama",
    title="Ollama",
    use="read requests and propose plans with a model on this machine",
    page="https://ollama.com/download",
    fields=(),
)


class _Tag(BaseModel):
    name: str


class _Tags(BaseModel):
    models: list[_Tag] = []


@dataclass(frozen=True, slots=True)
class Ollama:
    """pipeline.ports.account.Service of what asks for no key."""

    account: Account
    provider: Provider

    async def models(self) -> tuple[str, ...]:
        """Those that can talk, the newest first; TryAgain where nobody answers."""
        address = self.provider.base.rstrip("/") + "/api/tags"
        response = await listed(address, {}, self.provider.title, seconds=_SECONDS)
        if response.status_code != httpx.codes.OK:
            unanswered(self.provider.title, response)
        try:
            names = [one.name for one in _Tags.model_validate_json(response.content).models]
        except ValidationError:
            raise TryAgain("What answers at Ollama's address is not Ollama.") from None
        return tuple(name for name in names if not any(no in name for no in _NO_TALKERS))

    async def check(self, values: Mapping[str, str]) -> Checked | None:  # noqa: ARG002 (the port's)
        """Nobody is asked: there is no key."""
        return None

    async def begin_login(self, now: datetime) -> LoginLink | None:  # noqa: ARG002 (the port's)
        """There is no link."""
        return None

    async def finish_login(self, link: LoginLink) -> Mapping[str, str] | None:  # noqa: ARG002
        """No login is ever under way."""
        return None


def adapter(ollama_api_base: str = "http://localhost:11434") -> Ollama:
    """The service."""
    provider = Provider(
        kind=ACCOUNT.kind,
        title=ACCOUNT.title,
        called="ollama_chat",
        mapped="ollama",
        models={},
        base=ollama_api_base,
        variable="OLLAMA_API_BASE",
        page=ACCOUNT.page,
        charges=False,
    )
    return Ollama(ACCOUNT, provider)
