"""The Web API: who may call what, how often, and what is remembered of every call."""

import json
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fakes.slack import chat_methods, file_methods, people_methods, view_methods
from tests.fakes.slack.rates import Rates
from tests.fakes.slack.workspace import Json, Refused, Value, Workspace

DOCUMENTS = {"blocks", "metadata", "view", "files", "attachments"}


@dataclass(frozen=True)
class Method:
    """What answers a method, and the scope that it needs."""

    answer: Callable[[Workspace, Json], Json]
    scope: str = ""


METHODS = {
    "auth.test": Method(people_methods.auth_test),
    "chat.postMessage": Method(chat_methods.post_message, "chat:write"),
    "chat.update": Method(chat_methods.update, "chat:write"),
    "chat.delete": Method(chat_methods.delete, "chat:write"),
    "chat.postEphemeral": Method(chat_methods.post_ephemeral, "chat:write"),
    "chat.getPermalink": Method(chat_methods.get_permalink),
    "conversations.open": Method(people_methods.open_conversation, "im:write"),
    "conversations.replies": Method(chat_methods.replies),
    "users.info": Method(people_methods.user_info, "users:read"),
    "views.open": Method(view_methods.open_view),
    "views.push": Method(view_methods.push),
    "views.update": Method(view_methods.update),
    "views.publish": Method(view_methods.publish),
    "files.getUploadURLExternal": Method(file_methods.get_upload_url, "files:write"),
    "files.completeUploadExternal": Method(file_methods.complete_upload, "files:write"),
    "files.info": Method(file_methods.info, "files:read"),
}


@dataclass
class Call:
    """One call of the app: `body` is what came over the wire, `answer` what Slack said."""

    method: str
    arguments: Json
    body: str
    answer: Json = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return bool(self.answer.get("ok"))


@dataclass
class WebApi:
    """Answers calls; `bot_token` is the only one it knows."""

    workspace: Workspace
    bot_token: str
    rates: Rates
    calls: list[Call] = field(default_factory=list)
    revoked: bool = False

    def answer(self, call: Call, token: str) -> Json:
        """The answer of a call; raises Refused."""
        self.authorize(token)
        method = METHODS.get(call.method)
        if method is None:
            raise Refused("unknown_method", req_method=call.method)
        self.need(method.scope)
        channel = str(call.arguments.get("channel") or "")
        self.rates.count(call.method, channel, self.workspace.now())
        return {"ok": True, **method.answer(self.workspace, call.arguments)}

    def authorize(self, token: str) -> None:
        if not token:
            raise Refused("not_authed")
        if token != self.bot_token:
            raise Refused("not_allowed_token_type" if token.startswith("xapp-") else "invalid_auth")

        if self.revoked:
            raise Refused("token_revoked")

    def need(self, scope: str) -> None:
        if scope and scope not in self.workspace.scopes:
            provided = ",".join(sorted(self.workspace.scopes))
            raise Refused("missing_scope", needed=scope, provided=provided)


def arguments_of(query: Json, content_type: str, body: str) -> Json:
    """What a call says, from its query, its JSON or its form."""
    given = dict(query)
    if "json" in content_type:
        given |= json.loads(body or "{}")
    else:
        given |= dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
    return {name: _value(name, value) for name, value in given.items()}


def _value(name: str, value: Value) -> Value:
    if name not in DOCUMENTS or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError as wrong:
        raise Refused(f"invalid_{name}_format") from wrong
