"""What the ensemble is compared with, on the very rows that prepare.py cut.

    python tabular_rivals.py PREPARED TARGET FEATURE...

Runs in the training environment and prints one JSON object: the headline metric and the log loss
of a default LightGBM on plain category codes and of a logistic regression on one-hot columns.
"""

import json
import sys
from pathlib import Path

import lightgbm as lgb
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, log_loss, roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

MOST_LEVELS = 50  # a column of more values would be one column a row for the linear model


def main() -> None:
    """Fit both on fit/, score both on heldout/."""
    folder, target, features = Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    fit = pd.concat([read(folder / "fit" / f"{part}.jsonl") for part in ("train", "validation")])
    test = read(folder / "heldout" / "test.jsonl")
    numbers = [name for name in features if is_numeric(fit[name])]
    learn, ask = (typed(frame, features, numbers) for frame in (fit, test))
    told = {}
    model, seen, asked = boosted(learn, ask, numbers)
    told["LightGBM"] = measure(model.fit(seen, fit[target]), asked, test[target])
    told["linear"] = measure(linear(learn, numbers).fit(learn, fit[target]), ask, test[target])
    print(json.dumps(told))


def read(path: Path) -> pd.DataFrame:
    names, *rows = [json.loads(line) for line in path.read_text("ascii").splitlines()]
    frame = pd.DataFrame(rows, columns=names, dtype=object)
    return frame.map(lambda cell: cell.strip() or None if isinstance(cell, str) else cell)


def is_numeric(column: "pd.Series[str]") -> bool:
    known = column[column.notna() & (column != "?")]
    return bool(pd.to_numeric(known, errors="coerce").notna().all())


def typed(frame: pd.DataFrame, features: list[str], numbers: list[str]) -> pd.DataFrame:
    columns = {
        name: pd.to_numeric(frame[name], errors="coerce") if name in numbers else frame[name]
        for name in features
    }
    return pd.DataFrame(columns)


def boosted(
    learn: pd.DataFrame, ask: pd.DataFrame, numbers: list[str]
) -> tuple[lgb.LGBMClassifier, pd.DataFrame, pd.DataFrame]:
    learn, ask = learn.copy(), ask.copy()
    for name in learn.columns.difference(numbers):
        levels = learn[name].dropna().unique()
        learn[name] = pd.Categorical(learn[name], levels)
        ask[name] = pd.Categorical(ask[name], levels)
    return lgb.LGBMClassifier(n_jobs=1, verbose=-1), learn, ask


def linear(learn: pd.DataFrame, numbers: list[str]) -> Pipeline:
    words = [name for name in learn.columns if name not in numbers]
    few = [name for name in words if learn[name].nunique() <= MOST_LEVELS]
    scaled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    filled = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="", missing_values=None),
        OneHotEncoder(handle_unknown="ignore"),
    )
    columns = ColumnTransformer([("numbers", scaled, numbers), ("words", filled, few)])
    return make_pipeline(columns, LogisticRegression(max_iter=1000))


def measure(
    model: "lgb.LGBMClassifier | Pipeline", ask: pd.DataFrame, truth: "pd.Series[str]"
) -> dict[str, float]:
    chances = model.predict_proba(ask)
    if len(model.classes_) == 2:
        value = roc_auc_score(truth, chances[:, 1])
    else:
        value = f1_score(truth, model.predict(ask), average="macro")
    loss = log_loss(truth, chances, labels=model.classes_)
    return {"value": float(value), "log_loss": float(loss)}


if __name__ == "__main__":
    main()
