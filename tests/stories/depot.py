"""The other end of the parcel host, on this machine."""

from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from types import TracebackType
from typing import Self


class Depot:
    """Where the parcel host shows the keys that it was given; it turns the next ones away."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.turned_away = 0
        depot = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                depot.keys.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.send_response(500 if depot.turned_away else 200)
                depot.turned_away = max(0, depot.turned_away - 1)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Print nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.server.shutdown()
        self.server.server_close()
