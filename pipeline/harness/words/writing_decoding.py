"""Lets a language model write: token by token, seeded for each text, until enough is said."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from metrics import Floats
from transformers import (
    LogitsProcessor,
    LogitsProcessorList,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    StoppingCriteria,
    StoppingCriteriaList,
)
from writing_model import draws
from writing_sampling import LEAST_SHARE

AT_ONCE = 32  # texts
LOOKS = 4  # tokens between two looks at how much is written


class Drawn(LogitsProcessor):  # type: ignore[misc] # its types are not installed
    """Leaves one token a row: drawn by chances, with numbers that belong to the row's text."""

    def __init__(self, numbers: Floats, temperature: float, never: Sequence[int]) -> None:
        self.numbers, self.temperature, self.never = numbers, temperature, list(never)
        self.step = 0

    def __call__(self, _ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """The same scores, with all but the token drawn ruled out."""
        scores = scores.float()
        scores[:, self.never] = -torch.inf
        shares = torch.exp(scores - scores.max(dim=1, keepdim=True).values)
        powers = torch.where(shares >= LEAST_SHARE, shares ** (1 / self.temperature), 0.0).double()
        summed = powers.cumsum(dim=1)
        drawn = torch.tensor(self.numbers[self.step], device=scores.device)[:, None]
        tokens = (summed < drawn * summed[:, -1:]).sum(dim=1, keepdim=True)
        self.step += 1
        return torch.full_like(scores, -torch.inf).scatter(1, tokens, 0.0)


class Enough(StoppingCriteria):  # type: ignore[misc] # its types are not installed
    """Stops a row when so many characters are written."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, begun: int, longest: int) -> None:
        self.tokenizer, self.begun, self.longest = tokenizer, begun, longest

    def __call__(self, ids: torch.Tensor, _scores: torch.Tensor, **_given: object) -> torch.Tensor:
        """For each row whether it is done."""
        done = torch.zeros(len(ids), dtype=torch.bool, device=ids.device)
        if (ids.shape[1] - self.begun) % LOOKS == 0:
            said = self.tokenizer.batch_decode(ids[:, self.begun :], skip_special_tokens=True)
            done |= torch.tensor([len(one) >= self.longest for one in said], device=ids.device)
        return done


def decoded(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    begun: Sequence[list[int]],
    seeds: Sequence[int],
    *,
    longest: int,
    temperature: float,
    ends: bool,
    context: int,
) -> list[str]:
    """How each text of tokens goes on, at most `longest` characters."""
    steps = min(longest, context // 2)
    written: dict[int, str] = {}
    for some in _batches(begun):
        texts = [begun[at][-(context - steps) :] for at in some]
        width = max(map(len, texts))
        pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else 0
        ids = torch.tensor([[pad] * (width - len(one)) + one for one in texts])
        mask = torch.tensor([[0] * (width - len(one)) + [1] * len(one) for one in texts])
        numbers = np.stack(list(draws([seeds[at] for at in some], steps)))
        with torch.inference_mode():
            whole = model.generate(
                input_ids=ids.to(model.device),
                attention_mask=mask.to(model.device),
                do_sample=False,
                num_beams=1,
                max_new_tokens=steps,
                pad_token_id=pad,
                eos_token_id=tokenizer.eos_token_id if ends else None,
                logits_processor=LogitsProcessorList(
                    [Drawn(numbers, temperature, _never(tokenizer, ends=ends))]
                ),
                stopping_criteria=StoppingCriteriaList([Enough(tokenizer, width, longest)]),
            )
        for at, row, one in zip(some, whole.tolist(), texts, strict=True):
            written[at] = _said(tokenizer, one, row[width:])[:longest]
    return [written[at] for at in range(len(begun))]


def plain(tokenizer: PreTrainedTokenizerBase, tokens: Sequence[int]) -> str:
    """The text of tokens as it is, without marks."""
    return str(
        tokenizer.decode(list(tokens), skip_special_tokens=True, clean_up_tokenization_spaces=False)
    )


def _said(tokenizer: PreTrainedTokenizerBase, begun: list[int], more: list[int]) -> str:
    """What the new tokens say; some tokenizers drop a space where a text begins with it."""
    before, whole = plain(tokenizer, begun), plain(tokenizer, [*begun, *more])
    return whole[len(before) :] if whole.startswith(before) else plain(tokenizer, more)


def _never(tokenizer: PreTrainedTokenizerBase, *, ends: bool) -> list[int]:
    """Marks that no text holds; the end is one where texts have none."""
    marks = set(tokenizer.all_special_ids)
    return sorted(marks - {tokenizer.eos_token_id} if ends else marks)


def _batches(begun: Sequence[list[int]]) -> Iterator[list[int]]:
    """Places of texts that are about as long, a batch at a time."""
    order = sorted(range(len(begun)), key=lambda at: (len(begun[at]), begun[at]))
    for start in range(0, len(order), AT_ONCE):
        yield order[start : start + AT_ONCE]
