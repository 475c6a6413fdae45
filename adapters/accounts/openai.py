"""OpenAI: the GPT models."""

from collections.abc import Callable, Mapping

import httpx
from pydantic import SecretStr

from adapters.providers import KeyedProvider, Listing, Provider
from pipeline.ports.account import Account, AccountField

ACCOUNT = Account(
    kind="openai",
    title="OpenAI",
    use="read requests and propose plans with GPT",
    page="https://platform.openai.com/api-keys",
    fields=(
        AccountField(
            id="key",
            label="OpenAI API key",
            shape=r"sk-(?!ant-|or-)[A-Za-z0-9_-]{32,250}",
            example="sk-proj- and about 150 letters, digits, - and _",
        ),
    ),
    # An old key has no name in its front: it counts when there is a digit in it.
    leaks=(
        r"sk-(?:proj|svcacct|service|admin|None)-[A-Za-z0-9_-]{32,250}",
        r"sk-(?=[A-Za-z]{0,63}[0-9])[A-Za-z0-9]{32,64}",
    ),
)


def adapter(
    openai_api_key: SecretStr | None = None,
    openai_api_base: str = "https://api.openai.com/v1",
    connected: Callable[[], None] | None = None,
) -> KeyedProvider:
    """The service."""
    provider = Provider(
        kind=ACCOUNT.kind,
        title=ACCOUNT.title,
        called="openai",
        mapped="openai",
        models={"small": "gpt-6-luna", "medium": "gpt-6.1-terra", "large": "gpt-6-sol"},
        base=openai_api_base,
        variable="OPENAI_API_KEY",
        page=ACCOUNT.page,
        fronts=("sk-",),
        shapes_with_tools=True,
        key=openai_api_key,
        place=2,
    )
    return KeyedProvider(
        ACCOUNT, provider, Listing("/models", _headers, _is_wrong, _is_narrow), connected
    )


def _headers(key: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {key}"}


def _is_wrong(status: int, text: str) -> bool:
    return status == httpx.codes.UNAUTHORIZED and not _is_narrow(status, text)


def _is_narrow(status: int, text: str) -> bool:
    """A key without the right to list models is called unauthorized, though it is real."""
    unauthorized = status == httpx.codes.UNAUTHORIZED and "missing scopes" in text.lower()
    return unauthorized or status == httpx.codes.FORBIDDEN
