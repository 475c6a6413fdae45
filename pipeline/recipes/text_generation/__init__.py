"""Text generation: learns to write on in the manner of the texts it was given."""

from pydantic import Field

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.deep import DEEP, LoraSettings
from pipeline.hearing import roles
from pipeline.hearing.phrases import hear
from pipeline.recipe import Backbone, Evidence, Metric, Recipe, Role, no_evidence

WORDS = (
    *("text generation", "generate", "generator", "generates", "write like", "writes like"),
    *("write more", "in the style of", "style of", "language model", "make it talk", "talk like"),
    *("sound like", "sounds like", "write new", "compose", "invent", "make up", "continue"),
    *("autocomplete", "gpt", "char rnn", "come up with", "more like these", "more like this"),
    *("write in", "writes in", "speak like", "new ones", "imitate", "mimic", "more verses", "more"),
    *("write me new", "like these", "same vein", "fresh", "make up new", "write another"),
)


class Settings(LoraSettings):
    """Hyperparameters; those of networks do not touch the model that counts."""

    running_text: bool | None = Field(
        default=None,
        description="the lines are one text; None: not in tables, in text files as they look",
    )
    longest: int = Field(default=200, ge=1, le=5_000, description="characters that are written on")
    temperature: float = Field(
        default=0.7, gt=0, le=5, description="how daring it writes: 1 is like the texts, less safer"
    )
    context_length: int | None = Field(
        default=None, ge=16, le=32_768, description="tokens that a network looks at; None: chosen"
    )


def headline(classes: int) -> Metric:
    """What each character of unseen texts costs: it compares models of any tokens."""
    del classes
    return Metric(name="nats_per_char", better="lower")


def evidence(report: DataReport, words: str) -> Evidence:
    """Plain text, or one column of texts with nothing to predict."""
    asked = hear(words, WORDS).clearness
    if report.layout == "text":
        return _reading(report.columns[0], 0.95)
    if report.layout != "table":
        return no_evidence("There is no plain text.")
    texts = roles.texts(report) or tuple(_short_texts(report))
    if not texts:
        return no_evidence("There is no column of texts.")
    others = [one for one in report.columns if one not in texts[:1] and one.kind not in _SAY_LITTLE]
    if not others:
        return _reading(texts[0], 0.9)
    few = len(others) <= 3  # noqa: PLR2004 - a title, a date, an author
    return _reading(texts[0], 0.5 if asked and few else 0.05 if few else 0.0)


_SAY_LITTLE = frozenset(("id", "constant", "empty"))


def _short_texts(report: DataReport) -> list[ColumnReport]:
    return [
        one
        for one in report.columns
        if one.kind in {"category", "id"} and one.unique > report.rows / 2
    ]


def _reading(column: ColumnReport, score: float) -> Evidence:
    return Evidence(
        score=score,
        reason="text to go on with, and nothing to predict",
        roles={"text": column.name},
        doubts={},
    )


RECIPE = Recipe(
    title="Text generation",
    asks="Give how a text begins with --text, which may be empty, or a file of beginnings.",
    answers="For each beginning a line of JSON with input and output, how it goes on.",
    formats=("plain text", "a text a line", "a column of texts in a table, JSON or JSONL"),
    baselines=("each character as often as it occurs", "5-grams of characters"),
    words=WORDS,
    hints=(
        "write",
        "text",
        "style",
        "poem",
        "poems",
        "story",
        "stories",
        "lyrics",
        "talk",
        "speak",
    ),
    roles=(Role(name="text", title="the text to learn from", kinds=("text", "category", "id")),),
    headline=headline,
    metrics=(
        Metric(name="nats_per_char", better="lower"),
        Metric(name="perplexity", better="lower"),
    ),
    backbones=(
        Backbone(
            name="qwen3-0.6b-base",
            title="Qwen3 0.6B, fine-tuned with LoRA",
            why="it has read much in many languages, and only has to learn the manner",
            hardware="gpu",
            requirements=DEEP,
            called=("qwen", "qwen3", "qwen3-0.6b"),
            hub="Qwen/Qwen3-0.6B-Base",
            license="apache-2.0",
        ),
        Backbone(
            name="smollm2-135m",
            title="SmolLM2 135M, fine-tuned",
            why="small and quick, for texts in English",
            hardware="gpu",
            requirements=DEEP,
            called=("smollm", "smollm2"),
            hub="HuggingFaceTB/SmolLM2-135M",
            license="apache-2.0",
        ),
        Backbone(
            name="counting",
            title="counts of characters and words, and of what was just said, weighed by a gate",
            why="learns in a minute on a CPU without any weights, and foretells better there than"
            " a small network trained from nothing",
            hardware="cpu",
            called=("ngram", "n-gram", "markov", "markov chain", "kneser-ney", "ngrams"),
        ),
        Backbone(
            name="small-transformer",
            title="a small transformer trained from nothing, on pieces of words learned here",
            why="a network without anybody's weights; on a CPU counting does better",
            hardware="cpu",
            requirements=DEEP,
            called=("transformer", "gpt", "nanogpt", "from scratch", "llama"),
            asked_only=True,
        ),
    ),
    minimum_rows=1,
    budget_seconds=120,
    settings=Settings,
    evidence=evidence,
)
