"""TF-IDF with a linear SVM, and a constant: python simple_texts.py trial.json."""

import json
from collections import Counter

import measuring
from rows import read_trial
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC


def main() -> None:
    """Fit both and print what each reaches."""
    trial = read_trial()
    text, positive = trial.told["text"], trial.told["positive"]
    labels = [str(label).strip() for label in trial.fit[trial.target]]
    machine = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LinearSVC())
    machine.fit(trial.fit[text].fillna(""), labels)
    said = {
        "TF-IDF + SVC": machine.predict(trial.test[text].fillna("")).tolist(),
        "constant": [Counter(labels).most_common(1)[0][0]] * len(trial.test),
    }
    models = {
        name: measuring.of_classes(trial.truth, one, None, (), positive)
        for name, one in said.items()
    }
    print(json.dumps({"models": models}))


if __name__ == "__main__":
    main()
