"""Clustering: rows that are alike into groups, with nothing to learn the groups from."""

import re

from pydantic import BaseModel, ConfigDict, Field

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.hearing import roles
from pipeline.hearing.phrases import hear
from pipeline.recipe import Backbone, Evidence, Metric, Recipe, Role, no_evidence

WORDS = (
    *("cluster", "clusters", "clustering", "segment", "segments", "segmentation", "segmenting"),
    *("find groups", "natural groups", "groups in", "any groups", "group the", "group my"),
    *("group our", "group similar", "group these", "group them", "similar customers", "kmeans"),
    *("k means", "unsupervised", "no labels", "without labels", "unlabelled", "unlabeled"),
    *("into groups", "belong together", "personas", "archetypes", "types of customers", "dbscan"),
    *("what groups", "which groups", "bucket similar", "hdbscan", "groupings"),
    *("different kinds of", "different types of", "sort into groups", "profiles", "look alike"),
    *("behave alike", "similar bunches", "no right answer", "nothing labelled"),
    *("what sorts of", "sorts of members", "sorts of customers", "typical shapes", "split into"),
    *("natural", "look similar", "behave similarly", "buckets of", "tribes", "alike"),
)


_ASKS_FOR_KINDS = re.compile(
    r"\b(?:what|which)\s+(?:\w+\s+)?(?:types|kinds|sorts|groups|classes)\s+of\s+\w+\s+(?:are|do|did|can)\b",
    re.IGNORECASE,
)


class Settings(BaseModel):
    """Hyperparameters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    clusters: int | None = Field(
        default=None, ge=2, le=50, description="how many groups; None: as many as stand out"
    )


def headline(classes: int) -> Metric:
    """How far the groups are apart, whatever their number."""
    del classes
    return Metric(name="silhouette", better="higher")


def evidence(report: DataReport, words: str) -> Evidence:
    """Columns to compare rows by; only words say that no answer is wanted."""
    if report.layout != "table":
        return no_evidence("There is no table.")
    different = {one.name for one in report.columns if _is_all_different(one, report)}
    features = roles.features(report, besides=different)
    kinds = {one.name: one.kind for one in report.columns}
    numbers = [name for name in features if kinds[name] in {"number", "integer"}]
    if not features:
        return no_evidence("No column says how rows are alike.")
    asked = hear(words, WORDS).clearness or _ASKS_FOR_KINDS.search(words) is not None
    fit = 0.95 if numbers else 0.6
    return Evidence(
        score=round(fit if asked else 0.25 * fit, 3),
        reason=f"{len(features)} columns to compare rows by",
        roles={"features": features},
        doubts={},
    )


def _is_all_different(column: ColumnReport, report: DataReport) -> bool:
    """Names and texts: nothing in them is shared by two rows."""
    varied = column.kind == "category" and column.unique > report.rows / 2
    return column.kind == "text" or varied


RECIPE = Recipe(
    title="Clustering",
    asks="Give the same columns as in training.",
    answers="For each row a column cluster.",
    formats=("CSV, TSV, Excel or Parquet tables", "JSON and JSONL"),
    baselines=("the same method on rows without groups", "k-means"),
    words=WORDS,
    hints=("group", "groups", "similar", "alike", "patterns", "types", "kinds", "structure"),
    roles=(
        Role(
            name="features",
            title="the columns to compare rows by",
            kinds=("number", "integer", "boolean", "category", "date", "text"),
        ),
    ),
    headline=headline,
    metrics=(
        Metric(name="silhouette", better="higher"),
        Metric(name="davies_bouldin", better="lower"),
        Metric(name="calinski_harabasz", better="higher"),
        Metric(name="stability", better="higher"),
    ),
    backbones=(
        Backbone(
            name="best_of_many",
            title="k-means, Gaussian mixtures of many shapes, density and spectral clustering",
            why="groups differ in size and shape; what the likelihood and refits bear out is taken",
            hardware="cpu",
            called=("hdbscan", "dbscan", "spectral clustering"),
        ),
        Backbone(
            name="gaussian_mixture",
            title="Gaussian mixtures alone",
            why="every row gets a probability for each group",
            hardware="cpu",
            called=("gaussian mixture", "mixture model", "gmm"),
        ),
        Backbone(
            name="k_means",
            title="k-means alone",
            why="the simplest: a row belongs to the nearest mean",
            hardware="cpu",
            called=("k means", "kmeans"),
        ),
    ),
    minimum_rows=10,
    budget_seconds=60,
    settings=Settings,
    evidence=evidence,
)
