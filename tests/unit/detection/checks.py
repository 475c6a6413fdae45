"""What finding boxes promises; runs inside the deep environment, beside the bundle.

Run by tests/unit/apart.py.
"""

# mypy: ignore-errors

import contextlib
import io
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from box_counts import counted, matched
from box_dense import _alone, _nearness, dense_network
from box_forms import Boxes, boxes_of, from_json, overlaps
from box_lessons import may_mirror
from box_model import load_boxes, save_plain
from box_network import begun
from box_rows import Shown
from box_threshold import UNSURE, best_threshold
from box_usual import usual_boxes
from made_pictures import CONFIG
from metrics import Floats, interval, value_of
from picture_serving import Pictures
from PIL import Image
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from tiny_detector import write

SIDE = 300


def some_pictures(count: int = 40, seed: int = 0) -> tuple[list[Boxes], list[Boxes]]:
    """Marked boxes, and found ones of which some fit, some do not, and some are of no class."""
    draw = np.random.default_rng(seed)
    truth, said = [], []
    for _ in range(count):
        marks = int(draw.integers(0, 9))
        corner = draw.uniform(0, SIDE, (marks, 2))
        corners = np.hstack([corner, corner + draw.uniform(10, 90, (marks, 2))])
        labels = draw.choice(["cat", "dog", "owl"], marks, p=[0.8, 0.15, 0.05]).tolist()
        seen = draw.uniform(size=marks) < 0.7
        moved = corners[seen] + draw.normal(0, 5, (int(seen.sum()), 4))
        false = draw.uniform(0, SIDE, (int(draw.integers(0, 12)), 2))
        wrong = np.hstack([false, false + draw.uniform(10, 90, false.shape)])
        names = [label for label, kept in zip(labels, seen, strict=True) if kept]
        names += draw.choice(["cat", "dog", "fox"], len(wrong)).tolist()
        truth.append(boxes_of(corners, labels))
        said.append(boxes_of(np.vstack([moved, wrong]), names, draw.uniform(0.1, 1, len(names))))
    return truth, said


def theirs(truth: list[Boxes], said: list[Boxes]) -> Floats:
    """Mean average precision as pycocotools counts it from files of COCO's form."""
    labels = sorted({label for boxes in (*truth, *said) for label in boxes.labels})
    with contextlib.redirect_stdout(io.StringIO()):
        judge = COCOeval(_coco(truth, labels), _coco(said, labels), "bbox")
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    return judge.stats[:2]


def _coco(pictures: list[Boxes], labels: list[str]) -> COCO:
    told = []
    for at, boxes in enumerate(pictures, start=1):
        for (left, top, right, bottom), label, score in zip(
            boxes.corners, boxes.labels, boxes.scores, strict=True
        ):
            wide, high = right - left, bottom - top
            one = {"id": len(told) + 1, "image_id": at, "category_id": labels.index(label) + 1}
            told.append(
                {**one, "bbox": [left, top, wide, high], "area": wide * high, "score": score}
            )
            told[-1]["iscrowd"] = 0
    coco = COCO()
    coco.dataset = {
        "images": [{"id": at + 1} for at in range(len(pictures))],
        "categories": [{"id": at, "name": label} for at, label in enumerate(labels, start=1)],
        "annotations": told,
    }
    coco.createIndex()
    return coco


def check_precision_is_what_pycocotools_counts() -> None:
    truth, said = some_pictures()
    outcome = counted(matched(truth, said), len(truth))
    whole, half = theirs(truth, said)
    assert np.isclose(value_of("map", outcome), whole, atol=1e-9)
    assert np.isclose(value_of("map50", outcome), half, atol=1e-9)


def check_a_picture_drawn_twice_counts_as_two() -> None:
    truth, said = some_pictures()
    times = np.random.default_rng(1).integers(0, 3, len(truth))
    outcome = counted(matched(truth, said), len(truth))
    repeated = [
        [one for one, n in zip(all_, times, strict=True) for _ in range(n)]
        for all_ in (truth, said)
    ]
    weighted = outcome.by["map"](times.astype(float))
    assert np.isclose(weighted, theirs(*repeated)[0], atol=1e-6)


def check_the_interval_holds_the_value() -> None:
    truth, said = some_pictures()
    outcome = counted(matched(truth, said), len(truth))
    low, high = interval("map", outcome, 0, 200)
    assert low < value_of("map", outcome) < high


def check_many_draws_are_counted_in_pieces_alike() -> None:
    truth, said = some_pictures(12)
    outcome = counted(matched(truth, said), len(truth))
    weights = np.random.default_rng(2).multinomial(12, np.ones(12) / 12, 50).astype(float)
    each = [float(outcome.by["map"](one)) for one in weights]
    # Where a recall is just reached, rounding may decide: one of 101 steps of a curve.
    assert np.allclose(outcome.by["map"](weights), each, atol=5e-3, equal_nan=True)


def check_a_label_that_is_nowhere_marked_counts_for_nothing() -> None:
    truth = [boxes_of([[0, 0, 10, 10]], ["cat"])]
    said = [boxes_of([[0, 0, 10, 10], [20, 20, 30, 30]], ["cat", "fox"], [0.9, 0.8])]
    assert np.isclose(value_of("map", counted(matched(truth, said), 1)), 1)


