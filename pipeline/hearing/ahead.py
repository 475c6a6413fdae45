"""Whether a request is about the time to come."""

from pipeline.hearing.horizon import spoken_span
from pipeline.hearing.phrases import says

WORDS = (
    *("forecast", "forecasts", "forecasting", "time series", "timeseries", "tomorrow", "tonight"),
    *("next hour", "next hours", "next day", "next days", "next week", "next weeks", "next month"),
    *("next months", "next year", "next years", "next quarter", "next quarters", "next season"),
    *("coming hours", "coming days", "coming week", "coming weeks", "coming month", "upcoming"),
    *("coming months", "coming year", "following week", "following month", "future", "to come"),
    *("project ahead", "projection", "extrapolate", "days ahead", "weeks ahead", "hours ahead"),
    *("months ahead", "time series forecasting", "day ahead", "week ahead", "this winter"),
    *("this summer", "next winter", "next summer", "from now", "by next", "over the next"),
    *("next few", "next couple", "coming season", "weekend", "ahead of time", "later today"),
)


def looks_ahead(words: str) -> bool:
    """Whether the words ask for what comes next."""
    return says(words, WORDS) or spoken_span(words) is not None
