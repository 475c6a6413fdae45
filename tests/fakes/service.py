"""A service of accounts that knows which values are good, and whom it takes them for."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipeline.errors import PersonCanFix, TryAgain
from pipeline.ports.account import Account, AccountField, Checked, LoginLink

HUB = Account(
    kind="huggingface",
    title="Hugging Face",
    use="publish models",
    page="https://hub.test/tokens",
    fields=(
        AccountField(id="token", label="Hugging Face token", shape=r"hf_\w{34}", example="hf_…"),
    ),
    leaks=(r"hf_[A-Za-z0-9]{34}",),
    login=True,
)
KAGGLE = Account(
    kind="kaggle",
    title="Kaggle",
    use="data",
    page="https://kaggle.test/keys",
    fields=(
        AccountField(
            id="username", label="Kaggle username", shape=r"[\w-]+", example="ann", secret=False
        ),
        AccountField(id="key", label="Kaggle key", shape=r"[0-9a-f]{32}", example="32 digits"),
    ),
)


@dataclass
class FakeService:
    """pipeline.ports.account.Service. A refused value is answered with what was wrong."""

    account: Account
    refused: set[str] = field(default_factory=set)
    name: str = "ann-at-hub"
    silent: bool = False
    stuck: bool = False
    logged_in: Mapping[str, str] | None = None

    async def check(self, values: Mapping[str, str]) -> Checked | None:
        if self.stuck:
            await asyncio.sleep(3600)
        if self.silent:
            raise TryAgain("No answer.")
        if self.refused & set(values.values()):
            raise PersonCanFix("This key was revoked.", "Make a new one.")
        return Checked(name=self.name)

    async def begin_login(self, now: datetime) -> LoginLink | None:
        if not self.account.login:
            return None
        until = now + timedelta(minutes=5)
        return LoginLink(url="https://hub.test/go", code="ABCD-1234", state="s", expires_at=until)

    async def finish_login(self, link: LoginLink) -> Mapping[str, str] | None:
        del link
        return self.logged_in

    async def renewed(self, values: Mapping[str, str]) -> Mapping[str, str] | None:
        del values
        return None
