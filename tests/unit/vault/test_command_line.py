"""Keys at the command line: given unseen, shown by their tails, and never repeated anywhere."""

import asyncio
import contextlib
import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import journal
from bot.__main__ import run
from bot.cli.session import person
from bot.settings import Settings
from bot.wiring import open_records
from pipeline.context import Waiting
from pipeline.jobs import JobStatus
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job
from tests.fakes.llm import FakeProviders
from tests.fakes.nobody import NO_SERVICES

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "hf_" + "Zq7" * 11 + "W"
NEWER = "hf_" + "Yp4" * 11 + "V"
PLANTED = (TOKEN, NEWER)

Typed = Callable[..., None]
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MLTRAINER_HOME", str(tmp_path / "home"))
    for name, value in NO_SERVICES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> Typed:
    """What the next command finds on its stdin."""

    def give(*lines: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))

    return give


def nowhere(*values: str, home: Path, written: str) -> None:
    """None of the values was said, nor lies in any file of the home."""
    files = [path for path in home.rglob("*") if path.is_file()] if home.exists() else []
    for value in values:
        assert value not in written
        assert [path.name for path in files if value.encode() in path.read_bytes()] == []


def both(captured: Captured) -> str:
    out, err = captured.readouterr()
    return out + err


def test_a_piped_key_is_kept_and_listed_by_its_tail(
    home: Path, piped: Typed, capsys: Captured
) -> None:
    piped(f"  {TOKEN} ")
    assert run(["connect", "huggingface"]) == 0
    assert run(["secrets", "list"]) == 0

    written = both(capsys)
    assert f"Hugging Face is connected (…{TOKEN[-4:]})" in written
    (line,) = [line for line in written.splitlines() if line.startswith("huggingface")]
    assert f"…{TOKEN[-4:]}" in line
    assert "not checked yet" in line
    nowhere(*PLANTED, home=home, written=written)


