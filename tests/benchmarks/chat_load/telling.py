"""The result of a run: kept as JSON, printed, and written into docs/load.md."""

import json
import os
import platform
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from tests.benchmarks.blocks import fill
from tests.benchmarks.chat_load.checking import Found
from tests.benchmarks.chat_load.sending import Answered
from tests.benchmarks.chat_load.watching import Watch
from tests.benchmarks.quality.markdown import table

LATE = 0.1  # seconds; a generator that is later than that is told of
SLACKS_LIMIT = 3.0
WANTED_P99, WANTED_MAX, WANTED_MEMORY = 0.5, SLACKS_LIMIT, 400


@dataclass(frozen=True)
class Result:
    """One run, in figures alone."""

    threads: int
    trainings: int
    rate: float
    seconds: float
    figures: Mapping[str, Any]
    kinds: Sequence[Sequence[Any]]
    found: Sequence[Mapping[str, Any]]
    machine: Mapping[str, Any]

    def keep(self, file: Path) -> None:
        """Write it down."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(self), indent=1), "utf-8")

    @classmethod
    def kept(cls, file: Path) -> "Result":
        """Read what was written down."""
        return cls(**json.loads(file.read_text("utf-8")))

    @property
    def good(self) -> bool:
        """Everything that was promised."""
        one = self.figures
        return (
            one["p99"] < WANTED_P99
            and one["max"] < WANTED_MAX
            and one["memory"] < WANTED_MEMORY
            and not any(row["lost"] or row["twice"] for row in self.found)
            and not one["not_acknowledged"]
        )

    def lines(self) -> Iterable[str]:
        """What is printed."""
        for name, value in self.rows():
            yield f"{name:<52}{value}"
        yield ""
        for kind in self.kinds:
            name, count, *times = kind
            yield f"{name:<28}{count:>6}" + "".join(f"{1000 * one:>9.0f}" for one in times)
        yield ""
        for row in self.found:
            yield f"{row['what']:<44}{row['wanted']:>6}  lost {row['lost']}, twice {row['twice']}"

    def rows(self) -> list[tuple[str, str]]:
        """The figures with their names."""
        one = self.figures
        times = " / ".join(f"{1000 * one[name]:.0f}" for name in ("p50", "p95", "p99", "max"))
        lost = sum(row["lost"] for row in self.found)
        twice = sum(row["twice"] for row in self.found)
        checked = sum(row["wanted"] for row in self.found)
        return [
            ("live threads", f"{self.threads:,}, {self.trainings} of them in training"),
            (
                "events sent",
                f"{one['sent']:,} in {one['took']:.1f} s: {one['achieved']:.1f} a second",
            ),
            ("sent again, as Slack does", f"{one['again']:,}"),
            ("acknowledged after p50 / p95 / p99 / max (ms)", times),
            ("not acknowledged with success", f"{one['not_acknowledged']:,}"),
            ("over three seconds", f"{one['over']:,}"),
            ("effects checked", f"{checked:,}: {lost} lost, {twice} twice"),
            ("lines printed by the trainings", f"{one['printed']:.2f} a second each"),
            (
                "memory of the bot (MB), before / largest",
                f"{one['first']:.0f} / {one['memory']:.0f}",
            ),
            ("processor of the bot", f"{one['processor']:.0%} of a core"),
            ("processor of the generator and its fake Slack", f"{one['own']:.0%} of a core"),
            (
                "lateness of the generator p99 / max (ms)",
                f"{1000 * one['late_p99']:.0f} / {1000 * one['late_max']:.0f}"
                + (" (late)" if one["late_p99"] > LATE else ""),
            ),
            ("until all was handled and answered afterwards", f"{one['settled']:.1f} s"),
        ]


def result(
    answers: Sequence[Answered],
    found: Iterable[Found],
    watch: Watch,
    *,
    threads: int,
    trainings: int,
    rate: float,
    seconds: float,
    took: float,
    settled: float,
    printed: float,
) -> Result:
    """Put a run together."""
    waited = sorted(one.waited for one in answers)
    late = sorted(one.late for one in answers)
    first = [one for one in answers if not one.again]
    figures = {
        **_quantiles(waited),
        "sent": len(first),
        "took": took,
        "achieved": len(first) / took,
        "again": len(answers) - len(first),
        "not_acknowledged": sum(not one.fine for one in answers),
        "over": sum(one > SLACKS_LIMIT for one in waited),
        "first": watch.first,
        "memory": watch.largest,
        "processor": watch.processor / watch.seconds,
        "own": watch.own_processor / watch.seconds,
        "late_p99": _quantile(late, 0.99),
        "late_max": late[-1],
        "settled": settled,
        "printed": printed,
    }
    return Result(
        threads=threads,
        trainings=trainings,
        rate=rate,
        seconds=seconds,
        figures=figures,
        kinds=_by_kind(answers),
        found=[asdict(one) for one in found],
        machine=_machine(watch),
    )


def write(kept: Result, document: Path) -> None:
    """Fill the document's blocks anew."""
    blocks = {
        "machine": _told(kept),
        "figures": table(["figure", "measured"], kept.rows()),
        "kinds": table(
            ["what people did", "times", "p50", "p95", "p99", "max (ms)"],
            [(str(name), str(count), *_ms(times)) for name, count, *times in kept.kinds],
        ),
        "effects": table(
            ["what must come of it, once", "times", "lost", "twice"],
            [
                (row["what"], str(row["wanted"]), str(row["lost"]), str(row["twice"]))
                for row in kept.found
            ],
        ),
    }
    document.write_text(fill(document.read_text("utf-8"), blocks), "utf-8")


def _told(kept: Result) -> str:
    one = kept.machine
    return (
        f"Measured on {one['cores']} cores of an {one['processor']} with Python {one['python']};"
        f" the bot, its trainings, the generator and the fake Slack share them. Load of the"
        f" machine {one['load']:.1f} in the mean."
    )


def _machine(watch: Watch) -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "python": platform.python_version(),
        "load": mean(watch.load) if watch.load else 0.0,
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _by_kind(answers: Sequence[Answered]) -> list[list[Any]]:
    kinds: dict[str, list[float]] = defaultdict(list)
    for one in answers:
        kinds[one.name].append(one.waited)
    return [[name, len(ts), *_quantiles(sorted(ts)).values()] for name, ts in sorted(kinds.items())]


def _quantiles(ordered: Sequence[float]) -> dict[str, float]:
    return {
        "p50": _quantile(ordered, 0.5),
        "p95": _quantile(ordered, 0.95),
        "p99": _quantile(ordered, 0.99),
        "max": ordered[-1],
    }


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def _ms(times: Iterable[float]) -> tuple[str, ...]:
    return tuple(f"{1000 * one:.0f}" for one in times)
