"""A pytest plugin: a skipped test fails, unless it needs a GPU or a real account.

Loaded by .ci/run (`-p strictness`), where everything a test may need has been installed.
"""

import re
from collections.abc import Generator

import pytest

_EXCUSED = re.compile(r"\b(GPU|real account)\b")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Look at one test's outcome."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        _refuse(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Look at a whole file, which may have skipped itself."""
    report = yield
    if report.skipped:
        _refuse(report)
    return report


def _refuse(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure that says why it was skipped."""
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if not _EXCUSED.search(reason):
        report.outcome = "failed"
        report.longrepr = f"may not be skipped here: {reason}"
