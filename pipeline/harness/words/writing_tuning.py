"""Fine-tunes a causal language model on texts, or trains a small one from nothing."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from config import BundleConfig, Json
from deep_machine import deep_quiet, device, threads
from deep_training import Usual, facts, trained
from peft import LoraConfig, PeftModel, get_peft_model
from progress import Problem, say
from tokenizers_own import own_tokenizer
from torch.utils.data import Dataset
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    Trainer,
    TrainingArguments,
)
from writing_network import UNSAID, NetworkWriter, context_of, dtype_of, first_of, writer_of
from writing_store import save_writer, writer_for
from writing_training import some_of

SCRATCH = "small-transformer"
FINE = Usual(epochs=3, learning_rate=5e-5, batch_size=8, weight_decay=0.01)
ADAPTED = Usual(epochs=3, learning_rate=2e-4, batch_size=8, weight_decay=0.0)
FRESH = Usual(
    epochs=40, learning_rate=2e-3, batch_size=16, warmup_ratio=0.05, weight_decay=0.1, patience=5
)
LARGE = 500_000_000  # parameters from which LoRA is the usual way
CONTEXT_ON_CARD, CONTEXT, CONTEXT_FRESH = 512, 256, 192  # tokens
CHARACTERS_A_PIECE = 400  # of the texts for each piece of the vocabulary learned here
MOST_MEASURED = 20_000  # characters of validation, for the number that is told
AFTER = 0.1  # of the time is for measuring and saving


class Windows(Dataset[dict[str, list[int]]]):  # type: ignore[misc] # its types are not installed
    """Runs of tokens, each of which begins with the mark of a beginning."""

    def __init__(self, rows: Sequence[list[int]]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, at: int) -> dict[str, list[int]]:
        return {"input_ids": self.rows[at]}


def tuned(
    config: BundleConfig,
    train: Sequence[str],
    validation: Sequence[str],
    folder: Path,
    *,
    ends: bool,
    rehearse: bool,
) -> None:
    """Train and save a model folder that stands alone."""
    deep_quiet()
    threads(config)
    _check(config)
    tokenizer = _tokenizer(config, train)
    longest = _context(config)
    windows = windows_of(tokenizer, train, longest, ends=ends, seed=config.seed)
    unseen = windows_of(tokenizer, validation, longest, ends=ends, seed=config.seed)
    say("train", f"{len(windows):,} windows of up to {longest} tokens", done=0.05)
    trainer = trained(
        _builder(config, tokenizer, Windows(windows), Windows(unseen)),
        config,
        folder,
        rows=len(windows),
        rehearse=rehearse,
        usual=_usual(config),
        after=AFTER * config.budget_seconds,
    )
    model = trainer.model
    if isinstance(model, PeftModel):
        model = model.merge_and_unload()
    writer = writer_of(model.eval(), tokenizer, ends=ends)
    known: dict[str, Json] = {**facts(trainer), "parameters": int(model.num_parameters())}
    _save(config, writer, folder, known)
    reached = writer.measure(some_of(validation, MOST_MEASURED)).nats_per_char
    say("train", "model saved", done=1, numbers={config.metric: reached})


def _check(config: BundleConfig) -> None:
    """Problem where there is nothing to begin with."""
    if config.weights is None and config.backbone != SCRATCH:
        raise Problem(
            f"There are no weights of {config.backbone} to begin with.",
            "Name a model that needs none (backbone=counting) or a folder with its weights.",
            field="backbone",
        )
    if config.setting("use_qlora", default=False):
        say("train", "weights of 4 bits (QLoRA) are not used for this task: it is LoRA")


def _builder(
    config: BundleConfig,
    tokenizer: PreTrainedTokenizerBase,
    windows: Windows,
    unseen: Windows,
) -> Callable[[dict[str, object]], Trainer]:
    """Makes the Trainer, with the model loaded anew each time."""

    def build(arguments: dict[str, object]) -> Trainer:
        model = _adapted(config, _model(config, tokenizer))
        if arguments.get("activation_checkpointing") and isinstance(model, PeftModel):
            model.enable_input_require_grads()
        return Trainer(
            model=model,
            args=TrainingArguments(**arguments, remove_unused_columns=False),
            train_dataset=windows,
            eval_dataset=unseen,
            data_collator=_Collator(first_of(tokenizer)),
        )

    return build


def windows_of(
    tokenizer: PreTrainedTokenizerBase,
    texts: Sequence[str],
    longest: int,
    *,
    ends: bool,
    seed: int,
) -> list[list[int]]:
    """Tokens of all texts one after another, in windows; Problem where there is nothing."""
    order = list(texts)
    if ends:
        random.Random(seed).shuffle(order)  # noqa: S311 - an order is no secret
    texts = order if ends else ["".join(order)]
    first, last = first_of(tokenizer), tokenizer.eos_token_id
    ids: list[int] = []
    for text in texts:
        own = list(tokenizer(text, add_special_tokens=False)["input_ids"])
        ids += [first, *own, *([last] if last is not None else [])] if ends else own
    step = longest if ends else longest - 1
    cut = [ids[at : at + step] for at in range(0, len(ids), step)]
    rows = cut if ends else [[first, *one] for one in cut]
    found = [row for row in rows if len(row) > 1]
    if not found:
        raise Problem("The texts hold nothing that this model can read.", "Send more text.")
    return found


class _Collator:
    """Windows of one batch, filled up to the same length."""

    def __init__(self, pad: int) -> None:
        self.pad = pad

    def __call__(self, rows: Sequence[dict[str, list[int]]]) -> dict[str, torch.Tensor]:
        width = max(len(row["input_ids"]) for row in rows)
        ids = torch.full((len(rows), width), self.pad)
        mask, labels = torch.zeros_like(ids), torch.full_like(ids, UNSAID)
        for at, row in enumerate(rows):
            own = torch.tensor(row["input_ids"])
            ids[at, : len(own)], labels[at, : len(own)], mask[at, : len(own)] = own, own, 1
        return {"input_ids": ids, "attention_mask": mask, "labels": labels}


def _tokenizer(config: BundleConfig, texts: Sequence[str]) -> PreTrainedTokenizerBase:
    if config.weights is not None:
        return AutoTokenizer.from_pretrained(config.weights, local_files_only=True)
    size = sum(map(len, texts)) // CHARACTERS_A_PIECE
    return own_tokenizer(texts, "decoder", vocabulary=max(400, min(size, 8_000)))


def _context(config: BundleConfig) -> int:
    """The person's, else what is usual; Problem where the model knows fewer places."""
    wanted = config.setting("context_length", 0)
    if config.weights is None:
        return wanted or CONTEXT_FRESH
    usual = CONTEXT_ON_CARD if device().type == "cuda" else CONTEXT
    network = AutoConfig.from_pretrained(config.weights, local_files_only=True)
    most = context_of(network, wanted)
    if most < wanted:
        raise Problem(
            f"{config.backbone} can look at {most} tokens at most.",
            f"Choose a shorter context: --set hyperparameters.context_length={most}",
            field="hyperparameters.context_length",
            options=[str(most)],
        )
    return wanted or context_of(network, usual)


