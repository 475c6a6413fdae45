"""Anthropic: the Claude models."""

from collections.abc import Callable, Mapping

from pydantic import SecretStr

from adapters.providers import KeyedProvider, Listing, Provider
from pipeline.ports.account import Account, AccountField

_KEY = r"sk-ant-[A-Za-z0-9_-]{60,200}"
ACCOUNT = Account(
    kind="anthropic",
    title="Anthropic",
    use="read requests and propose plans with Claude",
    page="https://console.anthropic.com/settings/keys",
    fields=(
        AccountField(
            id="key",
            label="Anthropic API key",
            shape=_KEY,
            example="sk-ant- and about 100 letters, digits, - and _",
        ),
    ),
    leaks=(_KEY,),
)


def adapter(
    anthropic_api_key: SecretStr | None = None,
    anthropic_api_base: str = "https://api.anthropic.com",
    connected: Callable[[], None] | None = None,
) -> KeyedProvider:
    """The service."""
    provider = Provider(
        kind=ACCOUNT.kind,
        title=ACCOUNT.title,
        called="anthropic",
        mapped="anthropic",
        models={
            "small": "claude-haiku-5-5",
            "medium": "claude-sonnet-5-5",
            "large": "claude-opus-5-5",
        },
        base=anthropic_api_base,
        variable="ANTHROPIC_API_KEY",
        page=ACCOUNT.page,
        fronts=("sk-ant-",),
        shapes_with_tools=True,
        key=anthropic_api_key,
        place=1,
    )
    return KeyedProvider(ACCOUNT, provider, Listing("/v1/models?limit=1", _headers), connected)


def _headers(key: str) -> Mapping[str, str]:
    return {"x-api-key": key, "anthropic-version": "2023-06-01"}
