"""Groq: open models, answered fast."""

from collections.abc import Callable, Mapping

from pydantic import SecretStr

from adapters.providers import KeyedProvider, Listing, Provider
from pipeline.ports.account import Account, AccountField

_KEY = r"gsk_[A-Za-z0-9]{40,60}"
ACCOUNT = Account(
    kind="groq",
    title="Groq",
    use="read requests and propose plans with an open model",
    page="https://console.groq.com/keys",
    fields=(
        AccountField(
            id="key",
            label="Groq API key",
            shape=_KEY,
            example="gsk_ and 52 letters or digits",
        ),
    ),
    leaks=(_KEY,),
)


def adapter(
    groq_api_key: SecretStr | None = None,
    groq_api_base: str = "https://api.groq.com/openai/v1",
    connected: Callable[[], None] | None = None,
) -> KeyedProvider:
    """The service."""
    provider = Provider(
        kind=ACCOUNT.kind,
        title=ACCOUNT.title,
        called="groq",
        mapped="groq",
        models={
            "small": "openai/gpt-oss-20b",
            "medium": "openai/gpt-oss-120b",
            "large": "openai/gpt-oss-120b",
        },
        base=groq_api_base,
        variable="GROQ_API_KEY",
        page=ACCOUNT.page,
        fronts=("gsk_",),
        key=groq_api_key,
        place=4,
        is_free=True,
    )
    return KeyedProvider(ACCOUNT, provider, Listing("/models", _headers), connected)


def _headers(key: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {key}"}
