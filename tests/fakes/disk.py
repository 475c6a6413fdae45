"""A disk of its own, in a file, whose power can be cut: what was not written by then is gone.

The power goes by the shutdown of a file system that the kernel has for tests of file systems
(ext4's EXT4_IOC_SHUTDOWN without a flush of the log): nothing reaches the disk from then on, and
when it is mounted again its journal brings it into order.
"""

import fcntl
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SHUTDOWN, _WITHOUT_THE_LOG = 0x8004587D, 2
_ROOT = 0


class PowerlessDisk:
    """An ext4 mounted at `path`. Who worked on it before its power was cut can write no more."""

    def __init__(self, path: Path, image: Path) -> None:
        self.path = path
        self._image = image
        self._cuts = 0

    def lose_power(self) -> None:
        """Cut the power, and mount what is on the disk by then.

        As a copy: a sandbox of somebody else, begun meanwhile, may keep the old one mounted.
        """
        opened = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(opened, _SHUTDOWN, struct.pack("I", _WITHOUT_THE_LOG))
        finally:
            os.close(opened)
        self.unmount()
        self._cuts += 1
        left = self._image
        self._image = left.with_stem(f"disk-{self._cuts}")
        subprocess.run(["cp", "--sparse=always", left, self._image], check=True)
        left.unlink()
        self.mount()

    def mount(self) -> None:
        subprocess.run(["mount", "-o", "loop", self._image, self.path], check=True)

    def unmount(self) -> None:
        subprocess.run(["umount", "--lazy", self.path], check=True)


@contextmanager
def powered(folder: Path, megabytes: int) -> Iterator[PowerlessDisk | None]:
    """A new disk in a folder; None where this machine or this person may mount none."""
    path, image = folder / "disk", folder / "disk.ext4"
    path.mkdir(parents=True)
    with image.open("wb") as file:
        file.truncate(megabytes << 20)
    make = shutil.which("mkfs.ext4") or shutil.which("mkfs.ext4", path="/usr/sbin:/sbin")
    disk = PowerlessDisk(path, image)
    if os.geteuid() != _ROOT or make is None or not _made(disk, make, image):
        yield None
        return
    try:
        yield disk
    finally:
        disk.unmount()


def _made(disk: PowerlessDisk, make: str, image: Path) -> bool:
    """Whether it could be made and mounted, with all its room for anybody."""
    try:
        subprocess.run([make, "-q", "-m", "0", image], check=True, capture_output=True)
        disk.mount()
    except (OSError, subprocess.CalledProcessError):
        return False
    return True