def _model(config: BundleConfig, tokenizer: PreTrainedTokenizerBase) -> PreTrainedModel:
    if config.weights is None:
        return LlamaForCausalLM(
            LlamaConfig(
                vocab_size=len(tokenizer),
                hidden_size=192,
                intermediate_size=512,
                num_hidden_layers=4,
                num_attention_heads=4,
                num_key_value_heads=4,
                max_position_embeddings=max(1_024, _context(config)),
                tie_word_embeddings=True,
                bos_token_id=tokenizer.bos_token_id,
                eos_token_id=tokenizer.eos_token_id,
                pad_token_id=tokenizer.pad_token_id,
            )
        )
    return AutoModelForCausalLM.from_pretrained(
        config.weights,
        local_files_only=True,
        use_safetensors=True,
        dtype=dtype_of(Path(config.weights)),
    )


def _adapted(config: BundleConfig, model: PreTrainedModel) -> PreTrainedModel | PeftModel:
    """With LoRA beside the weights where the model is large, or where the person wants it."""
    if config.setting("freeze_backbone", default=False):
        for one in model.parameters():
            one.requires_grad = False
        for one in model.get_output_embeddings().parameters():
            one.requires_grad = True
        return model
    if not _is_adapted(config, model.num_parameters()):
        return model
    rank = config.setting("lora_r", 16)
    modules = config.hyperparameters.get("target_modules")
    return get_peft_model(
        model,
        LoraConfig(
            r=rank,
            lora_alpha=config.setting("lora_alpha", 2 * rank),
            lora_dropout=config.setting("lora_dropout", 0.05),
            target_modules=modules if isinstance(modules, list) else "all-linear",
            task_type="CAUSAL_LM",
        ),
    )


def _is_adapted(config: BundleConfig, parameters: int) -> bool:
    wanted = config.hyperparameters.get("use_lora")
    asked = config.setting("use_qlora", default=False)
    return wanted if isinstance(wanted, bool) else asked or parameters >= LARGE


def _usual(config: BundleConfig) -> Usual:
    if config.weights is None:
        return FRESH
    size = sum(path.stat().st_size for path in Path(config.weights).glob("*.safetensors"))
    return ADAPTED if _is_adapted(config, size // 2) else FINE


def _save(
    config: BundleConfig, writer: NetworkWriter, folder: Path, known: dict[str, Json]
) -> None:
    writer.model.save_pretrained(folder / "network")
    writer.tokenizer.save_pretrained(folder / "network")
    save_writer(writer_for(config, writer, ends=writer.ends), folder, known)
