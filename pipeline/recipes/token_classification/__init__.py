"""Token classification: a text in, the names, places and other entities in it out."""

from pydantic import Field

from pipeline.artifacts import DataReport
from pipeline.deep import DEEP, DeepSettings
from pipeline.recipe import Backbone, Evidence, Metric, Recipe, Role, no_evidence


class Settings(DeepSettings):
    """Hyperparameters; what is not given is chosen on sentences not learned from."""

    regularization: float | None = Field(
        default=None, gt=0, description="how small the chain's weights are kept; None: chosen"
    )
    rounds: int = Field(
        default=80, ge=1, le=1000, description="rounds of learning of the chain, at most"
    )
    max_length: int | None = Field(
        default=None,
        ge=16,
        le=8192,
        description="pieces of words that a network reads at once; None: as many as it can",
    )


def headline(classes: int) -> Metric:
    """F1 of whole spans: most words are in none, so counting words would flatter."""
    del classes
    return Metric(name="span_f1", better="higher")


def evidence(report: DataReport, words: str) -> Evidence:
    """Words with a tag each say so by themselves."""
    del words
    if report.layout != "tagged":
        return no_evidence("There are no words with a tag each.")
    return Evidence(
        score=0.95,
        reason="sentences whose words have a tag each",
        roles={"tokens": report.names[0], "tags": report.names[1]},
        doubts={},
    )


RECIPE = Recipe(
    title="Token classification",
    asks="Give texts in a column named text, a text a line, or one with --text.",
    answers="For each text a line of JSON: its entities, with start, end and label.",
    formats=(
        "CoNLL columns",
        "JSON or JSONL of tokens and tags",
        "JSON or JSONL of texts and spans",
    ),
    baselines=("the commonest tag of each known word", "logistic regression on single words"),
    words=(
        *("token classification", "named entity", "named entities", "named entity recognition"),
        *("ner", "entities", "entity", "tag words", "tagger", "tagging", "part of speech", "pos"),
        *("extract names", "pull out", "extract", "bio tags", "bio labels", "spans", "conll"),
    ),
    hints=(
        "names",
        "places",
        "find",
        "tag",
        "tags",
        "tokens",
        "words",
        "mentions",
        "label",
        "mark",
    ),
    roles=(
        Role(name="tokens", title="the words of a sentence", kinds=("nested",)),
        Role(name="tags", title="the tag of each word", kinds=("nested",)),
    ),
    headline=headline,
    metrics=(
        Metric(name="span_f1", better="higher"),
        Metric(name="accuracy", better="higher"),
    ),
    backbones=(
        Backbone(
            name="modernbert",
            title="ModernBERT, fine-tuned",
            why="has read much English, so it knows names that the training sentences lack",
            hardware="gpu",
            requirements=DEEP,
            hub="answerdotai/ModernBERT-base",
            license="apache-2.0",
            called=("modern bert", "bert"),
        ),
        Backbone(
            name="xlm_roberta",
            title="XLM-RoBERTa, fine-tuned",
            why="has read a hundred languages",
            hardware="gpu",
            requirements=DEEP,
            hub="FacebookAI/xlm-roberta-base",
            license="mit",
            called=("xlm roberta", "roberta", "multilingual"),
        ),
        Backbone(
            name="word_chain",
            title="word forms and neighbours in a linear chain (CRF)",
            why="learns in a minute or two on a CPU, and needs no weights",
            hardware="cpu",
            called=("crf", "conditional random field", "linear chain"),
        ),
    ),
    minimum_rows=10,
    budget_seconds=180,
    settings=Settings,
    evidence=evidence,
)
