"""The bot is started, looked at and stopped, as a supervisor does it."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.fakes.people import Upload
from tests.fakes.slack import FakeSlack
from tests.stories.serving import DidNotStart, Served, surroundings
from tests.stories.towns import settings_of

ROOT = Path(__file__).parents[2]
LONGEST = 120.0


@pytest.fixture(params=[False, True], ids=["http", "socket"])
def slack(request: pytest.FixtureRequest) -> Iterator[FakeSlack]:
    with FakeSlack(socket_mode=request.param) as fake:
        yield fake


@pytest.fixture
def over_http() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        yield fake


def status(bot: Served, path: str) -> int:
    """What a load balancer sees; 0 where nobody listens any more."""
    try:
        with urllib.request.urlopen(bot.url + path, timeout=10) as answer:  # noqa: S310 - loopback
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0


@contextlib.contextmanager
def worker(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """`mltrainer worker` at work in the home of a folder; ended at the latest with the block."""
    environ = {**surroundings(), "MLTRAINER_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "worker"],
        env=environ,
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout
            assert any(line.strip() == "ready" for line in process.stdout)
            yield process
        finally:
            process.terminate()


def program(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    folder.mkdir(exist_ok=True)
    environ = {**surroundings(), "MLTRAINER_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env={**environ, "MLTRAINER_RETRY_SCALE": "0.01", **settings},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )


def test_it_says_ready_answers_and_ends_on_sigterm_with_exit_code_0(
    slack: FakeSlack, tmp_path: Path, environments: Path
) -> None:
    with Served(slack, tmp_path, environments) as bot:
        told = bot.printed()
        assert told.splitlines()[-1] == "ready"
        assert ("Socket Mode" in told, "HTTP" in told) == (slack.socket_mode, not slack.socket_mode)
        for fact in (str(bot.port), str(bot.home), "sandbox"):
            assert fact in told
        assert (status(bot, "/health"), status(bot, "/ready")) == (200, 200)
        assert "letters_waiting 0" in bot.get("/metrics")
        assert bot.stop() == 0
    log = (bot.home / "logs" / "mltrainer.log").read_text("utf-8")
    for secret in (slack.bot_token, slack.app_token, slack.signing_secret):
        assert secret not in told + log


def test_with_debug_it_writes_more_and_still_nothing_secret(
    slack: FakeSlack, tmp_path: Path, environments: Path
) -> None:
    bot = Served(slack, tmp_path, environments)
    try:
        bot.start("--debug")
        slack.person("ann").mention("C1", "make me a spam filter of the purple kind")
        until(lambda: len(slack.messages("C1")) > 1)
        assert bot.stop() == 0
    finally:
        bot.end()
    log = (bot.home / "logs" / "mltrainer.log").read_text("utf-8")
    assert '"level": "debug"' in log
    for secret in (slack.bot_token, slack.app_token, slack.signing_secret, "purple"):
        assert secret not in log


def test_ctrl_c_is_as_good(over_http: FakeSlack, tmp_path: Path, environments: Path) -> None:
    with Served(over_http, tmp_path, environments) as bot:
        os.kill(bot.pid, signal.SIGINT)
        assert bot._running.wait(LONGEST) == 0
        assert "Traceback" not in bot.printed()


def test_a_second_bot_in_the_same_home_is_refused_with_the_first_ones_process(
    over_http: FakeSlack, tmp_path: Path, environments: Path
) -> None:
    with Served(over_http, tmp_path, environments) as bot:
        other = bot.run("serve")
        assert other.returncode == 2
        assert f"process {bot.pid}" in other.stderr
        assert f"kill {bot.pid}" in other.stderr
        assert status(bot, "/ready") == 200


def test_a_killed_bot_leaves_nothing_in_the_way_of_the_next(
    over_http: FakeSlack, tmp_path: Path, environments: Path
) -> None:
    with Served(over_http, tmp_path, environments) as bot:
        bot.kill()
        bot.restart()
        assert status(bot, "/ready") == 200


def test_beside_a_worker_it_only_talks(
    over_http: FakeSlack, tmp_path: Path, environments: Path
) -> None:
    with worker(tmp_path) as working:
        talking = Served(over_http, tmp_path, environments)
        try:
            talking.start("--no-work")
            assert "mltrainer worker" in talking.printed()
            assert status(talking, "/ready") == 200
            assert talking.stop() == 0
        finally:
            talking.end()
        assert working.poll() is None


def test_a_second_bot_that_only_talks_is_refused_too(
    over_http: FakeSlack, tmp_path: Path, environments: Path
) -> None:
    with Served(over_http, tmp_path, environments) as bot:
        other = bot.run("serve", "--no-work")
        assert other.returncode == 2
        assert f"process {bot.pid} talks for it" in other.stderr


def test_a_worker_holds_the_home_and_ends_on_sigterm(tmp_path: Path) -> None:
    with worker(tmp_path) as working:
        working.terminate()
        assert working.wait(LONGEST) == 0


def test_a_taken_port_is_one_readable_line(
    over_http: FakeSlack, tmp_path: Path, environments: Path
) -> None:
    with socket.socket() as other:
        other.bind(("0.0.0.0", 0))  # noqa: S104  (as the server does)
        other.listen()
        port = str(other.getsockname()[1])
        with pytest.raises(DidNotStart) as refused:
            Served(over_http, tmp_path, environments, PORT=port).start()
    assert port in str(refused.value)
    assert "PORT" in str(refused.value)
    assert "Traceback" not in str(refused.value)


def test_port_0_takes_a_free_one_and_says_which(
    over_http: FakeSlack, tmp_path: Path, environments: Path
) -> None:
    with Served(over_http, tmp_path, environments, PORT="0") as bot:
        told = next(line for line in bot.printed().splitlines() if line.startswith("port"))
        bot.url = f"http://127.0.0.1:{told.split()[1]}"
        assert status(bot, "/health") == 200


@pytest.mark.parametrize(
    ("settings", "cause", "cure"),
    [
        ({}, "No chat platform is set up", "mltrainer setup slack"),
        ({"SLACK_SIGNING_SECRET": "a" * 32}, "SLACK_BOT_TOKEN is not set", "OAuth"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_SIGNING_SECRET is not set", "SLACK_APP_TOKEN"),
        (
            {"DATABASE_URL": "postgresql://a:b@localhost/c", "SLACK_BOT_TOKEN": "xoxb-1"},
            "MLTRAINER_MASTER_KEYS is not set",
            "openssl rand",
        ),
    ],
)
def test_what_is_not_set_up_is_refused_with_what_to_set(
    settings: dict[str, str], cause: str, cure: str, tmp_path: Path
) -> None:
    ended = program(tmp_path, "serve", **settings)
    assert ended.returncode == 2
    assert cause in ended.stderr
    assert cure in ended.stderr
    assert len(ended.stderr.splitlines()) == 2
    assert "ready" not in ended.stdout


def test_a_token_that_slack_refuses_is_said(over_http: FakeSlack, tmp_path: Path) -> None:
    settings = {**settings_of(over_http), "SLACK_BOT_TOKEN": "xoxb-" + "wrong", "PORT": "0"}
    ended = program(tmp_path, "serve", **settings)
    assert ended.returncode in {1, 2}
    assert "SLACK_BOT_TOKEN" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "wrong" not in ended.stderr


def test_a_home_that_vanishes_ends_the_bot_with_its_cause(
    over_http: FakeSlack, tmp_path: Path, environments: Path
) -> None:
    with Served(over_http, tmp_path, environments) as bot:
        (bot.home / "mltrainer.lock").unlink()
        bot._running.wait(LONGEST)
        assert bot._running.returncode == 1
        assert "The queue of jobs stopped" in bot.printed()
        assert "Traceback" not in bot.printed()
        log = (bot.home / "logs" / "mltrainer.log").read_text("utf-8")
        assert "took over this home" in log


def test_while_it_ends_it_takes_nothing_new(
    over_http: FakeSlack, tmp_path: Path, environments: Path
) -> None:
    with Served(over_http, tmp_path, environments) as bot:
        bot._running.send_signal(signal.SIGTERM)
        end = time.monotonic() + LONGEST
        seen = {status(bot, "/ready")}
        while bot.alive and time.monotonic() < end:
            seen.add(status(bot, "/ready"))
        assert seen <= {0, 200, 503}
        assert bot._running.wait(LONGEST) == 0


def until(seen: Callable[[], bool], longest: float = LONGEST) -> None:
    end = time.monotonic() + longest
    while not seen():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def test_a_shell_beside_it_lets_it_work_and_nothing_of_that_is_said_in_slack(
    over_http: FakeSlack, tmp_path: Path, environments: Path
) -> None:
    with Served(over_http, tmp_path, environments) as bot:
        asked = bot.run("run", "make me a spam filter")
        assert asked.returncode == 3
        assert f"process {bot.pid}" in asked.stderr
        assert bot.stop() == 0
    assert over_http.calls_of("chat.postMessage") == []


def test_a_wish_of_a_shell_reaches_a_job_of_a_thread(
    over_http: FakeSlack, tmp_path: Path, environments: Path
) -> None:
    def said() -> str:
        return "\n".join(one.text for one in over_http.messages("C1"))

    ann = over_http.person("ann")
    with Served(over_http, tmp_path, environments) as bot:
        ann.mention("C1", "make me a spam filter")
        until(lambda: "Waiting for you" in said())
        job = re.search(r"j-[a-z0-9]{8}", said())
        assert job
        assert bot.run("cancel", job[0]).returncode == 0
        until(lambda: "cancelled" in said().lower())


def test_a_job_that_is_due_goes_on_by_itself_after_the_next_start(
    over_http: FakeSlack, tmp_path: Path, environments: Path
) -> None:
    ann = over_http.person("ann")
    with Served(over_http, tmp_path, environments) as bot:
        assert bot.stop() == 0
        bot.start("--no-work")
        ann.mention("C1", "make me a spam filter")
        until(lambda: "make me" in bot.run("list").stdout)
        assert bot.stop() == 0
        assert not any("Waiting for you" in one.text for one in over_http.messages("C1"))
        bot.start()
        until(lambda: any("Waiting for you" in one.text for one in over_http.messages("C1")))


def houses() -> Upload:
    """A table that takes a model some seconds."""
    rows = (f"{40 + n % 97},{n % 5},{n % 83},{100 + n * 37 % 701}" for n in range(400))
    return Upload("houses.csv", "\n".join(["size,rooms,age,price", *rows]).encode())


def processes_of(home: Path) -> list[str]:
    """What runs for a home, by its arguments."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            found += [line for line in [" ".join(process.cmdline())] if str(home) in line]
    return found


def test_sigterm_in_a_training_ends_it_and_the_job_goes_on_after_the_next_start(
    over_http: FakeSlack, tmp_path: Path, environments: Path
) -> None:
    def said(what: str) -> bool:
        return any(what in one.text for one in over_http.messages("C1"))

    ann = over_http.person("ann")
    with Served(over_http, tmp_path, environments) as bot:
        ann.mention("C1", "predict the price from the other columns", files=[houses()])
        until(lambda: said("monitor  running"), longest=240)
        until(lambda: processes_of(bot.home) != [])
        assert bot.stop() == 0
        assert processes_of(bot.home) == []
        assert not said("I was interrupted")
        bot.start()
        until(lambda: said("resumed at monitor"))
        assert bot.stop() == 0
        assert processes_of(bot.home) == []
