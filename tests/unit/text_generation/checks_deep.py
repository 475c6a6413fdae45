"""What networks promise as writers; runs inside the deep environment, beside the bundle.

Run by tests/unit/apart.py.
"""

# mypy: ignore-errors

import contextlib
import io
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import torch
from config import BundleConfig
from progress import Problem
from tiny_config import tiny_config
from tiny_networks import decoder
from tokenizers_own import own_tokenizer
from writing_model import TextWriter
from writing_network import UNSAID, load_network, writer_of
from writing_store import load_writer
from writing_tuning import tuned, windows_of

TALES = [f"The goose took {at} lamps, and the river took the goose at {at}.\n" for at in range(60)]


@cache
def weights() -> Path:
    """A random model with a tokenizer of its own."""
    tokenizer = own_tokenizer(TALES, "decoder", vocabulary=330)
    return decoder(Path(tempfile.mkdtemp()) / "tiny", tokenizer, context=64)


def config_of(**changes: object) -> BundleConfig:
    told = {
        "columns": {"text": "text"},
        "seed": 1,
        "budget_seconds": 60.0,
        "hyperparameters": {"running_text": True, "epochs": 4, "learning_rate": 0.01},
        "weights": str(weights()),
    }
    return tiny_config("text_generation", "nats_per_char", "lower", **{**told, **changes})


def learned(folder: str, **changes: object) -> tuple[TextWriter, str]:
    """A tuned model, and what was said while it learned."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        ends = not changes.get("hyperparameters", {}).get("running_text", True)
        tuned(config_of(**changes), TALES[:50], TALES[50:], Path(folder), ends=ends, rehearse=False)
    return load_writer(Path(folder)), said.getvalue()


def check_nats_are_exact_over_windows() -> None:
    writer = load_network(weights(), ends=True)
    text = "".join(TALES[:20])
    ids = writer.laid(text)
    assert len(ids) > 3 * writer.context
    nats, done = 0.0, 1
    while done < len(ids):  # the same windows, one token at a time
        start = 0 if done == 1 else max(0, done - writer.context // 2)
        end = min(len(ids), start + writer.context)
        for at in range(done, end):
            with torch.inference_mode():
                scores = writer.model(torch.tensor([ids[start:at]])).logits[0, -1]
            nats -= float(torch.log_softmax(scores, 0)[ids[at]])
        done = end
    measured = writer.measure([text, "Short."])
    assert np.isclose(measured.nats[0], nats, rtol=1e-4)
    assert measured.tokens[0] == len(ids) - 1
    assert measured.characters.tolist() == [len(text), 6]
    assert measured.lossy == 0


def check_windows_hold_all_tokens_and_count_none_of_the_filling() -> None:
    writer = load_network(weights(), ends=False)
    windows = windows_of(writer.tokenizer, TALES, 32, ends=False, seed=0)
    whole = [one for window in windows for one in window[1:]]
    assert writer.tokenizer.decode(whole) == "".join(TALES)
    assert max(map(len, windows)) == 32
    assert UNSAID < 0


def check_fine_tuning_learns_and_the_folder_stands_alone() -> None:
    before = load_network(weights(), ends=False).measure(TALES[50:]).nats_per_char
    with tempfile.TemporaryDirectory() as folder:
        model, said = learned(folder)
        assert model.writer.measure(TALES[50:]).nats_per_char < 0.8 * before
        names = {path.name for path in Path(folder).rglob("*") if path.is_file()}
        assert "model.safetensors" in names
        assert not {name for name in names if name.endswith((".bin", ".pt", ".pth"))}
        first = model.write_on(["The goose", "", "\u6f22\u5b57"])
        assert first == model.write_on(["The goose", "", "\u6f22\u5b57"])
        assert all(len(text) <= model.longest for text in first)
    assert '"nats_per_char"' in said.splitlines()[-1]


def check_lora_is_merged_into_the_model() -> None:
    settings = {"running_text": False, "epochs": 1, "use_lora": True, "lora_r": 4}
    with tempfile.TemporaryDirectory() as folder:
        model, _ = learned(folder, hyperparameters=settings)
        assert model.ends
        assert not any("adapter" in path.name for path in Path(folder).rglob("*"))
        assert all(len(text) <= 200 for text in model.write_on(["The"]))


def check_a_small_model_is_trained_from_nothing() -> None:
    settings = {"running_text": True, "epochs": 1, "context_length": 32}
    with tempfile.TemporaryDirectory() as folder:
        model, _ = learned(
            folder, backbone="small-transformer", weights=None, hyperparameters=settings
        )
        measured = model.writer.measure(TALES[50:])
    assert np.isfinite(measured.nats).all()
    assert measured.lossy == 0


def refusal(**changes: object) -> Problem:
    """Why such a training does not begin."""
    try:
        learned("nowhere", **changes)
    except Problem as problem:
        return problem
    raise AssertionError("it trained")


def check_weights_that_are_not_there_are_a_persons_problem() -> None:
    problem = refusal(weights=None)
    assert problem.field == "backbone"
    assert "no weights of tiny" in problem.message


def check_a_context_longer_than_the_model_knows_is_refused() -> None:
    settings = {"running_text": True, "context_length": 4_096}
    assert refusal(hyperparameters=settings).options == ("64",)


def check_texts_that_tokens_do_not_hold_are_counted() -> None:
    writer = load_network(weights(), ends=False)
    writer.tokenizer.backend_tokenizer.normalizer = __import__("tokenizers").normalizers.Lowercase()
    lossy = writer_of(writer.model, writer.tokenizer, ends=False).measure(["The goose", "goose"])
    assert lossy.lossy == 1
