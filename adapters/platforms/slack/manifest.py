"""The Slack app's manifest, with the least scopes that do what was asked for."""

from adapters.platforms.slack.cards import Json

SCOPES = (
    "app_mentions:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "im:history",
    "im:write",
    "users:read",
)
"""`files:read`: data comes as files of a message. `users:read`: names, and who is an admin."""
THREAD_SCOPES = ("channels:history", "groups:history")
_EVENTS = ("app_mention", "message.im")
_THREAD_EVENTS = ("message.channels", "message.groups")
PATH = "/slack/events"


def manifest(host: str = "", *, thread_replies: bool = False, socket: bool = False) -> Json:
    """As JSON's own types; `host` is where Slack reaches the bot when it is not in Socket Mode."""
    address = {} if socket else {"request_url": _address(host)}
    scopes = (*SCOPES, *(THREAD_SCOPES if thread_replies else ()))
    events = (*_EVENTS, *(_THREAD_EVENTS if thread_replies else ()))
    return {
        "display_information": {
            "name": "mltrainer",
            "description": "Say which model you want; get it trained, checked and published.",
        },
        "features": {
            "bot_user": {"display_name": "mltrainer", "always_online": True},
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "slash_commands": [_command({} if socket else {"url": _address(host)})],
            "shortcuts": [
                _shortcut("Job actions", "message", "job_menu", "Status, resume, cancel, log"),
                _shortcut("New training job", "global", "job_new", "Ask for a model in a form"),
            ],
        },
        "oauth_config": {"scopes": {"bot": sorted(scopes)}},
        "settings": {
            "event_subscriptions": {**address, "bot_events": [*events]},
            "interactivity": {"is_enabled": True, **address},
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": False,
        },
    }


def _address(host: str) -> str:
    return f"https://{host}{PATH}"


def _command(address: Json) -> Json:
    return {
        "command": "/mltrainer",
        "description": "List, resume or cancel training jobs; connect accounts",
        "usage_hint": "list | status JOB | resume | interrupt | undo | cancel | connect | help",
        "should_escape": False,
        **address,
    }


def _shortcut(name: str, kind: str, callback: str, description: str) -> Json:
    return {"name": name, "type": kind, "callback_id": callback, "description": description}
