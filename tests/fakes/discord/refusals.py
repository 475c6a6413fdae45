"""How Discord says no: a status, a code of its own, words, and a tree of errors by field."""

from typing import Any

KNOWN = {
    0: (401, "401: Unauthorized"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    30046: (429, "Maximum number of edits to messages older than 1 hour reached. Try again later"),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50003: (403, "Cannot execute action on a DM channel"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50013: (403, "Missing Permissions"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50035: (400, "Invalid Form Body"),
    50083: (400, "Thread is archived"),
    160004: (400, "A thread has already been created for this message"),
    160005: (400, "Thread is locked"),
}


class Refused(Exception):
    """Discord says no; `more` stands beside the code in the answer, `headers` above it."""

    def __init__(self, code: int, **more: Any) -> None:
        self.code = code
        self.status, words = KNOWN[code]
        self.headers: dict[str, str] = {}
        self.document: dict[str, Any] = {"message": words, "code": code, **more}
        super().__init__(f"{code}: {words} {more or ''}")


class TooFast(Refused):
    """Come back in `seconds`; `code` is 0 for a bucket, 30046 for edits of old messages."""

    def __init__(self, seconds: float, *, code: int = 0, everywhere: bool = False) -> None:
        super().__init__(code)
        self.status = 429
        words = KNOWN[code][1] if code else "You are being rate limited."
        self.document = {"message": words, "retry_after": round(seconds, 3), "global": everywhere}
        if code:
            self.document["code"] = code
        scope = "global" if everywhere else "user"
        self.headers = {"Retry-After": str(int(seconds) + 1), "X-RateLimit-Scope": scope}
        if everywhere:
            self.headers["X-RateLimit-Global"] = "true"


class Problems:
    """Everything that is wrong with one request, by the path of the field."""

    def __init__(self) -> None:
        self.tree: dict[str, Any] = {}

    def add(self, path: str, code: str, message: str) -> None:
        place = self.tree
        for part in path.split("."):
            place = place.setdefault(part, {})
        place.setdefault("_errors", []).append({"code": code, "message": message})

    def longest(self, path: str, text: object, most: int, least: int = 0) -> None:
        """The text has `least` to `most` characters."""
        size = len(str(text))
        if not least <= size <= most:
            words = f"Must be between {least} and {most} in length."
            self.add(path, "BASE_TYPE_BAD_LENGTH", words)

    def refuse(self) -> None:
        """Say all of it, if there is any."""
        if self.tree:
            raise Refused(50035, errors=self.tree)
