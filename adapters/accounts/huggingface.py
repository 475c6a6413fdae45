"""Hugging Face: where models and Spaces are published, and data sets come from."""

from adapters.pasted_keys import PastedKeys
from pipeline.ports.account import Account, AccountField, Service

_KEY = r"(?:hf|api_org)_[A-Za-z0-9]{30,40}"
ACCOUNT = Account(
    kind="huggingface",
    title="Hugging Face",
    use="publish models and Spaces, read gated and private data",
    page="https://huggingface.co/settings/tokens/new?tokenType=write",
    fields=(
        AccountField(
            id="token",
            label="Hugging Face token",
            shape=_KEY,
            example="hf_ and 34 letters or digits",
        ),
    ),
    leaks=(_KEY,),
)


def adapter() -> Service:
    """The service."""
    return PastedKeys(ACCOUNT)
