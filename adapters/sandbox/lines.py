"""Output of a stranger's script, cut into lines that are safe to store and to show."""

import re

LONGEST_LINE = 8 << 10
_ENDS = re.compile(rb"[\r\n]+")
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Lines:
    """Collects bytes and gives back whole lines; of a long one, the first 8 KiB."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        """The lines that these bytes complete; a carriage return ends one too."""
        *whole, rest = _ENDS.split(self._rest + data)
        # One byte more than is shown tells later that the line was cut.
        self._rest = rest[: LONGEST_LINE + 1]
        return [_shown(line) for line in whole if line.strip()]

    def finish(self) -> list[str]:
        """The last line, when no line end follows it."""
        rest, self._rest = self._rest, b""
        return [_shown(rest)] if rest.strip() else []


def _shown(line: bytes) -> str:
    text = line[:LONGEST_LINE].decode(errors="replace")
    return _ESCAPES.sub("", text) + (" …" if len(line) > LONGEST_LINE else "")
