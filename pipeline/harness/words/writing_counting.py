"""Makes a writer that counts, and teaches its gate how far to trust each of its experts."""

import json
import math
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from metrics import Floats
from scipy.optimize import OptimizeResult, minimize
from writing_codes import Alphabet, alphabet_of, stream_of
from writing_contexts import ORDER, contexts_of, letters_of
from writing_counts import Counts, chained, counted
from writing_mixture import AT_ONCE, WORD, WORDS, CountWriter, Gate

MOST_TAUGHT = 150_000  # characters from which the gate learns; more hardly change it
STEPS = 120
CALM = 10.0  # how much the gate's weights are held back, as so many characters


def count(
    texts: Sequence[str],
    *,
    ends: bool,
    order: int = ORDER,
    words: bool = True,
    alphabet: Alphabet | None = None,
) -> CountWriter:
    """Count what comes after what in texts; without a gate yet."""
    alphabet = alphabet or alphabet_of(texts)
    stream = stream_of(alphabet, texts, ends=ends)
    contexts = contexts_of(stream, letters_of(alphabet), order)
    real, codes = stream.real, stream.codes[stream.real]
    chain = chained([keys[real] for keys in contexts.orders], codes)
    tables = {str(at): one for at, one in enumerate(chain)}
    if words:
        tables[WORD] = counted(contexts.word[real], codes)
        tables[WORDS] = counted(contexts.words[real], codes)
    return CountWriter(alphabet, ends, order, tables)


def taught(model: CountWriter, texts: Sequence[str], deadline: float = math.inf) -> CountWriter:
    """The same with a gate, learned from texts that were not counted, until time.monotonic()."""
    given, signs, size = [], [], 0
    for stream in stream_of(model.alphabet, texts, ends=model.ends).parts(AT_ONCE):
        some, shown = model.told(stream)
        given.append(some)
        signs.append(shown)
        size += len(some)
        if size >= MOST_TAUGHT:
            break
    return replace(model, gate=_gate(np.concatenate(given), np.concatenate(signs), deadline))


def _gate(given: Floats, signs: Floats, deadline: float) -> Gate:
    """The weights with which what was written had the best chances."""
    centre, scale = signs.mean(axis=0), signs.std(axis=0) + 1e-6
    centre[0], scale[0] = 0.0, 1.0
    known = (signs - centre) / scale
    size, experts = given.shape
    calm = CALM / size

    def cost(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(known.shape[1], experts)
        scores = known @ weights
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares = powers / powers.sum(axis=1, keepdims=True)
        parts = shares * given
        chances = parts.sum(axis=1, keepdims=True)
        slope = known.T @ (shares - parts / chances) / size + 2 * calm * weights
        return float(-np.log(chances).mean() + calm * (weights**2).sum()), slope.ravel()

    def in_time(intermediate_result: OptimizeResult) -> None:
        del intermediate_result
        if time.monotonic() > deadline:
            raise StopIteration

    found = minimize(
        cost,
        np.zeros(known.shape[1] * experts),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": STEPS},
        callback=in_time,
    )
    return Gate(found.x.reshape(known.shape[1], experts), centre, scale)


def save_counts(model: CountWriter, folder: Path) -> dict[str, object]:
    """Write the counts and the gate; returns what model.json has to tell of them."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, np.ndarray] = {}
    for name, one in model.counts.items():
        arrays[f"keys_{name}"], arrays[f"counts_{name}"] = one.keys, one.counts
    if model.gate is not None:
        gate = model.gate
        arrays |= {"weights": gate.weights, "centre": gate.centre, "scale": gate.scale}
    np.savez_compressed(folder / "counts.npz", allow_pickle=False, **arrays)
    alphabet = json.dumps(model.alphabet.characters)
    (folder / "alphabet.json").write_text(alphabet, "ascii")
    return {"order": model.order, "counted": list(model.counts)}


def load_counts(folder: Path, *, ends: bool, order: int, names: Sequence[str]) -> CountWriter:
    """Read what save_counts wrote."""
    alphabet = Alphabet(json.loads((folder / "alphabet.json").read_text("ascii")))
    with np.load(folder / "counts.npz", allow_pickle=False) as arrays:
        tables = {name: Counts(arrays[f"keys_{name}"], arrays[f"counts_{name}"]) for name in names}
        gate = None
        if "weights" in arrays:
            gate = Gate(arrays["weights"], arrays["centre"], arrays["scale"])
    return CountWriter(alphabet, ends, order, tables, gate)
