"""detect-secrets on messages: detect_secrets_lines.py regex|words messages.json found.json."""

import json
import sys
import time
from pathlib import Path

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.core.scan import scan_line
from detect_secrets.settings import transient_settings

LEFT_OUT = {"Base64HighEntropyString", "HexHighEntropyString"}
WORDS = "KeywordDetector"


def main() -> None:
    """Tell, for each message, the values found in its lines and the milliseconds it took."""
    mode, asked, told = sys.argv[1:]
    messages = json.loads(Path(asked).read_text("utf-8"))
    names = {one.__name__ for one in get_mapping_from_secret_type_to_class().values()} - LEFT_OUT
    if mode == "regex":
        names.discard(WORDS)
    with transient_settings({"plugins_used": [{"name": name} for name in sorted(names)]}):
        list(scan_line("warm"))
        found = [_scanned(message) for message in messages]
    Path(told).write_text(json.dumps(found), "utf-8")


def _scanned(message: str) -> tuple[list[str], float]:
    began = time.thread_time()
    values = [one.secret_value or "" for line in message.splitlines() for one in scan_line(line)]
    return values, (time.thread_time() - began) * 1000


if __name__ == "__main__":
    main()
