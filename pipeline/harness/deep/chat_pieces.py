"""Conversations as a model reads them: the chat template applied, and which pieces are answers.

The question is rendered exactly as it is when the model is asked, so that what was learned is what
is asked for. Where a template writes earlier turns differently later on, each answer is read alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chats import Conversation, Turn
from jinja2 import TemplateError
from transformers import PreTrainedTokenizerBase

MOST_ANSWERS = 8  # of one conversation, where each is read alone
CONTEXT = 4  # a quarter of the length is left to what comes before an answer
PLAIN = (
    "{% for message in messages %}"
    "{% if message['role'] == 'system' %}{{ message['content'] + '\\n\\n' }}"
    "{% elif message['role'] == 'user' %}{{ '### User:\\n' + message['content'] + '\\n\\n' }}"
    "{% else %}{{ '### Assistant:\\n' }}"
    "{% generation %}{{ message['content'] + eos_token }}{% endgeneration %}{{ '\\n\\n' }}"
    "{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '### Assistant:\\n' }}{% endif %}"
)
CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' }}"
    "{% if message['role'] == 'assistant' %}"
    "{% generation %}{{ message['content'] + '<|im_end|>' }}{% endgeneration %}"
    "{% else %}{{ message['content'] + '<|im_end|>' }}{% endif %}{{ '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


@dataclass(frozen=True, slots=True)
class Pieces:
    """What is read, and for each piece whether it is to be learned; `cut` where it was too long."""

    ids: list[int]
    learned: list[bool]
    cut: bool = False

    @property
    def labels(self) -> list[int]:
        """The pieces to learn; -100 for the others, which the loss leaves out."""
        told = zip(self.ids, self.learned, strict=True)
        return [piece if learned else -100 for piece, learned in told]


def with_template(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Give a tokenizer what a chat needs where it has none; whether it had a chat template."""
    if tokenizer.eos_token is None:
        tokenizer.eos_token = tokenizer.pad_token or tokenizer.all_special_tokens[-1]
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    if tokenizer.chat_template:
        return True
    marked = tokenizer.eos_token == "<|im_end|>"  # noqa: S105 - a mark, and no secret
    tokenizer.chat_template = CHATML if marked else PLAIN
    return False


def asked_pieces(
    tokenizer: PreTrainedTokenizerBase, context: Sequence[Turn], longest: int
) -> list[int]:
    """A question as the model is asked it; of one that is too long, the end."""
    return _encoded(tokenizer, rendered(tokenizer, context, asking=True))[-longest:]


def pieces_of(
    tokenizer: PreTrainedTokenizerBase, turns: Conversation, longest: int
) -> list[Pieces]:
    """A conversation to learn from, in one piece or one for each answer."""
    return [_shortened(_joined(tokenizer, parts), longest) for parts in _parts(tokenizer, turns)]


def stops_of(tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """The pieces that end an answer."""
    turns = (Turn("user", "a"), Turn("assistant", "b"))
    last = pieces_of(tokenizer, turns, 10_000)[-1].labels[-1]
    special = set(tokenizer.all_special_ids) | set(tokenizer.get_added_vocab().values())
    own = [last] if last in special else []
    return list(dict.fromkeys([tokenizer.eos_token_id, *own]))


def rendered(
    tokenizer: PreTrainedTokenizerBase, turns: Sequence[Turn], *, asking: bool = False
) -> str:
    """Turns in the chat template; a system's turn goes to the first question where it must."""
    told = [{"role": turn.role, "content": turn.text} for turn in turns]
    try:
        return _applied(tokenizer, told, asking=asking)
    except TemplateError:
        if not told or told[0]["role"] != "system" or len(told) == 1:
            raise
        system, first, *others = told
        joined = {**first, "content": f"{system['content']}\n\n{first['content']}"}
        return _applied(tokenizer, [joined, *others], asking=asking)


def _applied(
    tokenizer: PreTrainedTokenizerBase, told: Sequence[dict[str, str]], *, asking: bool
) -> str:
    return str(
        tokenizer.apply_chat_template(
            list(told), tokenize=False, add_generation_prompt=asking, enable_thinking=False
        )
    )


def _parts(
    tokenizer: PreTrainedTokenizerBase, turns: Conversation
) -> Iterator[list[tuple[str, bool]]]:
    """Texts that are to be learned or not, for each sequence that is made of a conversation."""
    places = [at for at, turn in enumerate(turns) if turn.role == "assistant"]
    alone = [_asked_and_said(tokenizer, turns, at) for at in places[-MOST_ANSWERS:]]
    if len(places) == 1:
        yield [(alone[0][0], False), (alone[0][1], True)]
        return
    whole = _in_one(rendered(tokenizer, turns), alone) if len(places) <= MOST_ANSWERS else None
    if whole:
        yield whole
        return
    for asked, said in alone:
        yield [(asked, False), (said, True)]


def _asked_and_said(
    tokenizer: PreTrainedTokenizerBase, turns: Conversation, at: int
) -> tuple[str, str]:
    """What stands before the answer at a place, and the answer with the mark that ends it."""
    asked = rendered(tokenizer, turns[:at], asking=True)
    through = rendered(tokenizer, turns[: at + 1])
    if through.startswith(asked):
        said = through[len(asked) :]
    else:  # the template asks in another way than it tells
        said = turns[at].text + through.rpartition(turns[at].text)[2]
    said = said.rstrip()
    marks = (*tokenizer.all_special_tokens, *tokenizer.get_added_vocab())
    return asked, said if said.endswith(marks) else said + str(tokenizer.eos_token)


def _in_one(whole: str, alone: Sequence[tuple[str, str]]) -> list[tuple[str, bool]] | None:
    """All answers in one text; None where it does not hold each as it stands alone."""
    parts: list[tuple[str, bool]] = []
    at = 0
    for asked, said in alone:
        if not whole.startswith(asked + said):
            return None
        parts += [(whole[at : len(asked)], False), (said, True)]
        at = len(asked) + len(said)
    return parts


def _joined(tokenizer: PreTrainedTokenizerBase, parts: Sequence[tuple[str, bool]]) -> Pieces:
    ids: list[int] = []
    learned: list[bool] = []
    for text, answer in parts:
        own = _encoded(tokenizer, text)
        ids += own
        learned += [answer] * len(own)
    return Pieces(ids, learned)


def _shortened(pieces: Pieces, longest: int) -> Pieces:
    """At most so many pieces: the start is cut, and an answer only where it leaves no question."""
    total = len(pieces.ids)
    if total <= longest:
        return pieces
    last = total - max(
        (at + 1 for at, learned in enumerate(pieces.learned) if not learned), default=0
    )
    end = total - max(0, last - (longest - min(longest // CONTEXT, total - last)))
    start = max(0, end - longest)
    return Pieces(pieces.ids[start:end], pieces.learned[start:end], cut=True)


def _encoded(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])
