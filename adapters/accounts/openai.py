"""OpenAI: the GPT models."""

from adapters.accounts import PastedKeys
from pipeline.ports.account import Account, AccountField, Service

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


def adapter() -> Service:
    """The service."""
    return PastedKeys(ACCOUNT)
