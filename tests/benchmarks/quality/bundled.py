"""Writes a data set that comes inside a package as a CSV file: python bundled.py NAME FILE."""

import sys

import pandas as pd
from sklearn import datasets
from statsmodels.datasets import co2, fair


def breast_cancer() -> pd.DataFrame:
    """569 tumours with 30 measurements each, malignant or benign."""
    given = datasets.load_breast_cancer(as_frame=True)
    names = given.target_names
    return given.data.assign(diagnosis=[names[code] for code in given.target])


def affairs() -> pd.DataFrame:
    """6,366 answers of a survey of 1974: any affair or none."""
    table = fair.load_pandas().data
    any_at_all = (table["affairs"] > 0).map({True: "yes", False: "no"})
    return table.drop(columns="affairs").assign(affair=any_at_all)


def digits() -> pd.DataFrame:
    """1,797 handwritten digits of 8 x 8 pixels."""
    given = datasets.load_digits(as_frame=True)
    return given.data.astype(int).assign(digit=given.target)


def diabetes() -> pd.DataFrame:
    """442 patients and how far their illness went within a year."""
    given = datasets.load_diabetes(as_frame=True, scaled=False)
    return given.data.assign(progression=given.target)


def carbon() -> pd.DataFrame:
    """Monthly means of the carbon dioxide over Mauna Loa from 1958 to 2001, gaps bridged."""
    monthly = co2.load_pandas().data["co2"].resample("MS").mean().interpolate().round(3)
    return pd.DataFrame({"month": monthly.index.strftime("%Y-%m-%d"), "co2": monthly.to_numpy()})


TABLES = {
    "breast_cancer": breast_cancer,
    "affairs": affairs,
    "digits": digits,
    "diabetes": diabetes,
    "co2": carbon,
}

if __name__ == "__main__":
    TABLES[sys.argv[1]]().to_csv(sys.argv[2], index=False)
