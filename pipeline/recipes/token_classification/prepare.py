"""Cut tagged sentences into fit and held-out ones, no sentence in both, all tags in one scheme.

    python prepare.py --config config.json --data DIR --out PREPARED

Tags of any usual scheme become BIO2. What cannot be used is left out and counted.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from config import BundleConfig, Split
from preparing import arguments, more_held_out, read_given, write_parts
from progress import Problem, run, say
from splits import drop_repeats, split_tables
from tables import Row, Table
from tagging_schemes import Scheme, scheme_of
from tagging_sentences import LONGEST, as_words, from_table, read, same_words, shortened

LEAST_ROWS = 10
FEW_ROWS = 1_000  # below this a tenth of the sentences is too few to measure on
FEW_OF_A_LABEL = 5
Given = Mapping[Split | None, Table]
Tagged = tuple[list[str], list[str]]


@dataclass(slots=True)
class Left:
    """What was left out or changed, counted."""

    unfit: int = 0
    empty: int = 0
    long: int = 0
    repeats: int = 0
    steps: list[str] = field(default_factory=list)


def main() -> None:
    """Read, bring into one form, split, write."""
    config, data, out = arguments()
    given = read_given(config, data)
    pairs = {split: _pairs(table, config) for split, table in given.items()}
    every = [one for told in pairs.values() for one in told if one is not None]
    scheme = scheme_of([tags for _, tags in every])
    say("prepare", f"{len(every):,} sentences, {scheme.title}", done=0.3)
    left = Left(steps=[f"tags written as BIO2; they were {scheme.title}"])
    tables = _tables(pairs, scheme, config, left)
    warnings = [*_checked(tables, config), *_told(left)]
    parts = split_tables(
        tables,
        more_held_out(config) if sum(map(len, tables.values())) < FEW_ROWS else config.split,
        config.seed,
        keys=[_same],
        label=_rarest(tables),
        told=("every label in the same share", "equal sentences kept together"),
    )
    write_parts(out, parts, config.seed, repeats=left.repeats, steps=left.steps, warnings=warnings)


def _pairs(table: Table, config: BundleConfig) -> list[Tagged | None]:
    """Words and tags of each row; None where they do not fit together."""
    rows: list[Tagged | None] = []
    cells = (table.column(config.column(role)) for role in ("tokens", "tags"))
    for one, other in zip(*cells, strict=True):
        words, tags = as_words(one), as_words(other)
        fit = words is not None and tags is not None and len(words) == len(tags)
        rows.append((words, tags) if words is not None and tags is not None and fit else None)
    return rows


def _tables(
    pairs: Mapping[Split | None, Sequence[Tagged | None]],
    scheme: Scheme,
    config: BundleConfig,
    left: Left,
) -> dict[Split | None, Table]:
    """Sentences as tables again; equal ones are kept once, but for a given test part."""
    names = (config.column("tokens"), config.column("tags"))
    tables: dict[Split | None, Table] = {}
    for split, told in pairs.items():
        left.unfit += sum(one is None for one in told)
        sentences = [read(*one, scheme) for one in told if one is not None]
        left.empty += sum(not sentence.words for sentence in sentences)
        left.long += sum(len(sentence.words) > LONGEST for sentence in sentences)
        pieces = [piece for one in sentences if one.words for piece in shortened(one)]
        table = Table(names, [piece.row for piece in pieces])
        if split != "test":
            table, repeats = drop_repeats(table, lambda row: row)
            left.repeats += repeats
        tables[split] = table
    return tables


def _checked(tables: Given, config: BundleConfig) -> list[str]:
    """Warnings about the labels; Problem where nothing can be learned."""
    sentences = [one for table in tables.values() for one in from_table(table, config)]
    if len(sentences) < LEAST_ROWS:
        raise Problem(
            f"There are only {len(sentences)} usable sentences; at least {LEAST_ROWS} are needed.",
            "Send more sentences, with a blank line between them where each word has a line.",
        )
    counts = Counter(span.label for sentence in sentences for span in sentence.spans)
    if not counts:
        raise Problem(
            f"No word has a label in {config.column('tags')}, so there is nothing to find.",
            "Send sentences in which the words to find are tagged.",
            field="tags",
        )
    rare = sum(times < FEW_OF_A_LABEL for times in counts.values())
    few = f"{rare} of {len(counts)} labels have fewer than {FEW_OF_A_LABEL} examples"
    return [f"{few}; they can hardly be learned."] if rare else []


def _told(left: Left) -> list[str]:
    """Warnings about what was left out."""
    told = []
    if left.unfit:
        told.append(f"{left.unfit:,} rows whose tags do not fit their words were left out.")
    if left.empty:
        told.append(f"{left.empty:,} rows without words were left out.")
    if left.long:
        told.append(f"{left.long:,} rows of more than {LONGEST} words were cut into pieces.")
    return told


def _same(row: Row) -> Hashable:
    return same_words(as_words(row[0]) or [])


def _rarest(tables: Given) -> "_Label":
    counts: Counter[str] = Counter()
    for table in tables.values():
        counts.update(tag for row in table.rows for tag in set(as_words(row[1]) or []))
    return _Label(counts)


@dataclass(frozen=True, slots=True)
class _Label:
    """The rarest tag of a sentence stands for it when sentences are spread over the parts."""

    counts: Counter[str]

    def __call__(self, row: Row) -> str:
        tags = set(as_words(row[1]) or [])
        return min(tags, key=lambda tag: (self.counts[tag], tag), default="")


if __name__ == "__main__":
    run(main)