def check_nothing_found_is_worth_nothing() -> None:
    truth = [boxes_of([[0, 0, 10, 10]], ["cat"]), boxes_of([], [])]
    assert value_of("map", counted(matched(truth, [boxes_of([], [])] * 2), 2)) == 0


def check_the_threshold_leaves_wrong_boxes_out() -> None:
    truth = [boxes_of([[0, 0, 10, 10]], ["cat"])] * 10
    fits, wrong = [0, 0, 10, 10], [50, 50, 90, 90]
    said = [boxes_of([fits, wrong, wrong], ["cat"] * 3, [0.8, 0.3, 0.2])] * 10
    assert 0.3 < best_threshold(matched(truth, said), 10) <= 0.8
    nothing_right = [boxes_of([wrong], ["cat"], [0.9])] * 10
    assert best_threshold(matched(truth, nothing_right), 10) == UNSURE


def check_overlaps_are_shares_of_both() -> None:
    ours, others = np.array([[0.0, 0, 10, 10]]), np.array([[0.0, 0, 10, 10], [5, 0, 15, 10]])
    assert np.allclose(overlaps(ours, others), [[1, 1 / 3]])


def check_boxes_are_cut_at_the_edge_and_the_surest_comes_first() -> None:
    boxes = boxes_of([[-5, 0, 20, 10], [0, 0, 5, 5], [40, 0, 60, 9]], list("abc"), [0.2, 0.9, 1])
    kept = boxes.inside(30, 30).rounded()
    assert kept.labels == ("b", "a")
    assert kept.corners.tolist() == [[0, 0, 5, 5], [0, 0, 20, 10]]
    again = from_json(kept.found())
    assert again.labels == kept.labels
    assert np.array_equal(again.scores, kept.scores)


def check_usual_boxes_lie_where_most_are() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one.png"
        Image.new("RGB", (100, 50)).save(path)
        boxes = boxes_of([[0, 0, 20, 10], [50, 25, 100, 50]], ["cat", "dog"])
        usual = usual_boxes([Shown("one.png", path, boxes)] * 6, ["cat", "dog"], 0)
        save_plain(Path(folder) / "usual", "usual", "image", ("cat", "dog"), usual)
        said = load_boxes(Path(folder) / "usual").predict(Pictures(("one.png",), (path,)))
    (told,) = said.objects
    assert told["file"] == "one.png"
    assert [(one["label"], one["xmax"], one["score"]) for one in told["boxes"]] == [
        ("cat", 20.0, 1.0),
        ("dog", 100.0, 1.0),
    ]


def check_every_box_has_one_middle_on_the_grid() -> None:
    boxes = torch.tensor([[0.5, 0.5, 0.2, 0.2], [0.999, 0.001, 0.002, 0.002], [0.1, 0.9, 0.9, 0.1]])
    near = _nearness(boxes, (8, 16))
    assert near.shape == (3, 8 * 16)
    assert (near > 1 - 1e-6).sum(dim=1).tolist() == [1, 1, 1]


def check_of_boxes_around_the_same_thing_the_surest_is_kept() -> None:
    corners = torch.tensor([[0.0, 0, 1, 1], [0, 0, 1, 0.9], [0, 0, 1, 1], [0.8, 0.8, 1, 1]])
    kept = _alone(corners, torch.tensor([0, 0, 1, 0]))
    assert kept.tolist() == [True, False, True, True]


def check_a_network_from_nothing_learns_one_picture() -> None:
    torch.manual_seed(0)
    network = dense_network(["cat", "dog"])
    pixels = torch.zeros(2, 3, 64, 64)
    pixels[:, :, 16:40, 16:40] = torch.tensor([1.0, -1.0])[:, None, None, None]
    box = torch.tensor([[28 / 64, 28 / 64, 24 / 64, 24 / 64]])
    truth = [{"class_labels": torch.tensor([at]), "boxes": box} for at in (0, 1)]
    steps = torch.optim.AdamW(network.parameters(), 5e-3)
    for _ in range(60):
        loss = network(pixel_values=pixels, labels=truth).loss
        steps.zero_grad()
        loss.backward()
        steps.step()
    with torch.no_grad():
        told = network(pixel_values=pixels)  # as it trains: so few steps do not settle the norms
    place = told.logits.flatten(1).argmax(dim=1)
    assert (place % 2).tolist() == [0, 1]
    assert torch.allclose(told.pred_boxes[0, place[0] // 2], box[0], atol=0.06)


def check_a_frozen_detector_keeps_what_sees_the_picture() -> None:
    for kind, seeing in (("dfine", "model.backbone."), ("yolos", "vit.")):
        with tempfile.TemporaryDirectory() as made:
            write(kind, Path(made))
            config = replace(CONFIG, weights=made, hyperparameters={"freeze_backbone": True})
            model = begun(config, ["cat", "dog"], 1.0).model
            kept = {n for n, one in model.named_parameters() if not one.requires_grad}
            assert kept == {n for n, _ in model.named_parameters() if n.startswith(seeing)}
            assert kept


def check_pictures_are_not_mirrored_where_sides_matter() -> None:
    assert may_mirror(["cat", "dog"])
    assert not may_mirror(["left hand", "right hand"])
    assert not may_mirror(["6", "9"])
    assert not may_mirror(["turn_left", "stop"])
    assert not may_mirror(["TurnRight", "stop"])
    assert may_mirror(["bright", "leftover"])
