"""What a step may see, and the command that shows it nothing more."""

import json
import math
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from adapters.environments import variables
from pipeline.ports.runtime import SandboxLevel, Step

_CONFINE = Path(__file__).with_name("confine.py")
_ROOT = Path(__file__).parents[2]
_SYSTEM = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store"),
    *("/etc/alternatives", "/etc/ld.so.cache", "/etc/localtime", "/etc/ssl"),
    "/sys/devices/system/cpu",
)
# A GPU's driver asks for these: its own facts, and which memory is near which card.
_GPU_FACTS = ("/proc/driver/nvidia", "/sys/bus/pci", "/sys/devices", "/sys/module/nvidia")
_DEVICES_READ = ("/dev/urandom", "/dev/random", "/dev/zero")
_DEVICES_WRITTEN = ("/dev/null", "/dev/shm")  # noqa: S108 - shared memory, not a temporary folder
_KERNEL_FACTS = ("/proc/self", "/proc/meminfo", "/proc/cpuinfo", "/proc/stat", "/proc/loadavg")
_OWN_TMP = "/tmp"  # noqa: S108 - a private one, inside the sandbox
SCRATCH = ".scratch"
_MOST_LINKS = 20


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A level with what it needs on this machine. `user` is set when the bot itself is root.

    `gpus` are the devices of the GPUs' driver, which a step may use; none where there is none.
    """

    level: SandboxLevel
    user: int | None = None
    bubblewrap: tuple[str, ...] = ()
    seccomp: bytes | None = None
    gpus: tuple[str, ...] = ()

    def command(self, python: Path, step: Step) -> tuple[str, ...]:
        """The supervisor's command line for a step, to be run in `module_folder()`."""
        homes = python_homes(python)
        reads = tuple(dict.fromkeys([step.script.parent, *step.reads]))
        shown = tuple(path for path in (*homes, _CONFINE, *reads) if path.exists())
        inner = [*map(str, (python, "-I", "-S", _CONFINE)), self._confinement(python, step, shown)]
        wrap = self._bubblewrap(step, shown) if self.level == "full" else []
        plan = {
            "argv": [*wrap, *inner],
            "environment": self._environment(python, step),
            "folder": "/",
            "user": self.user,
            "work": str(step.work),
            "reads": [str(path) for path in reads if path.exists()],
            "needs": [str(path) for path in (*shown, step.work)],
        }
        module = ("-E", "-s", "-S", "-m", "adapters.sandbox.supervise")
        return (sys.executable, *module, json.dumps(plan))

    def _bubblewrap(self, step: Step, shown: tuple[Path, ...]) -> list[str]:
        words = [*self.bubblewrap, "--unshare-all", "--unshare-user", "--die-with-parent"]
        words += ["--new-session", "--hostname", "job", "--proc", "/proc", "--dev", "/dev"]
        size = str(step.limits.memory)
        for private in (_OWN_TMP, "/dev/shm"):  # noqa: S108
            words += ["--size", size, "--tmpfs", private]
        for device in self.gpus:
            words += ["--dev-bind-try", device, device]
        for folder in (*_SYSTEM, *self._gpu_facts("/sys")):  # /proc is the sandbox's own
            link = Path(folder)
            if link.is_symlink() and len(link.parts) == 2:  # noqa: PLR2004 - /bin, /lib …
                words += ["--symlink", str(link.readlink()), folder]
            else:
                words += ["--ro-bind-try", folder, folder]
        binds = [(path, "--ro-bind") for path in shown] + [(step.work, "--bind")]
        # The outermost first, so that a folder inside another keeps its own rights.
        for path, how in sorted(binds, key=lambda bind: len(bind[0].parts)):
            words += [how, str(path), str(path)]
        return [*words, "--chdir", str(step.work), "--"]

    def _confinement(self, python: Path, step: Step, shown: tuple[Path, ...]) -> str:
        facts = (*_KERNEL_FACTS, *self._gpu_facts("/"))
        read = [*_SYSTEM, *_DEVICES_READ, *facts, *map(str, shown)]
        write = [*_DEVICES_WRITTEN, *self.gpus, str(step.work)]
        limits = step.limits
        # CUDA reserves addresses for all memory of the cards; what is used is watched from outside.
        memory = {} if self.gpus else {"RLIMIT_DATA": limits.memory}
        return json.dumps(
            {
                "argv": [str(python), str(step.script), *step.arguments],
                "work": str(step.work),
                "limits": {
                    "RLIMIT_CORE": 0,
                    "RLIMIT_CPU": math.ceil(limits.seconds * (os.cpu_count() or 1)) + 1,
                    "RLIMIT_NOFILE": 4096,
                    "RLIMIT_NPROC": limits.processes,
                    "RLIMIT_FSIZE": limits.file_size,
                    **memory,
                },
                "landlock": {"read": read, "write": write} if self.level == "partial" else None,
                "seccomp": self.seccomp.hex() if self.seccomp else None,
            }
        )

    def _gpu_facts(self, below: str) -> tuple[str, ...]:
        return tuple(path for path in _GPU_FACTS if self.gpus and path.startswith(below))

    def _environment(self, python: Path, step: Step) -> dict[str, str]:
        """Everything the script's process environment holds."""
        own = Path(_OWN_TMP) if self.level == "full" else step.work / SCRATCH
        return {
            "PATH": f"{python.parent}:/usr/bin:/bin",
            "HOME": str(own / "home"),
            "TMPDIR": str(own),
            "USER": "job",
            "LOGNAME": "job",
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONNOUSERSITE": "1",
            "PYTHONHASHSEED": "0",
            "OMP_WAIT_POLICY": "PASSIVE",
            "HF_HUB_OFFLINE": "1",
            "MLTRAINER_SANDBOX": self.level,  # at `partial` a script can open no socket at all
            "TOKENIZERS_PARALLELISM": "false",
            **variables(python),
            **dict(step.environment),
        }


def module_folder() -> Path:
    """Where the supervisor's module is found."""
    return _ROOT


def python_homes(python: Path) -> tuple[Path, ...]:
    """Folders without which this Python cannot start: its environment and its base."""
    homes = [python.parent.parent]
    config = python.parent.parent / "pyvenv.cfg"
    if config.is_file():
        for line in config.read_text().splitlines():
            key, _, value = line.partition("=")
            if key.strip() == "home":
                homes.append(Path(value.strip()).parent)
    link = python
    for _ in range(_MOST_LINKS):
        if not link.is_symlink():
            break
        link = link.parent / link.readlink()
        homes.append(link.parent.parent.resolve())
    # A Python in /bin has the whole machine as its home; the system's folders are shown anyway.
    return tuple(dict.fromkeys(home for home in homes if home != Path("/")))
