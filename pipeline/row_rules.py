"""Rules by which rows are left out before the cut: proposed, checked and counted."""

import json
from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from pipeline.artifacts import DataReport
from pipeline.asking import Reply
from pipeline.context import JobContext
from pipeline.errors import Bug, Rejected
from pipeline.folders import JobFolder, fresh, remove
from pipeline.jobs import Stage
from pipeline.ports import Ports
from pipeline.ports.runtime import Limits, Step
from pipeline.recipe import HARNESS
from pipeline.scripts import core_requirements, environment, harness_script, result, run_script

MOST_RULES = 5
MOST_SHARE = 0.1  # of all rows; more is no cleaning
_LIMITS = Limits(seconds=300)


class RowRule(Reply):
    """Rows that are no examples."""

    column: str
    test: Literal["missing", "equal to", "shorter than", "longer than"]
    value: str = Field(default="", description="a text, or a number of letters")

    @property
    def said(self) -> str:
        """The rule in words."""
        letters = f" {self.value} letters" if self.test in _OF_LENGTH else ""
        text = f" “{self.value[:40]}”" if self.test == "equal to" else ""
        return f"{self.column} is {self.test}{letters}{text}"


class Rules(Reply):
    """Which rows to leave out; mostly none."""

    leave_out: tuple[RowRule, ...] = ()
    why: str = Field(default="", description="one short sentence for the person")


_OF_LENGTH = frozenset(("shorter than", "longer than"))


def check(rules: Sequence[RowRule], report: DataReport) -> None:
    """Rejected for rules that cannot be, or that look at what is to be predicted."""
    told = report.roles.get("target", ())
    targets = {told} if isinstance(told, str) else set(told)
    if len(rules) > MOST_RULES:
        raise Rejected(f"There are {len(rules)} rules; {MOST_RULES} at most.")
    for rule in rules:
        if report.column(rule.column) is None:
            raise Rejected(f"There is no column {rule.column[:40]!r}.")
        if rule.column in targets:
            raise Rejected(f"{rule.column} is to be predicted: no row is left out for it.")
        if rule.test in _OF_LENGTH and not rule.value.isdecimal():
            raise Rejected(f"{rule.test} needs a number of letters.")


def forget(context: JobContext, ports: Ports) -> None:
    """All rows count again."""
    remove(JobFolder.of(ports.home, context.job_id).kept)


async def applied(
    context: JobContext, ports: Ports, report: DataReport, rules: Sequence[RowRule]
) -> tuple[str, ...]:
    """Leave the rows out; a line for each rule that hit any. Rejected where it is too many."""
    folder = JobFolder.of(ports.home, context.job_id)
    work = fresh(folder.kept)
    files = [{"table": file.table, "split": file.split} for file in report.files]
    wanted = {"rules": [rule.model_dump() for rule in rules], "files": files}
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
    counts, rows = _counted(document, len(rules))
    if sum(counts) > MOST_SHARE * rows:
        forget(context, ports)
        raise Rejected(f"The rules leave out {sum(counts):,} of {rows:,} rows, which is too many.")
    return tuple(
        f"{count:,} rows left out: {rule.said}"
        for rule, count in zip(rules, counts, strict=True)
        if count
    )


def _counted(document: bytes, rules: int) -> tuple[list[int], int]:
    try:
        told = json.loads(document)
        counts, rows = [int(one) for one in told["counts"]], int(told["rows"])
    except (ValueError, TypeError, KeyError) as error:
        raise Bug("left_out.json has the wrong shape.") from error
    if len(counts) != rules:
        raise Bug("left_out.json counts other rules.")
    return counts, rows
