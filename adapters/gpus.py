"""The GPUs of this machine: how many there are, and the devices by which programs reach them."""

from pathlib import Path

DEVICES = Path("/dev")
_CARDS, _ALL = "nvidia[0-9]*", "nvidia*"


def count(devices: Path = DEVICES) -> int:
    """How many GPUs CUDA can use here."""
    return len(list(devices.glob(_CARDS)))


def device_files(devices: Path = DEVICES) -> tuple[str, ...]:
    """Every device of the driver (cards, control, unified memory); none without a GPU."""
    return tuple(sorted(map(str, devices.glob(_ALL)))) if count(devices) else ()
