"""Ollama: models on a machine of one's own. There is nothing to connect: it has no keys."""

from dataclasses import dataclass

import httpx
from pydantic import BaseModel, ValidationError

from adapters.pasted_keys import PastedKeys
from adapters.providers import Provider, listed, unanswered
from pipeline.errors import TryAgain
from pipeline.ports.account import Account

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
class Ollama(PastedKeys):
    """pipeline.ports.account.Service of what asks for no key."""

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
