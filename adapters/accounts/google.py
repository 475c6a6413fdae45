"""Google: the Gemini models."""

from adapters.accounts import PastedKeys
from pipeline.ports.account import Account, AccountField, Service

ACCOUNT = Account(
    kind="google",
    title="Gemini",
    use="read requests and propose plans with Gemini",
    page="https://aistudio.google.com/apikey",
    fields=(
        AccountField(
            id="key",
            label="Gemini API key",
            shape=r"AIza[A-Za-z0-9_-]{35}|AQ\.[A-Za-z0-9_-]{30,150}",
            example="AQ. and about 50 letters, digits, - and _; an older key begins with AIza",
        ),
    ),
    leaks=(
        r"AIza[A-Za-z0-9_-]{35}",
        r"AQ\.[A-Za-z0-9_-]{30,150}",
    ),
)


def adapter() -> Service:
    """The service."""
    return PastedKeys(ACCOUNT)
