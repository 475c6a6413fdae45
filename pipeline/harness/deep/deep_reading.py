"""How a network reads texts: the tokenizer of its weights, and how many pieces it takes at once."""

from config import BundleConfig
from transformers import AutoTokenizer, PretrainedConfig, PreTrainedTokenizerBase

USUAL_LENGTH = 512


def tokenizer_of(weights: str) -> PreTrainedTokenizerBase:
    """That of a folder of weights, with a piece to fill up with; errors as from_pretrained."""
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
        weights, local_files_only=True
    )
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
    return tokenizer


def places_of(network: PretrainedConfig) -> int | None:
    """How many pieces there are places for; None where there is no end."""
    known = getattr(network.get_text_config(), "max_position_embeddings", None)
    if not isinstance(known, int) or known <= 0:
        return None
    # The first two places of these are never used.
    return known - 2 if str(network.model_type).endswith("roberta") else known


def length_of(
    config: BundleConfig, tokenizer: PreTrainedTokenizerBase, network: PretrainedConfig
) -> int:
    """As many pieces as are asked for, or usual, or as the network can take."""
    wanted = min(config.setting("max_length", USUAL_LENGTH), int(tokenizer.model_max_length))
    return min(wanted, places_of(network) or wanted)
