"""Fake providers of language models, speaking the five real wire protocols on loopback.

    with FakeProviders() as llm:
        llm.openai.will_say(Calls(Use("dataset_metadata", {"id": "d1"})), says_json({"task": "x"}))
        ...                       # the app, pointed here by `llm.settings` alone
        llm.openai.asked[0].text  # what the app sent

Each provider has a port, keys and a script of its own; ran out, it goes by `otherwise`. They run in
a thread of their own, and everything that reaches them is kept. `NO_PROVIDERS` are the settings of
an app that has none and can reach none.
"""

from tests.fakes.llm.asked import Asked, Message
from tests.fakes.llm.fake import NO_PROVIDERS, FakeProviders
from tests.fakes.llm.provider import Provider
from tests.fakes.llm.replies import (
    Breaks,
    Calls,
    Fails,
    Fits,
    Hangs,
    Huge,
    Raw,
    Refuses,
    Reply,
    Says,
    Slow,
    TooLong,
    Use,
    says_fenced,
    says_json,
)

__all__ = [
    "NO_PROVIDERS",
    "Asked",
    "Breaks",
    "Calls",
    "Fails",
    "FakeProviders",
    "Fits",
    "Hangs",
    "Huge",
    "Message",
    "Provider",
    "Raw",
    "Refuses",
    "Reply",
    "Says",
    "Slow",
    "TooLong",
    "Use",
    "says_fenced",
    "says_json",
]
