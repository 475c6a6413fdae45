"""Columns that belong together line by line: a text and its short form, or its translation."""

from itertools import pairwise

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.hearing import asking
from pipeline.hearing.likeness import beginning_alike, likeness, name_words, words_of

_CODES = {
    "en": ("english", "eng", "englisch"),
    "de": ("german", "deu", "ger", "deutsch"),
    "fr": ("french", "fra", "fre", "francais"),
    "es": ("spanish", "spa", "espanol", "castilian"),
    "it": ("italian", "ita", "italiano"),
    "pt": ("portuguese", "por", "portugues"),
    "nl": ("dutch", "nld", "flemish"),
    "sv": ("swedish", "swe"),
    "da": ("danish", "dan"),
    "no": ("norwegian", "nor", "nb", "nn"),
    "fi": ("finnish", "fin"),
    "pl": ("polish", "pol"),
    "cs": ("czech", "ces", "cze"),
    "hu": ("hungarian", "hun"),
    "ro": ("romanian", "ron"),
    "tr": ("turkish", "tur"),
    "ru": ("russian", "rus"),
    "uk": ("ukrainian", "ukr"),
    "el": ("greek", "ell"),
    "ar": ("arabic", "ara"),
    "he": ("hebrew", "heb"),
    "hi": ("hindi", "hin"),
    "zh": ("chinese", "zho", "mandarin", "cn"),
    "ja": ("japanese", "jpn", "jp"),
    "ko": ("korean", "kor"),
    "vi": ("vietnamese", "vie"),
    "id": ("indonesian", "ind"),
    "ca": ("catalan", "cat"),
    "la": ("latin", "lat"),
    "cy": ("welsh", "cym"),
    "ga": ("irish", "gle", "gaelic"),
    "sw": ("swahili", "swa"),
}
_CODE_OF = {name: code for code, names in _CODES.items() for name in names}
_NAMES = tuple(_CODE_OF)
LANGUAGE_NAMES = tuple(
    name
    for names in _CODES.values()
    for name in names
    if len(name) > 4  # noqa: PLR2004 - codes are short
)
_SOURCE_NAMES = frozenset(("src", "source", "original", "from", "input"))
_TARGET_NAMES = frozenset(("tgt", "target", "trg", "translation", "translated", "to", "output"))
_TO = frozenset(("to", "into", "2", "in"))
_MOST_PAIRED = 100  # columns of which each two may be the same in two languages
_LEAST_SHORTER = 1.5
_SPELT = 5  # letters: shorter words are codes, or other words
_ALSO_WORDS = frozenset(("no", "id", "it", "is", "he", "hi", "la", "el", "ca", "da", "ga"))


def length(column: ColumnReport) -> float:
    """Mean letters of a text."""
    return column.mean_signs or 6 * (column.mean_words or 0)


def long_and_short(
    report: DataReport, words: str, short_names: frozenset[str]
) -> tuple[ColumnReport, ColumnReport] | None:
    """A column of long texts and one of texts that sum them up."""
    texts = [one for one in report.columns if one.kind == "text" or _is_talk(one)]
    varied = {"category", "id"}
    texts += [one for one in report.columns if one.kind in varied and _summing(one, short_names)]
    if len(texts) < 2:  # noqa: PLR2004 - a text and its short form
        return None
    short = min(texts, key=lambda one: (not _summing(one, short_names), length(one)))
    rest = [one for one in texts if one is not short]
    long = max(rest, key=lambda one: (asking.named(one, words), length(one)))
    return (long, short) if length(long) >= _LEAST_SHORTER * length(short) else None


def _summing(column: ColumnReport, names: frozenset[str]) -> bool:
    return bool(names & set(name_words(column.name)))


def _is_talk(column: ColumnReport) -> bool:
    return column.kind == "nested" and length(column) > 40  # noqa: PLR2004 - letters: more than a list


def two_languages(report: DataReport) -> tuple[ColumnReport, ColumnReport] | None:
    """The two columns that hold the same in two languages."""
    texts = [one for one in report.columns if one.kind in {"text", "category", "id"}]
    if report.layout == "pairs":
        return (texts[0], texts[1]) if len(texts) > 1 else None
    if report.layout != "table":
        return None
    told = [one for one in texts if _called(one) or one.kind == "text"][:_MOST_PAIRED]
    for at, one in enumerate(told):
        for other in told[at + 1 :]:
            differ = tongue(one) and tongue(other) and tongue(one) != tongue(other)
            if differ or (_is_side(one) and _is_side(other)):
                return one, other
    return None


def tongue(column: ColumnReport) -> str | None:
    """The language of a column: as it is called, else as it reads."""
    return _called(column) or column.language


def _called(column: ColumnReport) -> str | None:
    """The language that a column is called by; a code counts alone or after the same word."""
    own = name_words(column.name)
    if len(own) == 1:
        return language_code(own[0])
    spelt = [word for word in own if len(word) >= _SPELT]
    code = own[-1] if own and own[-1] in _CODES and own[-1] not in _ALSO_WORDS else None
    return next((found for word in spelt if (found := language_code(word))), code)


def _is_side(column: ColumnReport) -> bool:
    return bool((_SOURCE_NAMES | _TARGET_NAMES) & set(name_words(column.name)))


def language_code(word: str) -> str | None:
    """The ISO code that a word names: `de`, `german`, `germn`."""
    for code, names in _CODES.items():
        if word == code or word in names:
            return code
    if len(word) < _SPELT:
        return None
    near = beginning_alike(word, _NAMES)
    best, code = max(((likeness(name, word), _CODE_OF[name]) for name in near), default=(0.0, ""))
    return code if best else None


def direction(
    columns: tuple[ColumnReport, ColumnReport], words: str
) -> tuple[ColumnReport, ColumnReport] | None:
    """Source and target, by "to German", by the order of the languages, by the columns' names."""
    spoken = words_of(words.replace(">", " to ").replace("-", " "))
    wanted = _after_to(spoken)
    for source, target in (columns, columns[::-1]):
        if wanted and tongue(target) == wanted:
            return source, target
    named = [code for word in spoken if len(word) > 2 and (code := language_code(word))]  # noqa: PLR2004
    for source, target in (columns, columns[::-1]):
        if named[:2] == [tongue(source), tongue(target)]:
            return source, target
    for source, target in (columns, columns[::-1]):
        sides = set(name_words(source.name)), set(name_words(target.name))
        if sides[1] & _TARGET_NAMES or sides[0] & _SOURCE_NAMES:
            return source, target
    return None


def _after_to(spoken: tuple[str, ...]) -> str | None:
    """The language named after the last "to", "into" or "in"."""
    found = None
    for word, after in pairwise(spoken):
        if word in _TO and (code := language_code(after)):
            found = code
    return found
