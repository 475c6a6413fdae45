"""Free text as a few dense dimensions: character TF-IDF, reduced by a truncated SVD."""

from dataclasses import dataclass
from typing import Any

from metrics import Floats
from strings import Strings

LEAST_WORDS = 6.0  # mean words a value; shorter strings are names and codes
LEAST_ROWS = 50
DIMENSIONS = 16
MOST_TERMS = 20_000


@dataclass(frozen=True)
class TextDimensions:
    """The known character groups, their weights, and the axes (dimensions, terms)."""

    terms: tuple[str, ...]
    weights: Floats
    axes: Floats

    def numbers(self, name: str, strings: Strings) -> dict[str, Floats]:
        """The dimensions of each text by feature name; a missing text is an empty one."""
        vectorizer = _vectorizer(vocabulary=self.terms)
        vectorizer.idf_ = self.weights
        places = vectorizer.transform([text or "" for text in strings]) @ self.axes.T
        return {f"{name} dimension {i + 1}": places[:, i] for i in range(places.shape[1])}

    def to_json(self, prefix: str, arrays: dict[str, Any]) -> dict[str, Any]:
        """The JSON part; weights and axes go to `arrays`."""
        arrays[f"{prefix}.weights"], arrays[f"{prefix}.axes"] = self.weights, self.axes
        return {"terms": self.terms}

    @classmethod
    def from_json(
        cls, entry: dict[str, Any], prefix: str, arrays: dict[str, Any]
    ) -> "TextDimensions":
        """Read what `to_json` gave."""
        return cls(tuple(entry["terms"]), arrays[f"{prefix}.weights"], arrays[f"{prefix}.axes"])


def learn_dimensions(strings: Strings) -> TextDimensions | None:
    """Learn the axes, or None when the values are no free text."""
    present = [text for text in strings if text is not None]
    words = sum(len(text.split()) for text in present)
    if len(present) < LEAST_ROWS or words < LEAST_WORDS * len(present):
        return None
    from sklearn.decomposition import TruncatedSVD  # noqa: PLC0415 - only where there is text

    vectorizer = _vectorizer(max_features=MOST_TERMS, min_df=2)
    counts = vectorizer.fit_transform(present)
    size = min(DIMENSIONS, counts.shape[1] - 1, counts.shape[0] - 1)
    axes = TruncatedSVD(size, random_state=0).fit(counts).components_
    return TextDimensions(tuple(vectorizer.get_feature_names_out()), vectorizer.idf_, axes)


def _vectorizer(**settings: Any) -> Any:  # noqa: ANN401 - scikit-learn has no types
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415

    return TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, **settings)
