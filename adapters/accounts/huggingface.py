"""Hugging Face: where models and Spaces are published, and data sets come from."""

from adapters.accounts import PastedKeys
from pipeline.ports.account import Account, AccountField, Service

ACCOUNT = Account(
    kind="huggingface",
    title="Hugging Face",
    use="publish models and Spaces, read gated and private data",
    page="https://huggingface.co/settings/tokens/new?tokenType=write",
    fields=(
        AccountField(
            id="token",
            label="Hugging Face token",
            shape=r"(?:hf|api_org)_[A-Za-z0-9]{30,40}",
            example="hf_ and 34 letters or digits",
        ),
    ),
    leaks=(r"(?:hf|api_org)_[A-Za-z0-9]{30,40}",),
)


def adapter() -> Service:
    """The service."""
    return PastedKeys(ACCOUNT)
