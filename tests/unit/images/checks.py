"""What learning from pictures promises; runs inside the light environment, beside the bundle.

Run by tests/unit/apart.py.
"""

# mypy: ignore-errors

import json
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from made_pictures import CONFIG, lesson, refused
from picture_answers import Sayer, sayer_of, sayer_of_classes, sayer_of_numbers
from picture_baselines import make_baselines
from picture_features import Eye
from picture_files import keep, opened
from picture_model import PictureModel, load_pictures
from picture_parts import write_pictures
from picture_ridge import choose_looks, fit_ridge, left_out
from picture_rows import Lesson, lesson_of
from picture_serving import Pictures, answers_for, given
from picture_training import train_pictures
from picture_trees import grow
from PIL import Image
from tables import Table, load_table


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


@cache
def trained() -> PictureModel:
    """One model for all that ask for it."""
    with folder() as place:
        return train_pictures(CONFIG, lesson(place), time.monotonic())


def check_a_model_learns_and_answers_the_same_after_it_was_saved() -> None:
    with folder() as place:
        new, model = lesson(place / "new", 60).take(range(40, 60)), trained()
        model.save(place / "model")
        pictures = Pictures(tuple(path.name for path in new.paths), new.paths)
        said, again = model.predict(pictures), load_pictures(place / "model").predict(pictures)
        assert list(said.said) == list(again.said)
        assert np.array_equal(said.chances, again.chances)
        right = [new.labels.index(label) for label in said.said] == new.places
        assert np.mean(right) > 0.7


def check_a_picture_is_answered_alike_alone_and_among_others() -> None:
    with folder() as place:
        known, model = lesson(place), trained()
        together = model.scorer.scores(known.paths[:5])
        alone = [model.scorer.scores([path])[0] for path in known.paths[:5]]
        assert np.array_equal(together, alone)


def check_numbers_are_learned_in_their_own_unit() -> None:
    with folder() as place:
        pictures = lesson(place, 60)
        truth = 1000 + 100 * pictures.truth
        numbers = replace(pictures, labels=(), truth=truth)
        config = replace(CONFIG, task_type="image_regression", metric="mae")
        model = train_pictures(config, numbers, time.monotonic())
        said = model.predict(Pictures(("a",) * 60, pictures.paths)).said
        assert np.abs(said - truth).mean() < 25


def check_mirror_images_are_told_alike_where_that_is_wanted() -> None:
    with folder() as place:
        path = lesson(place, 1).paths[0]
        Image.open(path).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(place / "turned.png")
        views = ("shape", "layout", "colours", "texture", "blobs")
        for mirrored in (True, False):
            seen = Eye(views, {}, mirrored).see([path, place / "turned.png"])
            alike = [np.allclose(*seen[name], atol=1e-4) for name in ("shape", "layout")]
            assert all(alike) == mirrored


def check_rows_left_out_are_answered_as_by_a_model_without_them() -> None:
    draw = np.random.default_rng(0)
    rows, targets, penalty = draw.normal(size=(20, 4)), draw.normal(size=(20, 2)), 0.3
    spread, axes = np.linalg.eigh(rows.T @ rows)
    along = rows @ axes
    errors = left_out(along, spread, along.T @ targets, targets, penalty)
    for at in range(20):
        others = np.arange(20) != at
        known = rows[others]
        line = np.linalg.solve(known.T @ known + penalty * np.eye(4), known.T @ targets[others])
        assert np.allclose(errors[at], targets[at] - rows[at] @ line)


def check_what_tells_nothing_is_not_looked_at() -> None:
    draw = np.random.default_rng(0)
    truth = draw.normal(size=(80, 1))
    telling = np.hstack([truth, draw.normal(size=(80, 2))]).astype(np.float32)
    seen = {"telling": telling, "noise": draw.normal(size=(80, 30)).astype(np.float32)}
    looks = choose_looks(seen, truth)
    assert looks.views == ("telling",)
    ridge, unseen = fit_ridge(seen, truth, looks, 0)
    assert np.mean((unseen - truth) ** 2) < 0.5
    assert np.corrcoef(ridge.answer(seen)[:, 0], truth[:, 0])[0, 1] > 0.9


