"""Modal: GPUs by the second, in the person's own workspace there."""

from adapters.pasted_keys import PastedKeys
from pipeline.ports.account import Account, AccountField, Service

ACCOUNT = Account(
    kind="modal",
    title="Modal",
    use="train on Modal's GPUs",
    page="https://modal.com/settings/tokens",
    fields=(
        AccountField(
            id="token_id",
            label="Modal token id",
            shape=r"ak-[A-Za-z0-9]{20,40}",
            example="ak- and 22 letters or digits",
        ),
        AccountField(
            id="token_secret",
            label="Modal token secret",
            shape=r"as-[A-Za-z0-9]{20,40}",
            example="as- and 22 letters or digits",
        ),
    ),
    # Words joined by hyphens are no tokens: one has small and large letters together.
    leaks=(
        r"(?:ak|as|wk|ws)-(?=[A-Za-z0-9]{0,39}[A-Z])(?=[A-Za-z0-9]{0,39}[a-z])[A-Za-z0-9]{20,40}",
    ),
)


def adapter() -> Service:
    """The service."""
    return PastedKeys(ACCOUNT)
