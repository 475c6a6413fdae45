"""A small detection network that knows nothing yet, for those who cannot have trained weights.

It learns what is large, plain and frequent; what a pretrained model knows of the world it cannot
learn from a few hundred pictures.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

from transformers import (
    RTDetrImageProcessorPil,
    RTDetrResNetConfig,
    RTDetrV2Config,
    RTDetrV2ForObjectDetection,
)

Module: TypeAlias = Any  # transformers' types are not installed where this is checked
SIDE = 256
WIDTH = 96
CHANNELS = (32, 64, 96, 128)


def scratch_processor(side: int = 0) -> Module:
    """Makes square pictures, small enough for many steps in little time."""
    square = {"height": side or SIDE, "width": side or SIDE}
    return RTDetrImageProcessorPil(size=square, do_normalize=True)


def scratch_network(labels: Sequence[str]) -> Module:
    """An RT-DETRv2 of two million weights."""
    backbone = RTDetrResNetConfig(
        embedding_size=32,
        hidden_sizes=list(CHANNELS),
        depths=[1, 1, 1, 1],
        layer_type="basic",
        out_features=["stage2", "stage3", "stage4"],
    )
    config = RTDetrV2Config(
        backbone_config=backbone,
        freeze_backbone_batch_norms=False,  # nothing is known yet that would have to be kept
        encoder_in_channels=list(CHANNELS[1:]),
        encoder_hidden_dim=WIDTH,
        encoder_ffn_dim=2 * WIDTH,
        encoder_attention_heads=6,
        d_model=WIDTH,
        decoder_in_channels=[WIDTH] * 3,
        decoder_ffn_dim=2 * WIDTH,
        decoder_layers=2,
        decoder_attention_heads=6,
        num_queries=100,
        num_denoising=50,
        id2label=dict(enumerate(labels)),
        label2id={label: place for place, label in enumerate(labels)},
    )
    return RTDetrV2ForObjectDetection(config)
