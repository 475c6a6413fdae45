"""Translation: a text in one language in, the same in another out."""

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.deep import DEEP, PairSettings
from pipeline.hearing import pairing
from pipeline.hearing.phrases import hear
from pipeline.recipe import Backbone, Evidence, Metric, Recipe, Role, no_evidence

WORDS = (
    *("translation", "translate", "translates", "translator", "translating", "translations"),
    *("parallel corpus", "parallel text", "bilingual", "machine translation"),
)


def headline(classes: int) -> Metric:
    """Runs of letters in common: fair also where words have many forms, or no spaces between."""
    del classes
    return Metric(name="chrf", better="higher")


def evidence(report: DataReport, words: str) -> Evidence:
    """Two texts that say the same in two languages, line by line."""
    columns = pairing.two_languages(report)
    if columns is None:
        return no_evidence("There are no texts in two languages.")
    way = pairing.direction(columns, words)
    source, target = way or columns
    known = pairing.tongue(source) != pairing.tongue(target)
    asked = hear(words, WORDS).clearness > 0 or way is not None
    return Evidence(
        score=0.95 if known or report.layout == "pairs" else 0.5 * asked,
        reason=f"{source.name} and {target.name} say the same in two languages",
        roles={"source": source.name, "target": target.name},
        doubts={} if way else {"target": _names(columns)},
    )


def _names(columns: tuple[ColumnReport, ColumnReport]) -> tuple[str, ...]:
    return tuple(column.name for column in columns)


RECIPE = Recipe(
    title="Translation",
    asks="Give the same columns as in training, or a text with --text.",
    answers="For each text a line of JSON with input and output, the translation.",
    formats=("pairs in a table, JSON or JSONL", "files that match line by line"),
    baselines=("the source as it is", "the translation of the most similar known source"),
    words=WORDS,
    hints=(*pairing.LANGUAGE_NAMES, "languages", "language", "into", "lines match"),
    roles=(
        Role(name="source", title="the text to translate", kinds=("text", "category", "id")),
        Role(
            name="target",
            title="the text in the language to translate into",
            kinds=("text", "category", "id"),
        ),
    ),
    headline=headline,
    metrics=(Metric(name="chrf", better="higher"), Metric(name="bleu", better="higher")),
    backbones=(
        Backbone(
            name="opus_mt",
            title="OPUS-MT (Marian) for the two languages, fine-tuned (75 million weights)",
            why="translates these two languages already, and learns the words of the field",
            hardware="gpu",
            requirements=DEEP,
            called=("opus-mt", "opus mt", "marian", "helsinki"),
            hub="Helsinki-NLP/opus-mt-{source}-{target}",
            license="cc-by-4.0",
        ),
        Backbone(
            name="nllb_600m",
            title="NLLB-200 distilled, fine-tuned (600 million weights)",
            why="knows 200 languages, also those without an OPUS-MT model; not for business",
            hardware="gpu",
            requirements=DEEP,
            called=("nllb", "nllb-200", "nllb-200-distilled-600m"),
            hub="facebook/nllb-200-distilled-600M",
            license="cc-by-nc-4.0",
        ),
        Backbone(
            name="phrases",
            title="phrases found in the pairs, put together by a beam search",
            why="needs no weights and no GPU; translates what is like the pairs, word for word",
            hardware="cpu",
            called=("phrase table", "phrase based", "statistical", "smt"),
        ),
    ),
    minimum_rows=10,
    budget_seconds=180,
    settings=PairSettings,
    evidence=evidence,
)
