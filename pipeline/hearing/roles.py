"""Columns by the parts that they can play, shared by the evidence of all tables."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.hearing import ahead, asking
from pipeline.hearing.asking import Candidate
from pipeline.hearing.leaving import left_out, without_pictures
from pipeline.hearing.likeness import name_words, words_of
from pipeline.hearing.naming import SAID, by_name
from pipeline.hearing.phrases import says
from pipeline.hearing.spoken import SAYS_NOTHING

MOST_CLASSES = 50
MOST_COUNTS = 12  # an integer with more values is a quantity rather than a class
LEARNABLE = frozenset(("number", "integer", "boolean", "category", "date", "text"))
# "predict loyalty": what stands alone after the verb and is no column is not another column.
_PREDICTED = re.compile(
    r"\b(?:predict|estimate|guess)\s+(?:the\s+|a\s+|an\s+|my\s+|our\s+)?([a-z][\w-]+)\W*$",
    re.IGNORECASE,
)
_VAGUE_WISHES = (
    *("do something", "something about", "something with", "something smart", "something useful"),
    *(
        "something cool",
        "anything",
        "whatever",
        "some model",
        "something from",
        "predict something",
    ),
)
UNSUPPORTED = 0.25  # no better than looking for groups: to be asked about
_RATHER_ANOTHER = 0.6  # what is to come is forecast, and what a text says is read from it
ABOUT_TEXT = (
    *(
        "wording",
        "text alone",
        "the text",
        "texts",
        "wrote",
        "written",
        "letter",
        "letters",
        "reads",
    ),
    *("message", "messages", "comment", "comments", "review", "reviews", "email", "emails", "mail"),
    *("ticket", "tickets", "tweet", "tweets", "complaint", "complaints", "description", "notes"),
    *("headline", "headlines", "article", "articles", "post", "posts", "sentence", "sentences"),
    *("sentiment", "intent", "topic", "spam", "tone", "what they say", "what people say", "moans"),
    *("questions", "feedback", "answers", "transcript", "route", "words alone", "said", "sms"),
)
AMOUNT_WORDS = (
    *("how much", "how many", "how long", "how old", "how far", "how big", "how heavy", "how tall"),
    *("how high", "how fast", "how large", "how often", "how expensive", "regression", "amount"),
    *("number of", "count", "count of", "estimate", "quantity", "rmse", "mae", "price", "cost"),
    *("average", "value of", "level of", "size of", "total", "measure"),
)
CLASS_WORDS = (
    *("class", "classes", "classify", "classification", "classifier", "which", "category"),
    *("kind", "type", "who", "whether", "label", "sort", "group", "is it", "yes or no", "flag"),
    *("detect", "accuracy", "f1", "auc", "roc auc", "recognise", "recognize", "diagnose"),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """The target that was found; `rivals` are as likely, the target among them when there are."""

    target: ColumnReport
    score: float
    why: str
    rivals: tuple[str, ...]


def is_class(column: ColumnReport, report: DataReport) -> bool:
    """Few values, each of them in several rows."""
    if not 2 <= column.unique <= min(MOST_CLASSES, max(report.rows / 3, 2)):  # noqa: PLR2004
        return False
    if column.kind in {"number", "integer"}:
        return column.unique <= MOST_COUNTS
    return column.kind in {"category", "boolean"}


def is_quantity(column: ColumnReport) -> bool:
    """Numbers that are more than two values."""
    return column.kind in {"number", "integer"} and column.unique > 2  # noqa: PLR2004 - two: a class


def leaning(column: ColumnReport, words: str) -> float:
    """From -1 (a class) to 1 (a quantity) for a column of a few numbers; 0 when nothing tells."""
    if not is_quantity(column):
        return -1.0
    if column.unique > MOST_COUNTS or column.kind == "number":
        return 1.0
    amount, kinds = says(words, AMOUNT_WORDS), says(words, CLASS_WORDS)
    return float(amount) - float(kinds)


def choose(
    report: DataReport,
    words: str,
    fits: Callable[[ColumnReport], bool],
    *,
    besides: Iterable[str] = (),
    insist: bool = True,
) -> Choice | None:
    """The likeliest target, and those as likely; None when no column fits.

    A column that the words ask for is kept even where it does not fit, for nobody wants another;
    without `insist` it is passed over.
    """
    aside = set(besides)
    aside |= set(left_out(report, words)) | {column for column, _ in report.afterwards}
    candidates = tuple(one for one in asking.ranked(report, words) if one.column.name not in aside)
    asked = candidates[0] if candidates and candidates[0].score >= asking.FILE else None
    fitting = tuple(one for one in candidates if fits(one.column))
    if insist and asked is not None and not fits(asked.column):
        best = fitting[0].score if fitting else 0.0
        if best < asked.score - asking.A_TIE:
            return Choice(asked.column, asked.score, asked.why, ())
    if not fitting:
        return None
    return _settled(fitting)


def _settled(fitting: tuple[Candidate, ...]) -> Choice:
    """The best of those that fit; where nothing but its place speaks for it, all are rivals."""
    best = fitting[0]
    equal = asking.equally_good(fitting)
    rivals = () if len(equal) == 1 else tuple(one.column.name for one in equal)
    return Choice(best.column, best.score, best.why or "as nothing else can be it", rivals)


def sureness(choice: Choice, report: DataReport, words: str) -> float:
    """From 0.95 for a column that is asked for down to 0.25 for one that nothing points to."""
    if not is_supported(choice, words):
        return UNSUPPORTED
    sure = 0.5 if choice.rivals else 0.5 + 0.45 * min(1.0, choice.score)
    other = (bool(dates(report)) and ahead.looks_ahead(words)) or (
        bool(texts(report)) and about_text(report, words)
    )
    return sure * (_RATHER_ANOTHER if other else 1.0)


def is_supported(choice: Choice, words: str) -> bool:
    """Whether the words, or a name where they are not vague on purpose, point to the target."""
    if choice.score < asking.TYPICAL:
        return choice.score >= asking.FIRST and not choice.rivals
    if choice.score > asking.OUTRIGHT:
        return True
    return bool(words_of(words)) and not says(words, _VAGUE_WISHES) and not _names_another(words)


def _names_another(words: str) -> bool:
    """Whether something else is to be predicted than what only its name makes the target."""
    found = _PREDICTED.search(words)
    return found is not None and found[1].lower() not in SAYS_NOTHING


def is_table(report: DataReport, words: str) -> bool:
    """Whether rows of values are to be learned from, also where pictures come along unwanted."""
    return report.layout == "table" or (report.layout == "images" and without_pictures(words))


def texts(report: DataReport) -> tuple[ColumnReport, ...]:
    """Columns of free text, the longest first."""
    found = (column for column in report.columns if column.kind == "text")
    return tuple(sorted(found, key=lambda column: -(column.mean_words or 0)))


def about_text(report: DataReport, words: str) -> bool:
    """Whether the request, or the name of a file, speaks of texts."""
    titles = " ".join(" ".join(name_words(file.name)) for file in report.files)
    longest = texts(report)[:1]
    return any(is_said(one, words) for one in longest) or says(f"{words} {titles}", ABOUT_TEXT)


def is_said(column: ColumnReport, words: str) -> bool:
    """Whether the words hold the column's whole name, be it misspelt."""
    spoken = (*words_of(words), *name_words(words))
    return by_name(name_words(column.name), spoken, {}) >= SAID


