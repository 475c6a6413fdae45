"""Default LightGBM, a linear model and a constant: python simple_tables.py trial.json.

LightGBM reads numbers and plain category codes, the linear models standardised numbers and
one-hot columns.
"""

import json
from collections import Counter

import lightgbm as lgb
import measuring
import numpy as np
import pandas as pd
from rows import Trial, numbers_and_words, read_trial
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

MOST_LEVELS = 50  # a column of more values would be one column a row for the linear model


def main() -> None:
    """Fit all of them and print what each reaches."""
    trial = read_trial()
    fit, test, numbers = numbers_and_words(trial)
    if trial.told["task"] == "tabular_regression":
        models = _numbers(trial, fit, test, numbers)
    else:
        models = _classes(trial, fit, test, numbers)
    print(json.dumps({"models": models}))


def _classes(
    trial: Trial, fit: pd.DataFrame, test: pd.DataFrame, numbers: list[str]
) -> dict[str, dict[str, float]]:
    labels = [str(label).strip() for label in trial.fit[trial.target]]

    def told(model: lgb.LGBMClassifier | Pipeline, asked: pd.DataFrame) -> dict[str, float]:
        chances, names = model.predict_proba(asked), [str(label) for label in model.classes_]
        said = [names[at] for at in chances.argmax(axis=1)]
        return measuring.of_classes(trial.truth, said, chances, names, trial.told["positive"])

    learn, ask = _codes(fit, test, numbers)
    boosted = lgb.LGBMClassifier(n_jobs=1, verbose=-1).fit(learn, labels)
    linear = _one_hot(fit, numbers, LogisticRegression(max_iter=1000)).fit(fit, labels)
    commonest = Counter(labels).most_common(1)[0][0]
    names = sorted(set(labels))
    shares = np.tile([Counter(labels)[name] / len(labels) for name in names], (len(test), 1))
    same = [commonest] * len(test)
    return {
        "LightGBM": told(boosted, ask),
        "linear": told(linear, test),
        "constant": measuring.of_classes(trial.truth, same, shares, names, trial.told["positive"]),
    }


def _numbers(
    trial: Trial, fit: pd.DataFrame, test: pd.DataFrame, numbers: list[str]
) -> dict[str, dict[str, float]]:
    target, truth = (frame[trial.target].astype(float) for frame in (trial.fit, trial.test))
    learn, ask = _codes(fit, test, numbers)
    boosted = lgb.LGBMRegressor(n_jobs=1, verbose=-1).fit(learn, target)
    linear = _one_hot(fit, numbers, Ridge()).fit(fit, target)
    said = {
        "LightGBM": boosted.predict(ask),
        "linear": linear.predict(test),
        "constant": np.full(len(test), target.mean()),
    }
    return {name: measuring.of_numbers(truth.tolist(), one.tolist()) for name, one in said.items()}


def _codes(
    fit: pd.DataFrame, test: pd.DataFrame, numbers: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Words as categories; the names of columns as numbers, because LightGBM refuses some signs."""
    learn, ask = fit.copy(), test.copy()
    for name in learn.columns.difference(numbers):
        levels = learn[name].dropna().unique()
        learn[name] = pd.Categorical(learn[name], levels)
        ask[name] = pd.Categorical(ask[name], levels)
    learn.columns = ask.columns = pd.Index([f"column_{at}" for at in range(learn.shape[1])])
    return learn, ask


def _one_hot(fit: pd.DataFrame, numbers: list[str], model: LogisticRegression | Ridge) -> Pipeline:
    words = [name for name in fit.columns if name not in numbers]
    few = [name for name in words if fit[name].nunique() <= MOST_LEVELS]
    scaled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    filled = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="", missing_values=None),
        OneHotEncoder(handle_unknown="ignore"),
    )
    columns = ColumnTransformer([("numbers", scaled, numbers), ("words", filled, few)])
    return make_pipeline(columns, model)


if __name__ == "__main__":
    main()
