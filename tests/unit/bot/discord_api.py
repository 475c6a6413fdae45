"""Discord's REST API as far as the doctor asks it, well or unwell as it is told."""

import base64
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

APPLICATION = "112233445566778899"
ALL = 1 << 10 | 1 << 11 | 1 << 13 | 1 << 15 | 1 << 16 | 1 << 35 | 1 << 38
_RATE_LIMITED = 429


def a_token(last: str = "s") -> str:
    """A bot token of the right shape, made here: none stands in a file."""
    parts = (APPLICATION, "time", last)
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)


def a_server(name: str, permissions: int = ALL) -> dict[str, Any]:
    """A server that the bot is in, and what it may there."""
    return {"id": "1", "name": name, "owner": False, "permissions": str(permissions)}


@dataclass
class DiscordApi:
    """The answers are fields; `refuses` answers everything with a status, as JSON or not."""

    token: str = field(default_factory=a_token)
    application: dict[str, Any] = field(default_factory=lambda: {"id": APPLICATION, "flags": 0})
    servers: list[dict[str, Any]] = field(default_factory=lambda: [a_server("Acme")])
    starts: int = 900
    refuses: int = 0
    as_html: bool = False
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/api/v10"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, authorization: str) -> tuple[int, object]:
        """A status and what is said with it."""
        if self.refuses:
            return self.refuses, {"message": "no", "code": 0}
        if authorization != f"Bot {self.token}":
            return 401, {"message": "401: Unauthorized", "code": 0}
        found: Mapping[str, object] = {
            "/api/v10/users/@me": {"id": APPLICATION, "username": "mltrainer", "bot": True},
            "/api/v10/applications/@me": self.application,
            "/api/v10/users/@me/guilds": self.servers,
            "/api/v10/gateway/bot": {
                "session_start_limit": {
                    "total": 1000,
                    "remaining": self.starts,
                    "reset_after": 10_000_000,
                }
            },
        }
        if path not in found:
            return 404, {"message": "404: Not Found", "code": 0}
        return 200, found[path]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                api.asked.append(path)
                status, said = api.answer(path, self.headers.get("Authorization", ""))
                body = b"<html>no</html>" if api.as_html else json.dumps(said).encode()
                self.send_response(status)
                if status == _RATE_LIMITED:
                    self.send_header("Retry-After", "7")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing on stderr."""

        return Handler
