"""Anthropic: the Claude models."""

from adapters.accounts import PastedKeys
from pipeline.ports.account import Account, AccountField, Service

ACCOUNT = Account(
    kind="anthropic",
    title="Anthropic",
    use="read requests and propose plans with Claude",
    page="https://console.anthropic.com/settings/keys",
    fields=(
        AccountField(
            id="key",
            label="Anthropic API key",
            shape=r"sk-ant-[A-Za-z0-9_-]{60,200}",
            example="sk-ant- and about 100 letters, digits, - and _",
        ),
    ),
    leaks=(r"sk-ant-[A-Za-z0-9_-]{60,200}",),
)


def adapter() -> Service:
    """The service."""
    return PastedKeys(ACCOUNT)
