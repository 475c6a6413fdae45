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
from tokenizers_own import own_tokenizer
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    GenerationConfig,
    T5Config,
    T5ForConditionalGeneration,
)

PAIRS = [(f"Number {at} is here, and it is long.", f"Number {at}.") for at in range(24)]


def tiny_t5(folder: Path) -> Path:
    tokenizer = own_tokenizer([" ".join(pair) for pair in PAIRS], "seq2seq", vocabulary=300)
    marks = {"pad_token_id": tokenizer.pad_token_id, "eos_token_id": tokenizer.eos_token_id}
    shape = T5Config(
        vocab_size=len(tokenizer),
        d_model=16,
        d_kv=8,
        d_ff=16,
        num_layers=1,
        num_heads=2,
        decoder_start_token_id=tokenizer.pad_token_id,
        **marks,
    )
    T5ForConditionalGeneration(shape).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def tiny_bart(folder: Path) -> Path:
    tokenizer = own_tokenizer([" ".join(pair) for pair in PAIRS], "seq2seq", vocabulary=300)
    eos = tokenizer.eos_token_id
    shape = BartConfig(
        vocab_size=len(tokenizer),
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
        max_position_embeddings=64,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=eos,
        decoder_start_token_id=eos,
        forced_eos_token_id=eos,
    )
    network = BartForConditionalGeneration(shape)
    # As the weights for news have them: long summaries, and beams.
    network.generation_config = GenerationConfig(
        decoder_start_token_id=eos,
        eos_token_id=eos,
        pad_token_id=tokenizer.pad_token_id,
        min_length=50,
        max_length=60,
        num_beams=4,
        early_stopping=True,
        length_penalty=2.0,
    )
    network.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def config_of(weights: Path | None, **settings: object) -> BundleConfig:
    return BundleConfig(
        task_type="summarization",
        backbone="tiny",
        columns={"source": "a", "target": "b"},
        ignored={},
        kinds={},
        metric="rouge1",
        better="higher",
        positive=None,
        seed=0,
        budget_seconds=600,
        threads=1,
        split={},
        split_chosen=False,
        files=(),
        hyperparameters=settings,
        weights=None if weights is None else str(weights),
    )


def check_a_network_is_trained_kept_and_read_back() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        config = config_of(tiny_t5(folder / "t5"), epochs=1, beams=2)
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
        config = config_of(tiny_bart(folder / "bart"), max_output_tokens=6)
        network, _ = train_network(config, folder / "out", PAIRS, [], rehearse=True)
        told = network.model.generation_config
        assert (told.min_length or 0, told.max_new_tokens, told.num_beams) == (0, 6, 1)


def check_a_network_that_translates_is_told_the_languages() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        config = config_of(tiny_t5(folder / "t5"))
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
