"""Where there is a GPU, a step may use it; where there is none, nothing is any different."""

import json
from pathlib import Path

import pytest

from adapters.gpus import count, device_files
from adapters.sandbox.view import Sandbox
from pipeline.ports.runtime import SandboxLevel, Step

LEVELS: tuple[SandboxLevel, ...] = ("full", "partial", "limited")


def plan(sandbox: Sandbox, folder: Path) -> tuple[list[str], dict[str, object]]:
    """The command line of a step, and what its own process is told to take away."""
    step = Step("train", folder / "train.py", (), folder / "work")
    argv: list[str] = json.loads(sandbox.command(folder / "bin" / "python", step)[-1])["argv"]
    return argv, json.loads(argv[-1])


def sandbox(level: SandboxLevel, *gpus: str) -> Sandbox:
    return Sandbox(level, bubblewrap=("bwrap",), gpus=gpus)


def test_cards_are_counted_and_all_devices_of_their_driver_are_shown(tmp_path: Path) -> None:
    for name in ("nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm", "null"):
        (tmp_path / name).touch()
    assert count(tmp_path) == 2
    shown = [Path(path).name for path in device_files(tmp_path)]
    assert shown == ["nvidia-uvm", "nvidia0", "nvidia1", "nvidiactl"]


def test_a_driver_without_a_card_is_no_gpu(tmp_path: Path) -> None:
    (tmp_path / "nvidiactl").touch()
    assert (count(tmp_path), device_files(tmp_path)) == (0, ())


@pytest.mark.parametrize("level", LEVELS)
def test_without_a_gpu_nothing_of_one_is_in_the_view(level: SandboxLevel, tmp_path: Path) -> None:
    argv, told = plan(sandbox(level), tmp_path)
    assert "nvidia" not in " ".join(argv)
    assert "/sys/devices" not in argv
    assert "RLIMIT_DATA" in json.dumps(told["limits"])


@pytest.mark.parametrize("level", LEVELS)
def test_with_a_gpu_its_addresses_are_not_limited(level: SandboxLevel, tmp_path: Path) -> None:
    _, told = plan(sandbox(level, "/dev/nvidia0"), tmp_path)
    assert "RLIMIT_DATA" not in json.dumps(told["limits"])
    assert "RLIMIT_FSIZE" in json.dumps(told["limits"])


def test_bubblewrap_shows_the_devices_over_its_own(tmp_path: Path) -> None:
    argv, _ = plan(sandbox("full", "/dev/nvidia0", "/dev/nvidiactl"), tmp_path)
    words = " ".join(argv)
    assert "--dev-bind-try /dev/nvidia0 /dev/nvidia0" in words
    assert words.index("--dev /dev") < words.index("--dev-bind-try")
    assert "--ro-bind-try /sys/devices /sys/devices" in words


def test_landlock_lets_a_step_write_to_the_devices_alone(tmp_path: Path) -> None:
    _, told = plan(sandbox("partial", "/dev/nvidia0"), tmp_path)
    landlock = told["landlock"]
    assert isinstance(landlock, dict)
    assert "/dev/nvidia0" in landlock["write"]
    assert "/proc/driver/nvidia" in landlock["read"]
    assert "/dev" not in landlock["write"]
