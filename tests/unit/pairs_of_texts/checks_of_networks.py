"""What networks that write texts promise; runs inside the deep environment, beside the bundle.

Run by tests/unit/apart.py. The networks are tiny and random: they learn nothing to speak of.
"""

# mypy: ignore-errors

import tempfile
from dataclasses import replace
from pathlib import Path

from config import BundleConfig
from pairs_languages import Tongues
from pairs_network import load_network, train_network
from progress import Problem
from tiny_config import tiny_config
from tiny_networks import bart, t5

PAIRS = [(f"Number {at} is here, and it is long.", f"Number {at}.") for at in range(24)]
TEXTS = [" ".join(pair) for pair in PAIRS]


def config_of(weights: Path | None, **settings: object) -> BundleConfig:
    return tiny_config(
        "summarization",
        "rouge1",
        "higher",
        columns={"source": "a", "target": "b"},
        hyperparameters=settings,
        weights=None if weights is None else str(weights),
    )


def check_a_network_is_trained_kept_and_read_back() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        config = config_of(t5(folder / "t5", TEXTS), epochs=1, beams=2)
        network, about = train_network(config, folder / "out", PAIRS[:20], PAIRS[20:])
        assert about["training"]["steps"] > 0
        assert network.prefix == "summarize: "
        said = network.write(["Number 3 is here.", "", "A " * 2_000])
        assert len(said) == 3
        assert said[1] == ""
        network.save(folder / "model")
        again = load_network(folder / "model", network.settings)
        assert again.write(["Number 3 is here.", "", "A " * 2_000]) == said
        assert not list((folder / "model").rglob("*.bin"))


def check_lengths_that_the_weights_ask_for_are_forgotten() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        config = config_of(bart(folder / "bart", TEXTS), max_output_tokens=6)
        network, _ = train_network(config, folder / "out", PAIRS, [], rehearse=True)
        told = network.model.generation_config
        assert (told.min_length or 0, told.max_new_tokens, told.num_beams) == (0, 6, 1)


def check_a_network_that_translates_is_told_the_languages() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        config = config_of(t5(folder / "t5", TEXTS))
        network, _ = train_network(
            config, folder / "out", PAIRS, [], tongues=Tongues("en", "de"), rehearse=True
        )
        assert network.prefix == "translate English to German: "


def check_what_is_no_such_model_is_a_problem() -> None:
    with tempfile.TemporaryDirectory() as place:
        for config in (config_of(None), config_of(Path(place))):
            try:
                train_network(replace(config, seed=1), Path(place), PAIRS, [])
            except Problem as problem:
                assert problem.field == "backbone"  # noqa: PT017 - pytest is not there
            else:
                raise AssertionError("no weights are a problem")
