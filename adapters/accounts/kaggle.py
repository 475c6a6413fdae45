"""Kaggle: data sets and competitions, and free hours of GPU to train on."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.kaggle import errors
from adapters.kaggle.asking import KIND, asked
from adapters.kaggle.errors import Refused, meant
from adapters.pasted_keys import PastedKeys
from pipeline.errors import MLTrainerError, PersonCanFix
from pipeline.ports.account import Account, AccountField, Checked, Service

if TYPE_CHECKING:
    from adapters.kaggle.desk import Desk
    from adapters.kaggle.kernels import Hours
    from adapters.kaggle.line import Patience

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
    kind=KIND,
    title=errors.TITLE,
    use="read data sets, train on Kaggle's machines",
    page=errors.KEYS,
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


@dataclass(frozen=True, slots=True)
class KaggleKeys(PastedKeys):
    """pipeline.ports.account.Service: a key is asked about, and with it the hours of GPU left.

    Kaggle has no login by a code that is typed there: its own shows a code to paste here.
    """

    url: str = errors.API
    patience: "Patience | None" = None

    async def check(self, values: Mapping[str, str]) -> Checked | None:
        """Whose key it is; PersonCanFix when it is nobody's or somebody else's."""
        try:
            return await asked(self.url, values, lambda desk: _checked(desk, values), self.patience)
        except Refused as refused:
            error = meant(refused, KIND)
        raise error


def _checked(desk: "Desk", values: Mapping[str, str]) -> Checked:
    """Ask as the key's kind wants it: an old one shows whose it is by being taken."""
    name, key = values["username"].strip(), values["key"].strip()
    if not key.startswith("KGAT_"):
        return Checked(name=name, detail=_told(desk.kernels.hours()))
    whose = desk.whose(key)
    if whose is None:
        raise errors.wrong_key()
    if whose.lower() != name.lower():
        raise PersonCanFix(
            f"This Kaggle key belongs to '{whose}', not to '{name}'.",
            f"Give '{whose}' as the user name, or a key of '{name}' from {errors.KEYS}.",
            field=KIND,
        )
    hours = None
    with suppress(Refused, MLTrainerError):  # of a key that may do less, the name is known
        hours = desk.kernels.hours()
    return Checked(name=whose, detail=_told(hours))


def _told(hours: "Hours | None") -> str:
    if hours is None:
        return ""
    return f"{hours.left / timedelta(hours=1):.0f} hours of GPU are left there {hours.until}."


def adapter(*, kaggle_api_url: str = errors.API, patience: "Patience | None" = None) -> Service:
    """The service at Kaggle's address."""
    return KaggleKeys(ACCOUNT, kaggle_api_url, patience)
