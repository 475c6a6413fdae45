"""Rules by which rows are left out before the cut: proposed, checked and counted."""

import json
from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from pipeline.artifacts import DataReport
from pipeline.asking import Reply
from pipeline.context import JobContext
from pipeline.errors import Bug, MLTrainerError, PersonCanFix, Rejected
from pipeline.folders import JobFolder, fresh, remove
from pipeline.jobs import Stage
from pipeline.ports import Ports
from pipeline.ports.runtime import Limits, Step
from pipeline.prompting import visible
from pipeline.recipe import HARNESS
from pipeline.scripts import core_requirements, environment, harness_script, result, run_script

MOST_RULES = 5
MOST_SHARE = 0.1  # of all rows; more is no cleaning
LEAST_KEPT = 0.5  # of the rows with one answer; fewer is a choice of what is easy
_DIGITS = 6
_LONGEST_VALUE = 1_000  # signs
_LIMITS = Limits(seconds=300)


class RowRule(Reply):
    """Rows that are no examples."""

    column: str
    test: Literal["missing", "equal to", "shorter than", "longer than"]
    value: str = Field(
        default="", max_length=_LONGEST_VALUE, description="a text, or a number of letters"
    )

    @property
    def said(self) -> str:
        """The rule in words."""
        letters = f" {self.value} letters" if self.test in _OF_LENGTH else ""
        text = f" “{visible(self.value)[:40]}”" if self.test == "equal to" else ""
        return " ".join(f"{self.column} is {self.test}{letters}{text}".split())


class Rules(Reply):
    """Which rows to leave out; mostly none."""

    leave_out: tuple[RowRule, ...] = ()
    why: str = Field(default="", description="one short sentence for the person")


_OF_LENGTH = frozenset(("shorter than", "longer than"))


def check(rules: Sequence[RowRule], report: DataReport) -> None:
    """Rejected for rules that cannot be, or that look at what is to be predicted."""
    targets = _targets(report)
    if len(rules) > MOST_RULES:
        raise Rejected(f"There are {len(rules)} rules; {MOST_RULES} at most.")
    for rule in rules:
        if report.column(rule.column) is None:
            raise Rejected(f"There is no column {rule.column[:40]!r}.")
        if rule.column in targets:
            raise Rejected(f"{rule.column} is to be predicted: no row is left out for it.")
        if rule.test in _OF_LENGTH and not (rule.value.isdecimal() and len(rule.value) <= _DIGITS):
            raise Rejected(f"{rule.test} needs a number of letters.")


def forget(context: JobContext, ports: Ports) -> None:
    """All rows count again."""
    remove(JobFolder.of(ports.home, context.job_id).kept)


async def applied(
    context: JobContext, ports: Ports, report: DataReport, rules: Sequence[RowRule]
) -> tuple[str, ...]:
    """Leave the rows out; a line for each rule that hit any. Rejected where it is too many.

    All rows count again where it goes wrong in any way.
    """
    try:
        return await _left_out(context, ports, report, rules)
    except MLTrainerError as error:
        forget(context, ports)
        if isinstance(error, PersonCanFix | Bug):
            raise Rejected(f"The rules could not be applied: {error.message}") from error
        raise


async def _left_out(
    context: JobContext, ports: Ports, report: DataReport, rules: Sequence[RowRule]
) -> tuple[str, ...]:
    folder = JobFolder.of(ports.home, context.job_id)
    work = fresh(folder.kept)
    files = [{"table": file.table, "split": file.split} for file in report.files]
    wanted = {
        "rules": [rule.model_dump() for rule in rules],
        "files": files,
        "answers": _targets(report),
    }
    (work / "rules.json").write_text(json.dumps(wanted), "utf-8")
    step = Step(
        name="row rules",
        script=harness_script("row_rules.py"),
        arguments=("--tables", str(folder.tables), "--rules", "rules.json", "--out", "."),
        work=work,
        reads=(HARNESS, folder.tables),
        limits=_LIMITS,
    )
    stage = Stage.PREPROCESSING
    python = await environment(stage, ports, tuple(sorted(core_requirements())))
    await run_script(stage, ports, python, step)
    document = await result(ports, work / "left_out.json", folder.scratch("left_out"))
    counts, rows, least = _counted(document, len(rules))
    if sum(counts) > MOST_SHARE * rows:
        raise Rejected(f"The rules leave out {sum(counts):,} of {rows:,} rows, which is too many.")
    if least < LEAST_KEPT:
        raise Rejected("The rules leave out most rows of one answer, which would change the task.")
    return tuple(
        f"{count:,} rows left out: {rule.said}"
        for rule, count in zip(rules, counts, strict=True)
        if count
    )


def _targets(report: DataReport) -> list[str]:
    told = report.roles.get("target", ())
    return [told] if isinstance(told, str) else list(told)


def _counted(document: bytes, rules: int) -> tuple[list[int], int, float]:
    try:
        told = json.loads(document)
        counts, rows = [int(one) for one in told["counts"]], int(told["rows"])
        least = float(told["least"])
    except (ValueError, TypeError, KeyError) as error:
        raise Bug("left_out.json has the wrong shape.") from error
    if len(counts) != rules:
        raise Bug("left_out.json counts other rules.")
    return counts, rows, least
