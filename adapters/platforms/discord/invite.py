"""The link that invites the app to a server, with the least permissions that do what is needed."""

import base64
import binascii
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlencode

APPS = "https://discord.com/developers/applications"
NEEDED: Mapping[str, int] = MappingProxyType(
    {
        "View Channels": 1 << 10,
        "Send Messages": 1 << 11,
        "Create Public Threads": 1 << 35,
        "Send Messages in Threads": 1 << 38,
        "Attach Files": 1 << 15,
        "Read Message History": 1 << 16,
    }
)
"""`Attach Files`: pictures of results. `Read Message History`: to reply in what came before."""
TO_DELETE: Mapping[str, int] = MappingProxyType({"Manage Messages": 1 << 13})
"""Only so that a message with a pasted key can be deleted."""
_ADMINISTRATOR = 1 << 3
_AUTHORIZE = "https://discord.com/oauth2/authorize"
_SCOPES = "bot applications.commands"


def link(application: str, *, delete: bool = True) -> str:
    """What the owner of a server opens; `delete` asks for what deleting others' messages takes."""
    permissions = sum(NEEDED.values()) + (sum(TO_DELETE.values()) if delete else 0)
    asked = {"client_id": application, "permissions": permissions, "scope": _SCOPES}
    return f"{_AUTHORIZE}?{urlencode(asked)}"


def application_of(token: str) -> str:
    """The application's id, which a bot token begins with; empty where it does not."""
    first = token.partition(".")[0]
    try:
        told = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return ""
    return told if told.isdecimal() else ""


def lacking(granted: int, wanted: Mapping[str, int] = NEEDED) -> tuple[str, ...]:
    """Which of the wanted permissions are not granted; an administrator has all."""
    if granted & _ADMINISTRATOR:
        return ()
    return tuple(name for name, bit in wanted.items() if not granted & bit)
