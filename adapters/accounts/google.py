"""Google: the Gemini models."""

from collections.abc import Callable, Mapping

import httpx
from pydantic import SecretStr

from adapters.providers import KeyedProvider, Listing, Provider
from pipeline.ports.account import Account, AccountField

_KEYS = (r"AIza[A-Za-z0-9_-]{35}", r"AQ\.[A-Za-z0-9_-]{30,150}")
ACCOUNT = Account(
    kind="google",
    title="Gemini",
    use="read requests and propose plans with Gemini",
    page="https://aistudio.google.com/apikey",
    fields=(
        AccountField(
            id="key",
            label="Gemini API key",
            shape="|".join(_KEYS),
            example="AQ. and about 50 letters, digits, - and _; an older key begins with AIza",
        ),
    ),
    leaks=_KEYS,
)


def adapter(
    gemini_api_key: SecretStr | None = None,
    gemini_api_base: str = "https://generativelanguage.googleapis.com/v1beta",
    connected: Callable[[], None] | None = None,
) -> KeyedProvider:
    """The service."""
    provider = Provider(
        kind=ACCOUNT.kind,
        title=ACCOUNT.title,
        called="gemini",
        mapped="gemini",
        models={
            "small": "gemini-3.5-flash-lite",
            "medium": "gemini-3.8-flash",
            "large": "gemini-4-argon",
        },
        base=gemini_api_base,
        variable="GEMINI_API_KEY",
        page=ACCOUNT.page,
        fronts=("AIza", "AQ."),
        key=gemini_api_key,
        place=3,
    )
    return KeyedProvider(
        ACCOUNT, provider, Listing("/models?pageSize=1", _headers, _is_wrong), connected
    )


def _headers(key: str) -> Mapping[str, str]:
    return {"x-goog-api-key": key}


def _is_wrong(status: int, text: str) -> bool:
    """A bad key is called a bad request."""
    bad = status == httpx.codes.BAD_REQUEST and "API_KEY_INVALID" in text
    return bad or status == httpx.codes.UNAUTHORIZED
