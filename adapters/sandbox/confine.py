"""Takes away from its own process what a script must not have, then becomes the script.

Runs inside the sandbox on the training environment's Python: standard library only, and nothing
of ours is importable here. Its one argument is a JSON object:
`argv`, `work`, `limits` (resource name → number), `landlock` (`read`, `write` paths) or null,
`seccomp` (a BPF program, in hex) or null.
"""

import contextlib
import ctypes
import json
import os
import resource
import stat
import sys
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 1, 38, 22
_SIGKILL, _SECCOMP_FILTER = 9, 2
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_ON_FILES = 1 | 1 << 1 | _READ_FILE | 1 << 14 | 1 << 15
_RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15}  # rights on files known to each Landlock version
_NETWORK_ABI, _SCOPES_ABI = 4, 6


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("access", ctypes.c_uint64), ("folder", ctypes.c_int32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def main() -> None:
    """Confine this process as the argument says and run the script in it."""
    plan: dict[str, Any] = json.loads(sys.argv[1])
    os.umask(0o077)
    os.chdir(plan["work"])
    for folder in (os.environ.get("HOME"), os.environ.get("TMPDIR")):
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        _checked(libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0), "end with the parent")
        _checked(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "give up new privileges")
        if plan["landlock"]:
            _landlock(libc, plan["landlock"]["read"], plan["landlock"]["write"])
    _limit(plan["limits"])
    if plan["seccomp"]:
        _seccomp(libc, bytes.fromhex(plan["seccomp"]))
    os.execv(plan["argv"][0], plan["argv"])  # noqa: S606 - the point of this file


def _checked(result: int, what: str) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), f"cannot {what}")
    return result


def _limit(limits: dict[str, int]) -> None:
    """Set resource limits, soft and hard; a lower hard limit that stands is kept."""
    for name, value in limits.items():
        kind = getattr(resource, name)
        if name == "RLIMIT_NPROC":
            value += _own_threads()  # noqa: PLW2901 - the kernel counts those outside too
        standing = resource.getrlimit(kind)[1]
        if standing != resource.RLIM_INFINITY:
            value = min(value, standing)  # noqa: PLW2901
        resource.setrlimit(kind, (value, value))


def _own_threads() -> int:
    """Threads this user runs now, as far as they can be seen."""
    count = 0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if process.stat().st_uid == os.getuid():
                count += len(os.listdir(process / "task"))  # noqa: PTH208 - counted in one call
    return count


def _landlock(libc: ctypes.CDLL, read: list[str], write: list[str]) -> None:
    """Allow reading beneath `read`, everything beneath `write`, and nothing else."""
    abi = _checked(libc.syscall(_CREATE_RULESET, None, 0, 1), "use Landlock")
    handled = (1 << _RIGHTS_BY_ABI.get(abi, 16)) - 1
    rules = _Ruleset(handled, 3 if abi >= _NETWORK_ABI else 0, 3 if abi >= _SCOPES_ABI else 0)
    size = 24 if abi >= _SCOPES_ABI else 16 if abi >= _NETWORK_ABI else 8
    ruleset = libc.syscall(_CREATE_RULESET, ctypes.byref(rules), size, 0)
    _checked(ruleset, "make a Landlock ruleset")
    for path in read:
        _allow(libc, ruleset, path, 1 | _READ_FILE | _READ_FOLDER)
    for path in write:
        _allow(libc, ruleset, path, handled)
    _checked(libc.syscall(_RESTRICT_SELF, ruleset, 0), "enter Landlock")
    os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    try:
        target = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(os.fstat(target).st_mode):
        rights &= _ON_FILES
    abi = libc.syscall(_CREATE_RULESET, None, 0, 1)
    rights &= (1 << _RIGHTS_BY_ABI.get(abi, 16)) - 1
    rule = _PathBeneath(rights, target)
    _checked(libc.syscall(_ADD_RULE, ruleset, 1, ctypes.byref(rule), 0), f"allow {path}")
    os.close(target)


def _seccomp(libc: ctypes.CDLL, program: bytes) -> None:
    """Install a BPF program (8 bytes an instruction)."""
    loaded = _Program(len(program) // 8, program)
    done = libc.prctl(_PR_SET_SECCOMP, _SECCOMP_FILTER, ctypes.byref(loaded), 0, 0)
    _checked(done, "install the seccomp filter")


if __name__ == "__main__":
    main()
