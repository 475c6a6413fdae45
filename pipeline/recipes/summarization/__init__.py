"""Summarization: a long text in, a short one out."""

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.deep import DEEP, PairSettings
from pipeline.hearing import pairing
from pipeline.hearing.likeness import name_words
from pipeline.hearing.phrases import hear
from pipeline.recipe import Backbone, Evidence, Metric, Recipe, Role, no_evidence

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


def headline(classes: int) -> Metric:
    """The words in common with the person's own summary.

    ROUGE-1 alone is fair to a summary made of a text's sentences: it rewards the right content,
    ROUGE-2 and ROUGE-L the same wording as well.
    """
    del classes
    return Metric(name="rouge1", better="higher")


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


RECIPE = Recipe(
    title="Summarization",
    asks="Give the same columns as in training, or a text with --text.",
    answers="For each text a line of JSON with input and output, the summary.",
    formats=("pairs in a table, JSON or JSONL", "files that match line by line"),
    baselines=("the first three sentences or turns", "the most central sentences"),
    words=WORDS,
    hints=(
        *("abstract", "abstracts", "headline", "headlines", "title", "titles", "short", "brief"),
        *("dialogues", "articles", "reports", "meeting", "long", "read"),
    ),
    roles=(
        Role(name="source", title="the long text", kinds=("text", "category", "nested")),
        Role(name="target", title="the short text", kinds=("text", "category")),
    ),
    headline=headline,
    metrics=(
        Metric(name="rouge1", better="higher"),
        Metric(name="rouge2", better="higher"),
        Metric(name="rougeL", better="higher"),
    ),
    backbones=(
        Backbone(
            name="flan_t5_base",
            title="FLAN-T5 base, fine-tuned (250 million weights)",
            why="writes summaries in its own words, and learns the style from a few hundred",
            hardware="gpu",
            requirements=DEEP,
            called=("flan-t5", "flan t5", "flan-t5-base", "t5"),
            hub="google/flan-t5-base",
            license="apache-2.0",
        ),
        Backbone(
            name="bart_large_cnn",
            title="BART large for news, fine-tuned (400 million weights)",
            why="was trained to sum up English news, and is good at long articles",
            hardware="gpu",
            requirements=DEEP,
            called=("bart", "bart-large-cnn", "bart large"),
            hub="facebook/bart-large-cnn",
            license="mit",
        ),
        Backbone(
            name="extract",
            title="the telling sentences of the text itself, chosen by trees (LightGBM)",
            why="needs no weights and no GPU; takes whole sentences and writes nothing anew",
            hardware="cpu",
            called=("extractive", "extraction", "sentences"),
        ),
    ),
    minimum_rows=10,
    budget_seconds=120,
    settings=PairSettings,
    evidence=evidence,
)
