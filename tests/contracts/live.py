"""The real services, asked only by `make test-live`, with credentials of the environment."""

import os
import uuid

import pytest

_GIVEN = dict(os.environ)  # as it was at the start: Modal's adapter takes out what is Modal's
IS_LIVE = bool(_GIVEN.get("TEST_LIVE"))
LOOK_SECONDS = 5.0 if IS_LIVE else 0.02


def given(title: str, *variables: str) -> list[str]:
    """The values of these variables; the test is skipped where one is missing."""
    missing = [one for one in variables if not _GIVEN.get(one)]
    if missing:
        pytest.skip(f"this needs a real account at {title}: set {', '.join(missing)}")
    return [_GIVEN[one] for one in variables]


def address(variable: str, usual: str) -> str:
    """Where a service is asked; its setting may name another place."""
    return _GIVEN.get(variable) or usual


def name() -> str:
    """A name that nothing at a service has yet."""
    return f"live-{uuid.uuid4().hex[:10]}-0"
