"""Write a tiny random encoder with a tokenizer: python made_network.py FOLDER FILES.

Runs in the deep environment.
"""

# mypy: ignore-errors

import os
import sys
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import ModernBertConfig, ModernBertModel, PreTrainedTokenizerFast

MARKS = {"pad_token": "<pad>", "cls_token": "<s>", "sep_token": "</s>"}


def main() -> None:
    """Learn pieces of words from the files, draw weights, save both."""
    torch.manual_seed(0)
    folder, *files = sys.argv[1:]
    pieces = Tokenizer(models.BPE())
    pieces.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    pieces.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=500,
        special_tokens=list(MARKS.values()),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    pieces.train_from_iterator((Path(file).read_text("utf-8") for file in files), trainer)
    ends = [("<s>", 1), ("</s>", 2)]
    pieces.post_processor = processors.TemplateProcessing("<s> $A </s>", special_tokens=ends)
    config = ModernBertConfig(
        vocab_size=pieces.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=64,
        global_attn_every_n_layers=2,
        local_attention=16,
        pad_token_id=0,
        bos_token_id=1,
        cls_token_id=1,
        sep_token_id=2,
        eos_token_id=2,
    )
    ModernBertModel(config).save_pretrained(folder)
    PreTrainedTokenizerFast(tokenizer_object=pieces, model_max_length=64, **MARKS).save_pretrained(
        folder
    )


if __name__ == "__main__":
    main()
