"""Which build of torch an environment gets: without a GPU the small one for CPUs, and no other."""

import re
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from adapters import gpus
from pipeline.errors import PersonCanFix

UV_CPU = ("--torch-backend", "cpu")
PIP_CPU = ("--extra-index-url", "https://download.pytorch.org/whl/cpu")
_CPU_BUILD = re.compile(r"^(?:\s*\+ torch==|Would install .*\btorch-)\d\S*\+cpu\b", re.MULTILINE)
_NO_CUDA = re.compile(r"^cuda\b.*=\s*None\s*$", re.MULTILINE)


def needs_cpu_torch(lines: tuple[str, ...], devices: Path = gpus.DEVICES) -> bool:
    """Torch is among the requirements, and the machine has no GPU to use it with."""
    names = {canonicalize_name(Requirement(line).name) for line in lines}
    return "torch" in names and not gpus.count(devices)


def resolves_to_cpu(dry_run: str) -> bool:
    """A dry run of uv or pip shows that the configured indexes give the CPU build themselves."""
    return bool(_CPU_BUILD.search(dry_run))


def check_cpu_torch(folder: Path) -> None:
    """PersonCanFix when the torch of an environment is built for GPUs."""
    for version in folder.glob("lib/python*/site-packages/torch/version.py"):
        if not _NO_CUDA.search(version.read_text("utf-8")):
            raise PersonCanFix(
                "This machine has no GPU, but the index gave torch's large GPU build.",
                "Add https://download.pytorch.org/whl/cpu to pip's extra-index-url, then retry.",
            )
