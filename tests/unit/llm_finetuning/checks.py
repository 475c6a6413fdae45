"""What fine-tuning promises; runs inside the deep environment, beside the bundle.

Run by tests/unit/apart.py.
"""

# mypy: ignore-errors

import contextlib
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np
import torch
from chat_base import SHORT, asking_for, base_of, longest_in
from chat_guess import counted, load_guess
from chat_model import ChatModel, load_chat, opened_network, read_questions, write_asking
from chat_pieces import asked_pieces, pieces_of, rendered, stops_of, with_template
from chat_training import learn
from chats import Conversation, Turn, as_json
from deep_machine import deep_quiet
from progress import Problem
from tables import Table
from tiny_config import tiny_config
from tiny_networks import decoder
from tokenizers_own import own_tokenizer
from torch.nn.functional import cross_entropy
from transformers import PreTrainedTokenizerBase

deep_quiet()
torch.set_num_threads(1)

CONFIG = tiny_config("llm_finetuning", "eval_loss", "lower", hyperparameters={"epochs": 8})
WORDS = ("red", "green", "blue", "round", "square", "small", "large", "old")
TALKS: list[Conversation] = [
    (Turn("user", f"Say {one} and {two}."), Turn("assistant", f"I say {one} and {two}."))
    for one in WORDS
    for two in WORDS
]
LONG: Conversation = (
    Turn("system", "Be brief."),
    Turn("user", "Say red."),
    Turn("assistant", "I say red."),
    Turn("user", "Say old."),
    Turn("assistant", "I say old."),
)
# Thinks before the last answer only, as some models do: earlier thoughts are forgotten.
THINKING = (
    "{% for m in messages %}<|im_start|>{{ m['role'] + '\n' }}"
    "{% if m['role'] == 'assistant' and loop.last %}<think></think>{% endif %}"
    "{{ m['content'] }}<|im_end|>{{ '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n<think></think>{% endif %}"
)
WITHOUT_SYSTEM = (
    "{% for m in messages %}{% if m['role'] == 'system' %}"
    "{{ raise_exception('System role not supported') }}{% endif %}"
    "{{ m['role'] + ': ' + m['content'] + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)


@cache
def texts() -> tuple[str, ...]:
    return tuple(turn.text for talk in (*TALKS, LONG) for turn in talk)


def tokenizer(template: str | None = None) -> PreTrainedTokenizerBase:
    made = own_tokenizer(texts(), "decoder", vocabulary=400)
    made.chat_template = template
    with_template(made)
    return made


@contextlib.contextmanager
def tiny() -> Iterator[Path]:
    """A folder with a small random model, as somebody would name it."""
    with tempfile.TemporaryDirectory() as folder:
        yield decoder(Path(folder), tokenizer(), context=256)


@contextlib.contextmanager
def fine_tuned(**settings: object) -> Iterator[tuple[ChatModel, ChatModel, Path, str]]:
    """The model before and after a training, the folder of the latter, and what was said."""
    said = io.StringIO()
    with tiny() as weights, tempfile.TemporaryDirectory() as out:
        config = replace(
            CONFIG, weights=str(weights), hyperparameters={**CONFIG.hyperparameters, **settings}
        )
        base = base_of(config, TALKS)
        asking = asking_for(config, base, TALKS, ("prompt",))
        with contextlib.redirect_stdout(said):
            learn(config, base, (TALKS[:48], TALKS[48:56]), asking.longest, Path(out))
        write_asking(Path(out), asking, kind="chat")
        told = json.loads((Path(out) / "model.json").read_text("utf-8"))
        before = load_chat(Path(out), {**told, "weights": str(weights)})
        after = load_chat(Path(out), told)
        yield before, after, Path(out), said.getvalue()


def problem_of(what: Callable[[], object]) -> Problem:
    try:
        what()
    except Problem as problem:
        return problem
    raise AssertionError("it ended well")


def loss(model: ChatModel, talks: list[Conversation]) -> float:
    nats, pieces = model.surprise(talks)
    return float(nats.sum() / pieces.sum())


def learned_text(cut: PreTrainedTokenizerBase, talk: Conversation) -> list[str]:
    return [
        cut.decode([piece for piece in one.labels if piece >= 0])
        for one in pieces_of(cut, talk, 500)
    ]


def check_only_answers_are_learned_up_to_their_end() -> None:
    cut = tokenizer()
    assert learned_text(cut, TALKS[0]) == ["I say red and red.<|im_end|>"]
    assert learned_text(cut, LONG) == ["I say red.<|im_end|>I say old.<|im_end|>"]
    assert stops_of(cut) == [cut.eos_token_id]


def check_what_is_learned_from_is_what_is_asked() -> None:
    for template in (None, THINKING, WITHOUT_SYSTEM):
        cut = tokenizer(template)
        whole = pieces_of(cut, LONG, 500)[-1]
        asked = asked_pieces(cut, LONG[:-1], 500)
        answer = next(at for at in range(len(whole.ids), 0, -1) if not whole.learned[at - 1])
        assert whole.ids[:answer] == asked


def check_answers_stand_alone_where_a_template_forgets_thoughts() -> None:
    assert learned_text(tokenizer(THINKING), LONG) == [
        "I say red.<|im_end|>",
        "I say old.<|im_end|>",
    ]


def check_a_template_without_end_or_system_gets_both() -> None:
    cut = tokenizer(WITHOUT_SYSTEM)
    assert rendered(cut, LONG[:2]) == "user: Be brief.\n\nSay red.\n"
    assert learned_text(cut, LONG)[-1].endswith("I say old.<|im_end|>")


def check_too_long_conversations_keep_the_question_and_the_answer() -> None:
    cut = tokenizer()
    talk = (Turn("user", "Say red. " * 200), Turn("assistant", "I say old. " * 200))
    (short,) = pieces_of(cut, talk, 64)
    assert len(short.ids) == 64
    assert short.cut
    assert sum(short.learned) == 48
    (answer,) = pieces_of(cut, (Turn("user", "Say red. " * 200), TALKS[0][1]), 64)
    assert learned_text(cut, TALKS[0]) == [
        cut.decode([piece for piece in answer.labels if piece >= 0])
    ]


def check_memory_and_vocabulary_bound_how_much_is_read() -> None:
    assert longest_in(8 << 30, 150_000) == 1_789
    assert longest_in(80e9, 150_000) == 16_666
    assert longest_in(0, 150_000) == SHORT
    with tiny() as weights:
        config = replace(CONFIG, weights=str(weights), hyperparameters={"max_length": 32_768})
        base = base_of(config, TALKS)
        assert asking_for(config, base, TALKS, ("prompt",)).longest == 32_768


def check_lora_learns_and_is_merged_into_the_weights() -> None:
    with fine_tuned(use_lora=True, lora_r=4, learning_rate=0.01) as (before, after, folder, said):
        assert loss(after, TALKS[56:]) < loss(before, TALKS[56:])
        names = {file.name for file in folder.rglob("*")}
        assert "model.safetensors" in names
        assert not any("adapter" in name or "checkpoint" in name for name in names)
        assert not any(name.endswith((".bin", ".pt", ".pth")) for name in names)
        assert '"loss"' in said


def check_a_tiny_model_learns_to_answer() -> None:
    with fine_tuned(epochs=60, learning_rate=0.01) as (before, after, _, _said):
        assert loss(after, TALKS[56:]) < loss(before, TALKS[56:]) / 3
        said = after.answers([talk[:-1] for talk in TALKS[56:]])
        assert len(set(said)) > 4
        assert all(said)


def check_wishes_that_cannot_be_granted_are_said() -> None:
    with fine_tuned(use_qlora=True, epochs=1) as (*_, said):
        assert "QLoRA needs a GPU" in said
    problem = problem_of(lambda: fine_tuned(target_modules=["query_key_value"]).__enter__())
    assert problem.field == "hyperparameters.target_modules"
    assert "q_proj" in problem.options


def check_the_loss_is_what_anybody_counts() -> None:
    with tiny() as weights:
        config = replace(CONFIG, weights=str(weights))
        asking = asking_for(config, base_of(config, TALKS), TALKS, ("prompt",))
        write_asking(weights, asking, kind="chat")
        model = load_chat(weights, json.loads((weights / "model.json").read_text("utf-8")))
    nats, pieces = model.surprise([*TALKS[:5], LONG])
    for at, talk in enumerate([*TALKS[:5], LONG]):
        (one,) = pieces_of(model.tokenizer, talk, asking.longest)
        with torch.inference_mode():
            scores = model.network(input_ids=torch.tensor([one.ids])).logits[0, :-1]
        wanted = torch.tensor(one.labels)[1:]
        alone = cross_entropy(scores, wanted, reduction="sum", ignore_index=-100)
        np.testing.assert_allclose(nats[at], float(alone), rtol=1e-4)
        assert pieces[at] == (wanted >= 0).sum()
    asked = [talk[:-1] for talk in TALKS[:20]]
    assert model.answers(asked) == model.answers(asked[::-1])[::-1]


def check_guessing_without_reading_is_a_model_too() -> None:
    config = replace(CONFIG, backbone="scratch")
    base = base_of(config, TALKS)
    asking = asking_for(config, base, TALKS, ("prompt",))
    with tempfile.TemporaryDirectory() as folder:
        counted(base.tokenizer, TALKS, asking).save(Path(folder))
        told = json.loads((Path(folder) / "model.json").read_text("utf-8"))
        guess = load_guess(Path(folder), told)
    nats, pieces = guess.surprise(TALKS)
    assert 0 < nats.sum() / pieces.sum() < np.log(len(base.tokenizer))
    said = guess.predict(Table(("prompt",), [("Say red.",)])).objects
    assert said[0]["input"] == "Say red."


def check_one_column_of_several_is_enough_to_ask() -> None:
    config = replace(CONFIG, backbone="scratch")
    base = base_of(config, TALKS)
    asking = asking_for(config, base, TALKS, ("instruction", "input"))
    guess = counted(base.tokenizer, TALKS, asking)
    rows = read_questions(guess, b'{"instruction": "Say red."}\n', "asked.jsonl")
    assert rows.rows == [("Say red.", None)]
    assert len(read_questions(guess, b"Say red.\nSay old.\n", "asked.txt")) == 2
    stranger = lambda: read_questions(guess, b"a;b\n1,5;2\n3,5;4\n", "asked.csv")  # noqa: E731
    assert "lacks" in problem_of(stranger).message
    talk = as_json(LONG[:-1])
    assert guess.predict(Table(("instruction",), [(talk,)])).objects[0]["input"] == "Say old."


def check_weights_that_are_no_language_model_are_refused() -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.json").write_text('{"model_type": "vit"}', "utf-8")
        assert problem_of(lambda: opened_network(Path(folder))).field == "backbone"
