"""A wire between two parts does what a broken network does, and is whole again afterwards."""

import http.server
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from tests.faultlab.wires import SLOW_SECONDS, Wire, Wires

ANSWER = b"0123456789" * 20


class Door(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *args: object) -> None:
        """Print nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture
def wires() -> Iterator[Wires]:
    with Wires().laid() as wires:
        yield wires


def asked(wire: Wire, timeout: float = 10.0) -> bytes:
    with urllib.request.urlopen(wire.url, timeout=timeout) as answer:  # noqa: S310 - loopback
        body: bytes = answer.read()
        return body


def test_a_wire_carries_what_is_said(port: int, wires: Wires) -> None:
    assert asked(wires.lay(port)) == ANSWER


def test_nobody_listens_at_a_refused_wire(port: int, wires: Wires) -> None:
    wire = wires.lay(port)
    wires.set(wire, "refused")
    with pytest.raises(urllib.error.URLError, match="refused"):
        asked(wire)
    wires.set(wire, "open")
    assert asked(wire) == ANSWER


def test_a_hanging_wire_is_silent(port: int, wires: Wires) -> None:
    wire = wires.lay(port)
    wires.set(wire, "hanging")
    with pytest.raises(TimeoutError):
        asked(wire, timeout=0.3)


def test_a_slow_wire_is_late(port: int, wires: Wires) -> None:
    wire = wires.lay(port)
    wires.set(wire, "slow")
    began = time.monotonic()
    assert asked(wire) == ANSWER
    assert time.monotonic() - began >= SLOW_SECONDS


def test_a_cut_wire_breaks_off_in_the_middle(port: int, wires: Wires) -> None:
    wire = wires.lay(port)
    wires.set(wire, "cut")
    with pytest.raises(OSError, match=r"reset|closed"):
        asked(wire)


def test_several_targets_take_turns_and_a_dead_one_breaks_off(port: int, wires: Wires) -> None:
    wire = wires.lay(port, 9)
    told = []
    for _ in range(4):
        try:
            told.append(asked(wire) == ANSWER)
        except OSError:
            told.append(False)
    assert sorted(told) == [False, False, True, True]
