"""Trains a detection network on pictures with boxes within the budget of config.json.

    python train.py --config config.json --fit PREPARED/fit --out MODEL [--rehearse]

A network with weights is fine-tuned; without any a small one begins from nothing, which learns
what is plain and frequent. From which score on a box is said is chosen on the validation
pictures.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from box_counts import matched
from box_lessons import BoxTrainer, Lessons, may_mirror, trainer_of, truth_and_found
from box_model import save_about_network
from box_network import Network, begun
from box_rows import Shown, labels_of, shown, small_side
from box_threshold import best_threshold
from config import BundleConfig, load_config
from deep_training import Usual, facts, threads, trained
from progress import run, say
from tables import load_table

FINE_TUNED = Usual(
    epochs=60, learning_rate=1e-4, batch_size=8, weight_decay=1e-4, max_grad_norm=0.1, patience=6
)
FROM_SCRATCH = Usual(
    epochs=1_000, learning_rate=2e-3, batch_size=8, weight_decay=1e-3, max_grad_norm=5, patience=30
)
MOST_LOOKED_AT = 200  # validation pictures
CUT_OFF = 10  # of so many pictures one is looked at where no validation part was given
AFTER = 0.06  # of the budget: a last look, from which the threshold is chosen
REHEARSED = 12


@dataclass(frozen=True, slots=True)
class Given:
    """The pictures to learn from, those to look at, and all labels."""

    learned: Sequence[Shown]
    looked_at: Sequence[Shown]
    labels: tuple[str, ...]


def main() -> None:
    """Read, train, choose the threshold, save."""
    parser = argparse.ArgumentParser(description="Train a detector.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--rehearse", action="store_true", help="few pictures, a few seconds")
    told = parser.parse_args()
    config = load_config(told.config)
    threads(config)
    given = _given(told.fit)
    if told.rehearse:
        some = given.learned[:REHEARSED], given.looked_at[:REHEARSED]
        given = Given(*some, given.labels)
    trainer, network = _learned(config, given, told.out, rehearse=told.rehearse)
    threshold = _threshold(config, trainer, network)
    network.save(told.out)
    column = config.column("image")
    save_about_network(told.out, column, given.labels, threshold, facts(trainer))
    say("train", f"boxes are said from a score of {threshold:.2f} on", done=1)


def _given(fit: Path) -> Given:
    """Some pictures of the first part are looked at where no validation part was given."""
    learned = shown(load_table(fit / "train.jsonl"), fit)
    looked_at = shown(load_table(fit / "validation.jsonl"), fit)
    labels = labels_of([*learned, *looked_at])
    if looked_at:
        return Given(learned, looked_at[:MOST_LOOKED_AT], labels)
    kept = [one for at, one in enumerate(learned) if at % CUT_OFF]
    return Given(kept, learned[::CUT_OFF], labels)


def _learned(
    config: BundleConfig, given: Given, out: Path, *, rehearse: bool
) -> tuple[BoxTrainer, Network]:
    """The trained network, as good as it was at its best look."""
    made: list[Network] = []
    least = small_side(given.learned)

    def build(arguments: dict[str, object]) -> BoxTrainer:
        made.append(begun(config, given.labels, least))
        return _trainer(config, given, made[-1], arguments)

    trainer = trained(
        build,
        config,
        out,
        rows=len(given.learned),
        rehearse=rehearse,
        metric="map",
        greater=True,
        usual=FROM_SCRATCH if config.weights is None else FINE_TUNED,
        after=AFTER * config.budget_seconds,
    )
    return trainer, replace(made[-1], model=trainer.model)


def _trainer(
    config: BundleConfig, given: Given, network: Network, arguments: Mapping[str, object]
) -> BoxTrainer:
    mirrors = config.setting("flip", may_mirror(given.labels))
    learned = Lessons(given.learned, given.labels, network, mirrors=mirrors)
    looked_at = Lessons(given.looked_at, given.labels, network, mirrors=False)
    return trainer_of(network, arguments, learned, looked_at)


def _threshold(config: BundleConfig, trainer: BoxTrainer, network: Network) -> float:
    """The person's, else the best one on pictures that nothing was learned from."""
    if config.hyperparameters.get("threshold") is not None:
        return config.number("threshold")
    told = trainer.predict(trainer.eval_dataset)
    truth, found = truth_and_found(network, told)
    return best_threshold(matched(truth, found), len(truth))


if __name__ == "__main__":
    run(main)