def test_a_good_key_that_names_nobody_is_connected_without_a_name(
    piped: Typed, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeProviders() as llm:
        for name, value in llm.settings.items():
            monkeypatch.setenv(name, value)
        piped(llm.groq.key)
        assert run(["connect", "groq"]) == 0

    assert f"Groq is connected (…{llm.groq.key[-4:]}).\n" in capsys.readouterr().out


def test_the_list_as_json_is_one_object(piped: Typed, capsys: Captured) -> None:
    piped(TOKEN)
    run(["connect", "huggingface"])
    capsys.readouterr()

    assert run(["secrets", "list", "--json"]) == 0

    (one,) = json.loads(capsys.readouterr().out)["secrets"]
    assert (one["kind"], one["tail"], one["name"]) == ("huggingface", TOKEN[-4:], "")
    assert one["since"].endswith("Z")
    assert (one["expires_at"], one["checked_at"]) == (None, None)


@pytest.mark.parametrize("name", ["hugging-face", "Hugging Face", "huggingface"])
def test_a_service_goes_by_its_name_however_it_is_written(name: str, piped: Typed) -> None:
    piped(TOKEN)
    assert run(["secrets", "add", name]) == 0


def test_a_service_with_two_values_takes_a_line_for_each(
    home: Path, piped: Typed, capsys: Captured
) -> None:
    key = "KGAT_" + "b7" * 16
    piped("ann-miller", key)

    assert run(["connect", "kaggle"]) == 0

    nowhere(key, home=home, written=both(capsys))


@pytest.mark.parametrize(
    "arguments",
    [
        ["connect", "huggingface", TOKEN],
        ["connect", "huggingface", "--token", TOKEN],
        ["connect", "huggingface", f"--token={TOKEN}"],
        ["connect", TOKEN],
        ["secrets", "add", "huggingface", TOKEN],
        ["secrets", "add", TOKEN],
        ["secrets", "forget", "huggingface", TOKEN],
        ["secrets", "forget", TOKEN],
    ],
)
def test_a_key_in_the_command_is_refused_with_the_reason(
    arguments: list[str], home: Path, capsys: Captured
) -> None:
    assert run(arguments) == 2

    written = both(capsys)
    assert "history" in written
    assert "replace it" in written
    nowhere(TOKEN, home=home, written=written)


def test_a_key_in_place_of_a_command_is_not_repeated(home: Path, capsys: Captured) -> None:
    assert run(["secrets", TOKEN]) == 2

    written = both(capsys)
    assert "list, add, forget, rotate" in written
    nowhere(TOKEN, home=home, written=written)


@pytest.mark.parametrize("command", ["status", "log", "cancel", "resume", "report"])
def test_a_key_in_place_of_a_job_is_not_repeated(
    command: str, home: Path, capsys: Captured
) -> None:
    assert run([command, TOKEN]) == 2

    written = both(capsys)
    assert "Unknown job" in written
    nowhere(TOKEN, home=home, written=written)


@pytest.mark.parametrize(
    "bad", [TOKEN[:-8], f"{TOKEN}!", f"token={TOKEN}", "", TOKEN.replace("hf", "hg")]
)
def test_a_key_of_the_wrong_shape_is_refused_and_kept_nowhere(
    bad: str, home: Path, piped: Typed, capsys: Captured
) -> None:
    piped(bad)
    assert run(["connect", "huggingface"]) == 2
    run(["secrets", "list"])

    written = both(capsys)
    assert "This does not look like a Hugging Face token: it should be hf_ and 34" in written
    assert "Nothing is kept for you" in written
    nowhere(*([bad] if bad else []), home=home, written=written)


def test_all_that_is_wrong_is_said_at_once(piped: Typed, capsys: Captured) -> None:
    piped("?", "?")
    assert run(["connect", "kaggle"]) == 2

    written = both(capsys)
    assert "a Kaggle username" in written
    assert "a Kaggle key" in written
    assert "in order: Kaggle username, Kaggle key" in written


@pytest.mark.parametrize(
    ("arguments", "cause", "next_step"),
    [
        (["connect"], "Which service?", "Known: anthropic"),
        (["connect", "hugingface"], "no such service", "Did you mean huggingface?"),
        (["secrets", "forget"], "Say what to forget", "secrets list"),
        (["secrets", "forget", "kaggle", "--all"], "Say what to forget", "secrets list"),
        (["secrets", "forget", "kagle"], "no such service", "Did you mean kaggle?"),
    ],
)
def test_wrong_use_says_what_to_do(
    arguments: list[str], cause: str, next_step: str, capsys: Captured
) -> None:
    assert run(arguments) == 2

    first, second = capsys.readouterr().err.splitlines()
    assert cause in first
    assert next_step in second


def test_what_is_forgotten_is_gone(home: Path, piped: Typed, capsys: Captured) -> None:
    piped(TOKEN)
    run(["connect", "huggingface"])
    assert run(["secrets", "forget", "huggingface"]) == 0
    assert "deleted here" in capsys.readouterr().out
    assert run(["secrets", "forget", "huggingface"]) == 0
    assert "Nothing was kept" in capsys.readouterr().out

    piped(NEWER)
    run(["connect", "huggingface"])
    assert run(["secrets", "forget", "--all"]) == 0
    assert run(["secrets", "list"]) == 0

    written = both(capsys)
    assert "Everything that was kept for you is deleted" in written
    assert "Nothing is kept for you" in written
    nowhere(*PLANTED, home=home, written=written)


def test_rotation_says_what_becomes_of_the_older_master_key(
    home: Path, piped: Typed, capsys: Captured
) -> None:
    piped(TOKEN)
    run(["connect", "huggingface"])
    assert run(["secrets", "rotate"]) == 0

    written = both(capsys)
    assert "The keys of 1 person are wrapped with the newest master key." in written
    assert f"The older ones stay in {home / 'master.key'}" in written
    nowhere(TOKEN, home=home, written=written)


def test_rotation_of_the_setting_names_the_key_to_remove(
    home: Path, piped: Typed, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (bytes([n]).hex() * 21 + "A=" for n in (11, 12))
    monkeypatch.setenv("MLTRAINER_MASTER_KEYS", old)
    piped(TOKEN)
    assert run(["connect", "huggingface"]) == 0
    monkeypatch.setenv("MLTRAINER_MASTER_KEYS", f"{new} {old}")

    assert run(["secrets", "rotate"]) == 0

    written = both(capsys)
    assert "Nothing needs key 2" in written
    assert "remove it from MLTRAINER_MASTER_KEYS" in written
    nowhere(old, new, home=home, written=written)


def test_a_wrong_master_key_is_two_readable_lines(
    home: Path, piped: Typed, capsys: Captured
) -> None:
    piped(TOKEN)
    run(["connect", "huggingface"])
    capsys.readouterr()
    (home / "master.key").write_text("A" * 43 + "=\n")

    piped(NEWER)
    assert run(["connect", "huggingface"]) == 2

    first, second = capsys.readouterr().err.splitlines()
    assert f"{home / 'master.key'} does not hold" in first
    assert "Put that key back" in second
    nowhere(*PLANTED, "A" * 43, home=home / "logs", written=first + second)


def test_debug_logs_hold_no_value(
    home: Path, piped: Typed, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = journal.set_up
    monkeypatch.setattr("bot.wiring.set_up", lambda home, **parts: quiet(home, 10, **parts))
    piped(TOKEN)

    assert run(["connect", "huggingface"]) == 0
    assert run(["secrets", "list"]) == 0

    assert (home / "logs" / "mltrainer.log").stat().st_size
    nowhere(TOKEN, home=home, written=both(capsys))


def test_at_a_terminal_a_key_is_asked_for_and_not_shown_while_it_is_typed(home: Path) -> None:
    """A mistyped key is asked for again; only what is no secret is echoed."""
    mistyped, key = ("KGA" + last + "_" + "c3" * 16 for last in "XT")
    master, slave = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "connect", "kaggle"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        cwd=ROOT,
    ) as process:
        os.close(slave)
        seen = ""
        for prompt, answer in (
            ("Kaggle username: ", "ann-miller"),
            ("Kaggle key (hidden): ", mistyped),
            ("Kaggle key (hidden): ", key),
        ):
            seen += read_until(master, prompt)
            os.write(master, f"{answer}\n".encode())
        seen += read_until(master, "is connected")
        assert process.wait() == 0

    os.close(master)
    assert "www.kaggle.com" in seen
    assert "ann-miller" in seen
    assert "does not look like a Kaggle key" in seen
    nowhere(key, mistyped, home=home, written=seen)


def read_until(terminal: int, end: str) -> str:
    """What the program shows up to a text; all of it when it ends before."""
    seen = ""
    with contextlib.suppress(OSError):  # the other end was closed
        while end not in seen:
            seen += os.read(terminal, 4096).decode()
    return seen


def test_looking_at_jobs_loads_no_cipher() -> None:
    for arguments in (["--help"], ["list"], ["secrets", "--help"]):
        shown = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "bot", *arguments],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        )
        imported = {line.rsplit("|", 1)[-1].strip() for line in shown.stderr.splitlines()}
        assert "cryptography" not in imported, arguments


def test_a_hanging_up_pipe_is_no_traceback(piped: Typed, capsys: Captured) -> None:
    piped()
    assert run(["connect", "kaggle"]) == 2
    assert "in order" in both(capsys)


def test_a_job_that_waits_for_the_account_is_told_of_it(
    home: Path, piped: Typed, capsys: Captured
) -> None:
    job = new_job(FakeClock(), owner=person())
    waiting = Waiting(reason="credential", text="Hugging Face?", field="huggingface")

    async def wait() -> None:
        async with open_records(Settings.load()) as records:
            row = await records.store.create(job, [])
            context = job.evolve(waiting=waiting)
            await records.store.save(row, context, status=JobStatus.WAITING)

    async def heard() -> list[str]:
        async with open_records(Settings.load()) as records:
            return [message.text for message in await records.store.unread(job.job_id)]

    asyncio.run(wait())
    piped(TOKEN)

    assert run(["connect", "huggingface"]) == 0

    written = both(capsys)
    assert f"mltrainer resume {job.job_id}" in written
    assert len(asyncio.run(heard())) == 1
    nowhere(TOKEN, home=home, written=written)
