"""Writes a tiny detector with random weights: python tiny_detector.py KIND FOLDER, as if fetched.

Runs in the deep environment.
"""

# mypy: ignore-errors

import sys
from pathlib import Path

import torch
import transformers as hub

CHANNELS = [16, 24, 32, 48]
SMALL = {
    "encoder_hidden_dim": 32,
    "encoder_in_channels": CHANNELS[1:],
    "encoder_ffn_dim": 64,
    "encoder_attention_heads": 4,
    "d_model": 32,
    "num_queries": 20,
    "decoder_in_channels": [32, 32, 32],
    "decoder_ffn_dim": 64,
    "decoder_layers": 2,
    "decoder_attention_heads": 4,
    "num_denoising": 10,
    "num_labels": 80,  # as models that learned on COCO have
}


def dfine() -> hub.PreTrainedModel:
    """The default of the menu, a hundred times smaller."""
    backbone = hub.HGNetV2Config(
        stem_channels=[3, 8, 8],
        stage_in_channels=[8, 16, 24, 32],
        stage_mid_channels=[8, 8, 8, 8],
        stage_out_channels=CHANNELS,
        stage_num_blocks=[1, 1, 1, 1],
        stage_downsample=[False, True, True, True],
        stage_light_block=[False, False, True, True],
        stage_kernel_size=[3, 3, 5, 5],
        stage_numb_of_layers=[2, 2, 2, 2],
        embedding_size=8,
        hidden_sizes=CHANNELS,
        depths=[1, 1, 1, 1],
        out_features=["stage2", "stage3", "stage4"],
    )
    points = {"decoder_n_points": [4, 4, 4]}
    return hub.DFineForObjectDetection(hub.DFineConfig(backbone_config=backbone, **SMALL, **points))


def rtdetr() -> hub.PreTrainedModel:
    """The other one of the menu."""
    backbone = hub.RTDetrResNetConfig(
        embedding_size=16,
        hidden_sizes=CHANNELS,
        depths=[1, 1, 1, 1],
        layer_type="basic",
        out_features=["stage2", "stage3", "stage4"],
    )
    return hub.RTDetrV2ForObjectDetection(hub.RTDetrV2Config(backbone_config=backbone, **SMALL))


def yolos() -> hub.PreTrainedModel:
    """One that is on no menu, and tells apart what is nothing in another way."""
    return hub.YolosForObjectDetection(
        hub.YolosConfig(
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=64,
            image_size=[64, 64],
            patch_size=8,
            num_detection_tokens=10,
            num_labels=80,
        )
    )


def write(kind: str, folder: Path) -> None:
    """Write the model and its processor."""
    torch.manual_seed(0)
    made = {"dfine": dfine, "rtdetr": rtdetr, "yolos": yolos}[kind]()
    made.save_pretrained(folder)
    if kind == "yolos":
        square = {"shortest_edge": 64, "longest_edge": 96}
        hub.YolosImageProcessorPil(size=square).save_pretrained(folder)
    else:
        hub.RTDetrImageProcessorPil(size={"height": 64, "width": 64}).save_pretrained(folder)


if __name__ == "__main__":
    write(sys.argv[1], Path(sys.argv[2]))
