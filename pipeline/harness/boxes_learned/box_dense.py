"""A small convolutional network that learns boxes quickly from nothing (after TTFNet, 2020).

Every cell of a grid says what it sees the middle of, and how far the box around reaches. Cells
near the middle of a box all learn its size, so that few steps are enough; a transformer that
begins from nothing needs a hundred times as many.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import torch
from torch import nn
from torch.nn import functional
from transformers import (
    AutoConfig,
    AutoModelForObjectDetection,
    PreTrainedConfig,
    PreTrainedModel,
    RTDetrImageProcessorPil,
)
from transformers.utils import ModelOutput

Truth: TypeAlias = dict[str, torch.Tensor]
Module: TypeAlias = Any  # transformers' types are not installed where this is checked
LEAST_SIDE, MOST_SIDE = 256, 384  # small enough for many steps in little time
SMALL = 14.0  # pixels: the side of a box that is still learned well
STEP = 32
WIDTH = 16
REACH = 0.1  # of a box's sides: how far from its middle cells count as near, as TTFNet has it
LEAST_REACH = 0.6  # cells
NEAR = 0.2  # cells less near than that learn no size
SIZES = 2.0  # what a wrong size counts against a wrong middle
RARE = -4.0  # before anything is learned, no cell sees a middle
UNSEEN = -20.0
TOLD = 100  # middles of a picture
SAME = 0.6  # overlap from which on two boxes of one label are the same thing


class DenseConfig(PreTrainedConfig):  # type: ignore[misc] # its types are not installed
    """What the network is made of."""

    model_type = "dense_boxes"
    width: int = WIDTH


@dataclass
class DenseOutput(ModelOutput):  # type: ignore[misc] # its types are not installed
    """Scores of the cells, shape (n, cells, labels), and boxes as shares, shape (n, cells, 4)."""

    loss: torch.Tensor | None = None
    logits: torch.Tensor | None = None
    pred_boxes: torch.Tensor | None = None


class DenseDetector(PreTrainedModel):  # type: ignore[misc] # its types are not installed
    """Features of four scales, put together on the grid, and what each cell says."""

    config_class = DenseConfig
    main_input_name = "pixel_values"

    def __init__(self, config: Module) -> None:
        super().__init__(config)
        widths = [config.width * by for by in (1, 2, 4, 6, 8)]
        self.stages = nn.ModuleList(
            [_stage(3, widths[0], blocks=0)]
            + [_stage(wide, next_wide) for wide, next_wide in pairwise(widths)]
        )
        self.sideways = nn.ModuleList([nn.Conv2d(wide, widths[2], 1) for wide in widths[2:]])
        self.joined = nn.Sequential(_layer(widths[2], widths[2]), _layer(widths[2], widths[2]))
        self.labels = nn.Conv2d(widths[2], config.num_labels, 1)
        self.reaches = nn.Conv2d(widths[2], 4, 1)
        self.post_init()
        nn.init.constant_(self.labels.bias, RARE)

    def forward(
        self, pixel_values: torch.Tensor, labels: Sequence[Truth] | None = None, **_: object
    ) -> DenseOutput:
        """Scores and boxes of all cells, and the loss where the truth is told."""
        grid = self._grid(pixel_values)
        high, wide = grid.shape[-2:]
        logits = self.labels(grid).flatten(2).transpose(1, 2).float()
        reaches = self.reaches(grid).flatten(2).transpose(1, 2).float()
        middles = _middles(high, wide, grid.device)
        cell = torch.tensor([1 / wide, 1 / high], device=grid.device).repeat(2)
        far = torch.exp(reaches.clamp(-4, 6)) * cell
        corners = torch.cat([middles - far[..., :2], middles + far[..., 2:]], dim=-1)
        loss = _loss(logits, corners, labels, (high, wide)) if labels is not None else None
        kept = logits if self.training else _peaks(logits, corners, (high, wide))
        return DenseOutput(loss=loss, logits=kept, pred_boxes=_as_middles(corners))

    def _grid(self, pixels: torch.Tensor) -> torch.Tensor:
        scales = []
        seen = pixels
        for stage in self.stages:
            seen = stage(seen)
            scales.append(seen)
        joined = self.sideways[-1](scales[-1])
        for at in (-2, -3):
            sideways = self.sideways[at](scales[at])
            joined = sideways + functional.interpolate(joined, size=sideways.shape[-2:])
        return self.joined(joined)


class _Block(nn.Module):  # type: ignore[misc] # its types are not installed
    """Two convolutions beside what they begin with."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(_layer(width, width), _layer(width, width))

    def forward(self, seen: torch.Tensor) -> torch.Tensor:
        """The same shape."""
        return seen + self.layers(seen)


