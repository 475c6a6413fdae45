"""What the person reads who runs the bot: the steps of the set-up, and what stops a start."""

from collections.abc import Iterator, Sequence

READY = "ready"
LEFT_TO_A_WORKER = "left to another process: mltrainer worker"
NO_PLATFORM = "No chat platform is set up, so there is nothing to serve."
NO_PLATFORM_HINT = (
    "For Discord set DISCORD_BOT_TOKEN; how to get it: mltrainer setup discord. For Slack set "
    "SLACK_BOT_TOKEN with SLACK_SIGNING_SECRET, or with SLACK_APP_TOKEN: mltrainer setup slack"
)
UNKEYED = "MLTRAINER_MASTER_KEYS is not set, and with PostgreSQL no key is made by itself."
UNKEYED_HINT = "Set it to the same value on every machine. To make one: openssl rand -base64 32"
CONNECTED = "connected"
NOT_YET = "not connected yet"
STANDS_BY = "another process listens; this one does when that one ends"
NO_LONGER = "connected no more; it mends itself where it can, and the log has the cause"
NO_ANSWER_YET = "There is no answer yet."
TRIED_AGAIN = "It is tried again; the rest works."
YOUR_HOST = "YOUR-HOST"
YOUR_APPLICATION = "YOUR-APPLICATION-ID"
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
    "Write {what} into the file .env in the folder where you start mltrainer, one "
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
_DEVELOPERS = "https://discord.com/developers/applications"
_FIRST_APPLICATION = (
    f"Open {_DEVELOPERS}, press New Application, name it mltrainer, and press Create. "
    "Under General Information stands its Application ID: put it in place of YOUR-APPLICATION-ID "
    "in the link above, or print the link anew: mltrainer setup discord --application ID."
)
_KNOWN_APPLICATION = "Open your application: {page}."
_COPY_DISCORD = (
    "Open Bot on the left, press Reset Token and copy what appears; it is shown once. "
    "It belongs into the variable DISCORD_BOT_TOKEN."
)
_COPIED_DISCORD = (
    "The variable DISCORD_BOT_TOKEN is set already. For another token open Bot on the left, press "
    "Reset Token and copy what appears; the old one ends."
)
_NO_INTENTS = (
    "On the page Bot leave the three switches under Privileged Gateway Intents off: none is "
    "needed. Leave Requires OAuth2 Code Grant off too."
)
_OPEN_LINK = (
    "Open the link above in a browser, choose your server and press Authorize. You need the "
    "permission Manage Server there."
)
_MENTION_DISCORD = (
    "In a channel of that server: @mltrainer make me a spam filter from this, with a CSV file "
    "attached. Everything that follows happens in a thread of that message."
)
_DELETES = (
    "The link asks for Manage Messages only so that a message with a pasted key can be deleted. "
    "Without it: mltrainer setup discord --no-delete."
)
_DELETES_NOT = (
    "Without Manage Messages a pasted key stays where it is until its person deletes it; they are "
    "told so in private."
)


def slack_steps(*, socket: bool, host: str, thread_replies: bool) -> Iterator[str]:
    """The steps, numbered."""
    steps = [_CREATE, _INSTALL, _COPY_BOT]
    steps += [_COPY_APP] if socket else [_COPY_SIGNING]
    steps += [_DOT_ENV.format(what="these variables"), _DOCTOR, _SERVE]
    steps += [] if socket else [_VERIFY.format(host=host)]
    steps += [_INVITE, _MENTION]
    if not socket and host == YOUR_HOST:
        steps.insert(0, _NO_HOST)
    yield from _numbered(steps)
    if thread_replies:
        yield f"    {_REPLIES}"


def discord_steps(*, application: str, has_token: bool, delete: bool) -> Iterator[str]:
    """The steps, numbered."""
    known = _KNOWN_APPLICATION.format(page=f"{_DEVELOPERS}/{application}")
    steps = [_FIRST_APPLICATION if application == YOUR_APPLICATION else known]
    steps += [_COPIED_DISCORD if has_token else _COPY_DISCORD, _NO_INTENTS]
    steps += [_DOT_ENV.format(what="it"), _OPEN_LINK, _DOCTOR, _SERVE, _MENTION_DISCORD]
    yield from _numbered(steps)
    yield f"    {_DELETES if delete else _DELETES_NOT}"


def _numbered(steps: Sequence[str]) -> Iterator[str]:
    yield from (f"{number:>2}. {step}" for number, step in enumerate(steps, start=1))


def line(label: str, text: str) -> str:
    """One fact said at start."""
    return f"{label:<9}{text}"
