"""The machine a network runs on: how many threads, which device, and libraries that keep quiet.

Import this, and call `deep_quiet`, before anything of transformers is imported.
"""

import gc
import os
import warnings

import torch
from config import BundleConfig

CAPABLE = 8  # from this generation of cards on bfloat16 is native, before it is only imitated


def deep_quiet() -> None:
    """Nothing of the libraries reaches the output, and nothing reaches for the network."""
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE"):
        os.environ[name] = "1"
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TQDM_DISABLE", "1")
    warnings.filterwarnings("ignore")
    from transformers.utils import logging  # noqa: PLC0415 - it reads the environment set above

    logging.set_verbosity_error()
    logging.disable_progress_bar()


def threads(config: BundleConfig) -> None:
    """As many threads as the config allows, no more."""
    torch.set_num_threads(max(1, config.threads))


def device() -> torch.device:
    """The graphics card where there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def one_card() -> None:
    """Of several cards the first alone, for trainers that start beside more only by a launcher.

    Call it before any card is used.
    """
    seen = os.environ.get("CUDA_VISIBLE_DEVICES", "0")
    os.environ["CUDA_VISIBLE_DEVICES"] = seen.split(",")[0]


def has_bfloat16() -> bool:
    """Whether the card counts in bfloat16 itself."""
    if device().type != "cuda":
        return False
    return bool(torch.cuda.get_device_capability()[0] >= CAPABLE)


def out_of_memory(error: BaseException) -> bool:
    """Whether this is the card, or the machine, refusing memory."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    told = str(error).lower()
    return isinstance(error, RuntimeError) and (
        "out of memory" in told or "can't allocate memory" in told
    )


def free_memory() -> None:
    """Give back what nobody holds any more."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
