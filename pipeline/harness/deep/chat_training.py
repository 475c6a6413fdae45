"""Fine-tunes a language model on conversations: LoRA beside its weights, loss on the answers only.

What was learned is merged into the weights at the end, so the folder answers by itself.
"""

import importlib.util
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from chat_base import Base
from chat_pieces import pieces_of
from chats import Conversation
from config import BundleConfig, Json
from datasets import Dataset
from deep_machine import device, has_bfloat16
from deep_training import Usual, facts, trained
from peft import LoraConfig, PeftModel
from progress import Problem, say
from transformers import AutoModelForCausalLM, BitsAndBytesConfig, PreTrainedModel, Trainer
from trl import SFTConfig, SFTTrainer

RANK = 16
DROPOUT = 0.05
BATCH = 8
BATCH_ON_CPU = 4  # as many pieces a second, and twice the steps
LORA_RATE = 2e-4  # usual for half a billion weights
LORA_SIZE = 5e8
MOST_RATE = 5e-3  # tiny networks bear larger steps
FULL_RATE = 2e-5
TINY_RATE = 2e-3
EPOCHS = 3  # more is known by heart
TINY = 5e7  # weights; so few fit into any memory, learn slowly and know little by heart
TINY_EPOCHS = 10
SCRATCH_EPOCHS = 20
FEW_PIECES = 16_000  # whose scores fit into memory for all places at once
ENCODING_SHARE = 0.15  # of the budget
DISK = 100e6  # bytes a second, for the merged weights
AFTER = 2.0  # seconds, for all the rest


class WholeLoss(SFTTrainer):  # type: ignore[misc] # its types are not installed
    """Computes the loss at once: for few different pieces that is faster than in tiles."""

    def compute_loss(
        self,
        model: torch.nn.Module,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,  # noqa: FBT001, FBT002 - the library's signature
        num_items_in_batch: torch.Tensor | None = None,
    ) -> object:
        """As every Trainer does."""
        return Trainer.compute_loss(self, model, inputs, return_outputs, num_items_in_batch)


@dataclass(frozen=True, slots=True)
class Method:
    """How a base is trained: with adapters or all weights, in four bits, and in how many."""

    lora: bool
    four_bits: bool
    weights: int
    bytes: int

    @property
    def name(self) -> str:
        """As it is told."""
        return "qlora" if self.four_bits else "lora" if self.lora else "all weights"


def learn(
    config: BundleConfig,
    base: Base,
    parts: tuple[Sequence[Conversation], Sequence[Conversation]],
    longest: int,
    out: Path,
    *,
    rehearse: bool = False,
) -> dict[str, Json]:
    """Train on the first part, choose on the second, write `out`; what is known of it."""
    method = _method(config, base)
    learned, cut = _encoded(config, base, parts[0], longest)
    unseen, _ = _encoded(config, base, parts[1], longest)
    if cut:
        say("train", f"{cut:,} conversations are longer than {longest:,} pieces and were cut")
    trainer = trained(
        lambda arguments: _trainer(config, base, method, (learned, unseen), arguments),
        config,
        out,
        rows=len(learned),
        rehearse=rehearse,
        usual=_usual(method, scratch=base.weights is None),
        after=AFTER + method.bytes / DISK,
        looks=len(unseen) > 0,
    )
    found = facts(trainer)
    _save(trainer, base, out, method)
    return {
        **found,
        "trained": method.name,
        "weights": method.weights,
        "conversations": len(learned),
        "cut": cut,
    }


def _method(config: BundleConfig, base: Base) -> Method:
    network = base.network()
    _check_layers(config, network)
    weights = network.num_parameters()
    lora = base.weights is not None and _adapted(config, weights)
    four_bits = lora and _quantized(config)
    return Method(lora, four_bits, weights, network.get_memory_footprint())


def _trainer(
    config: BundleConfig,
    base: Base,
    method: Method,
    parts: tuple[Dataset, Dataset],
    arguments: dict[str, object],
) -> SFTTrainer:
    """A trainer with the network made anew."""
    few = device().type == "cpu" and len(base.tokenizer) <= FEW_PIECES
    return (WholeLoss if few else SFTTrainer)(
        model=_network(base, method),
        args=SFTConfig(
            **arguments,
            max_length=None,
            loss_type="nll",
            train_sampling_strategy="group_by_length",  # little padding
            dataset_kwargs={"skip_prepare_dataset": True},
            gradient_checkpointing=bool(arguments["activation_checkpointing"]),
        ),
        train_dataset=parts[0],
        eval_dataset=parts[1] if len(parts[1]) else None,
        processing_class=base.tokenizer,
        peft_config=_adapter(config) if method.lora else None,
    )


def _adapted(config: BundleConfig, weights: int) -> bool:
    """Whether LoRA is used: as the person says, and where all weights would be too many."""
    if config.hyperparameters.get("use_lora") is not None:
        return config.setting("use_lora", default=True)
    wishes = ("use_qlora", "lora_r", "lora_alpha", "lora_dropout", "target_modules")
    return weights > TINY or any(config.hyperparameters.get(name) for name in wishes)


