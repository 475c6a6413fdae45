"""Token classification: a text in, the names, places and other entities in it out."""

from pipeline.artifacts import DataReport
from pipeline.recipe import Evidence, Role, Task, no_evidence


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


TASK = Task(
    title="Token classification",
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
    minimum_rows=10,
    evidence=evidence,
)
