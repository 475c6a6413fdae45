"""Near-copies of the target are found in every disguise, and honest strong columns are kept."""

from collections.abc import Callable
from typing import Any

import pytest

Compute = Callable[[str], Any]
SETS = 10

MADE_UP = f"""
import json, numpy as np
from leaks import near_copies
from tables import Table

def cells(values):
    return ["" if v is None or v != v else f"{{v:.6g}}" if isinstance(v, float) else str(v)
            for v in values]

def found(columns, kinds, target="answer"):
    columns = {{name: cells(values) for name, values in columns.items()}}
    table = Table(tuple(columns), list(zip(*columns.values())))
    told = {{name: kinds.get(name, "number") for name in columns}}
    return near_copies(table, [n for n in columns if n != target], target, told, 0)

def rows(seed):
    draw = np.random.default_rng(seed)
    return draw, int(draw.choice([150, 400, 900]))

def numbers(draw, size):
    age, place = draw.normal(size=size), draw.integers(0, 4, size)
    answer = np.exp(5 + 0.7 * age + 0.3 * place + 0.4 * draw.normal(size=size))
    return {{"age": age, "place": np.array(list("nswe"))[place],
             "other": draw.normal(size=size), "answer": answer}}

def classes(draw, size, count):
    answer = draw.integers(0, count, size)
    return {{"one": answer * 0.8 + draw.normal(size=size), "two": draw.normal(size=size),
             "three": (answer == 1) * 0.9 + draw.normal(size=size), "answer": answer}}
SETS = {SETS}
"""

COPIES_OF_NUMBERS = {
    "in another unit": "said * 1.79 + 32",
    "with a sign of money": "np.array([f'{v:.2f} €' for v in said])",
    "as a logarithm": "np.log(said)",
    "negated": "-said",
    "rounded": "np.round(said / said.std() * 10)",
    "with noise of 1 %": "said + draw.normal(size=len(said)) * said.std() * 0.01",
    "with noise of 8 %": "said + draw.normal(size=len(said)) * said.std() * 0.08",
    "in a part of the rows": "np.where(draw.random(len(said)) < 0.4, said, np.nan)",
    "cut into ranges": "np.searchsorted(np.quantile(said, [0.2, 0.4, 0.6, 0.8]), said)",
    "as a flag": "np.where(said > np.median(said), 'dear', 'cheap')",
}
COPIES_OF_CLASSES = {
    "recoded": "np.array(['K1', 'K7', 'K3'])[said]",
    "flipped in 1 %": "flipped(0.01)",
    "flipped in 4 %": "np.array(['K1', 'K7', 'K3'])[flipped(0.04)]",
    "as a number with noise": "said + draw.normal(size=len(said)) * 0.15",
    "negated, with noise": "-3 * said + draw.normal(size=len(said)) * 0.6",
    "in a part of the rows": "np.where(draw.random(len(said)) < 0.4, said * 1.0, np.nan)",
}
STRONG = {
    "R2 of .8": "z = draw.normal(size=n); c['strong'] = z; c['answer'] = z + e / 2",
    "R2 of .95": "z = draw.normal(size=n); c['strong'] = z; c['answer'] = z + e * 0.23",
    "a bent relation": "z = draw.normal(size=n); c['strong'] = np.exp(z); "
    "c['answer'] = z + e * 0.25",
    "a product": "a, b = np.exp(draw.normal(size=(2, n)) * [[0.8], [0.15]]); "
    "c['amps'], c['volts'], c['answer'] = a, b, a * b",
    "a sum": "a, b = draw.gamma(2, 50, n), draw.gamma(2, 6, n); "
    "c['goods'], c['shipping'], c['answer'] = a, b, a + b",
    "three thermometers": "z = draw.normal(size=n) * 8; "
    "c['a'], c['b'], c['answer'] = z + draw.normal(size=(3, n)) * 0.6",
    "a switch": "on = draw.random(n) < 0.5; c['state'] = np.where(on, 'on', 'off'); "
    "c['answer'] = np.where(on, 150 + 10 * e, 3 + abs(e))",
    "AUC of .9": "y = draw.integers(0, 2, n); c['strong'] = y * 1.81 + e; c['answer'] = y",
    "AUC of .97": "y = draw.integers(0, 2, n); c['strong'] = y * 2.6 + e; c['answer'] = y",
    "a rare class": "y = (draw.random(n) < 0.1) * 1; c['strong'] = y * 2.6 + e; c['answer'] = y",
    "flowers": "y, u = draw.integers(0, 3, n), draw.normal(size=n); "
    "c['petal'] = np.array([1.5, 4.3, 5.6])[y] + u * 0.35 + e * 0.15; "
    "c['width'] = np.array([0.2, 1.3, 2.0])[y] + u * 0.1 + draw.normal(size=n) * 0.1; "
    "c['sepal'] = np.array([5, 5.9, 6.6])[y] + u * 0.4 + draw.normal(size=n) * 0.2; "
    "c['answer'] = (y > 0) * 1",
}


