"""What is measured: our sanitizer in this process, detect-secrets in an environment of its own."""

import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from adapters.sanitizer import KeySanitizer
from bot.wiring import shelf
from tests.benchmarks.corpus.drawing import Message
from tests.benchmarks.corpus.scoring import Seen
from tests.benchmarks.quality.places import PEERS, peer_python
from tests.benchmarks.quality.processes import run

OURS = "mltrainer"
PEER_MODES = {"detect-secrets, regex plugins": "regex", "the same with its keyword plugin": "words"}
_PEER = "detect_secrets_lines"


def ours(messages: Sequence[Message]) -> list[Seen]:
    """The sanitizer as the bot runs it."""
    sanitizer = KeySanitizer(service.account for service in shelf("accounts").values())
    sanitizer.clean("warm")
    seen = []
    for message in messages:
        began = time.thread_time()
        cleaned = sanitizer.clean(message.text)
        ms = (time.thread_time() - began) * 1000
        seen.append(Seen(bool(cleaned.found), cleaned.text, ms))
    return seen


def peers(messages: Sequence[Message], mode: str) -> list[Seen]:
    """detect-secrets on the same messages, line by line as it reads them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asked, told = folder / "messages.json", folder / "found.json"
        asked.write_text(json.dumps([message.text for message in messages]), "utf-8")
        run(peer_python(_PEER), PEERS / f"{_PEER}.py", mode, asked, told, folder=folder)
        found = json.loads(told.read_text("utf-8"))
    return [
        Seen(bool(values), _without(message.text, values), ms)
        for message, (values, ms) in zip(messages, found, strict=True)
    ]


def _without(text: str, values: Sequence[str]) -> str:
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, "[secret]") if value else text
    return text
