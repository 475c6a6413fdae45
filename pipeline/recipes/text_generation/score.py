"""Measures what held-out texts cost the writer, through predict.py, beside the baselines.

python score.py --config C --fit PREPARED/fit --heldout PREPARED/heldout --model M --baselines B
    --out OUT
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from pathlib import Path

from config import Json
from heldout import write_objects
from measured_baselines import baselines_in
from metrics import Counted
from predict import load
from progress import run, say
from scoring import arguments, conclude
from serving import TRUTH, read_input, write_answers
from tables import Table, load_fit, load_table
from writing_copies import copied_run, held_twice, told_of_copies
from writing_mixture import CountWriter
from writing_model import METRICS, Measure, TextWriter
from writing_pieces import texts_in
from writing_store import facts_of
from writing_training import some_of

SHOWN = 4
SHOWN_CHARACTERS = 300
LOOKED_THROUGH = 10  # answers that are searched for in the texts learned from
MOST_SEARCHED = 20_000_000  # characters of those: each answer is looked for some hundred times


def main() -> None:
    """Write metrics.json, figures.json, heldout.jsonl and predictions.jsonl."""
    config, paths = arguments()
    model = load(paths.model)
    heldout = load_table(paths.heldout / "test.jsonl")
    content = write_objects(
        (dict(zip(heldout.names, row, strict=True)) for row in heldout.rows),
        paths.out / "heldout.jsonl",
    )
    asked = read_input(model, content, "heldout.jsonl")
    answers = model.predict(asked)
    write_answers(answers, paths.out / "predictions.jsonl")
    say("score", "measuring the held-out texts", done=0.3)
    whole = [f"{row[0] or ''}{row[1] or ''}" for row in heldout.select([model.text, TRUTH]).rows]
    measured = model.writer.measure(whole)
    written = [str(one["output"]) for one in answers.objects]
    learned = texts_in(load_fit(paths.fit), model.text)
    searched = some_of(learned, MOST_SEARCHED)
    copies = [copied_run(text, searched) for text in written[:LOOKED_THROUGH]]

    def measured_in(folder: Path) -> Counted:
        return load(folder).writer.measure(whole).outcome()

    conclude(
        config,
        paths.out,
        measured.outcome(),
        baselines_in(paths.baselines, config.metric, measured_in),
        names=METRICS,
        alarms=held_twice(whole, learned),
        warnings=[*told_of_copies(copies), *told_of_loss(measured)],
        details={
            "samples": samples(model, heldout, written),
            "perplexity_is_of": "characters" if counts(model) else "tokens of the model",
            "longest_copied_run": max(copies, default=0),
            "characters_held_out": int(measured.characters.sum()),
            "tokens_held_out": int(measured.tokens.sum()),
            "training": facts_of(paths.model),
        },
    )


def counts(model: TextWriter) -> bool:
    """Whether its tokens are characters."""
    return isinstance(model.writer, CountWriter)


def told_of_loss(measured: Measure) -> list[str]:
    """A warning where the model does not read texts as they are."""
    if not measured.lossy:
        return []
    told = (
        f"The model's tokens do not hold {measured.lossy:,} of {len(measured.nats):,} held-out"
        " texts exactly as they are: its nats a letter are a little too low."
    )
    return [told]


def samples(model: TextWriter, heldout: Table, written: list[str]) -> list[Json]:
    """How a few beginnings from all over go on, and a text from nothing."""
    few = sorted({at * len(written) // SHOWN for at in range(SHOWN)})
    begun, truth = heldout.column(model.text), heldout.column(TRUTH)
    shown: list[Json] = [
        {
            "beginning": (begun[at] or "")[-SHOWN_CHARACTERS:],
            "written": written[at][:SHOWN_CHARACTERS],
            "really": (truth[at] or "")[:SHOWN_CHARACTERS],
        }
        for at in few
    ]
    free = model.write_on([""])[0][:SHOWN_CHARACTERS]
    return [*shown, {"beginning": "", "written": free, "really": ""}]


if __name__ == "__main__":
    run(main)
