"""The journal: JSON lines and tracebacks in private files, never on the screen, without secrets."""

import base64
import html
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
import structlog
from pydantic import BaseModel
from slack_bolt.middleware.request_verification.async_request_verification import (
    AsyncRequestVerification,
)
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.sanitizer import KeySanitizer
from bot.journal import _PRINT_BODIES, Journal, in_force, set_up
from bot.wiring import shelf
from pipeline.attempts import Attempt
from pipeline.jobs import JobId, Stage


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    before = list(root.handlers)
    loggers = [root, *(logging.getLogger(name) for name in (*QUIET, *_PRINT_BODIES))]
    levels = [logger.level for logger in loggers]
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.propagate = True  # a web server of another test silences its own
    yield tmp_path
    for handler in [one for one in root.handlers if one not in before]:
        root.removeHandler(handler)
        handler.close()
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    logging.raiseExceptions = True
    structlog.reset_defaults()


@pytest.fixture
def sanitizer() -> KeySanitizer:
    return KeySanitizer(service.account for service in shelf("accounts").values())


def failure() -> Exception:
    def fail() -> None:
        password = "open sesame"  # noqa: S105
        raise ZeroDivisionError(f"of {len(password)} letters")

    try:
        fail()
    except ZeroDivisionError as error:
        return error
    raise AssertionError


