"""The shared half of score.py for pairs of texts: every output through predict.py's code.

Writes heldout.jsonl (source and truth), predictions.jsonl (what predict.py answers for it),
metrics.json and figures.json.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config import Json
from heldout import write_objects
from measured_baselines import baselines_in
from metrics import Counted
from pairs_model import PairsModel
from pairs_reading import references_of, same_cell, text_of, truth_of
from progress import say
from scoring import arguments, conclude
from serving import TRUTH, read_input, write_answers
from tables import Table, load_table

SHOWN = 8
SHOWN_CHARACTERS = 600
NEARLY_ALL = 0.9

Load = Callable[[Path], PairsModel]
References = Sequence[Sequence[str]]
Count = Callable[[Sequence[str], References], Counted]


@dataclass(frozen=True, slots=True)
class Held:
    """The held-out rows as heldout.jsonl gives them back."""

    content: bytes
    references: References

    def rows(self, model: PairsModel) -> Table:
        """The sources as predict.py reads them."""
        return read_input(model, self.content, "heldout.jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How outputs are measured: the metrics by name, and what to say of how they are counted."""

    names: Sequence[str]
    count: Count
    told: Mapping[str, Json]


def score_pairs(load: Load, measure: Callable[[References], Measure], *, copies: bool) -> None:
    """Main of score.py; `copies` says that an output like its source is no output at all."""
    config, paths = arguments()
    model = load(paths.model)
    table = load_table(paths.heldout / "test.jsonl")
    held = write_held_out(table, paths.out / "heldout.jsonl")
    say("score", f"{len(table)} rows", done=0.1)
    answers = model.predict(held.rows(model))
    write_answers(answers, paths.out / "predictions.jsonl")
    said = [str(one["output"]) for one in answers.objects]
    by = measure(held.references)
    outcome = by.count(said, held.references)
    say("score", "the baselines", done=0.6)

    def measured(folder: Path) -> Counted:
        other = load(folder)
        return by.count(other.outputs(held.rows(other)), held.references)

    conclude(
        config,
        paths.out,
        outcome,
        baselines_in(paths.baselines, config.metric, measured),
        names=by.names,
        alarms=_alarms(table, said, held.references),
        warnings=_warnings(table, said, copies=copies),
        details={
            **by.told,
            **model.about,
            "references_a_row": _mean([len(those) for those in held.references]),
            "words_said": _mean([len(one.split()) for one in said]),
            "words_true": _mean([len(those[0].split()) for those in held.references]),
            "samples": _samples(table, said, held.references),
        },
    )


def write_held_out(table: Table, path: Path) -> Held:
    """Write heldout.jsonl: the source as it was, and all its references."""
    source, _ = table.names
    content = write_objects(
        ({source: cell, TRUTH: truth_of(target)} for cell, target in table.rows), path
    )
    return Held(content, [references_of(target) for _, target in table.rows])


def _alarms(table: Table, said: Sequence[str], references: References) -> list[str]:
    """Where a score is high because the answer stands in the question."""
    right = sum(
        same_cell(one) in {same_cell(true) for true in those}
        for one, those in zip(said, references, strict=True)
    )
    if right < NEARLY_ALL * len(table):
        return []
    return ["Nearly every output is the truth word for word, so it may only be copied."]


def _warnings(table: Table, said: Sequence[str], *, copies: bool) -> list[str]:
    told = []
    empty = sum(not one.strip() for one in said)
    if empty:
        told.append(f"{empty} of {len(said)} outputs are empty.")
    same = sum(same_cell(a) == same_cell(b) for a, (b, _) in zip(said, table.rows, strict=True))
    if copies and same > len(said) / 10:
        told.append(f"{same} of {len(said)} outputs are the source, unchanged.")
    return told


def _samples(table: Table, said: Sequence[str], references: References) -> list[Json]:
    """A few rows, spread over all: what was read, said, and true."""
    step = max(1, len(said) // SHOWN)
    rows: list[Json] = [
        {
            "input": _cut(text_of(table.rows[at][0])),
            "output": _cut(said[at]),
            "truth": _cut(references[at][0]),
        }
        for at in range(0, len(said), step)
    ]
    return rows[:SHOWN]


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / max(len(values), 1), 2)
