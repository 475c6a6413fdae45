"""How one column differs between two sets of rows, beyond what chance does: how much, in words."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from figures_form import number, quoted, share
from metrics import Floats
from scipy import stats

APART = 0.12  # largest distance of two cumulative shares that is worth a word
OTHER_SHARES = 0.12  # of the rows would have to change their category
SHIFTED_TARGET = 0.08  # the same for the answer, as every score depends on it
OUTSIDE = 0.05  # of the values lie beyond all that were learned from
UNSEEN = 0.03
EMPTIER = 0.08
UNKNOWN_WORDS = 0.15
LEAST_EXPECTED = 5  # rows a category needs for its share to be compared
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Shift:
    """What differs: its size, from 0 to 1, the chance that nothing does, and the words.

    The words go on from the rows that are asked about: `in the test file …`.
    """

    column: str
    size: float
    chance: float
    told: str


def of_numbers(
    column: str,
    known: Floats,
    asked: Floats,
    *,
    said: Callable[[float], str] = number,
    more: tuple[str, str] = ("higher", "lower"),
) -> list[Shift]:
    """Numbers, without gaps, that lie elsewhere, spread otherwise or go beyond what is known.

    `said` writes one of them, `more` are the words for where they lie.
    """
    if not len(known) or not len(asked):
        return []
    found = stats.ks_2samp(known, asked, method="asymp")
    shifts = []
    if found.statistic >= APART:
        told = _told_of_numbers(column, known, asked, said, more)
        shifts.append(Shift(column, float(found.statistic), float(found.pvalue), told))
    low, high = float(known.min()), float(known.max())
    outside = int(np.sum((asked < low) | (asked > high)))
    if outside >= OUTSIDE * len(asked):
        usual = 2 / (len(known) + 1)
        chance = stats.binomtest(outside, len(asked), usual, alternative="greater").pvalue
        told = (
            f"{share(outside / len(asked))} of {quoted(column)} lie beyond all that was learned"
            f" from, which goes from {said(low)} to {said(high)}"
        )
        shifts.append(Shift(column, outside / len(asked), float(chance), told))
    return shifts


def of_categories(
    column: str, known: Sequence[str], asked: Sequence[str], *, answer: bool = False
) -> list[Shift]:
    """Categories in other shares, and those never met before; `answer` is the target's column."""
    if not known or not asked:
        return []
    before, now = Counter(known), Counter(asked)
    new = _unseen(column, before, now)
    return new or _other_shares(column, before, now, answer=answer)


def of_gaps(column: str, known: tuple[int, int], asked: tuple[int, int]) -> list[Shift]:
    """More or fewer missing values; each pair is (missing, all)."""
    before, now = known[0] / max(known[1], 1), asked[0] / max(asked[1], 1)
    if abs(now - before) < EMPTIER:
        return []
    table = [[known[0], known[1] - known[0]], [asked[0], asked[1] - asked[0]]]
    chance = float(stats.fisher_exact(table).pvalue)
    told = (
        f"{quoted(column)} is missing in {share(now)} of the rows, against {share(before)} of those"
        " learned from"
    )
    return [Shift(column, abs(now - before), chance, told)]


def of_words(column: str, known: Sequence[str], asked: Sequence[str]) -> list[Shift]:
    """Texts of other words: how many more are new than between two halves of what is known."""
    before = [text.lower().split() for text in known]
    now = [text.lower().split() for text in asked]
    half = len(before) // 2
    if half < LEAST_EXPECTED or not now:
        return []
    usual = _new_words(before[:half], before[half:])
    found = _new_words(before[:half], now)
    size = float(found.mean() - usual.mean())
    if size < UNKNOWN_WORDS:
        return []
    chance = float(stats.ttest_ind(usual, found, equal_var=False).pvalue)
    met = share(1 - float(_new_words(before, now).mean()))
    told = f"only {met} of the words in {quoted(column)} occur in the texts learned from"
    return [Shift(column, size, chance, told)]


def _told_of_numbers(
    column: str,
    known: Floats,
    asked: Floats,
    said: Callable[[float], str],
    more: tuple[str, str],
) -> str:
    first, middle, last = np.quantile(known, (0.25, 0.5, 0.75))
    low, now, high = np.quantile(asked, (0.25, 0.5, 0.75))
    if abs(now - middle) > (last - first) / 8:
        return (
            f"{quoted(column)} is {more[int(now < middle)]}: half of it is above {said(now)},"
            f" against {said(middle)} in the rows learned from"
        )
    return (
        f"{quoted(column)} is spread otherwise: half of it lies between {said(low)} and"
        f" {said(high)}, against {said(first)} and {said(last)} in the rows learned from"
    )


def _unseen(column: str, before: Counter[str], now: Counter[str]) -> list[Shift]:
    """New values, where the rare ones of the known rows do not let as many be expected."""
    total = now.total()
    new = Counter({value: times for value, times in now.items() if value not in before})
    rate = new.total() / total
    usual = (sum(times == 1 for times in before.values()) + 1) / (before.total() + 1)
    if rate < max(UNSEEN, 2 * usual):
        return []
    chance = float(stats.binomtest(new.total(), total, min(usual, 1.0), "greater").pvalue)
    value, times = new.most_common(1)[0]
    told = (
        f"{share(rate)} of {quoted(column)} are values that were never learned from, as"
        f" {quoted(value)} ({times:,} rows)"
    )
    return [Shift(column, rate, chance, told)]


def _other_shares(
    column: str, before: Counter[str], now: Counter[str], *, answer: bool
) -> list[Shift]:
    both = (before.total(), now.total())
    usual = [value for value in before if _expected(value, before, now) >= LEAST_EXPECTED]
    table = np.array([[counts[value] for value in usual] for counts in (before, now)], float)
    rest = np.array(both) - table.sum(axis=1)
    if rest.sum():
        table = np.column_stack([table, rest])
    if table.shape[1] < 2:  # noqa: PLR2004 - one value is all there is
        return []
    shares = table / np.array(both)[:, None]
    size = float(np.abs(shares[0] - shares[1]).sum() / 2)
    if size < (SHIFTED_TARGET if answer else OTHER_SHARES) or not usual:
        return []
    chance = float(stats.chi2_contingency(table).pvalue)
    at = int(np.argmax(np.abs(shares[1] - shares[0])[: len(usual)]))
    value = quoted(usual[at])
    what = f"{value} is the answer" if answer else f"{quoted(column)} is {value}"
    told = (
        f"{what} in {share(float(shares[1][at]))} of the rows, against"
        f" {share(float(shares[0][at]))} of those learned from"
    )
    return [Shift(column, size, chance, told)]


def _expected(value: str, before: Counter[str], now: Counter[str]) -> float:
    """Rows of a value in the smaller part, were both alike."""
    total = before.total() + now.total()
    return (before[value] + now[value]) * min(before.total(), now.total()) / total


def _new_words(known: Sequence[Sequence[str]], asked: Sequence[Sequence[str]]) -> Floats:
    """The share of words, in each asked text, that no known text has."""
    vocabulary = {word for words in known for word in words}
    shares = [np.mean([word not in vocabulary for word in words]) for words in asked if words]
    return np.array(shares, dtype=np.float64)
