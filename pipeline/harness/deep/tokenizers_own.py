"""A tokenizer learned from the texts at hand, for models that are trained from nothing.

It cuts bytes, so no character is unknown to it, and looks to the libraries like any other.
"""

from collections.abc import Iterable
from typing import Literal

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

Shape = Literal["decoder", "encoder", "seq2seq"]
LONGEST_TEXT = 20_000  # characters learned from of each text: pieces of words repeat before that

_MARKS: dict[Shape, dict[str, str]] = {
    "decoder": {
        "pad_token": "<|endoftext|>",
        "bos_token": "<|im_start|>",
        "eos_token": "<|im_end|>",
    },
    "encoder": {
        "pad_token": "<pad>",
        "bos_token": "<s>",
        "eos_token": "</s>",
        "cls_token": "<s>",
        "sep_token": "</s>",
        "unk_token": "<unk>",
        "mask_token": "<mask>",
    },
    "seq2seq": {
        "pad_token": "<pad>",
        "bos_token": "<s>",
        "eos_token": "</s>",
        "unk_token": "<unk>",
    },
}
_AROUND: dict[Shape, str] = {"encoder": "<s> $A </s>", "seq2seq": "$A </s>"}


def own_tokenizer(
    texts: Iterable[str], shape: Shape, *, vocabulary: int = 8_000, longest: int = 1_024
) -> PreTrainedTokenizerFast:
    """A byte-level BPE of at most `vocabulary` pieces; inputs are cut at `longest` pieces.

    A decoder's adds no marks (chats write <|im_start|> and <|im_end|> themselves), an encoder's
    puts <s> and </s> around and takes lists of words, a seq2seq's ends with </s>.
    """
    learned = Tokenizer(models.BPE())
    spaced = shape == "encoder"  # a word is the same at the start of a text as inside it
    learned.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=spaced)
    learned.decoder = decoders.ByteLevel()
    marks = list(dict.fromkeys(_MARKS[shape].values()))
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        min_frequency=2,
        special_tokens=marks,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    learned.train_from_iterator((text[:LONGEST_TEXT] for text in texts), trainer)
    if shape in _AROUND:
        ids = [(mark, learned.token_to_id(mark)) for mark in ("<s>", "</s>")]
        pair = f"{_AROUND[shape]} $B </s>"
        learned.post_processor = processors.TemplateProcessing(
            single=_AROUND[shape], pair=pair, special_tokens=ids
        )
    return PreTrainedTokenizerFast(
        tokenizer_object=learned,
        model_max_length=longest,
        clean_up_tokenization_spaces=False,
        **_MARKS[shape],
    )
