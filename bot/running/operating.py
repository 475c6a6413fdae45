"""What the person reads who runs the bot: the steps of the set-up, and what stops a start."""

from collections.abc import Iterator

NO_DISCORD = "Discord cannot be connected yet; Slack can."
NO_DISCORD_HINT = "mltrainer setup slack"
READY = "ready"
LEFT_TO_A_WORKER = "left to another process: mltrainer worker"
NO_PLATFORM = "No chat platform is set up, so there is nothing to serve."
NO_PLATFORM_HINT = (
    "Set SLACK_BOT_TOKEN with SLACK_SIGNING_SECRET, or with SLACK_APP_TOKEN. How to get them: "
    "mltrainer setup slack"
)
UNKEYED = "MLTRAINER_MASTER_KEYS is not set, and with PostgreSQL no key is made by itself."
UNKEYED_HINT = "Set it to the same value on every machine. To make one: openssl rand -base64 32"
YOUR_HOST = "YOUR-HOST"
_NO_HOST = (
    "In the manifest above, put your server's public name in place of YOUR-HOST, or print it anew: "
    "mltrainer setup slack --host NAME. Without a public address: mltrainer setup slack --socket."
)
_CREATE = (
    "Open https://api.slack.com/apps, press Create New App, choose From a manifest, pick your "
    "workspace, choose JSON, and paste the text above. Press Create."
)
_INSTALL = "Open Install App on the left and press Install to Workspace. Allow."
_COPY_BOT = (
    "Under OAuth & Permissions copy the Bot User OAuth Token (xoxb-…). "
    "It belongs into the variable SLACK_BOT_TOKEN."
)
_COPY_APP = (
    "Under Basic Information, App-Level Tokens press Generate Token and Scopes, add the scope "
    "connections:write, and copy the token (xapp-…). It belongs into SLACK_APP_TOKEN."
)
_COPY_SIGNING = (
    "Under Basic Information, App Credentials copy the Signing Secret. "
    "It belongs into SLACK_SIGNING_SECRET."
)
_DOT_ENV = (
    "Write these variables into the file .env in the folder where you start mltrainer, one "
    "NAME=value a line, or into your host's settings. Never into a chat, never into git."
)
_DOCTOR = "Check it: mltrainer doctor names whatever is missing, with its cure."
_SERVE = "Start it: mltrainer serve. Its last line is `ready`."
_VERIFY = (
    "Under Event Subscriptions press Retry beside the Request URL, so that Slack finds the running "
    "bot at https://{host}/slack/events."
)
_INVITE = "In Slack, invite it to a channel: /invite @mltrainer."
_MENTION = (
    "Mention it: @mltrainer make me a spam filter from this, with a CSV file attached. "
    "Everything that follows happens in that message's thread."
)
_REPLIES = (
    "Replies in a job's thread need no mention. For that the bot may read the channels it is in; "
    "what is said outside of a job's thread is dropped unread."
)


def slack_steps(*, socket: bool, host: str, thread_replies: bool) -> Iterator[str]:
    """The steps, numbered."""
    steps = [_CREATE, _INSTALL, _COPY_BOT]
    steps += [_COPY_APP] if socket else [_COPY_SIGNING]
    steps += [_DOT_ENV, _DOCTOR, _SERVE]
    steps += [] if socket else [_VERIFY.format(host=host)]
    steps += [_INVITE, _MENTION]
    if not socket and host == YOUR_HOST:
        steps.insert(0, _NO_HOST)
    yield from (f"{number:>2}. {step}" for number, step in enumerate(steps, start=1))
    if thread_replies:
        yield f"    {_REPLIES}"


def line(label: str, text: str) -> str:
    """One fact said at start."""
    return f"{label:<9}{text}"
