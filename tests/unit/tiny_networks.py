"""Tiny random networks that read and write texts, each a folder as if fetched.

python tiny_networks.py FOLDER FILES      an encoder, with pieces of words of these files

Runs in the deep environment with the harness beside it; tests/unit/apart.py sees to that.
"""

# mypy: ignore-errors

import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from deep_machine import deep_quiet
from tokenizers_own import own_tokenizer
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    GenerationConfig,
    ModernBertConfig,
    ModernBertModel,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    Qwen3Config,
    Qwen3ForCausalLM,
    T5Config,
    T5ForConditionalGeneration,
)


def encoder(folder: Path, texts: Sequence[str]) -> Path:
    """ModernBERT, which reads 64 pieces."""
    torch.manual_seed(0)
    tokenizer = own_tokenizer(texts, "encoder", vocabulary=500, longest=64)
    config = ModernBertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=64,
        global_attn_every_n_layers=2,
        local_attention=16,
        cls_token_id=tokenizer.cls_token_id,
        sep_token_id=tokenizer.sep_token_id,
        **_marks(tokenizer),
    )
    return _kept(folder, ModernBertModel(config), tokenizer)


def decoder(folder: Path, tokenizer: PreTrainedTokenizerBase, context: int) -> Path:
    """Qwen3, which reads so many pieces at once."""
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        max_position_embeddings=context,
        tie_word_embeddings=True,
        initializer_range=0.15,
        **_marks(tokenizer),
    )
    return _kept(folder, Qwen3ForCausalLM(config), tokenizer)


def t5(folder: Path, texts: Sequence[str]) -> Path:
    """T5, which is told in words what to do."""
    torch.manual_seed(0)
    tokenizer = own_tokenizer(texts, "seq2seq", vocabulary=300)
    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=16,
        d_kv=8,
        d_ff=16,
        num_layers=1,
        num_heads=2,
        decoder_start_token_id=tokenizer.pad_token_id,
        **_marks(tokenizer),
    )
    return _kept(folder, T5ForConditionalGeneration(config), tokenizer)


def bart(folder: Path, texts: Sequence[str]) -> Path:
    """BART, whose weights for news ask for long summaries and for beams."""
    torch.manual_seed(0)
    tokenizer = own_tokenizer(texts, "seq2seq", vocabulary=300)
    eos = tokenizer.eos_token_id
    config = BartConfig(
        vocab_size=len(tokenizer),
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
        max_position_embeddings=64,
        decoder_start_token_id=eos,
        forced_eos_token_id=eos,
        **_marks(tokenizer),
    )
    network = BartForConditionalGeneration(config)
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
    return _kept(folder, network, tokenizer)


def _marks(tokenizer: PreTrainedTokenizerBase) -> dict[str, int]:
    names = ("pad_token_id", "bos_token_id", "eos_token_id")
    return {name: getattr(tokenizer, name) for name in names}


def _kept(folder: Path, network: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> Path:
    deep_quiet()
    network.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


if __name__ == "__main__":
    encoder(Path(sys.argv[1]), [Path(file).read_text("utf-8") for file in sys.argv[2:]])