def lines(home: Path) -> list[dict[str, object]]:
    text = (home / "logs" / "mltrainer.log").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_a_traceback_goes_to_its_jobs_own_log(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    Journal(home).traceback(JobId("j-abcdefgh"), Stage.DATASET, failure())

    log = home / "jobs" / "j-abcdefgh" / "job.log"
    assert "ZeroDivisionError: of 11 letters" in log.read_text("utf-8")
    assert "Traceback" in log.read_text("utf-8")
    assert lines(home)[0]["job_id"] == "j-abcdefgh"
    assert capfd.readouterr() == ("", "")


def test_values_of_variables_are_never_written(home: Path) -> None:
    Journal(home).traceback(JobId("j-abcdefgh"), Stage.DATASET, failure())

    written = [path.read_text("utf-8") for path in home.rglob("*.log")]
    assert len(written) == 2
    assert not any("'open sesame'" in text for text in written)


def test_an_ended_attempt_is_one_line_with_fixed_keys(home: Path) -> None:
    ended = Attempt(
        job_id=JobId("j-abcdefgh"),
        stage=Stage.CODEGEN,
        attempt=2,
        outcome="failed",
        seconds=12.5,
        retries=1,
        error="Rejected",
        job_cost_usd=Decimal("0.25"),
    )
    journal = Journal(home)
    journal.note(ended)
    journal.note("something else")

    (line,) = lines(home)
    assert line.pop("timestamp")
    assert line == {
        "event": "stage",
        "level": "info",
        "logger": "bot.journal",
        "job_id": "j-abcdefgh",
        "stage": "codegen",
        "attempt": 2,
        "outcome": "failed",
        "seconds": 12.5,
        "retries": 1,
        "error": "Rejected",
        "job_cost_usd": 0.25,
    }
    assert not (home / "jobs").exists()


def test_every_logger_writes_to_the_same_private_file(home: Path) -> None:
    Journal(home)

    logging.getLogger("somebody.else").warning("late by %s s", 3)
    structlog.get_logger("ours").info("started", port=3000)

    foreign, own = lines(home)
    assert (foreign["event"], foreign["level"]) == ("late by 3 s", "warning")
    assert (own["event"], own["port"]) == ("started", 3000)
    assert (home / "logs" / "mltrainer.log").stat().st_mode & 0o777 == 0o600


def test_a_log_that_cannot_be_written_stops_nothing(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (home / "logs").touch()
    (home / "jobs").touch()

    Journal(home).traceback(JobId("j-abcdefgh"), Stage.DATASET, failure())

    assert capfd.readouterr() == ("", "")


LIVE = 'open "sesame" \\ Ünïcode/7'  # a value that only the vault knows
KEY = "hf_" + "Ab3dEf6hIj" * 3 + "kLm9"
HERE = {"job_id": "j-abcdefgh", "stage": "dataset"}


class Opened(BaseModel):
    """A careless model of a form."""

    values: dict[str, str]


class Careless:
    """Tells all when it is written down, and breaks when it is asked to be a number."""

    def __repr__(self) -> str:
        return f"Careless({LIVE!r}, {KEY!r})"


def chained() -> Exception:
    def ask() -> None:
        raise ValueError(f"401 for {LIVE}")

    def refuse() -> None:
        try:
            ask()
        except ValueError as error:
            error.add_note(f"the key was {KEY}")
            raise ConnectionError(f"login as {KEY} failed") from error

    try:
        refuse()
    except ConnectionError as error:
        return error
    raise AssertionError


def in_a_traceback(log: logging.Logger) -> None:
    log.error("failed", exc_info=chained(), extra=HERE)


ROADS: dict[str, Callable[[logging.Logger], None]] = {
    "message": lambda log: log.debug(f"got {LIVE} and {KEY}"),  # noqa: G004
    "arguments": lambda log: log.debug("got %s and %r", LIVE, KEY),
    "mapping": lambda log: log.debug("got %(one)s and %(two)s", {"one": LIVE, "two": KEY}),
    "extra": lambda log: log.debug("got", extra={"job_id": LIVE, "stage": KEY}),
    "traceback": in_a_traceback,
    "model": lambda log: log.debug("got %r", Opened(values={"key": KEY, "other": LIVE})),
    "object": lambda log: log.debug("got %s", [Careless()]),
    "json": lambda log: log.debug(json.dumps({"body": json.dumps({"a": [KEY, LIVE]})})),
    "json in json": lambda log: log.debug(json.dumps(json.dumps(json.dumps({"a": LIVE + KEY})))),
    "address": lambda log: log.debug("POST /x?%s", urlencode({"token": KEY, "more": LIVE})),
    "bytes": lambda log: log.debug("sent %r", json.dumps({"a": KEY, "b": LIVE}).encode()),
    "raw bytes": lambda log: log.debug("sent %r %r", LIVE.encode(), KEY.encode()),
    "basic": lambda log: log.debug(base64.b64encode(f"ada:{LIVE}".encode()).decode()),
    "hex": lambda log: log.debug("%s %s", LIVE.encode().hex(), KEY.encode().hex()),
    "html": lambda log: log.debug(html.escape(f"<p>{LIVE}</p> {KEY}")),
    "broken": lambda log: log.error("%d of %d", LIVE, KEY, extra=HERE, exc_info=chained()),
    "structlog": lambda _: structlog.get_logger("own").debug("got", a={"b": [LIVE]}, c=Careless()),
    "structlog error": lambda _: structlog.get_logger("own").error("bad", exc_info=chained()),
}
TRACES = (KEY, KEY[3:], "sesame", "Ünï", "n\\u00efcode", LIVE.encode().hex(), KEY.encode().hex())


@pytest.mark.parametrize("name", ["mltrainer", "slack_bolt.App", "somebody.else", "root"])
@pytest.mark.parametrize("road", ROADS)
def test_a_secret_reaches_no_log_by_any_road(
    home: Path,
    sanitizer: KeySanitizer,
    capfd: pytest.CaptureFixture[str],
    road: str,
    name: str,
) -> None:
    set_up(home, logging.DEBUG, sanitizer=sanitizer)
    sanitizer.know(LIVE)
    sanitizer.know(KEY)

    ROADS[road](logging.getLogger(name))
    logging.getLogger("mltrainer").debug("and on")

    written = "".join(path.read_text("utf-8") for path in home.rglob("*.log"))
    written += "".join(capfd.readouterr())
    assert [trace for trace in TRACES if trace in written] == []
    assert base64.b64encode(LIVE.encode()).decode()[:20] not in written
    assert lines(home)[-1]["event"] == "and on"


def test_the_road_of_a_job_s_own_log_is_clean(home: Path, sanitizer: KeySanitizer) -> None:
    journal = Journal(home, sanitizer)
    sanitizer.know(LIVE)

    journal.traceback(JobId("j-abcdefgh"), Stage.DATASET, chained())

    log = (home / "jobs" / "j-abcdefgh" / "job.log").read_text("utf-8")
    assert "ConnectionError: login as [secret: huggingface] failed" in log
    assert "ValueError: 401 for [secret: known]" in log
    assert "the key was [secret: huggingface]" in log


def test_a_value_is_masked_from_the_moment_it_is_known(home: Path, sanitizer: KeySanitizer) -> None:
    set_up(home, sanitizer=sanitizer)
    log = logging.getLogger("mltrainer")

    sanitizer.know(LIVE)
    log.warning("got %s", LIVE)

    assert lines(home)[0]["event"] == "got [secret: known]"


def test_setting_up_again_keeps_the_mask(home: Path, sanitizer: KeySanitizer) -> None:
    assert in_force() is None
    set_up(home, sanitizer=sanitizer)
    set_up(home, logging.DEBUG)

    logging.getLogger("mltrainer").debug("got %s", KEY)

    assert [line["event"] for line in lines(home)] == ["got [secret: huggingface]"]
    assert in_force() is sanitizer


def test_a_record_that_cannot_be_formatted_says_only_where_it_was(
    home: Path, sanitizer: KeySanitizer, capfd: pytest.CaptureFixture[str]
) -> None:
    set_up(home, sanitizer=sanitizer)

    logging.getLogger("clumsy").warning("%d of %d", "a whole form", "with values")

    (line,) = lines(home)
    assert str(line["event"]).startswith("A record of clumsy, test_journal.py:")
    assert str(line["event"]).endswith("could not be written: TypeError.")
    assert capfd.readouterr() == ("", "")


QUIET = (
    *("slack_bolt", "slack_sdk", "slack_sdk.socket_mode", "aiohttp", "discord.gateway"),
    *("discord.http", "uvicorn.access", "httpx", "httpcore", "litellm", "sqlalchemy.engine"),
    *("slack_bolt.AsyncApp", "slack_sdk.web.async_client", "aiohttp.access", "aiosqlite"),
)


@pytest.mark.parametrize("name", QUIET)
def test_a_library_that_prints_bodies_is_heard_from_a_warning_on(home: Path, name: str) -> None:
    library = logging.getLogger(name)
    set_up(home, logging.DEBUG)
    library.setLevel(logging.DEBUG)  # as Bolt does to its own loggers

    library.debug("the whole body")
    library.info("the whole body")
    library.warning("something is wrong")

    assert [line["event"] for line in lines(home)] == ["something is wrong"]


@pytest.mark.anyio
async def test_a_wrong_signature_writes_nothing_of_the_body(home: Path) -> None:
    set_up(home, logging.DEBUG)
    middleware = AsyncRequestVerification("the secret of another app")
    body = "payload=" + quote('{"a": "modal with values"}')
    headers: dict[str, str | Sequence[str]] = {
        "x-slack-signature": "v0=bad",
        "x-slack-request-timestamp": "1",
    }

    async def never() -> BoltResponse:
        raise AssertionError

    answer = await middleware.async_process(
        req=AsyncBoltRequest(body=body, headers=headers), resp=BoltResponse(status=200), next=never
    )

    logging.getLogger("mltrainer").debug("and on")
    assert answer.status == 401
    assert middleware.logger.isEnabledFor(logging.INFO)  # it would have printed the body
    assert [line["event"] for line in lines(home)] == ["and on"]
