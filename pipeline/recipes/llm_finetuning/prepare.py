"""Makes conversations of the person's rows and cuts them into parts; equal questions stay together.

python prepare.py --config config.json --data DIR --out PREPARED [--files DIR]
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping

from chats import (
    TALK,
    Unreadable,
    answered,
    as_json,
    conversation,
    from_json,
    question,
)
from config import BundleConfig, Split
from preparing import arguments_with_files, read_given, write_parts
from progress import Problem, run
from splits import Key, Parts, drop_repeats, split_tables
from tables import Row, Table
from texts_alike import same_text

LEAST = 10
MOST_HELD_OUT = 200  # each is answered by the model and, for comparison, by its base
MOST_ON_CPU = 64
SMALL = ("scratch",)  # answers fast enough anywhere


def main() -> None:
    """Read, mend, cut, write."""
    config, folder, out, _ = arguments_with_files()
    faults: Counter[str] = Counter()
    given = {
        part: _talks(config, table, faults) for part, table in read_given(config, folder).items()
    }
    rows = sum(len(table) for table in given.values())
    if rows < LEAST:
        raise Problem(
            f"Only {rows} rows hold a question with an answer; at least {LEAST} are needed.",
            "Send conversations (messages with role and content), or name the columns of the"
            f" questions and of the answers. {' '.join(_told(faults)[:3])}".strip(),
        )
    given, repeats = _without_repeats(given)
    most = _most_held_out(config)
    given, left = _fewer(given, most)
    parts = split_tables(
        given,
        _shares(config, sum(len(table) for table in given.values()), most),
        config.seed,
        keys=[asked, _begun_key(given.values())],
        told=("", "equal questions and parts of one conversation kept together"),
    )
    warnings = _told(faults)
    if left:
        warnings.append(f"Of the test rows {most} are used: more would take too long to answer.")
    steps = ["all rows made into conversations of user and assistant"]
    write_parts(out, _checked(parts), config.seed, repeats=repeats, steps=steps, warnings=warnings)


def _talks(config: BundleConfig, table: Table, faults: Counter[str]) -> Table:
    """The inputs of each usable row, and its conversation; what is wrong is counted."""
    talks = config.columns_of("messages")
    inputs = talks or _ordered(config.columns_of("prompt"))
    lacking = [
        name for name in (*inputs, *config.columns_of("response")) if name not in table.names
    ]
    if lacking or not inputs:
        raise Problem(
            f"The data lacks {', '.join(lacking[:10]) or 'a column of questions'}.",
            f"Its columns are {', '.join(table.names[:10])}: name what is asked and answered.",
            options=table.names[:10],
        )
    kept: list[Row] = []
    for row in table.rows:
        cells = dict(zip(table.names, row, strict=True))
        asked = [cells[name] for name in inputs]
        try:
            if talks:
                found = conversation(asked[0])
                asked = [as_json(found.context)]
            else:
                found = answered(question(inputs, asked), cells[config.column("response")])
        except Unreadable as error:
            faults[f"Left out {{}}: {error}."] += 1
            continue
        faults.update(f"Changed {{}}: {what}." for what in found.done)
        kept.append((*asked, as_json(found.turns)))
    return Table((*inputs, TALK), kept)


def _ordered(names: tuple[str, ...]) -> tuple[str, ...]:
    """The instruction before what it is about, so that one text alone is an instruction."""
    return tuple(sorted(names, key=lambda name: name.lower() in ("input", "context", "system")))


def _without_repeats(given: Mapping[Split | None, Table]) -> tuple[dict[Split | None, Table], int]:
    """Each conversation once in every table; also how many were dropped."""
    kept: dict[Split | None, Table] = {}
    dropped = 0
    for part, table in given.items():
        kept[part], more = drop_repeats(table, lambda row: same_text(row[-1]))
        dropped += more
    return kept, dropped


def _fewer(given: Mapping[Split | None, Table], most: int) -> tuple[dict[Split | None, Table], int]:
    """A given test part of at most so many rows, spread over all; also how many are too many."""
    kept = dict(given)
    test = kept.get("test")
    if test is None or len(test) <= most:
        return kept, 0
    kept["test"] = test.take(at * len(test) // most for at in range(most))
    return kept, len(test) - most


def _most_held_out(config: BundleConfig) -> int:
    """As many as can be answered in time."""
    if config.backbone in SMALL or os.path.exists("/dev/nvidia0"):  # noqa: PTH110 - a device
        return MOST_HELD_OUT
    return MOST_ON_CPU


def _shares(config: BundleConfig, rows: int, most: int) -> Mapping[Split, float]:
    """A tenth for each of validation and test, or a fifth of few rows; never more than is used."""
    wanted = dict(config.split)
    if not config.split_chosen and rows < 10 * MOST_ON_CPU:
        wanted |= {"validation": 0.1, "test": 0.2}
    return {part: min(share, most / max(1, rows)) for part, share in wanted.items()}


def asked(row: Row) -> Hashable:
    """Equal for conversations that are the same up to the last answer."""
    return same_text(as_json(from_json(row[-1])[:-1]))


def _begun_key(tables: Iterable[Table]) -> Key:
    """Equal for rows that are the beginnings of one conversation, told longer row by row."""
    known = {same_text(row[-1]) for table in tables for row in table.rows}

    def key(row: Row) -> Hashable:
        turns = from_json(row[-1])
        ends = (at for at, turn in enumerate(turns, start=1) if turn.role == "assistant")
        begun = (same_text(as_json(turns[:end])) for end in ends)
        return next(one for one in begun if one in known)

    return key


def _checked(parts: Parts) -> Parts:
    if not len(parts.test):
        raise Problem(
            "All questions are the same, so none can be held out to test on.",
            "Send examples with different questions.",
        )
    return parts


def _told(faults: Counter[str]) -> list[str]:
    """What was wrong with how many rows, the commonest first."""
    return [
        what.format("1 row" if count == 1 else f"{count:,} rows")
        for what, count in faults.most_common()
    ]


if __name__ == "__main__":
    run(main)
