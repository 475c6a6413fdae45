"""Carries out the training of a parcel, on whatever machine that was brought to.

    python carry.py PARCEL WORK [--install] [--cache FOLDER] [--results FILE]

PARCEL is the zip, or a folder that it was unpacked to. Below WORK the steps run one after the
other, each within its limits. Their lines are passed on as they come; before and after each step
stands one line {"mltrainer": …}. In the end the files of all work folders are in one zip, also
where a step failed. Exit code 0 when all steps ended well. Standard library only, Python 3.10.
"""

import argparse
import contextlib
import ctypes
import hashlib
import json
import os
import re
import resource
import selectors
import shutil
import signal
import stat
import subprocess
import sys
import time
import zipfile
from collections import deque
from pathlib import Path
from typing import Any

Plan = dict[str, Any]
_LONGEST_LINE, _LONGEST_TOLD, _TAIL, _CHUNK = 8 << 10, 2000, 60, 64 << 10
_LINE_COST = 32  # bytes that a line costs beside its text, so that empty lines are no flood gate
_LINGER_SECONDS = 1.5  # a child left behind may hold the output open; nobody waits for it longer
_INSTALL_SECONDS, _INSTALL_OUTPUT, _LOOK_SECONDS = 3600.0, 16 << 20, 0.5
_SIGNS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_MARK = "mltrainer"
_OURS = {"carried", "environment", "home"}  # below WORK; everything else there is of the steps
_KILLED = 128 + signal.SIGKILL
_OUT_OF_MEMORY = ("MemoryError", "std::bad_alloc", "Cannot allocate memory", "out of memory")
_ENDS = re.compile(rb"[\r\n]+")
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# A step sees nothing else of the service's environment: there may be keys in it.
_PASSED = re.compile(r"PATH|LD_LIBRARY_PATH|CUDA_\w+|NVIDIA_\w+")
_PLAIN = {
    "LANG": "C.UTF-8",
    "PYTHONUNBUFFERED": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONNOUSERSITE": "1",
    "PYTHONHASHSEED": "0",
    "OMP_WAIT_POLICY": "PASSIVE",
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


class Stopped(BaseException):
    """Somebody asked this process to end."""


class Log:
    """Standard output and a file beside: what is said reaches both, or at least the file."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("w", encoding="utf-8", errors="replace")

    def say(self, line: str) -> None:
        """Pass one line on at once."""
        self._file.write(f"{line}\n")
        self._file.flush()
        with contextlib.suppress(OSError):  # the training goes on without anybody listening
            os.write(1, f"{line}\n".encode(errors="replace"))

    def mark(self, **facts: object) -> None:
        """Pass on where the run is."""
        self.say(json.dumps({_MARK: facts}))

    def repeat(self, line: str) -> None:
        """Pass on what a step printed; it cannot be taken for a mark."""
        self.say(f" {line}" if line.startswith(f'{{"{_MARK}"') else line)


class Child:
    """One process with all it starts, from its first line to its end."""

    def __init__(self, log: Log, *, seconds: float, output: int, file_size: int = 0) -> None:
        self._log = log
        self._ends = time.monotonic() + seconds
        self._room = output
        self._file_size = file_size
        self._rest = b""
        self.tail: deque[str] = deque(maxlen=_TAIL)

    def run(self, command: list[str], folder: Path, environment: dict[str, str]) -> tuple[str, int]:
        """How it ended ("ok", "failed", "timeout", "memory", "output"), and its exit code."""
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=self._bind,  # noqa: PLW1509  (this program has one thread)
            )
        except OSError as error:
            self._take(f"{command[0]}: {error.strerror}\n".encode())
            return "failed", 127
        try:
            forced = self._follow(process)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            code = process.wait()
        self._take(b"\n")
        code = code if code >= 0 else 128 - code
        return forced or self._ending(code), code

    def _bind(self) -> None:
        """In the child: it ends with this process, and writes no larger files than it may."""
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
        if self._file_size:
            resource.setrlimit(resource.RLIMIT_FSIZE, (self._file_size, self._file_size))

    def _follow(self, process: "subprocess.Popen[bytes]") -> str:
        """Read until the output ends; the limit that was passed, if one was."""
        if process.stdout is None:
            return ""
        pipe = process.stdout.fileno()
        with selectors.DefaultSelector() as ready, process.stdout:
            ready.register(pipe, selectors.EVENT_READ)
            over = None
            while (now := time.monotonic()) < self._ends:
                if process.poll() is not None:
                    over = over or now + _LINGER_SECONDS
                    if now > over:
                        return ""
                if not ready.select(min(_LOOK_SECONDS, self._ends - now)):
                    continue
                data = os.read(pipe, _CHUNK)
                if not data:  # it may close its output long before it ends
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(max(0.0, self._ends - time.monotonic()))
                        return ""
                elif not self._take(data):
                    return "output"
        return "timeout"

    def _take(self, data: bytes) -> bool:
        """Pass whole lines on, of a long one its beginning; False when it is too much."""
        kept = data[: max(0, self._room)]
        self._room -= len(data) + _LINE_COST * data.count(b"\n")
        *whole, rest = _ENDS.split(self._rest + kept)
        self._rest = rest[: _LONGEST_LINE + 1]
        for line in whole:
            if line.strip():
                text = _ESCAPES.sub("", line[:_LONGEST_LINE].decode(errors="replace"))
                text += " …" if len(line) > _LONGEST_LINE else ""
                self.tail.append(text)
                self._log.repeat(text)
        return self._room >= 0

    def _ending(self, code: int) -> str:
        if code == 0:
            return "ok"
        last = list(self.tail)[-10:]
        starved = any(word in line for line in last for word in _OUT_OF_MEMORY)
        return "memory" if code == _KILLED or starved else "failed"


def main() -> int:
    """Run the parcel of the arguments; 0 when all its steps ended well."""
    parser = argparse.ArgumentParser()
    for place in ("parcel", "work", "--cache", "--results"):
        parser.add_argument(place)
    parser.add_argument("--install", action="store_true")
    asked = parser.parse_args()
    for sign in _SIGNS:
        signal.signal(sign, _stop)
    work = Path(asked.work).resolve()
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    log = Log(work / "output.log")
    try:
        plan = _opened(Path(asked.parcel), work)
        python, well = sys.executable, True
        if asked.install and plan["requirements"]:
            python, well = _environment(plan, work, asked.cache, log)
        well = well and all(_step(one, python, work, log) for one in plan["steps"])
    except Stopped:
        log.say("The training was stopped from outside.")
        well = False
    _gather(work, Path(asked.results) if asked.results else work / "results.zip")
    return 0 if well else 1


def _stop(number: int, frame: object) -> None:  # noqa: ARG001  (what a signal gives)
    for sign in _SIGNS:
        signal.signal(sign, signal.SIG_IGN)  # what was left is saved, however often they ask
    raise Stopped


def _opened(parcel: Path, work: Path) -> Plan:
    """Put the parcel's files below the work folder; its plan, with the settings made to fit."""
    carried = work / "carried"
    shutil.rmtree(carried, ignore_errors=True)
    if parcel.is_dir():
        shutil.copytree(parcel / "reads", carried / "reads")
        for name in ("plan.json", "constraints.txt", "install.py"):
            shutil.copyfile(parcel / name, carried / name)
    else:
        with zipfile.ZipFile(parcel) as archive:
            archive.extractall(carried)
    plan: Plan = json.loads((carried / "plan.json").read_bytes())
    for setting in plan["settings"]:
        file = carried / setting["file"]
        content = inner = json.loads(file.read_bytes())
        *outer, last = setting["keys"]
        for key in outer:
            inner = inner[key]
        inner[last] = str(_path(setting["place"], work))
        file.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    return plan


def _path(place: str, work: Path) -> Path:
    """Where a place of the parcel lies here."""
    first, _, rest = place.partition("/")
    return (work if first == "work" else work / "carried" / first) / rest


def _step(step: Plan, python: str, work: Path, log: Log) -> bool:
    """Run one step; whether it ended well."""
    folder = _path(step["work"], work)
    own = work / "home"
    for needed in (folder, own):
        needed.mkdir(parents=True, exist_ok=True, mode=0o700)
    words = [
        text if isinstance(text, str) else str(_path(text["place"], work))
        for text in step["arguments"]
    ]
    passed = {name: value for name, value in os.environ.items() if _PASSED.fullmatch(name)}
    environment = {**passed, **_PLAIN, "HOME": str(own), "TMPDIR": str(own)}
    native = Path(python).parent.parent / "lib" / "native"  # install.py puts it there
    libraries = [str(native) if native.is_dir() else "", passed.get("LD_LIBRARY_PATH", "")]
    environment["LD_LIBRARY_PATH"] = ":".join(filter(None, libraries))
    environment.update(step["environment"])
    limits = {name: step[name] for name in ("seconds", "output", "file_size")}
    command = [python, str(_path(step["script"], work)), *words]
    return _told(step["name"], log, Child(log, **limits), (command, folder, environment))


def _told(name: str, log: Log, child: Child, what: tuple[list[str], Path, dict[str, str]]) -> bool:
    """Run a child between two marks; whether it ended well."""
    log.mark(step=name)
    began = time.monotonic()
    ending, code = "failed", 128 + signal.SIGTERM
    try:
        ending, code = child.run(*what)
    finally:
        seconds = round(time.monotonic() - began, 3)
        tail = [line[:_LONGEST_TOLD] for line in child.tail]
        log.mark(step=name, ending=ending, exit_code=code, seconds=seconds, tail=tail)
    return ending == "ok"


def _environment(plan: Plan, work: Path, cache: str, log: Log) -> tuple[str, bool]:
    """Python of an environment of the requirements, and whether it is there."""
    carried = work / "carried"
    facts = [sys.version, *plan["requirements"], (carried / "constraints.txt").read_text("utf-8")]
    key = hashlib.sha256("\n".join([*facts, str(plan["gpu"])]).encode()).hexdigest()[:16]
    folder = Path(cache).expanduser().resolve() / key if cache else work / "environment"
    python = str(folder / "bin" / "python")
    if Path(python).exists():
        return python, True
    gpu = ["--gpu"] if plan["gpu"] else []
    constraints = ["--constraint", str(carried / "constraints.txt")]
    command = [sys.executable, str(carried / "install.py"), str(folder), *constraints, *gpu]
    child = Child(log, seconds=_INSTALL_SECONDS, output=_INSTALL_OUTPUT)
    command += ["--", *plan["requirements"]]
    return python, _told("environment", log, child, (command, work, dict(os.environ)))


def _gather(work: Path, results: Path) -> None:
    """One zip of the regular files that the steps left, and of the log."""
    draft = results.with_name(f".{results.name}.draft")
    with zipfile.ZipFile(draft, "w", strict_timestamps=False) as archive:
        for folder, folders, names in os.walk(work):
            if Path(folder) == work:
                folders[:] = [one for one in folders if one not in _OURS and one[0] != "."]
                names[:] = ["output.log"]
            for path in (Path(folder) / name for name in sorted(names)):
                if stat.S_ISREG(path.lstat().st_mode):
                    archive.write(path, path.relative_to(work))
    draft.replace(results)


if __name__ == "__main__":
    sys.exit(main())
