"""What must have come of everything that was sent, once each."""

from collections import Counter
from dataclasses import dataclass, field

Where = tuple[str, str, str]
"""A person, a channel and a thread."""


@dataclass
class Ledger:
    """Kept by who sends.

    `taken` are events by their id; `begun` the threads in which a job must begin; `said` what is
    said to a job, by its key, and where; `answered` the addresses at which one private answer must
    come; `whispered` the private answers to messages; `opened` the clicks that must open one form;
    `cancelled` the jobs whose end was asked for.
    """

    taken: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)
    said_where: dict[str, Where] = field(default_factory=dict)
    answered: list[str] = field(default_factory=list)
    whispered: Counter[Where] = field(default_factory=Counter)
    opened: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    refused_fields: int = 0
