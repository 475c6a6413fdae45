"""What `setup slack` prints: the manifest as JSON, then the numbered steps."""

import json
import re

from bot.cli.output import Output
from bot.running import operating
from bot.wiring import slack_manifest
from pipeline.errors import PersonCanFix

_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::\d{1,5})?")


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


def _address(host: str) -> str:
    """The bare host of what a person gives, which may be a whole address."""
    bare = host.strip().removeprefix("https://").partition("/")[0]
    if host and not _HOST.fullmatch(bare):
        raise PersonCanFix(
            f"--host {host} is no name of a host.", "For example: --host bot.example.com"
        )
    return bare or operating.YOUR_HOST
