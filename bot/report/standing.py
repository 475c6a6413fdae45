"""Where a job stands, as the first thing its page says: the verdict, or why there is none yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot import words
from bot.result import Result
from pipeline.context import JobContext

# Word and icon of each: nobody has to tell colours apart.
_LEVELS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "good": ("Good", "tick"),
        "weak": ("Weak", "wave"),
        "none": ("Not usable", "cross"),
        "suspicious": ("Suspicious", "alert"),
    }
)
_STATES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "failed": ("Failed", "cross"),
        "waiting": ("Waits for you", "pause"),
        "cancelled": ("Cancelled", "cross"),
        "interrupted": ("Stands still", "pause"),
        "running": ("At work", "wave"),
    }
)


@dataclass(frozen=True, slots=True)
class Standing:
    """One sentence under a word with its icon; `command` is what to give next, if anything."""

    tone: str
    word: str
    icon: str
    sentence: str
    help: str = ""
    choices: tuple[str, ...] = ()
    command: str = ""


def verdict(result: Result) -> Standing | None:
    """The verdict on the model, where there is one."""
    if result.verdict is None or result.verdict_level is None:
        return None
    word, icon = _LEVELS[result.verdict_level]
    return Standing(result.verdict_level, word, icon, result.verdict)


def unfinished(result: Result, context: JobContext, state: str) -> Standing | None:
    """What keeps the job from being done, and the command that goes on; None when it is done."""
    if state == "done":
        return None
    word, icon = _STATES[state]
    command = words.next_step(state, context.job_id)
    if state == "waiting" and context.waiting is not None:
        asked = context.waiting
        reply = words.question_help(asked, context.job_id)
        return Standing(state, word, icon, asked.asked, choices=asked.options, command=reply)
    if state == "failed" and result.error is not None:
        failed = result.error
        return Standing(state, word, icon, failed.message, help=failed.hint, command=command)
    return Standing(state, word, icon, _SENTENCES[state], command=command)


_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "failed": words.FAILED,
        "waiting": "The job waits for a reply.",
        "cancelled": words.CANCELLED,
        "interrupted": words.INTERRUPTED,
        "running": words.RUNNING,
    }
)
