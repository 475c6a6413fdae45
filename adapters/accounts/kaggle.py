"""Kaggle: data sets and competitions, and free hours of GPU to train on."""

from adapters.pasted_keys import PastedKeys
from pipeline.ports.account import Account, AccountField, Service

# An old key looks like any checksum: it counts only in kaggle.json, or close behind the name.
_OLD_KEY = (
    r"(?i:kaggle)(?:[ _.'\"-]{1,3}(?i:api|key|token|secret|is|my|the|old|here|username)){0,5}"
    r"['\"\]]{0,2}\s{0,3}[=:]?\s{0,3}['\"`]?(?P<secret>[0-9a-f]{32})(?![A-Za-z0-9])"
)
_KEY_FILE = (
    r"\"username\"\s{0,8}:\s{0,8}\"[^\"]{1,80}\"\s{0,8},\s{0,8}"
    r"\"key\"\s{0,8}:\s{0,8}\"(?P<secret>[^\"\s]{8,80})"
)

ACCOUNT = Account(
    kind="kaggle",
    title="Kaggle",
    use="read data sets and competitions, train on Kaggle's machines",
    page="https://www.kaggle.com/settings/account",
    fields=(
        AccountField(
            id="username",
            label="Kaggle username",
            shape=r"[A-Za-z0-9][A-Za-z0-9_-]{1,63}",
            example="the name in the address of your Kaggle profile",
            secret=False,
        ),
        AccountField(
            id="key",
            label="Kaggle key",
            shape=r"KGAT_[A-Za-z0-9]{24,64}|[0-9a-f]{32}",
            example="KGAT_ and 32 letters or digits; an old key is 32 of 0-9 and a-f",
        ),
    ),
    leaks=(r"KGAT_[A-Za-z0-9]{24,64}", _OLD_KEY, _KEY_FILE),
)


def adapter() -> Service:
    """The service."""
    return PastedKeys(ACCOUNT)
