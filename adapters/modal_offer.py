"""What can be had at Modal, and its price: a machine of a fixed size, with a GPU or without.

Prices are those of modal.com/pricing for sandboxes, in dollars a second, as of `priced_on`.
"""

from datetime import date
from decimal import Decimal

from adapters.modal_client import TITLE
from pipeline.ports.runtime import Gpu, Offer

CORES = 2.0  # physical ones, each of two threads
_LEAST_MEMORY = 16  # GiB
_CORE, _GIB = Decimal("0.00003942"), Decimal("0.00000672")
_HOUR = 3600
_CENTS = Decimal("0.0001")
MOST_SECONDS = 24 * 3600.0  # Modal ends every sandbox after a day
_START_SECONDS = 180.0  # mostly the image, which is made once for the same requirements
# By Modal's name: memory of the GPU in GB, dollars a second.
_GPUS = {
    "T4": (16, "0.000164"),
    "L4": (24, "0.000222"),
    "A10": (24, "0.000306"),
    "L40S": (48, "0.000542"),
    "A100-40GB": (40, "0.000583"),
    "A100-80GB": (80, "0.000694"),
    "RTX-PRO-6000": (96, "0.000842"),
    "H100": (80, "0.001097"),
    "H200": (141, "0.001261"),
    "B200": (180, "0.001736"),
}


def memory_of(gpu: str) -> int:
    """MiB of memory of the machine: what fits into the GPU must fit into it first."""
    return max(_LEAST_MEMORY, _GPUS[gpu][0] if gpu else 0) << 10


def _usd_hour(gpu: str) -> Decimal:
    """Dollars an hour of the whole machine."""
    second = _CORE * Decimal(CORES) + _GIB * (memory_of(gpu) >> 10)
    second += Decimal(_GPUS[gpu][1]) if gpu else 0
    return (second * _HOUR).quantize(_CENTS)


def offer() -> Offer:
    """All of it. A GPU's price is that of its machine with it."""
    return Offer(
        title=TITLE,
        gpus=tuple(Gpu(name, memory, _usd_hour(name)) for name, (memory, _) in _GPUS.items()),
        usd_hour=_usd_hour(""),
        priced_on=date(2026, 6, 27),
        most_seconds=MOST_SECONDS,
        start_seconds=_START_SECONDS,
    )
