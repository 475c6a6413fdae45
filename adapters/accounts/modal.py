"""Modal: GPUs by the second, in the person's own workspace there."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.modal_client import KIND, SERVER_URL, TITLE, TOKENS_PAGE, client_of, nobody
from adapters.pasted_keys import PastedKeys
from pipeline.errors import PersonCanFix
from pipeline.ports.account import Account, AccountField, Checked, LoginLink, Service

_SECONDS = 10.0
_LOGIN = timedelta(minutes=15)
_LOOK_SECONDS = 0.2  # how long Modal may hold a question about a login: it is asked often

ACCOUNT = Account(
    kind=KIND,
    title=TITLE,
    use="train on Modal's GPUs",
    page=TOKENS_PAGE,
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
    login=True,
)


@dataclass(frozen=True, slots=True)
class Modal(PastedKeys):
    """pipeline.ports.account.Service: a token is asked about, or given by a login in a browser."""

    url: str = SERVER_URL
    seconds: float = _SECONDS

    async def check(self, values: Mapping[str, str]) -> Checked | None:
        """Whose workspace the token is for; PersonCanFix when it is none."""
        async with client_of(self.url, values, self.seconds) as client:
            import modal  # noqa: PLC0415  (slow to import; the client has it)

            await client.hello.aio()  # type: ignore[no-untyped-call]
            workspace = modal.Workspace.from_context(client=client)
            await workspace.hydrate.aio(client)
            return Checked(name=workspace.name or "")

    async def begin_login(self, now: datetime) -> LoginLink | None:
        """A page of Modal's, and the code that it shows again."""
        async with nobody(self.url, self.seconds) as client:
            from modal_proto import api_pb2  # noqa: PLC0415  (as above)

            # The library's own flow also opens a port to every network; here the code suffices.
            begun = await client._stub.TokenFlowCreate(api_pb2.TokenFlowCreateRequest())  # noqa: SLF001
        return LoginLink(
            url=begun.web_url,
            code=begun.code,
            state=json.dumps({"flow": begun.token_flow_id, "secret": begun.wait_secret}),
            expires_at=now + _LOGIN,
        )

    async def finish_login(self, link: LoginLink) -> Mapping[str, str] | None:
        """The token of a login that was finished there."""
        state: dict[str, str] = json.loads(link.state)
        async with nobody(self.url, self.seconds) as client:
            import modal  # noqa: PLC0415  (as above)
            from modal_proto import api_pb2  # noqa: PLC0415

            asked = api_pb2.TokenFlowWaitRequest(
                token_flow_id=state["flow"], wait_secret=state["secret"], timeout=_LOOK_SECONDS
            )
            try:
                told = await client._stub.TokenFlowWait(asked)  # noqa: SLF001
            except modal.exception.NotFoundError:
                raise _over() from None
        if told.timeout:
            return None
        return {"token_id": told.token_id, "token_secret": told.token_secret}


def _over() -> PersonCanFix:
    return PersonCanFix("This login is over.", "Begin it again: `connect modal`.", field=KIND)


def adapter(*, modal_server_url: str = SERVER_URL) -> Service:
    """The service at its address."""
    return Modal(ACCOUNT, modal_server_url)