def check_trees_count_only_where_they_better_the_ridge() -> None:
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(200, 3)).astype(np.float32)
    targets = np.eye(2)[(rows[:, 0] > 0).astype(int)]
    later = time.monotonic() + 60
    assert grow(rows, targets, targets, 0, later).share == 0
    knows_nothing = np.full((200, 2), 0.5)
    assert grow(rows, targets, knows_nothing, 0, later).share == 1
    assert grow(rows, targets, knows_nothing, 0, 0.0).trees is None


def check_what_scores_mean_can_be_kept() -> None:
    for sayer in (Sayer(labels=("a", "b"), shares=(0.5, 0.5), favour=(1.0, 2.0)), Sayer()):
        assert sayer_of(json.loads(json.dumps(sayer.to_json()))) == sayer


def check_probabilities_of_a_blind_model_are_the_shares() -> None:
    draw = np.random.default_rng(0)
    truth = (draw.random(400) < 0.2).astype(np.int64)
    scores = 0.01 * draw.normal(size=(400, 2)) + [0.8, 0.2]
    chances = sayer_of_classes(("a", "b"), truth, scores, CONFIG).chances(scores)
    assert abs(chances[:, 1].mean() - truth.mean()) < 0.03


def check_numbers_that_cannot_be_told_are_answered_by_the_median() -> None:
    draw = np.random.default_rng(0)
    truth = draw.exponential(10, 300)
    sayer = sayer_of_numbers(truth, draw.normal(size=300), truth.mean(), truth.std())
    said = sayer.answers(draw.normal(size=(50, 1))).said
    assert np.abs(said - np.median(truth)).mean() < 1.5


def check_odd_forms_of_pictures_become_plain_ones() -> None:
    with folder() as place:
        bright = np.full((4, 6), 65535, dtype=np.uint16)
        bright[:, :3] = 32768
        Image.fromarray(bright).save(place / "sixteen.png")
        half, full = opened(place / "sixteen.png").getpixel((0, 0)), (255, 255, 255)
        assert 120 < half[0] < 136
        assert opened(place / "sixteen.png").getpixel((5, 0)) == full
        Image.frombytes("I;16B", (1, 1), b"\x80\x00").save(place / "other_end.tiff")
        assert 120 < opened(place / "other_end.tiff").getpixel((0, 0))[0] < 136
        Image.new("RGBA", (3, 3), (255, 0, 0, 0)).save(place / "clear.png")
        assert opened(place / "clear.png").getpixel((1, 1)) == full
        for mode in ("CMYK", "P", "L", "1", "LA"):
            suffix = "jpg" if mode == "CMYK" else "png"
            Image.new(mode, (3, 3)).save(place / f"odd.{suffix}")
            assert opened(place / f"odd.{suffix}").mode == "RGB"


def check_a_damaged_picture_is_named_and_left_out() -> None:
    with folder() as place:
        whole = lesson(place, 2).paths[0]
        (place / "cut.png").write_bytes(whole.read_bytes()[:90])
        bad: list[str] = []
        kept = keep(["0.png", "cut.png"], place, place / "out", 320, bad=bad)
        assert (list(kept), bad) == (["0.png"], ["cut.png"])
        assert "cut.png" in refused(lambda: keep(["cut.png"], place, place / "out", 320)).message


def check_a_broken_picture_among_others_is_left_out_and_named() -> None:
    with folder() as place:
        whole = lesson(place / "many", 3).paths
        alike = trained().predict(Pictures(("a", "c"), (whole[0], whole[2])))
        whole[1].write_bytes(whole[1].read_bytes()[:90])
        answers, broken = answers_for(trained(), given(trained(), place / "many", place))
        assert broken == ["1.png"]
        assert answers.names == [*alike.names, "picture"]
        known = [[*row, name] for row, name in zip(alike.rows, ("0.png", "2.png"), strict=True)]
        assert list(answers.rows) == known


def check_a_broken_picture_alone_is_a_mistake() -> None:
    with folder() as place:
        path = lesson(place, 1).paths[0]
        path.write_bytes(path.read_bytes()[:90])
        for given_path in (path, place):
            problem = refused(lambda: answers_for(trained(), given(trained(), given_path, place)))  # noqa: B023
            assert "0.png cannot be read" in problem.message


