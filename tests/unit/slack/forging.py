"""Requests to the bot's address that are signed wrongly, each in a way of its own."""

import time

from tests.fakes.slack.http_delivery import signed

Request = tuple[dict[str, str], bytes]


def forged(secret: str, text: str) -> list[Request]:
    """More than twenty requests with this body that Slack did not send now."""
    now = str(int(time.time()))
    right = signed(secret, now, text)
    old, young = str(int(now) - 301), str(int(now) + 400)
    heads = [
        *((now, signature) for signature in ("", "v0=", "v0", right[3:], right.upper())),
        *((now, signature) for signature in (right[:-1], right + "0", "v1" + right[2:])),
        *((now, signature) for signature in ("v0=" + "0" * 64, "v0=é", " ")),
        (now, signed("another", now, text)),
        (now, signed("", now, text) if secret else ""),
        (old, signed(secret, old, text)),
        (young, signed(secret, young, text)),
        (old, right),
        ("soon", signed(secret, "soon", text)),
        ("", signed(secret, "", text)),
    ]
    made = [
        ({"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}, text.encode())
        for stamp, signature in heads
    ]
    rightly = {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": right}
    others = [text.encode() + b" ", b"\xff\xfe" + text.encode()]
    return [*made, *((rightly, other) for other in others), ({}, b"")]
