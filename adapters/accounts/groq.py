"""Groq: open models, answered fast."""

from adapters.accounts import PastedKeys
from pipeline.ports.account import Account, AccountField, Service

ACCOUNT = Account(
    kind="groq",
    title="Groq",
    use="read requests and propose plans with an open model",
    page="https://console.groq.com/keys",
    fields=(
        AccountField(
            id="key",
            label="Groq API key",
            shape=r"gsk_[A-Za-z0-9]{40,60}",
            example="gsk_ and 52 letters or digits",
        ),
    ),
    leaks=(r"gsk_[A-Za-z0-9]{40,60}",),
)


def adapter() -> Service:
    """The service."""
    return PastedKeys(ACCOUNT)
