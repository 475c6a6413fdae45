"""A login at the Hub ends after hours; it is renewed by what the Hub gave for that (RFC 6749)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx

from adapters.hub_refusals import KIND, TITLE
from adapters.providers import unanswered
from pipeline.errors import PersonCanFix, TryAgain

_SOON = timedelta(minutes=30)  # a publishing is not begun with less
SECONDS = 10.0


async def posted(
    endpoint: str, path: str, form: Mapping[str, str], seconds: float
) -> dict[str, Any]:
    """What the Hub answers to a form; an empty object where it holds none. TryAgain without one."""
    try:
        async with httpx.AsyncClient(timeout=seconds) as client:
            response = await client.post(endpoint + path, data=form)
    except httpx.HTTPError:
        raise TryAgain(f"{TITLE} cannot be reached.", "Try again in a minute.") from None
    too_many = response.status_code == HTTPStatus.TOO_MANY_REQUESTS
    if too_many or response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        unanswered(TITLE, response)
    return told(response)


def told(response: httpx.Response) -> dict[str, Any]:
    """The object that a response holds; an empty one where it holds none."""
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def values_of_login(answer: Mapping[str, Any], client: str, before: str = "") -> dict[str, str]:
    """What is kept of a login: its token, and how long it holds and is renewed, if it can be."""
    values = {"token": str(answer["access_token"])}
    refresh, seconds = str(answer.get("refresh_token") or before), answer.get("expires_in")
    if isinstance(seconds, int | float):
        values["until"] = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
        if refresh:
            values |= {"refresh": refresh, "client": client}
    return values


async def renewed(
    endpoint: str, values: Mapping[str, str], seconds: float = SECONDS
) -> Mapping[str, str] | None:
    """The values of a login in place of those that are soon over; None where they hold or cannot.

    PersonCanFix when the Hub ends the login, TryAgain when it gives no answer.
    """
    refresh, until = values.get("refresh", ""), values.get("until", "")
    if not refresh or datetime.fromisoformat(until) - datetime.now(UTC) > _SOON:
        return None
    form = {"grant_type": "refresh_token", "refresh_token": refresh, "client_id": values["client"]}
    answer = await posted(endpoint, "/oauth/token", form, seconds)
    if answer.get("access_token"):
        return values_of_login(answer, values["client"], refresh)
    if answer.get("error"):
        raise PersonCanFix(
            f"Your login at {TITLE} is over.",
            f"Log in again (`connect {KIND}`), then say “retry”.",
            field=KIND,
        )
    raise TryAgain(f"{TITLE} does not answer properly.", "Try again in a minute.")