def dates(report: DataReport) -> tuple[ColumnReport, ...]:
    """Columns of dates, and whole numbers that are called and look like years."""
    return tuple(
        column
        for column in report.columns
        if column.kind == "date" or (column.kind in {"integer", "id"} and _is_year(column))
    )


def _is_year(column: ColumnReport) -> bool:
    low, high = column.minimum, column.maximum
    called = re.search(r"(^|[\W_])(year|yr|jahr|anno)s?($|[\W_])", column.name.lower())
    return bool(called) and low is not None and high is not None and 1500 <= low <= high <= 2200  # noqa: PLR2004


def features(report: DataReport, *, besides: Iterable[str]) -> tuple[str, ...]:
    """Columns to learn from: of a kind that says something, and no personal data."""
    aside = set(besides)
    return tuple(
        column.name
        for column in report.columns
        if column.kind in LEARNABLE and not column.personal and column.name not in aside
    )


def tabularity(report: DataReport, names: Iterable[str]) -> float:
    """One free text alone is a task of its own, and so are times; without inputs there is none."""
    wanted = set(names)
    kinds = [column.kind for column in report.columns if column.name in wanted]
    texts = kinds.count("text")
    if kinds and set(kinds) == {"date"}:
        return 0.5
    plain = len(kinds) - texts
    if not plain:
        return {0: 0.05, 1: 0.1}.get(texts, 0.3)  # with no input at all the recipe says so
    return plain / (plain + 0.5) if texts else 1.0
