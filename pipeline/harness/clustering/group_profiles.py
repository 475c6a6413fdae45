"""Groups in words: what is typical of each against the rest, a short name, typical rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from config import Json
from figures_form import number, share
from metrics import Codes, Floats
from tables import Table
from traits import Category, Number, Traits

MOST_TOLD = 4  # traits of a group
MARKED = 0.6  # deviations from the rest, for a number to be worth telling
VERY = 3.0
BETWEEN = 1.5  # deviations that groups are apart, for the middle to be worth telling
OFTEN = 0.15  # more of the group than of the rest, for a value to be worth telling
MOSTLY = 0.5
LEAST = 1e-9
LONGEST_NAME = 60
TYPICAL = 3
_BEGIN = datetime(2000, 1, 1)  # noqa: DTZ001 - as dates are counted everywhere here


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing that is typical: how strongly, as part of a name, and as part of a sentence."""

    strength: float
    short: str
    told: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A group: its number from 1, the largest first, its rows among those learned from."""

    cluster: str
    name: str
    rows: int
    share: float
    profile: str
    typical: tuple[Mapping[str, str | None], ...] = ()

    @property
    def flat(self) -> dict[str, Json]:
        """As metrics.json tells it."""
        return {
            "cluster": self.cluster,
            "name": self.name,
            "rows": self.rows,
            "share": self.share,
            "profile": self.profile,
        }


@dataclass(frozen=True, slots=True)
class Seen:
    """Rows as they were read: the encoder's matrix, and their groups."""

    traits: Traits
    matrix: Floats
    labels: Codes

    def typical_of(self, group: int) -> list[Trait]:
        """All that is worth telling of a group, the most typical first."""
        inside = self.labels == group
        numbers = [self._number(one, group) for one in self.traits.numbers]
        values = [self._value(one, inside) for one in self.traits.categories]
        found = [trait for trait in (*numbers, *values) if trait is not None]
        return sorted(found, key=lambda trait: -trait.strength)

    def _number(self, one: Number, group: int) -> Trait | None:
        """High, low, or in the middle of other groups; None where it is like all others."""
        scaled = one.scaled(self.matrix[:, one.place])
        known = ~np.isnan(scaled)
        inside, groups = self.labels == group, np.unique(self.labels[known])
        if group not in groups or len(groups) == 1:
            return None
        means = np.array([scaled[known & (self.labels == at)].mean() for at in groups])
        usual = _usual(scaled[known], self.labels[known])
        mine = float(scaled[known & inside].mean())
        away = (mine - float(scaled[known & ~inside].mean())) / usual
        amid = min(float(means.max()) - mine, mine - float(means.min())) / usual
        medium = amid >= BETWEEN and amid > abs(away)
        if abs(away) < MARKED and not medium:
            return None
        word = "medium" if medium else _word(away, date=one.date)
        figures = self._figures(one, group, groups, medium=medium)
        strength = amid if medium else abs(away)
        return Trait(strength, f"{word} {one.name}", f"{word} {one.name} ({figures})")

    def _figures(self, one: Number, group: int, groups: Codes, *, medium: bool) -> str:
        """A column's mean in the group and elsewhere; the median where a few are far off."""
        values = self.matrix[:, one.place]
        middle, what = (np.nanmean, "mean") if one.shift is None else (np.nanmedian, "median")
        here = _shown(float(middle(values[self.labels == group])), one)
        if not medium:
            return (
                f"{what} {here} against {_shown(float(middle(values[self.labels != group])), one)}"
            )
        others = [float(middle(values[self.labels == at])) for at in groups if at != group]
        return (
            f"{what} {here}, other groups {_shown(min(others), one)} to {_shown(max(others), one)}"
        )

    def _value(self, one: Category, inside: Codes) -> Trait | None:
        codes = one.codes(self.matrix[:, one.place])
        known = codes >= 0
        mine, others = codes[known & inside], codes[known & ~inside]
        if not len(mine) or not len(others):
            return None
        size = len(one.labels)
        here = np.bincount(mine, minlength=size) / len(mine)
        there = np.bincount(others, minlength=size) / len(others)
        at = int((here - there).argmax())
        more = float(here[at] - there[at])
        if more < OFTEN:
            return None
        both = np.bincount(codes[known], minlength=size)[at] / known.sum()
        strength = more / max(float(np.sqrt(both * (1 - both))), 1e-9)
        named = f"{one.name} {one.labels[at]}"
        often = "mostly" if here[at] >= MOSTLY else "often"
        figures = f"{share(float(here[at]))} against {share(float(there[at]))}"
        return Trait(strength, named, f"{often} {one.name}={one.labels[at]} ({figures})")


def _usual(values: Floats, labels: Codes) -> float:
    """The usual deviation in a group."""
    codes = np.unique(labels, return_inverse=True)[1]
    means = np.bincount(codes, values) / np.bincount(codes)
    return max(float(np.sqrt(((values - means[codes]) ** 2).mean())), LEAST)


def profiles(
    seen: Seen, groups: int, typical: Mapping[int, Sequence[int]], rows: Table
) -> tuple[Profile, ...]:
    """Every group's profile; `typical` are the places in `rows` of its most typical rows."""
    traits = [seen.typical_of(group) for group in range(groups)]
    names = _names(traits)
    sizes = np.bincount(seen.labels, minlength=groups)
    return tuple(
        Profile(
            cluster=str(group + 1),
            name=names[group],
            rows=int(sizes[group]),
            share=float(sizes[group] / max(len(seen.labels), 1)),
            profile=_sentence(traits[group], groups),
            typical=tuple(
                dict(zip(rows.names, rows.rows[at], strict=True)) for at in typical[group]
            ),
        )
        for group in range(groups)
    )


def _sentence(traits: Sequence[Trait], groups: int) -> str:
    if groups == 1:
        return "all rows"
    if not traits:
        return "near the average in every column"
    return ", ".join(trait.told for trait in traits[:MOST_TOLD])


def _names(traits: Sequence[Sequence[Trait]]) -> list[str]:
    """From one or two traits; a third tells apart what would be called the same."""
    names = []
    for count, found in enumerate(traits, start=1):
        options = [_cut([trait.short for trait in found[:most]]) for most in (2, 3, 4)]
        options = [one for one in options if one] or ["in the middle"]
        fresh = [one for one in options if one not in names]
        names.append(fresh[0] if fresh else f"{options[0]} ({count})")
    return names


def _cut(parts: Sequence[str]) -> str:
    """As many parts as a short name holds."""
    name = ""
    for part in parts:
        longer = f"{name}, {part}" if name else part
        if name and len(longer) > LONGEST_NAME:
            break
        name = longer
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


def _word(away: float, *, date: bool) -> str:
    if date:
        return "late" if away > 0 else "early"
    word = "high" if away > 0 else "low"
    return f"very {word}" if abs(away) >= VERY else word


def _shown(value: float, one: Number) -> str:
    if not one.date:
        return number(value)
    try:
        return (_BEGIN + timedelta(days=value)).date().isoformat()
    except OverflowError:
        return number(value)
