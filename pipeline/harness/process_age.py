"""How long this process has been running: a budget is counted from its start, imports included."""

import os
import time
from pathlib import Path

START_TICKS = 19  # the place of the start time in /proc/self/stat, behind the name of the program


def process_age() -> float:
    """Seconds since the process began; where that cannot be seen, its own time on the processor."""
    try:
        words = Path("/proc/self/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        begun = int(words[START_TICKS]) / os.sysconf("SC_CLK_TCK")
        return max(time.clock_gettime(time.CLOCK_BOOTTIME) - begun, time.process_time())
    except (OSError, AttributeError, ValueError, IndexError):
        return time.process_time()
