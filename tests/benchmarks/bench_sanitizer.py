"""How well keys are found in chat messages, beside detect-secrets.

    make bench-sanitizer
    python tests/benchmarks/bench_sanitizer.py --parts tuning --show
    python tests/benchmarks/bench_sanitizer.py --corpus messages.jsonl
    python tests/benchmarks/bench_sanitizer.py --table

Messages are drawn anew at each run from fixed seeds. The sanitizer is improved on the part
`tuning` alone. The figures are kept; docs/sanitizer.md is made of them by --table.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.corpus import evasive, fresh, held_out, tuning  # noqa: E402
from tests.benchmarks.corpus.detectors import OURS, PEER_MODES, ours, peers  # noqa: E402
from tests.benchmarks.corpus.document import tables, write  # noqa: E402
from tests.benchmarks.corpus.drawing import Message  # noqa: E402
from tests.benchmarks.corpus.scoring import (  # noqa: E402
    Score,
    Seen,
    Share,
    missed,
    score,
    sorts,
    touched,
)

DOCUMENT = ROOT / "docs" / "sanitizer.md"
PARTS: dict[str, tuple[int, Callable[[Random], Iterator[Message]]]] = {
    "tuning": (tuning.SEED, tuning.messages),
    "held out": (held_out.SEED, held_out.messages),
    "fresh": (fresh.SEED, fresh.messages),
    "evasive": (evasive.SEED, evasive.messages),
}


def main() -> None:
    """Measure and print, or write the document."""
    told = arguments()
    if told.table:
        write(DOCUMENT, tables(*stored(told.results)))
        return
    figures: dict[str, dict[str, Score]] = {}
    groups: dict[str, Score] = {}
    for name, messages in chosen(told):
        seen = {OURS: ours(messages)}
        if not told.alone:
            seen |= {peer: peers(messages, mode) for peer, mode in PEER_MODES.items()}
        figures[name] = {detector: score(messages, one) for detector, one in seen.items()}
        groups |= by_group(name, messages, seen[OURS])
        explain(name, messages, seen[OURS], show=told.show)
    print(tables(figures, groups))
    if not told.corpus:
        told.results.parent.mkdir(parents=True, exist_ok=True)
        told.results.write_text(json.dumps([figures, groups]), "utf-8")


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parts", nargs="+", default=list(PARTS), choices=list(PARTS))
    parser.add_argument("--corpus", type=Path, help="labelled messages, a JSON object a line")
    parser.add_argument("--alone", action="store_true", help="without detect-secrets")
    parser.add_argument("--show", action="store_true", help="every message that went wrong")
    parser.add_argument("--table", action="store_true", help=f"only write {DOCUMENT.name} anew")
    kept = ROOT / ".benchmarks" / "sanitizer.json"
    parser.add_argument("--results", type=Path, default=kept, help="where the figures are kept")
    return parser.parse_args()


def chosen(told: argparse.Namespace) -> Iterator[tuple[str, list[Message]]]:
    """The parts that are wanted, drawn."""
    if told.corpus:
        yield from from_file(told.corpus)
        return
    for name in told.parts:
        seed, draw = PARTS[name]
        yield name, list(draw(Random(seed)))  # noqa: S311 (no real secrets)


def from_file(corpus: Path) -> Iterator[tuple[str, list[Message]]]:
    """Messages as objects with a text, a category and secrets; evasive ones apart."""
    told = [json.loads(line) for line in corpus.read_text("utf-8").splitlines()]
    for part, apart in ((corpus.stem, False), (f"{corpus.stem}, evasive", True)):
        yield (
            part,
            [
                Message(
                    one["text"],
                    tuple(secret["value"] for secret in one["secrets"]),
                    "harmless",
                    one["category"],
                )
                for one in told
                if one["evasive"] is apart
            ],
        )


def by_group(
    part: str, messages: Sequence[Message], seen: Sequence[Seen]
) -> Iterator[tuple[str, Score]]:
    """Ours on each group of secrets."""
    for group in dict.fromkeys(one.group for one in messages if one.secrets):
        pairs = [
            (message, one)
            for message, one in zip(messages, seen, strict=True)
            if message.group == group
        ]
        yield f"{part}: {group}", score(*zip(*pairs, strict=True))


def explain(part: str, messages: Sequence[Message], seen: Sequence[Seen], *, show: bool) -> None:
    """Say what went wrong, by its sort or message by message."""
    left, alarms = missed(messages, seen), touched(messages, seen)
    print(f"{part}: left {sorts(left) or 'nothing'}; false alarms {sorts(alarms) or 'none'}")
    for word, wrong in (("left", left), ("alarm", alarms)) if show else ():
        for message in wrong:
            print(f"  {word} [{message.sort}] {message.text!r}")


def stored(results: Path) -> tuple[dict[str, dict[str, Score]], dict[str, Score]]:
    """The figures of the last run."""
    parts, groups = json.loads(results.read_text("utf-8"))
    read = {part: {name: _score(one) for name, one in all_.items()} for part, all_ in parts.items()}
    return read, {name: _score(one) for name, one in groups.items()}


def _score(read: list[list[int] | float]) -> Score:
    shares = [Share(*one) if isinstance(one, list) else one for one in read]
    return Score(*shares)  # type: ignore[arg-type]  # written by this script


if __name__ == "__main__":
    main()
