"""What a hostile training script tries, and does not get."""

import dataclasses
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.ports.runtime import Limits, SandboxLevel
from tests.unit.runtime.bench import Bench
from tests.unit.runtime.conftest import sandbox_or_skip

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux"),
]

# Each prints PWNED when it succeeds. An exception of its own is as good as a refusal.
_ATTACKS = {
    "find a secret in its environment": """
import os
if any("planted" in value for value in os.environ.values()): print("PWNED")
""",
    "find a secret in any process": """
from pathlib import Path
for file in Path("/proc").glob("[0-9]*/environ"):
    try:
        if b"planted" in file.read_bytes(): print("PWNED", file)
    except OSError: pass
""",
    "read the environment of the bot": "if open('/proc/BOT/environ').read(): print('PWNED')",
    "read the memory of the bot": "open('/proc/BOT/mem', 'rb'); print('PWNED')",
    "read the database": "if open('VICTIM/app.db').read(): print('PWNED')",
    "read the database around a corner": """
import os
os.symlink("VICTIM/app.db", "link")
if open("link").read(): print("PWNED")
""",
    "link the database into its folder": """
import os
os.link("VICTIM/app.db", "link")
if open("link").read(): print("PWNED")
""",
    "list another job": "import os\nif os.listdir('VICTIM'): print('PWNED')",
    "write to another job": "open('VICTIM/new', 'w').write('x'); print('PWNED')",
    "read the accounts of the machine": "if open('/etc/passwd').read(): print('PWNED')",
    "change its own script": "open(__file__, 'a').write('#'); print('PWNED')",
    "change its environment": """
import sys
open(sys.prefix + "/evil.pth", "w").write("import os"); print("PWNED")
""",
    "change what it may only read": "open('READ/data.csv', 'a').write('x'); print('PWNED')",
    "reach a server on this machine": """
import socket
socket.create_connection(("127.0.0.1", PORT), 2); print("PWNED")
""",
    "reach the metadata service": """
import errno, socket
try:
    socket.create_connection(("169.254.169.254", 80), 2); print("PWNED")
except TimeoutError:
    print("PWNED: it left this machine")
""",
    "send a datagram": """
import socket
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("8.8.8.8", 53)); print("PWNED")
""",
    "reach a server by its socket file": """
import socket
socket.socket(socket.AF_UNIX).connect("VICTIM/socket"); print("PWNED")
""",
    "reach an abstract socket": """
import socket
socket.socket(socket.AF_UNIX).connect("\\0mltrainer-test-BOT"); print("PWNED")
""",
    "signal the bot": "import os\nos.kill(BOT, 0); print('PWNED')",
    "signal its supervisor": """
import os
for pid in {os.getppid(), SUPERVISOR_GUESS}:
    if pid > 2: os.kill(pid, 0); print("PWNED", pid)
""",
    "trace the bot": """
import ctypes
if ctypes.CDLL(None).ptrace(16, BOT, 0, 0) == 0: print("PWNED")
""",
    "mount something": """
import ctypes
if ctypes.CDLL(None).mount(b"none", b"/usr", b"tmpfs", 0, None) == 0: print("PWNED")
""",
    "make a user namespace": """
import ctypes
if ctypes.CDLL(None).unshare(0x10000000) == 0: print("PWNED")
""",
    "become root": "import os\nos.setuid(0); print('PWNED')" if os.geteuid() == 0 else "",
    "read a disk": """
from pathlib import Path
for disk in (*Path("/dev").glob("vd*"), *Path("/dev").glob("sd*"), *Path("/dev").glob("nvme*")):
    if open(disk, "rb").read(1): print("PWNED")
""",
    "load a program into the kernel": """
import ctypes, platform
number = 321 if platform.machine() == "x86_64" else 280
if ctypes.CDLL(None).syscall(number, 0, 0, 0) >= 0: print("PWNED")
""",
    "lift its own limits": """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 40, 1 << 40)); print("PWNED")
""",
    "start processes without end": """
import os, time
for _ in range(300):
    if os.fork() == 0: time.sleep(30); os._exit(0)
print("PWNED")
""",
    "take all memory": "chunks = [bytearray(100 << 20) for _ in range(20)]; print('PWNED')",
    "fill the disk with one file": """
with open("big", "wb") as file:
    for _ in range(64): file.write(bytes(1 << 20))
print("PWNED")
""",
}


@dataclass(frozen=True)
class Victim:
    """Things of others on this machine: readable by everybody, and none of a script's business."""

    folder: Path
    port: int

    def aim(self, code: str, read: Path) -> str:
        words = {
            "VICTIM": str(self.folder),
            "READ": str(read),
            "PORT": str(self.port),
            "SUPERVISOR_GUESS": str(os.getpid() + 1),
            "BOT": str(os.getpid()),
        }
        for word, value in words.items():
            code = code.replace(word, value)
        return code


@pytest.fixture
def victim() -> Iterator[Victim]:
    # Not below pytest's own folder, which is closed to others: nothing but the sandbox protects it.
    with tempfile.TemporaryDirectory(prefix="victim-") as name:
        Path(name).chmod(0o777)
        yield from _living(Path(name))


def _living(folder: Path) -> Iterator[Victim]:
    (folder / "app.db").write_text("somebody's rows")
    (folder / "app.db").chmod(0o644)
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as file,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        file.bind(str(folder / "socket"))
        (folder / "socket").chmod(0o777)
        file.listen()
        abstract.bind(f"\0mltrainer-test-{os.getpid()}")
        abstract.listen()
        yield Victim(folder, tcp.getsockname()[1])


@pytest.mark.parametrize("level", ["full", "partial"])
@pytest.mark.parametrize("attack", [name for name, code in _ATTACKS.items() if code])
async def test_a_hostile_script_does_not(
    attack: str,
    level: SandboxLevel,
    tmp_path: Path,
    victim: Victim,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("MLTRAINER_MASTER_KEYS", "HF_TOKEN", "SLACK_BOT_TOKEN"):
        monkeypatch.setenv(name, "planted")
    bench = Bench(await sandbox_or_skip(level), tmp_path)
    read = tmp_path / "read"
    read.mkdir()
    (read / "data.csv").write_text("a,b\n")
    code = victim.aim(_ATTACKS[attack], read)
    bench.limits = dataclasses.replace(bench.limits, memory=512 << 20, seconds=20)

    await bench.run(bench.step(f"print('began')\n{code}", reads=(read,)))

    assert "began" in bench.text
    assert not [line for line in bench.lines if line.startswith("PWNED")]
    assert not bench.survivors()


_OPEN_DOORS = ["read the database", "reach a server on this machine", "write to another job"]


@pytest.mark.parametrize("attack", _OPEN_DOORS)
async def test_the_same_script_does_without_a_sandbox(
    attack: str, tmp_path: Path, victim: Victim
) -> None:
    bench = Bench(await sandbox_or_skip("limited"), tmp_path)

    await bench.run(bench.step(victim.aim(_ATTACKS[attack], tmp_path)))

    assert [line for line in bench.lines if line.startswith("PWNED")]


@pytest.mark.parametrize("level", ["full", "partial"])
async def test_a_flood_of_output_ends_the_script(level: SandboxLevel, tmp_path: Path) -> None:
    bench = Bench(await sandbox_or_skip(level), tmp_path)
    bench.limits = Limits(seconds=30, output=1 << 20)

    result = await bench.run(bench.step("while True: print('A' * (1 << 16))"))

    assert result.ending == "output"
    assert len(bench.text) <= 1 << 20
