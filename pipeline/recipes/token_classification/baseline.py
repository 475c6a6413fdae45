"""What is reached without a real model, in the format of one: no spans, lookups, single words.

python baseline.py --config config.json --fit PREPARED/fit --out BASELINES
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from config import load_config
from progress import run, say
from tables import load_fit
from tagging_cutting import learned_cutter
from tagging_model import TaggingModel
from tagging_schemes import OUTSIDE
from tagging_sentences import Sentence, from_table
from tagging_single import single_words
from tagging_taggers import Lookup, Tagger


def main() -> None:
    """Write each baseline as a model folder, and their titles."""
    parser = argparse.ArgumentParser(description="Make the baselines.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    told = parser.parse_args()
    config = load_config(told.config)
    sentences = from_table(load_fit(told.fit), config)
    cutter = learned_cutter(sentence.words for sentence in sentences)
    titles: dict[str, str] = {}
    for name, title, tagger in _baselines(sentences, config.seed):
        TaggingModel(tagger, cutter, config.column("tokens")).save(told.out / name)
        titles[name] = title
        say("baseline", title, done=0.3 * len(titles))
    (told.out / "baselines.json").write_text(json.dumps(titles, indent=1), "utf-8")
    say("baseline", f"{len(titles)} baselines", done=1)


def _baselines(sentences: Sequence[Sentence], seed: int) -> list[tuple[str, str, Tagger]]:
    """From saying nothing to learning from the forms of single words."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    every: Counter[str] = Counter()
    for sentence in sentences:
        for word, tag in zip(sentence.words, sentence.tags, strict=True):
            counts[word][tag] += 1
            every[tag] += 1
    commonest = every.most_common(1)[0][0]
    always = "no spans" if commonest == OUTSIDE else f"always {commonest[2:]}"
    mostly = {word: tags.most_common(1)[0][0] for word, tags in counts.items()}
    kept = {word: tag for word, tag in mostly.items() if tag != commonest}
    return [
        ("trivial_always", always, Lookup({}, commonest)),
        ("trivial_lookup", "the commonest tag of each known word", Lookup(kept, commonest)),
        ("simple_words", "logistic regression on single words", single_words(sentences, seed)),
    ]


if __name__ == "__main__":
    run(main)
