"""Time series forecasting: what was measured over time in, the next values out."""

import re
from collections.abc import Sequence
from itertools import combinations

from pydantic import BaseModel, ConfigDict, Field

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.hearing import ahead, asking, roles
from pipeline.hearing.belonging import spoken_known
from pipeline.hearing.likeness import name_words, words_of
from pipeline.hearing.naming import by_name
from pipeline.recipe import Backbone, Evidence, Metric, Recipe, Role, no_evidence

_EVERY = re.compile(
    r"\b(?:all|each|every|both|any\s+of)\b(?!\s+(?:\w+\s+)?(?:day|week|month|hour|year|minute|quarter|second)s?\b)"
    r"|\bseries(?:es)?\b",
    re.IGNORECASE,
)
_SERIES_NAMES = frozenset(
    ("id", "unique", "series", "item", "sku", "store", "product", "station", "sensor", "site")
)
_CALENDAR = frozenset(  # what a date says by itself tells no series apart
    ("day", "weekday", "dayofweek", "month", "mnth", "hour", "hr", "week", "year", "yr", "season")
)
_CODES = frozenset(("code", "iso", "abbr", "key"))  # a name is easier to read
_AHEAD = frozenset(  # of a column that says yes or no: nobody waits for it to happen
    ("holiday", "holidays", "promo", "promotion", "weekend", "workingday", "feiertag", "festivo")
)
_MOST_PAIRED = 300  # columns of which each two may name a series together
_NAMES_OF_SERIES = frozenset(("category", "id", "integer", "boolean", "text"))

Keys = Sequence[str]