def planted(make: str, copy: str) -> str:
    return f"""{MADE_UP}
right = 0
for seed in range(SETS):
    draw, size = rows(seed)
    columns = {make}
    said = columns["answer"]
    def flipped(share):
        return np.where(draw.random(size) < share, (said + 1) % 3, said)
    copy = {copy}
    kind = "number" if copy.dtype != object and copy.dtype.kind in "fi" else "category"
    kind = "number" if "€" in str(copy[0]) else kind
    told = found({{**columns, "copy": copy}}, {{"place": "category", "copy": kind, "answer": KIND}})
    right += list(told) == ["copy"] and "answer" in told["copy"]
print(right)"""


@pytest.mark.parametrize("disguise", COPIES_OF_NUMBERS)
def test_a_copy_of_a_number_is_found_in_ten_of_ten(compute: Compute, disguise: str) -> None:
    code = planted("numbers(draw, size)", COPIES_OF_NUMBERS[disguise])
    assert compute(code.replace("KIND", "'number'")) == SETS


@pytest.mark.parametrize("disguise", COPIES_OF_CLASSES)
def test_a_copy_of_a_class_is_found_in_ten_of_ten(compute: Compute, disguise: str) -> None:
    code = planted("classes(draw, size, 3)", COPIES_OF_CLASSES[disguise])
    assert compute(code.replace("KIND", "'integer'")) == SETS


@pytest.mark.parametrize("strength", STRONG)
def test_an_honest_strong_column_is_kept_in_ten_of_ten(compute: Compute, strength: str) -> None:
    told = compute(f"""{MADE_UP}
told = []
for seed in range(SETS):
    draw, n = rows(seed)
    c = {{"one": draw.normal(size=n), "two": draw.normal(size=n)}}
    e = draw.normal(size=n)
    {STRONG[strength]}
    kind = "integer" if c["answer"].dtype.kind == "i" else "number"
    told.append(found(c, {{"state": "category", "answer": kind}}))
print(json.dumps(told))""")
    assert told == [{}] * SETS


def test_the_reason_compares_the_copy_with_everything_else(compute: Compute) -> None:
    told = compute(f"""{MADE_UP}
draw, size = rows(1)
columns = numbers(draw, size)
columns["paid"] = columns["answer"] * 1.2 + draw.normal(size=size)
print(json.dumps(found(columns, {{"place": "category"}})))""")
    assert list(told) == ["paid"]
    assert told["paid"].startswith("says almost the same as answer: alone it explains 9")
    assert "% of it, everything else together " in told["paid"]


def test_two_copies_do_not_speak_for_each_other(compute: Compute) -> None:
    told = compute(f"""{MADE_UP}
draw, size = rows(2)
columns = numbers(draw, size)
for name in ("paid", "billed"):
    noise = draw.normal(size=size) * columns["answer"].std() * 0.03
    columns[name] = columns["answer"] + noise
print(json.dumps(found(columns, {{"place": "category"}})))""")
    assert list(told) == ["paid", "billed"]


def test_few_rows_and_odd_columns_are_no_reason_to_fail(compute: Compute) -> None:
    told = compute(f"""{MADE_UP}
few = {{"a": [1.0, 2.0], "answer": [1.0, 2.0]}}
odd = {{"gaps": [float("nan")] * 60, "same": [7.0] * 60, "text": ["a b"] * 60,
        "far": [1e300] * 59 + [1.0], "answer": [float(n % 5) for n in range(60)]}}
kinds = {{"gaps": "empty", "same": "constant", "text": "text"}}
same = dict(odd, answer=[3.0] * 60)
print(json.dumps([found(few, {{}}), found(odd, kinds), found(same, kinds)]))""")
    assert told == [{}, {}, {}]
