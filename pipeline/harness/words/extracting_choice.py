"""Which units make the summary: those whose words, counted once each, promise the most overlap.

ROUGE-1 of a summary is 2 * common / (its words + true words). With a chance for every word, the
common ones can be expected; units are added as long as that share rises.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from extracting_signs import TIMES
from extracting_units import Text, Unit
from pairs_tokens import words_of

MOST_TRIED = 60  # units that are looked at, the most promising by themselves
FEW_WORDS = 4  # a unit of fewer says little, whatever its words promise

Chances = Mapping[str, Sequence[float]]


def chosen(text: Text, chances: Chances, length: float) -> list[Unit]:
    """Units in their order; `length` is how many words the true summary is expected to have."""
    units = _promising(text, chances)
    taken: list[Unit] = []
    counts: Counter[str] = Counter()
    hits, words, best = 0.0, 0, 0.0
    while units:
        tried = [(*_with(unit, taken, counts, chances), unit) for unit in units]
        values = [2 * (hits + gain) / (words + more + length) for gain, more, _ in tried]
        at = max(range(len(values)), key=values.__getitem__)
        if taken and values[at] <= best:
            break
        gain, more, unit = tried[at]
        hits, words, best = hits + gain, words + more, values[at]
        counts.update(_words(unit, taken))
        taken.append(unit)
        units.remove(unit)
    place = {id(unit): at for at, unit in enumerate(text.units)}
    return sorted(taken, key=lambda unit: place[id(unit)])


def cut_short(units: Sequence[Unit], chances: Chances, length: float) -> list[Unit]:
    """A sentence that stands alone as its most promising run of words, as headlines are."""
    if len(units) != 1 or units[0].speaker:
        return list(units)
    pieces = units[0].text.split()
    words = [words_of(piece) for piece in pieces]
    best, taken = 0.0, (0, len(pieces))
    for start in range(len(pieces)):
        seen: Counter[str] = Counter()
        hits, size = 0.0, 0
        for end in range(start, len(pieces)):
            for word in words[end]:
                hits += chances[word][seen[word]] if seen[word] < TIMES else 0.0
                seen[word] += 1
                size += 1
            value = 2 * hits / (size + length)
            if value > best and size >= FEW_WORDS:
                best, taken = value, (start, end + 1)
    return [replace(units[0], text=" ".join(pieces[slice(*taken)]))]


def _promising(text: Text, chances: Chances) -> list[Unit]:
    """Units with words; of very many, those that promise most a word."""
    units = [unit for unit in text.units if len(unit.words) >= FEW_WORDS]
    units = units or [unit for unit in text.units if unit.words]
    if len(units) <= MOST_TRIED:
        return units
    none: Counter[str] = Counter()

    def promise(unit: Unit) -> float:
        gain, more = _with(unit, (), none, chances)
        return gain / (more + 5)  # a short unit with one good word promises little

    return sorted(units, key=promise, reverse=True)[:MOST_TRIED]


def _with(
    unit: Unit, taken: Sequence[Unit], counts: Counter[str], chances: Chances
) -> tuple[float, int]:
    """Expected hits that a unit adds to those taken, and words."""
    words = _words(unit, taken)
    gain = 0.0
    for word, times in Counter(words).items():
        before = counts[word]
        gain += sum(chances[word][before : min(before + times, TIMES)])
    return gain, len(words)


def _words(unit: Unit, taken: Sequence[Unit]) -> list[str]:
    """The words of a unit, its speaker's among them where the line is not there yet."""
    named = unit.speaker and all(other.line != unit.line for other in taken)
    return [*words_of(unit.speaker), *unit.words] if named else list(unit.words)