class Settings(BaseModel):
    """Hyperparameters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    horizon: int | None = Field(
        default=None,
        ge=1,
        description="steps to look ahead; None: a season, at most a fifth of the history",
    )


def headline(classes: int) -> Metric:
    """The error in usual moves from season to season, so that series of any size compare."""
    del classes
    return Metric(name="mase", better="lower")


def evidence(report: DataReport, words: str) -> Evidence:
    """A column of times and one of numbers, of one series or of several."""
    times = roles.dates(report)
    if report.layout != "table" or not times:
        return no_evidence("No column holds times.")
    time = _time(report, times)
    series = _series(report, time, words)
    keys = (series,) if isinstance(series, str) else series or ()
    said_known = spoken_known(words, report)
    aside = [*(one.name for one in times), *keys]
    choice = roles.choose(report, words, _is_measured, besides=[*aside, *said_known], insist=False)
    choice = choice or roles.choose(report, words, _is_measured, besides=aside, insist=False)
    if choice is None:
        return no_evidence("No column holds numbers that were measured over time.")
    targets = _targets(report, time, keys, choice, words)
    doubts = {"target": choice.rivals} if choice.rivals and len(targets) == 1 else {}
    if len(times) > 1 and report.time is None:
        doubts["time"] = tuple(one.name for one in times)
    played: dict[str, str | tuple[str, ...]] = {"time": time.name}
    played["target"] = targets if len(targets) > 1 else targets[0]
    played |= {"series_id": series} if series else {}
    known = _known_ahead(report, said_known, {time.name, *keys, *targets})
    played |= {"known": known} if known else {}
    return Evidence(
        score=_score(report, words, lone=_is_lone(report, time, keys)),
        reason=f"{choice.target.name} was measured over {time.name}",
        roles=played,
        doubts=doubts,
    )


def _is_measured(column: ColumnReport) -> bool:
    return column.kind in {"number", "integer", "boolean"} and column.unique > 1


def _time(report: DataReport, times: tuple[ColumnReport, ...]) -> ColumnReport:
    ordering = next((one for one in times if one.name == report.time), None)
    return ordering or max(times, key=lambda one: (one.kind == "date", one.ordered, one.unique))


def _series(report: DataReport, time: ColumnReport, words: str) -> str | tuple[str, ...] | None:
    """The column that tells series apart: each of its values has a row for most times.

    Where no single one does, two may together: each store sells each product.
    """
    several = report.rows / max(time.unique, 1)
    names = [
        column
        for column in report.columns
        if column.name != time.name
        and column.kind in _NAMES_OF_SERIES
        and not _CALENDAR & set(name_words(column.name))
    ]
    if several < 1.5:  # noqa: PLR2004 - nearly every row has a time of its own
        fitting = [one for one in names if _is_a_block(one, report, time, words)]
    else:
        most = max(2 * several, several + 2)
        fitting = [one for one in names if 0.8 * several <= one.unique <= most]
    best = min(fitting, key=lambda one: _unlikely(one, words, several), default=None)
    return best.name if best else _pair(names, several)


def _pair(names: list[ColumnReport], several: float) -> tuple[str, ...] | None:
    """Two columns whose values, each with each, are as many as the rows of a time."""
    if several < 3.5:  # noqa: PLR2004 - two values of each make four
        return None
    few = [one for one in names if 1 < one.unique <= several][:_MOST_PAIRED]
    pairs = [
        (one, other)
        for one, other in combinations(few, 2)
        if 0.8 * several <= one.unique * other.unique <= 1.3 * several
    ]
    best = min(pairs, key=lambda pair: _strange(pair, several), default=None)
    return (best[0].name, best[1].name) if best else None


def _strange(pair: tuple[ColumnReport, ColumnReport], several: float) -> tuple[int, float]:
    """How little the names say that these are series, and how far their number is from it."""
    named = sum(bool(_SERIES_NAMES & set(name_words(one.name))) for one in pair)
    return -named, abs(pair[0].unique * pair[1].unique - several)


def _is_a_block(column: ColumnReport, report: DataReport, time: ColumnReport, words: str) -> bool:
    """Series one after the other, at times of their own: the column begins anew with each."""
    few = 2 <= column.unique <= report.rows / 10  # noqa: PLR2004 - one value tells nothing apart
    called = asking.named(column, words) or bool(_SERIES_NAMES & set(name_words(column.name)))
    return few and column.kind == "category" and (called or not time.ordered)


def _unlikely(
    column: ColumnReport, words: str, several: float
) -> tuple[float, bool, bool, bool, float]:
    own = name_words(column.name)
    return (
        -by_name(own, words_of(words), {}),
        bool(_CODES & set(own)),
        not _SERIES_NAMES & set(own),
        column.kind != "category",
        abs(column.unique - several),
    )


def _targets(
    report: DataReport, time: ColumnReport, keys: Keys, choice: roles.Choice, words: str
) -> tuple[str, ...]:
    """One target, or every column of a wide table whose words ask for all of them."""
    numbers = tuple(
        column.name
        for column in report.columns
        if column.kind in {"number", "integer"} and column.name != time.name
    )
    wide = not keys and len(numbers) == len(report.columns) - 1
    if wide and len(numbers) > 1 and choice.rivals and _EVERY.search(words):
        return numbers
    return (choice.target.name,)


def _known_ahead(report: DataReport, said: Keys, played: set[str]) -> tuple[str, ...]:
    """Columns known before their time: said to be, or days that are marked, by their names."""
    return tuple(
        column.name
        for column in report.columns
        if column.name not in played
        and (column.name in said or (column.kind == "boolean" and _is_a_marked_day(column)))
    )


def _is_a_marked_day(column: ColumnReport) -> bool:
    return bool(_AHEAD & set(name_words(column.name)))


def _is_lone(report: DataReport, time: ColumnReport, keys: Keys) -> bool:
    """Times, their values and at most the name of the series: nothing else to predict from."""
    rest = [one for one in report.columns if one.kind not in {"id", "constant", "empty"}]
    return len(rest) - (time in rest) - len(keys) <= 1


def _score(report: DataReport, words: str, *, lone: bool) -> float:
    if ahead.looks_ahead(words):
        return 0.95
    if lone and report.rows >= 10:  # noqa: PLR2004 - fewer are no series
        return 0.9
    return 0.6 if report.time is not None else 0.45


RECIPE = Recipe(
    title="Time series forecasting",
    asks=(
        "Give the times to forecast, and the series where there are several. Rows that "
        "hold a value go on with the history."
    ),
    answers=(
        "For each row the columns unique_id, ds, prediction, lower and upper; lower and "
        "upper are meant to hold 90 % of the values."
    ),
    formats=("CSV, TSV, Excel or Parquet tables", "JSON and JSONL", "one value a line"),
    baselines=("repeat the last value or season", "exponential smoothing"),
    words=ahead.WORDS,
    hints=(
        *("next", "trend", "trends", "seasonal", "demand", "predict", "expect", "going to", "will"),
        *("happens", "daily", "hourly", "weekly", "monthly", "horizon", "ahead", "plan", "soon"),
    ),
    roles=(
        Role(name="time", title="when it was measured", kinds=("date", "integer", "id")),
        Role(
            name="target",
            title="the number to forecast",
            kinds=("number", "integer", "boolean"),
        ),
        Role(
            name="series_id",
            title="which series a row belongs to",
            kinds=("category", "id", "integer", "boolean", "text"),
            required=False,
        ),
        Role(
            name="known",
            title="columns whose future values are known when a forecast is asked for",
            kinds=("number", "integer", "boolean", "category"),
            required=False,
        ),
    ),
    headline=headline,
    metrics=(
        Metric(name="mase", better="lower"),
        Metric(name="smape", better="lower"),
        Metric(name="rmse", better="lower"),
        Metric(name="mae", better="lower"),
    ),
    backbones=(
        Backbone(
            name="light_forecast",
            title="smoothing, theta, autoregression, waves, linear lags and boosted trees, mixed",
            why="each series gets the mix that foretold its own past best; quick, on a CPU",
            hardware="cpu",
            called=("ensemble", "light_ensemble"),
        ),
        Backbone(
            name="light_forecast_stats",
            title="the same with AutoETS, AutoTheta, AutoCES and AutoARIMA (statsforecast)",
            why="sometimes a little better on few series, and slow: seconds for each",
            hardware="cpu",
            requirements=("statsforecast==2.1.1",),
            called=("statsforecast", "arima", "autoarima", "ets", "autoets"),
        ),
        Backbone(
            name="exponential_smoothing",
            title="exponential smoothing alone",
            why="one kind of model, easy to explain",
            hardware="cpu",
            called=("holt winters", "holt-winters", "smoothing", "exponential smoothing"),
        ),
    ),
    minimum_rows=10,
    budget_seconds=60,
    settings=Settings,
    evidence=evidence,
)
