"""The settings of a tiny training, of which a check names what matters to it.

Lies flat beside the bundle while tests/unit/apart.py runs the checks.
"""

# mypy: ignore-errors

from config import BundleConfig


def tiny_config(task_type: str, metric: str, better: str, **changes: object) -> BundleConfig:
    told = {
        "backbone": "tiny",
        "columns": {},
        "ignored": {},
        "kinds": {},
        "positive": None,
        "seed": 0,
        "budget_seconds": 600,
        "threads": 1,
        "split": {},
        "split_chosen": False,
        "files": (),
        "hyperparameters": {},
    }
    known = {"task_type": task_type, "metric": metric, "better": better}
    return BundleConfig(**{**told, **known, **changes})