def _usual(method: Method, *, scratch: bool) -> Usual:
    """What suits a network of so many weights."""
    tiny = method.weights <= TINY
    batch = BATCH if device().type == "cuda" else BATCH_ON_CPU
    if scratch or (tiny and not method.lora):
        epochs = SCRATCH_EPOCHS if scratch else TINY_EPOCHS
        return Usual(epochs=epochs, learning_rate=TINY_RATE, batch_size=batch)
    larger = (LORA_SIZE / max(1, method.weights)) ** 0.5
    rate = min(MOST_RATE, LORA_RATE * larger) if method.lora else FULL_RATE
    return Usual(
        epochs=TINY_EPOCHS if tiny else EPOCHS,
        learning_rate=round(rate, 6),
        batch_size=batch,
        weight_decay=0.0 if method.lora else 0.01,
        patience=2,
    )


def _network(base: Base, method: Method) -> PreTrainedModel:
    if not method.four_bits or base.weights is None:
        return base.network(half=method.lora)
    counted = torch.bfloat16 if has_bfloat16() else torch.float16
    packed = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=counted,
    )
    return AutoModelForCausalLM.from_pretrained(
        base.weights,
        local_files_only=True,
        use_safetensors=True,
        quantization_config=packed,
        dtype=counted,
    )


def _quantized(config: BundleConfig) -> bool:
    """Whether 4 bits were asked for and can be had; said where not."""
    if not config.setting("use_qlora", default=False):
        return False
    if device().type == "cuda" and importlib.util.find_spec("bitsandbytes"):
        return True
    say("train", "QLoRA needs a GPU and bitsandbytes; LoRA in full precision is used instead")
    return False


def _adapter(config: BundleConfig) -> LoraConfig:
    rank = config.setting("lora_r", RANK)
    layers = config.hyperparameters.get("target_modules")
    return LoraConfig(
        r=rank,
        lora_alpha=config.setting("lora_alpha", 2 * rank),
        lora_dropout=config.setting("lora_dropout", DROPOUT),
        target_modules=list(layers) if isinstance(layers, list) else "all-linear",
        task_type="CAUSAL_LM",
    )


def _check_layers(config: BundleConfig, network: PreTrainedModel) -> None:
    """Problem where LoRA is to change layers that this network has not."""
    wanted = config.hyperparameters.get("target_modules")
    if not isinstance(wanted, list):
        return
    linear = [
        name.rpartition(".")[2]
        for name, layer in network.named_modules()
        if isinstance(layer, torch.nn.Linear) and not name.endswith("lm_head")
    ]
    known = list(dict.fromkeys(linear))
    strange = [str(name) for name in wanted if name not in known]
    if strange:
        raise Problem(
            f"This backbone has no layers called {', '.join(strange[:5])} for LoRA to change.",
            f"It has {', '.join(known[:12])}: name some of them, or none for all.",
            field="hyperparameters.target_modules",
            options=known[:12],
        )


def _encoded(
    config: BundleConfig, base: Base, conversations: Sequence[Conversation], longest: int
) -> tuple[Dataset, int]:
    """As many conversations as there is time to encode, in pieces; also how many were cut."""
    ends = time.monotonic() + ENCODING_SHARE * config.budget_seconds
    order = list(range(len(conversations)))
    random.Random(config.seed).shuffle(order)  # noqa: S311 - an order is no secret
    made, cut = [], 0
    for count, at in enumerate(order, 1):
        for pieces in pieces_of(base.tokenizer, conversations[at], longest):
            made.append({"input_ids": pieces.ids, "labels": pieces.labels})
            cut += pieces.cut
        if time.monotonic() > ends and count < len(order):
            say("train", f"there is time for {count:,} of {len(order):,} conversations")
            break
    return Dataset.from_list(made), cut


def _save(trainer: SFTTrainer, base: Base, out: Path, method: Method) -> None:
    """Write the merged weights, as precisely as the base's were, and the tokenizer."""
    say("train", "saving the merged model", done=0.99)
    network = trainer.model
    if method.four_bits:  # merged into the weights as they were, not into the rounded ones
        with TemporaryDirectory() as folder:
            network.save_pretrained(folder)
            network = PeftModel.from_pretrained(base.network(half=True), folder)
    network = network.merge_and_unload() if method.lora else network
    network.to(_precision(base.weights)).save_pretrained(out)
    base.tokenizer.save_pretrained(out)


def _precision(weights: Path | None) -> torch.dtype:
    """The precision of the weights that were fetched."""
    kept = weights / "config.json" if weights else None
    told = json.loads(kept.read_text("utf-8")) if kept and kept.is_file() else {}
    named = str(told.get("dtype") or told.get("torch_dtype") or "float32")
    return torch.bfloat16 if named.endswith("bfloat16") else torch.float32
