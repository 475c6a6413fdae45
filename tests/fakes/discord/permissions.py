"""What one may do where: names of permissions, their bits, and what a channel takes away."""

from collections.abc import Iterable

BITS = {
    "ADMINISTRATOR": 3,
    "MANAGE_CHANNELS": 4,
    "MANAGE_GUILD": 5,
    "ADD_REACTIONS": 6,
    "VIEW_CHANNEL": 10,
    "SEND_MESSAGES": 11,
    "MANAGE_MESSAGES": 13,
    "EMBED_LINKS": 14,
    "ATTACH_FILES": 15,
    "READ_MESSAGE_HISTORY": 16,
    "MENTION_EVERYONE": 17,
    "USE_APPLICATION_COMMANDS": 31,
    "MANAGE_THREADS": 34,
    "CREATE_PUBLIC_THREADS": 35,
    "SEND_MESSAGES_IN_THREADS": 38,
}
INVITED = frozenset(
    {"VIEW_CHANNEL", "SEND_MESSAGES", "SEND_MESSAGES_IN_THREADS", "CREATE_PUBLIC_THREADS"}
    | {"ATTACH_FILES", "READ_MESSAGE_HISTORY", "MANAGE_MESSAGES"}
)
IN_DIRECT_MESSAGES = frozenset(
    {"VIEW_CHANNEL", "SEND_MESSAGES", "ATTACH_FILES", "READ_MESSAGE_HISTORY", "EMBED_LINKS"}
    | {"ADD_REACTIONS", "MENTION_EVERYONE"}
)
OF_MEMBERS = IN_DIRECT_MESSAGES - {"MENTION_EVERYONE"} | {
    "USE_APPLICATION_COMMANDS",
    "CREATE_PUBLIC_THREADS",
    "SEND_MESSAGES_IN_THREADS",
}


def bits(names: Iterable[str]) -> str:
    """The permissions as Discord writes them: a number in a string."""
    return str(sum(1 << BITS[name] for name in set(names)))


def named(permission: str) -> str:
    """The name as it is written here; an unknown one lists the known."""
    name = permission.upper()
    if name not in BITS:
        raise LookupError(f"no permission “{permission}”; there are {sorted(BITS)}")
    return name
