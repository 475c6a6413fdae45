"""What `setup` prints: Slack's manifest as JSON or Discord's link, then the numbered steps."""

import json
import re

from bot.cli.output import Output
from bot.running import operating
from bot.settings import Settings
from bot.wiring import discord_invite, slack_manifest
from pipeline.errors import PersonCanFix

_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::\d{1,5})?")
_ID = re.compile(r"\d{1,20}")


def slack(*, thread_replies: bool, socket: bool, host: str) -> None:
    """The manifest, then the steps."""
    if socket and host:
        raise PersonCanFix(
            "--socket needs no --host: in Socket Mode the bot calls Slack.",
            "Give one of them: --socket on your own machine, --host HOST on a server.",
        )
    address = _address(host)
    manifest = slack_manifest(host=address, socket=socket, thread_replies=thread_replies)
    output = Output()
    output.say(json.dumps(manifest, indent=2))
    output.say("")
    for line in operating.slack_steps(socket=socket, host=address, thread_replies=thread_replies):
        output.say(line)


def discord(*, application: str, delete: bool) -> None:
    """The link, then the steps."""
    given = application.strip()
    if given and not _ID.fullmatch(given):
        raise PersonCanFix(
            f"--application {given} is no id of an application.",
            "It is a number, under General Information, Application ID.",
        )
    token = Settings.load().discord_bot_token
    said = token.get_secret_value().strip() if token else ""
    known, link = discord_invite(given or operating.YOUR_APPLICATION, said, delete=delete)
    if given and given != known:
        raise PersonCanFix(
            f"--application {given} is another application than the one of DISCORD_BOT_TOKEN.",
            "Leave --application out, or set the token of that application.",
        )
    output = Output()
    output.say(link)
    output.say("")
    for line in operating.discord_steps(application=known, has_token=bool(said), delete=delete):
        output.say(line)


def _address(host: str) -> str:
    """The bare host of what a person gives, which may be a whole address."""
    bare = host.strip().removeprefix("https://").partition("/")[0]
    if host and not _HOST.fullmatch(bare):
        raise PersonCanFix(
            f"--host {host} is no name of a host.", "For example: --host bot.example.com"
        )
    return bare or operating.YOUR_HOST
