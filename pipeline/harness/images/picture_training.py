"""Learns to answer pictures without any weights of others, within the budget of config.json."""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from config import BundleConfig, Json
from metrics import Floats
from picture_answers import Sayer, sayer_of_classes, sayer_of_numbers
from picture_features import Eye, Views, open_eye
from picture_model import PictureModel
from picture_ridge import Looks, choose_looks, fit_ridge, side_by_side
from picture_rows import Lesson
from picture_sight import Sight
from picture_trees import grow
from progress import say

MOST_TO_CHOOSE = 500  # pictures: views differ too little to need more for the choice
MOST_FOR_WORDS = 300  # pictures from which little patches are taken
PATCHES = 40_000
LONG = 60.0  # seconds of budget from which on nothing is spared
PROBE = 16
SHARE_TO_CHOOSE = 0.2  # of the budget, to look at the pictures that are chosen by
SHARE_CHOSEN = 0.35  # by then what counts is chosen
SHARE_TO_SEE = 0.6  # by then all pictures are told in numbers
SHARE_TO_GROW = 0.9
SHARE_OF_TREES = 0.15  # of the budget, at most


def train_pictures(config: BundleConfig, lesson: Lesson, started: float) -> PictureModel:
    """Choose the views, learn from all pictures; `started` is on the clock of time.monotonic."""
    budget = config.budget_seconds
    eye, looks, chosen = _choose(config, lesson, started)
    lesson, seen = _see(config, eye, lesson, chosen, started)
    say("train", "learning from all of them", done=0.75)
    targets = lesson.targets
    ridge, unseen = fit_ridge(seen, targets, looks, config.seed)
    rows = side_by_side(seen, ridge.scales, ridge.views)
    until = min(started + budget * SHARE_TO_GROW, time.monotonic() + budget * SHARE_OF_TREES)
    grown = grow(rows, targets, unseen, config.seed, until)
    sayer = sayer_for(config, lesson, grown.unseen)
    facts: dict[str, Json] = {
        "pictures": len(lesson),
        "views": list(looks.views),
        "mirrored": eye.mirrored,
        "trees": grown.share,
    }
    return PictureModel(lesson.column, Sight(eye, ridge, grown.trees, grown.share), sayer, facts)


def sayer_for(config: BundleConfig, lesson: Lesson, unseen: Floats) -> Sayer:
    """What scores mean, by those of pictures that the model had not seen."""
    if lesson.labels:
        return sayer_of_classes(lesson.labels, lesson.places, unseen, config)
    return sayer_of_numbers(lesson.truth, unseen[:, 0], lesson.middle, lesson.spread)


def _choose(
    config: BundleConfig, lesson: Lesson, started: float
) -> tuple[Eye, Looks, tuple[Lesson, Views]]:
    """The views and whether a mirror image is told alike, by some pictures left out in turn."""
    patches = int(PATCHES * min(1.0, config.budget_seconds / LONG))
    some = lesson.some(MOST_FOR_WORDS, config.seed)
    say("train", f"looking for typical patches on {len(some)} pictures", done=0.02)
    eye = open_eye(some.paths, config.seed, patches)
    few = lesson.some(_affordable(config, eye, lesson, started), config.seed)
    say("train", f"looking at {len(few)} pictures to choose what counts", done=0.1)
    plain, evened = eye.see_both(few.paths)
    until = started + config.budget_seconds * SHARE_CHOSEN
    straight, turned = (choose_looks(seen, few.targets, until) for seen in (plain, evened))
    mirrored = turned.error < straight.error
    looks, seen = (turned, evened) if mirrored else (straight, plain)
    say(
        "train",
        f"{', '.join(looks.views)}{', mirrored as well' if mirrored else ''}",
        done=0.3,
        numbers={"unseen_error": looks.error},
    )
    return replace(eye, views=looks.views, mirrored=mirrored), looks, (few, seen)


def _affordable(config: BundleConfig, eye: Eye, lesson: Lesson, started: float) -> int:
    """How many pictures there is time for, to choose by."""
    begun = time.monotonic()
    probe = lesson.paths[:PROBE]
    eye.see_both(probe)
    each = (time.monotonic() - begun) / len(probe)
    left = started + config.budget_seconds * SHARE_TO_CHOOSE - time.monotonic()
    return int(np.clip(left / each, PROBE, MOST_TO_CHOOSE))


def _see(
    config: BundleConfig, eye: Eye, lesson: Lesson, chosen: tuple[Lesson, Views], started: float
) -> tuple[Lesson, Views]:
    """All pictures in the chosen views, or as many as there is time for."""
    if len(chosen[0]) == len(lesson):
        return chosen
    mixed, until = lesson.mixed(config.seed), started + config.budget_seconds * SHARE_TO_SEE
    seen = eye.see(mixed.paths, _progress(len(lesson)), until)
    many = len(seen[eye.views[0]])
    if many < len(lesson):
        say("train", f"{many:,} of the {len(lesson):,} pictures: there is no time for more")
    if many <= len(chosen[0]):
        return chosen
    return mixed.take(range(many)), seen


def _progress(total: int) -> Callable[[int], None]:
    begun, told = time.monotonic(), 0.0

    def done(count: int) -> None:
        nonlocal told
        if count / total - told >= 0.1 or count == total:  # noqa: PLR2004 - a line every tenth
            told = count / total
            left = (time.monotonic() - begun) / count * (total - count)
            say("train", f"{count} pictures seen", done=0.3 + 0.4 * told, eta=left)

    return done