def dense_network(labels: Sequence[str]) -> Module:
    """A network of half a million weights for these labels."""
    names = dict(enumerate(labels))
    places = {label: at for at, label in enumerate(labels)}
    return DenseDetector(DenseConfig(id2label=names, label2id=places))


def side_for(least: float) -> int:
    """Pixels of a side at which small boxes, of that share of it, can be learned."""
    wanted = -(-SMALL / max(least, 1e-6) // STEP) * STEP
    return int(min(max(wanted, LEAST_SIDE), MOST_SIDE))


def dense_processor(side: int) -> Module:
    """Makes square pictures."""
    square = {"height": side, "width": side}
    return RTDetrImageProcessorPil(size=square, do_normalize=True)


def known_to_transformers() -> None:
    """Let transformers load such a model by what its config.json says."""
    AutoConfig.register(DenseConfig.model_type, DenseConfig, exist_ok=True)
    AutoModelForObjectDetection.register(DenseConfig, DenseDetector, exist_ok=True)


def _stage(wide: int, next_wide: int, blocks: int = 1) -> nn.Sequential:
    """Half the size, twice as much of it."""
    return nn.Sequential(
        _layer(wide, next_wide, stride=2), *(_Block(next_wide) for _ in range(blocks))
    )


def _layer(wide: int, next_wide: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(wide, next_wide, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(next_wide),
        nn.SiLU(),
    )


def _middles(high: int, wide: int, device: torch.device) -> torch.Tensor:
    """The middles of all cells as shares of the picture's sides, (cells, 2)."""
    down = (torch.arange(high, device=device) + 0.5) / high
    across = (torch.arange(wide, device=device) + 0.5) / wide
    rows, columns = torch.meshgrid(down, across, indexing="ij")
    return torch.stack([columns.flatten(), rows.flatten()], dim=-1)


def _loss(
    logits: torch.Tensor, corners: torch.Tensor, truth: Sequence[Truth], grid: tuple[int, int]
) -> torch.Tensor:
    """Wrong middles and wrong sizes, for each box that is there."""
    wrong, sizes = logits.new_zeros(()), logits.new_zeros(())
    boxes = sum(len(one["boxes"]) for one in truth)
    for scores, reached, one in zip(logits, corners, truth, strict=True):
        near = _nearness(one["boxes"], grid)
        wanted = torch.zeros_like(scores.T)
        if len(near):
            index = one["class_labels"][:, None].expand_as(near)
            wanted = wanted.scatter_reduce(0, index, near, "amax")
            sizes = sizes + _wrong_sizes(reached, near, one["boxes"])
        wrong = wrong + _wrong_middles(scores.T, wanted)
    return (wrong + SIZES * sizes) / max(boxes, 1)


def _nearness(boxes: torch.Tensor, grid: tuple[int, int]) -> torch.Tensor:
    """How near each cell is to the middle of each box, 1 in it; shape (boxes, cells)."""
    high, wide = grid
    cells = torch.tensor([wide, high], device=boxes.device)
    middle = (boxes[:, :2] * cells).floor().minimum(cells - 1) + 0.5
    reach = (boxes[:, 2:] * cells * REACH).clamp(min=LEAST_REACH)
    away = (_middles(high, wide, boxes.device) * cells - middle[:, None]) / reach[:, None]
    return torch.exp(-0.5 * away.square().sum(dim=-1)).to(boxes.dtype)


def _wrong_middles(scores: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """The focal loss of CenterNet: cells near a middle are blamed less for seeing it."""
    sure = functional.logsigmoid(scores)
    unsure = functional.logsigmoid(-scores)
    chance = scores.sigmoid()
    is_middle = wanted > 1 - 1e-4
    found = (1 - chance).square() * sure
    blamed = (1 - wanted).pow(4) * chance.square() * unsure
    return -torch.where(is_middle, found, blamed).sum()


def _wrong_sizes(corners: torch.Tensor, near: torch.Tensor, boxes: torch.Tensor) -> torch.Tensor:
    """How badly the boxes of near cells fit; every box counts the same, however many they are."""
    nearest, place = near.max(dim=0)
    weights = torch.where(nearest > NEAR, nearest, 0.0)
    total = torch.zeros(len(boxes), device=near.device).index_add(0, place, weights)
    fit = _fit(corners, _as_corners(boxes)[place])
    return ((1 - fit) * weights / total.clamp(min=1e-6)[place]).sum()


def _fit(ours: torch.Tensor, theirs: torch.Tensor) -> torch.Tensor:
    """The generalized overlap of pairs of boxes, -1 to 1."""
    least = torch.minimum(ours[:, 2:], theirs[:, 2:]) - torch.maximum(ours[:, :2], theirs[:, :2])
    around = torch.maximum(ours[:, 2:], theirs[:, 2:]) - torch.minimum(ours[:, :2], theirs[:, :2])
    shared, hull = least.clamp(min=0).prod(dim=-1), around.prod(dim=-1).clamp(min=1e-9)
    areas = [(one[:, 2:] - one[:, :2]).prod(dim=-1) for one in (ours, theirs)]
    whole = (areas[0] + areas[1] - shared).clamp(min=1e-9)
    return shared / whole - (hull - whole) / hull


def _peaks(logits: torch.Tensor, corners: torch.Tensor, grid: tuple[int, int]) -> torch.Tensor:
    """The scores of cells that see a middle best, and whose box no better one shares."""
    count, _, labels = logits.shape
    square = logits.transpose(1, 2).reshape(count, labels, *grid)
    highest = functional.max_pool2d(square, 3, stride=1, padding=1) == square
    scores = torch.where(highest, square, UNSEEN).flatten(1)
    kept = torch.full_like(scores, UNSEEN)
    best, places = scores.topk(min(TOLD, scores.shape[1]), dim=1)
    cells, label = places % (grid[0] * grid[1]), places // (grid[0] * grid[1])
    for at in range(count):
        alone = _alone(corners[at, cells[at]], label[at])
        kept[at, places[at, alone]] = best[at, alone]
    return kept.reshape(count, labels, -1).transpose(1, 2)


def _alone(corners: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    """Which boxes, the surest first, share no place with a surer one of their label."""
    least = torch.minimum(corners[:, None, 2:], corners[None, :, 2:])
    most = torch.maximum(corners[:, None, :2], corners[None, :, :2])
    shared = (least - most).clamp(min=0).prod(dim=-1)
    areas = (corners[:, 2:] - corners[:, :2]).prod(dim=-1)
    overlap = shared / (areas[:, None] + areas[None, :] - shared).clamp(min=1e-9)
    same = (overlap > SAME) & (label[:, None] == label[None, :])
    return ~torch.triu(same, diagonal=1).any(dim=0)


def _as_middles(corners: torch.Tensor) -> torch.Tensor:
    middles = (corners[..., :2] + corners[..., 2:]) / 2
    return torch.cat([middles, corners[..., 2:] - corners[..., :2]], dim=-1)


def _as_corners(boxes: torch.Tensor) -> torch.Tensor:
    half = boxes[..., 2:] / 2
    return torch.cat([boxes[..., :2] - half, boxes[..., :2] + half], dim=-1)
