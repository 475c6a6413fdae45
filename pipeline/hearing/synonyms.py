"""Words that people use for one another when they speak of a column."""

from functools import cache, lru_cache

from pipeline.hearing.likeness import stem

_GROUPS = """
price cost value amount worth fee charge fare rent premium bill spend spent
price cost expensive cheap paid fetch
usd dollar dollars price cost worth fetch
eur euro euros price cost worth fetch
gbp pound pounds sterling price cost worth fetch
jpy yen
chf franc francs
count cnt number total quantity qty
weight kg kilos kilograms pounds lbs grams tonnes heavy
salary income wage pay earning earns compensation
sales sold sell revenue turnover demand units orders purchases takings
churn churned cancel cancelled leave left leaving quit attrition exited exit retained lapsed gone
survive survived survival died death die mortality deceased dead alive outcome
fraud fraudulent scam fake suspicious
default defaulted repay repaid payback delinquent unpaid
disease diagnosis sick ill illness disorder condition infected outcome
failure fail failed fault faulty broken break breakdown breaks defect defective broke
approve approved approval accept accepted granted reject rejected decision
consumption usage use used economy efficiency mileage fuel
yield harvest crop production output
energy power electricity load kwh kw mw watt demand
temperature temp hot warm cold heat degrees
rain rainfall precipitation rainy
duration length long minutes hours days time
delay late lateness overdue delayed wait waiting
weight heavy mass
litres liters fuel diesel petrol gallons
children paediatrics pediatric kids
height tall
age old
size big large area
rating score stars grade quality mark
win won winner wins loses lost result outcome victory
convert converted conversion buy bought purchase purchased subscribe subscribed click clicked
respond response reply replied
sex gender
kind species type class category breed variety sort family group
visitors visits guests attendance occupancy passengers footfall traffic
sentiment mood feeling opinion tone polarity
priority urgency severity urgent
department team queue desk
genre style
topic subject theme
noshow show showed attend attended appear appeared miss missed
risk risky danger dangerous
allergy allergic allergen
pass passed fail failed result
hire hired hiring
promote promoted promotion
readmit readmitted readmission return returned
ripe ripeness
dose dosage
speed fast velocity
distance far
date when day
country nation location
shop store branch outlet
language tongue
author writer wrote
summary summarize abstract headline tldr highlights
"""


def means(one: str, other: str) -> bool:
    """Whether people use the two words for one another, in any form."""
    return stem(other) in _synonyms().get(stem(one), frozenset())


def any_means(one: str, spoken: tuple[str, ...]) -> bool:
    """Whether any of the spoken words is used for this one."""
    return not _synonyms().get(stem(one), frozenset()).isdisjoint(stems(spoken))


@lru_cache(maxsize=16)
def stems(spoken: tuple[str, ...]) -> frozenset[str]:
    """The spoken words without their endings."""
    return frozenset(stem(word) for word in spoken)


@lru_cache(maxsize=16)
def meanings(spoken: tuple[str, ...]) -> frozenset[str]:
    """The spoken words and all that people use for them, without their endings."""
    said = stems(spoken)
    return said.union(*(_synonyms().get(word, frozenset()) for word in said))


@cache
def _synonyms() -> dict[str, frozenset[str]]:
    """The words of all groups that a word stands in, by their stems."""
    found: dict[str, frozenset[str]] = {}
    for line in _GROUPS.strip().splitlines():
        group = frozenset(stem(word) for word in line.split())
        for word in group:
            found[word] = found.get(word, frozenset()) | group
    return found