def check_a_zip_is_answered_without_what_its_system_left_in_it() -> None:
    with folder() as place:
        path, whole = place / "many.zip", lesson(place, 2).paths[0].read_bytes()
        with zipfile.ZipFile(path, "w") as archive:
            for name in ("a/1.png", "__MACOSX/a/._1.png", "a/._1.png", "../2.png", "notes.txt"):
                archive.writestr(name, whole)
        assert given(trained(), path, place / "unpacked").names == ("a/1.png",)
        assert given(trained(), place / "unpacked", place).names == ("a/1.png",)
        path.write_bytes(path.read_bytes().replace(whole[50:80], bytes(30), 1))
        assert "damaged" in refused(lambda: given(trained(), path, place / "again")).message


def check_a_list_names_only_pictures_beside_it() -> None:
    with folder() as place:
        outside = lesson(place, 2).paths[0]
        inside = lesson(place / "in", 2).paths[0]
        (place / "in" / "list.csv").write_text("image\n0.png\n", "utf-8")
        assert given(trained(), place / "in" / "list.csv", place).paths == (inside,)
        away = (outside.as_posix(), outside.as_posix().replace("/", "\\"), "../0.png", "9.png")
        for name in away:
            (place / "in" / "list.csv").write_text(f"image\n{name}\n", "utf-8")
            problem = refused(lambda: given(trained(), place / "in" / "list.csv", place))
            assert "does not lie beside it" in problem.message


def prepared(place: Path, given: dict, **changes: object) -> dict:
    """What prepare.py's half tells of these rows of pictures."""
    (place / "out").mkdir()
    write_pictures(
        replace(CONFIG, **changes),
        {split: Table(("image", "label"), rows) for split, rows in given.items()},
        place,
        place / "out",
        label=lambda cell: cell,
        spread="every class in the same share",
        warnings=[],
    )
    return json.loads((place / "out" / "prepared.json").read_text("utf-8"))


def rows_of(pictures: Lesson) -> list[tuple[str, str]]:
    return [(path.name, pictures.labels[at]) for path, at in zip(*told(pictures), strict=True)]


def told(pictures: Lesson) -> tuple:
    return pictures.paths, pictures.places.tolist()


def check_the_part_to_validate_on_is_measured_on_where_no_other_is() -> None:
    with folder() as place:
        rows = rows_of(lesson(place))
        told = prepared(place, {"train": rows[:30], "validation": rows[30:]})
        assert told["rows"]["test"] == 10
        assert told["steps"]
        assert len(list((place / "out" / "heldout" / "images").iterdir())) == 10
        assert len(lesson_of(CONFIG, place / "out" / "fit")) == 30


def check_pictures_of_the_same_pixels_are_never_apart() -> None:
    with folder() as place:
        rows = rows_of(lesson(place))
        for at in range(8):
            copy = place / f"copy{at}.png"
            Image.open(place / f"{at}.png").save(copy, compress_level=9)
            rows += [(copy.name, "lies"), (copy.name, "stands")]
        told = prepared(place, {None: rows})
        assert told["duplicates_removed"] == 8
        parts = [place / "out" / "fit" / "train.jsonl", place / "out" / "heldout" / "test.jsonl"]
        seen = [
            {opened(part.parent / row[0]).tobytes() for row in load_table(part).rows}
            for part in parts
        ]
        assert not seen[0] & seen[1]


def check_a_stand_in_for_a_missing_picture_is_not_learned_from() -> None:
    with folder() as place:
        rows = rows_of(lesson(place))
        Image.new("RGB", (9, 9)).save(place / "photo-not-found.png")
        Image.new("RGB", (9, 8)).save(place / "piano_photo.png")
        more = [("photo-not-found.png", "lies"), ("piano_photo.png", "stands")]
        told = prepared(place, {None: [*rows, *more]})
        assert sum(told["rows"].values()) == 41
        assert any("photo-not-found.png" in line for line in told["warnings"])


def check_baselines_answer_like_any_model() -> None:
    with folder() as place:
        known = lesson(place)
        pictures = Pictures(("a",) * len(known), known.paths)
        make_baselines(CONFIG, known, place / "classes")
        make_baselines(CONFIG, replace(known, labels=()), place / "numbers")
        for kind, trivial in (("classes", 2), ("numbers", 2)):
            titles = json.loads((place / kind / "baselines.json").read_text("utf-8"))
            assert sum(name.startswith("trivial") for name in titles) == trivial
            for name in titles:
                answers = load_pictures(place / kind / name).predict(pictures)
                assert len(answers.said) == len(known)
                assert np.allclose(answers.chances.sum(axis=1), 1 if kind == "classes" else 0)
