"""The data sets of the benchmark: files below DEV_DATA, and tables that come inside packages."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.jobs import TaskType

ROOT = Path(__file__).resolve().parents[3]
DEV = Path(os.environ.get("DEV_DATA", ROOT.parent / "shared" / "data")) / "dev"

CLASSES = TaskType("tabular_classification")
NUMBERS = TaskType("tabular_regression")
TEXTS = TaskType("text_classification")
SERIES = TaskType("time_series_forecasting")
GROUPS = TaskType("clustering")
MANY, FEW = 10, 3


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """One data set: `seeds` are run, `peers` says whether the other tools run on it.

    `files` lie below DEV_DATA, each with the part that it is given as; without files the table is
    `bundled` in a package. A forecast has no seeds: trial n leaves out the last n `horizon`s.
    `season` is what errors are measured by, `longer` another one where there are two. `truth` is a
    file that only the benchmark sees.
    """

    name: str
    task: TaskType
    target: str | None
    seeds: int
    files: Sequence[tuple[str, str | None]] = ()
    peers: bool = False
    horizon: int = 0
    season: int = 1
    longer: int = 0
    time: str | None = None
    series: str | None = None
    truth: str | None = None
    words: str = ""

    @property
    def bundled(self) -> bool:
        """Whether it comes inside a package."""
        return not self.files


SETS = (
    DataSet(
        name="titanic",
        task=CLASSES,
        target="Survived",
        seeds=MANY,
        files=[("titanic/titanic.csv", None)],
        peers=True,
    ),
    DataSet(
        name="adult",
        task=CLASSES,
        target="income",
        seeds=FEW,
        files=[("adult_income_10k/adult_10k.csv", None)],
        peers=True,
    ),
    DataSet(
        name="penguins",
        task=CLASSES,
        target="species",
        seeds=MANY,
        files=[("penguins/penguins.csv", None)],
        peers=True,
    ),
    DataSet(name="breast_cancer", task=CLASSES, target="diagnosis", seeds=FEW, peers=True),
    DataSet(name="affairs", task=CLASSES, target="affair", seeds=FEW, peers=True),
    DataSet(name="digits", task=CLASSES, target="digit", seeds=FEW, peers=True),
    DataSet(
        name="california",
        task=NUMBERS,
        target="median_house_value",
        seeds=FEW,
        files=[("california_housing/housing.csv", None)],
        peers=True,
    ),
    DataSet(
        name="auto_mpg",
        task=NUMBERS,
        target="mpg",
        seeds=MANY,
        files=[("auto_mpg/mpg.csv", None)],
        peers=True,
    ),
    DataSet(name="diabetes", task=NUMBERS, target="progression", seeds=FEW, peers=True),
    DataSet(
        name="sms_spam",
        task=TEXTS,
        target=None,
        seeds=MANY,
        files=[("sms_spam/sms.tsv", None)],
    ),
    DataSet(
        name="banking77",
        task=TEXTS,
        target="category",
        seeds=FEW,
        files=[("banking77/train.csv", "train"), ("banking77/test.csv", "test")],
    ),
    DataSet(
        name="air_passengers",
        task=SERIES,
        target="Passengers",
        seeds=5,
        files=[("air_passengers/airline-passengers.csv", None)],
        peers=True,
        horizon=12,
        season=12,
        time="Month",
        words="forecast the next 12 months",
    ),
    DataSet(
        name="electricity",
        task=SERIES,
        target="y",
        seeds=FEW,
        files=[("electricity_hourly_multi/electricity-short.csv", None)],
        peers=True,
        horizon=24,
        season=24,
        longer=168,
        time="ds",
        series="unique_id",
        words="forecast the next 24 hours for each unique_id",
    ),
    DataSet(
        name="co2",
        task=SERIES,
        target="co2",
        seeds=FEW,
        peers=True,
        horizon=24,
        season=12,
        time="month",
        words="forecast the next 24 months",
    ),
    DataSet(
        name="iris",
        task=GROUPS,
        target=None,
        seeds=MANY,
        files=[("iris_unlabelled/iris_measurements.csv", None)],
        truth="iris_unlabelled/_truth_for_scoring.csv",
        words="find natural groups",
    ),
    DataSet(
        name="mall_customers",
        task=GROUPS,
        target=None,
        seeds=MANY,
        files=[("mall_customers/Mall_Customers.csv", None)],
        words="segment the customers into groups",
    ),
)


def chosen(names: Iterable[str]) -> list[DataSet]:
    """The named data sets, all where none is named; ValueError lists the known names."""
    wanted, known = list(names), {one.name: one for one in SETS}
    strange = [name for name in wanted if name not in known]
    if strange:
        raise ValueError(f"no data set {', '.join(strange)}; known: {', '.join(known)}")
    return [known[name] for name in wanted or known]
