"""What the models of the fake providers say: something sensible to each prompt, unless told else.

    brain = Brain()
    llm.openai.otherwise = brain
    brain.will("codegen", says_json(changing("FOLDS = 5", "FOLDS = 4")), about="purple")

`about` are words of one request, so that jobs beside each other have lines of their own.
"""

from collections import defaultdict, deque
from pathlib import Path
from typing import Any

from tests.fakes.llm import Asked, Reply, says_json
from tests.fakes.llm.replies import Scripted

ROOT = Path(__file__).parents[2]
PROMPTS = {
    path.stem: path.read_text("utf-8").splitlines()[0]
    for path in (ROOT / "pipeline" / "prompts").glob("*.md")
    if path.stem != "ADDING"
}
QUESTION = "Which messages shall I learn from? Attach them as a file."
UNDERSTOOD = "You want unwanted messages told from wanted ones."
Json = dict[str, Any]
SENSIBLE: dict[str, Json] = {
    "intake_manager": {"data": [], "runtime": None, "host": None, "question": QUESTION},
    "intent_parser": {"task_type": "text_classification", "why": UNDERSTOOD, "settings": []},
    "dataset": {"leave_out": []},
    "preprocessing": {"leave_out": [], "why": ""},
    "config": {"metric": None, "settings": [], "why": ""},
    "architecture": {"backbone": None, "why": ""},
    "codegen": {"edits": [], "why": ""},
    "monitor": {
        "cause": "The script stumbled over its own change.",
        "change": "Take the change back.",
        "where": "codegen",
    },
    "deploy": {"about": "It sorts messages.", "use_for": "Messages.", "not_for": "Letters."},
}


class Brain:
    """One model's mind; `seen` is what it was asked, by prompt."""

    def __init__(self) -> None:
        self.seen: defaultdict[str, list[Asked]] = defaultdict(list)
        self._lines: defaultdict[tuple[str, str], deque[Scripted]] = defaultdict(deque)
        self._always: dict[tuple[str, str], Scripted] = {}

    def will(self, prompt: str, *replies: Scripted, about: str = "") -> None:
        """Say this to the next questions of a prompt, in order."""
        self._lines[prompt, about].extend(replies)

    def always(self, prompt: str, reply: Scripted, about: str = "") -> None:
        """Say this to every question of a prompt that nothing else is planned for."""
        self._always[prompt, about] = reply

    def asked(self, prompt: str, about: str = "") -> list[Asked]:
        """The questions of a prompt in a job."""
        return [one for one in self.seen[prompt] if about in one.text]

    def __call__(self, asked: Asked) -> Reply:
        prompt = prompt_of(asked)
        self.seen[prompt].append(asked)
        planned = (
            line
            for (name, about), line in self._lines.items()
            if name == prompt and line and about in asked.text
        )
        fixed = (
            one
            for (name, about), one in self._always.items()
            if name == prompt and about in asked.text
        )
        line = next(planned, None)
        said = line.popleft() if line else next(fixed, says_json(SENSIBLE[prompt]))
        return said(asked) if callable(said) else said


def prompt_of(asked: Asked) -> str:
    """Which prompt a question was made of."""
    return next(name for name, front in PROMPTS.items() if front in asked.text)


def changing(find: str, replace: str, file: str = "train.py", why: str = "Because.") -> Json:
    """A proposal to change one place of a script."""
    return {"edits": [{"file": file, "find": find, "replace": replace}], "why": why}
