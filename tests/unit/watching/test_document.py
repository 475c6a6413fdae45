"""docs/watching.md says of each metric what it is, and its alerts ask for metrics that exist."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.figures import Figures
from adapters.gauges import Sources
from adapters.metrics import Metrics

pytestmark = pytest.mark.anyio

DOCUMENT = (Path(__file__).parents[3] / "docs" / "watching.md").read_text("utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (\w+) \|([^|]*)\|", re.MULTILINE)
OF_A_HISTOGRAM = re.compile(r"_(bucket|count|sum)$")


async def no_figures() -> Figures:
    return Figures({})


@pytest.fixture
async def known() -> dict[str, tuple[str, set[str]]]:
    """Every metric that the page can have: its type and labels."""
    metrics = Metrics(Sources(no_figures))
    await metrics.page()
    return dict(_families(metrics))


def _families(metrics: Metrics) -> Iterator[tuple[str, tuple[str, set[str]]]]:
    declared = {
        name: set(one._labelnames)
        for one, names in metrics.registry._collector_to_names.items()
        for name in names
        if hasattr(one, "_labelnames")
    }
    for family in metrics.registry.collect():
        name = f"{family.name}_total" if family.type == "counter" else family.name
        labels = declared.get(family.name, set(getattr(family, "_labelnames", ())))
        if family.type == "info":
            yield f"{family.name}_info", ("gauge", set(family.samples[0].labels))
        else:
            yield name, (family.type, labels)


async def test_the_table_has_every_metric_with_its_type_and_labels(
    known: dict[str, tuple[str, set[str]]],
) -> None:
    written = {
        name: (kind, set(re.findall(r"`(\w+)`", labels)))
        for name, kind, labels in ROW.findall(DOCUMENT)
    }

    assert written == known


async def test_the_alerts_ask_for_metrics_that_exist(
    known: dict[str, tuple[str, set[str]]],
) -> None:
    alerts = re.findall(r"- alert: (\w+)\n +expr: (.+)\n", DOCUMENT)
    assert len(alerts) == 5
    for name, expression in alerts:
        metrics = re.findall(r"\b(mltrainer_\w+)", expression)
        assert metrics, name
        for metric in metrics:
            assert OF_A_HISTOGRAM.sub("", metric) in known, (name, metric)
        assert expression.count("(") == expression.count(")"), name
        assert re.search(r"(>|<|==) [\de.]+$", expression), f"{name} compares with nothing"


async def test_each_alert_asks_by_labels_that_its_metric_has(
    known: dict[str, tuple[str, set[str]]],
) -> None:
    for expression in re.findall(r" +expr: (.+)\n", DOCUMENT):
        (metric, *_) = re.findall(r"\b(mltrainer_\w+)", expression)
        asked = re.findall(r"by \(([\w, ]+)\)", expression)
        matched = re.findall(r"[{,](\w+)=", expression)
        of_metric = known[metric][1] | {"instance"}
        assert {one for group in asked for one in group.split(", ")} | set(matched) <= of_metric


def test_the_alerts_are_yaml_of_the_shape_that_prometheus_reads() -> None:
    yaml = importlib.import_module("yaml")  # its types are not installed
    (text,) = re.findall(r"```yaml\n(groups:.*?)```", DOCUMENT, re.DOTALL)
    (group,) = yaml.safe_load(text)["groups"]
    for rule in group["rules"]:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert {"alert", "expr", "labels", "annotations"} <= set(rule)
        assert re.fullmatch(r"\d+[smh]", rule.get("for", "1m"))
        assert rule["annotations"]["summary"].endswith(".")
