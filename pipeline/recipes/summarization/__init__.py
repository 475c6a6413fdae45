"""Summarization: a long text in, a short one out."""

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.hearing import pairing
from pipeline.hearing.likeness import name_words
from pipeline.hearing.phrases import hear
from pipeline.recipe import Evidence, Role, Task, no_evidence

WORDS = (
    *("summarization", "summarisation", "summarize", "summarise", "summarizes", "summary"),
    *("summaries", "summariser", "summarizer", "tldr", "tl dr", "tl;dr", "shorten", "condense"),
    *("digest", "in brief", "key points", "gist"),
    *(
        "boil",
        "short version",
        "sum up",
        "recap",
        "minutes of",
        "too long to read",
        "no time to read",
    ),
    *(
        "time to read",
        "one line",
        "one liner",
        "compress",
        "shorter",
        "in a sentence",
        "short summary",
    ),
)
_SHORT_NAMES = frozenset(
    (
        *("summary", "summaries", "abstract", "headline", "title", "highlights", "tldr", "short"),
        *("gist", "headnote", "brief", "digest", "synopsis", "subject", "summarized", "recap"),
    )
)


def evidence(report: DataReport, words: str) -> Evidence:
    """A column of long texts and one of short texts about the same."""
    pair = pairing.long_and_short(report, words, _SHORT_NAMES)
    if report.layout not in {"table", "pairs"} or pair is None:
        return no_evidence("There are no long texts with a short one each.")
    source, target = pair
    called = bool(_SHORT_NAMES & set(name_words(target.name)))
    asked = hear(words, WORDS).clearness > 0
    return Evidence(
        score=round(_score(report, source, target, called=called, asked=asked), 3),
        reason=f"{target.name} is a short text for each long one in {source.name}",
        roles={"source": source.name, "target": target.name},
        doubts={},
    )


def _score(
    report: DataReport, source: ColumnReport, target: ColumnReport, *, called: bool, asked: bool
) -> float:
    """A short text beside a long one may be its title: only words, or nothing else, say more."""
    shorter = pairing.length(source) / max(pairing.length(target), 1)
    others = [one for one in report.columns if one not in (source, target) and one.kind != "id"]
    if not asked:
        return 0.25 if others or target.unique < source.unique / 2 else 0.6 if called else 0.4
    return min(0.95, 0.6 + 0.25 * called + 0.1 * min(shorter / 2, 1.0))


TASK = Task(
    title="Summarization",
    words=WORDS,
    hints=(
        *("abstract", "abstracts", "headline", "headlines", "title", "titles", "short", "brief"),
        *("dialogues", "articles", "reports", "meeting", "long", "read"),
    ),
    roles=(
        Role(name="source", title="the long text", kinds=("text", "category", "nested")),
        Role(name="target", title="the short text", kinds=("text", "category")),
    ),
    minimum_rows=10,
    evidence=evidence,
)
