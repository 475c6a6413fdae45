"""Sentences of terminal and chat; those of the chat alone: phrases.py, events: telling.py."""

from collections.abc import Iterator, Mapping

from bot.phrases import PREDICT_IN_THREAD
from bot.tasks import Told
from pipeline.artifacts import HeadlineMetric, Metrics
from pipeline.context import Waiting
from pipeline.jobs import JobId, Stage
from pipeline.ports.store import JobRow

GREETING = "mltrainer"
WHAT_IT_DOES = "Say in plain English which model you want; get it trained, checked and published."
ASK_FOR_WORK = "Hi! Tell me what you'd like to build, and where the data is."
NO_ACCOUNTS_HERE = "Accounts cannot be connected here."
CONNECT_AT_SHELL = "Connect one at the shell: mltrainer connect SERVICE"
NEXT_WORK = "What would you like to build next? (exit ends our talk)"
SESSION_FOUND = "Previous session found. [R] Resume  [N] New session"
PRESS_R_OR_N = "Please press R to resume it or N for a new session."
GOODBYE = "Goodbye."
WAITS_FOR_YOU = "waits for you"
DONE = "The model is ready and proven."
FAILED = "The job failed."
CANCELLED = "The job was cancelled."
DEMO = """\
This is the whole job once, for real: 569 breast tumours with 30 measurements each come along with
scikit-learn; a model learns to tell malignant from benign ones and is checked before it is used."""
SETTING_UP = "Setting up the training environment (once; it is kept for later jobs)"
LIKE_THE_TRAINING = "Give the same columns as in training, as CSV or JSON lines."
NO_TRACEBACK = "There is no traceback: nothing has gone wrong in this job."
NOT_YET = "cannot be trained yet"
SANDBOX: Mapping[str, str] = {
    "full": "full: own namespaces (bubblewrap), no network, only the job's own files",
    "partial": "partial: kernel filters, no network, only the job's own files",
    "limited": "limited: resource limits and a clean environment only",
}
INTERRUPTED = "The job stands still: no process is working on it."
RUNNING = "The job is being worked on."
AT_WORK = "The job is at work, so nothing can be changed now."
BEING_CANCELLED = "The job is being cancelled already."
REPLY_OR_CANCEL = "Reply to what it asks, or say “cancel”."
UNDO_WHAT = "Which stage shall be undone?"
YOUR_JOBS = "Your latest jobs:"
NO_JOBS = 'There is no job yet. Start one: mltrainer run "WORDS" --data FILE'
NO_EVENTS = "Nothing has happened yet."
HELP = """\
Say what you want and name the file: "make me a spam filter from messages.csv".
When I ask something, reply with an option's number or in your own words.
list             the latest jobs
status [JOB]     where a job stands
log [JOB]        what happened in it
resume [JOB]     go on where it stopped
retry [JOB]      run the stage that failed once more
interrupt [JOB]  stop the stage at work; then resume, change something or undo
undo STAGE [JOB] go back to before a stage, as in: undo dataset
compact [JOB]    make a long conversation short
cancel [JOB]     stop it for good
help             this list"""


def seconds(value: float) -> str:
    """`4.8s`, `142.3s`, `12m 05s`, `3h 20m`."""
    if value < 600:  # noqa: PLR2004  (ten minutes: below, tenths of seconds are worth reading)
        return f"{value:.1f}s"
    minutes, rest = divmod(round(value), 60)
    if minutes < 60:  # noqa: PLR2004  (an hour)
        return f"{minutes}m {rest:02d}s"
    return f"{minutes // 60}h {minutes % 60:02d}m"


def number(value: float) -> str:
    """Short and exact enough: `0.962`, `14,203`, `1.2e-05`."""
    if value == int(value) and abs(value) < 1e9:  # noqa: PLR2004  (beyond, the exponent reads better)
        return f"{int(value):,}"
    return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"  # noqa: PLR2004  (as above)


def sentences(*parts: str) -> str:
    """Join what there is with single spaces."""
    return " ".join(part.strip() for part in parts if part.strip())


def shortened(text: str, most: int) -> str:
    """On one line, with an ellipsis for what is more than `most` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def metric(found: HeadlineMetric) -> str:
    """`f1 0.962 on 517 test rows, 95 % interval 0.93 to 0.98, positive: spam`."""
    parts = [f"{found.name} {number(found.value)} on {found.n:,} {found.split} rows"]
    if found.ci95 is not None:
        low, high = found.ci95
        parts.append(f"95 % interval {number(low)} to {number(high)}")
    if found.positive is not None:
        parts.append(f"positive: {found.positive}")
    return ", ".join((*parts, f"{found.better} is better"))


def done(url: str | None) -> str:
    """The model is there, and where, if it can be reached from elsewhere."""
    return f"{DONE} Model live at: {url}" if url else DONE


def scoreboard(
    found: Metrics, path: str | None, job_id: JobId, *, shell: bool = True
) -> tuple[tuple[str, str], ...]:
    """The result as labelled lines: every number comes from metrics.json.

    At a shell it goes on with shell commands, in a chat with words of the chat.
    """
    lines = [("Metric", metric(found.metric))]
    lines += [
        ("Baseline", f"{base.name}: {found.metric.name} {number(base.value)}")
        for base in found.baselines
    ]
    lines.append(("Verdict", f"{found.verdict_level}: {found.verdict}"))
    lines += [("Chosen", str(found.details[_WHY]))] if _WHY in found.details else []
    lines += _what_mattered(found)
    lines += [("Warning", warning) for warning in found.warnings]
    lines += [("Next", step) for step in found.next_steps]
    if path is not None:
        lines.append(("Model", path))
    if not shell:
        return (*lines, ("Predict", PREDICT_IN_THREAD))
    return (
        *lines,
        ("Predict", f"mltrainer predict {job_id} --input FILE"),
        ("Pictures", f"mltrainer report {job_id}"),
    )


def _what_mattered(found: Metrics) -> list[tuple[str, str]]:
    """The columns that the answers hang on most, where that was measured."""
    shares = found.details.get("importance")
    if not isinstance(shares, list):
        return []
    named = [str(one[0]) for one in shares if isinstance(one, list) and one and _counts(one[-1])]
    return [("Mattered", ", ".join(named[:_COLUMNS_SHOWN]))] if named else []


def _counts(share: object) -> bool:
    return isinstance(share, int | float) and share > 0


def question_help(waiting: Waiting, job_id: JobId) -> str:
    """The command that replies to what a job waits for."""
    if waiting.field == "retry":
        return f"mltrainer retry {job_id}"
    if waiting.field == "resume":
        return f"mltrainer resume {job_id}"
    if waiting.reason == "credential":
        return f"mltrainer connect {waiting.field}, then: mltrainer resume {job_id}"
    reply = "approve" if waiting.reason == "approval" else "1" if waiting.options else "TEXT"
    return f'mltrainer answer {job_id} "{reply}"'


def connect_how(kind: str) -> str:
    """How an account is given in the terminal."""
    return f"To give it unseen, say: connect {kind}"


def options(waiting: Waiting) -> str:
    """The choices, numbered from 1."""
    return "\n".join(f"  {place}. {option}" for place, option in enumerate(waiting.options, 1))


def holder(pid: int | None) -> str:
    """Another process has the home; it does the work."""
    who = f"process {pid}" if pid is not None else "another mltrainer process"
    return f"This home is in the hands of {who}, which will do the work; following it here."


TAKEN_OVER = "That process is gone; going on with the work here."


def how_to_resume(job_id: JobId) -> str:
    """After Ctrl-C: nothing is lost."""
    return f"Stopped; everything finished is kept. Go on with: mltrainer resume {job_id}"


def job_line(row: JobRow, state: str) -> str:
    """`j-…  done  2026-03-01 12:30  the words of the request`."""
    short = shortened(row.context.request.words, _WORDS_SHOWN)
    return f"{row.id}  {state:<11}  {row.context.created_at:%Y-%m-%d %H:%M}  {short}"


def next_step(status: str, job_id: JobId) -> str:
    """The one command worth giving next, by a job's state as shown; empty when there is none."""
    return _NEXT.get(status, "").format(job=job_id)


_WORDS_SHOWN = 60
_COLUMNS_SHOWN = 3
_WHY = "why_this_model"  # a detail, where more than one was tried
_NEXT: Mapping[str, str] = {
    "failed": "mltrainer retry {job}",
    "interrupted": "mltrainer resume {job}",
    "running": "mltrainer status {job}",
}


def standing(state: str) -> str:
    """Whether somebody is at work on a job that has not settled."""
    return RUNNING if state == "running" else INTERRUPTED


def call(platform: str, name: str, job_id: JobId) -> str:
    """A command about a job as it is given where the job was asked for."""
    return f"mltrainer {name} {job_id}" if platform == "terminal" else f"/mltrainer {name} {job_id}"


def demo_prediction(number: int, label: str, sure: float, truth: str) -> str:
    """`Prediction  row 1: malignant (99 % sure), in truth malignant`."""
    return f"{'Prediction':<12}row {number}: {label} ({sure:.0%} sure), in truth {truth}"


def predictions_written(rows: int, path: str) -> str:
    """Where the predictions are."""
    return f"{rows:,} predictions written to {path}"


def check(name: str, detail: str, hint: str, *, ok: bool) -> str:
    """One line of the doctor."""
    verdict = "✓ ok   " if ok else "✗ wrong"
    return sentences(f"{verdict}  {name:<10}{detail}", "" if ok else hint)


def up_to_date(home: str) -> str:
    """After a migration."""
    return f"The database of {home} is up to date."


def not_yours(owner: str) -> str:
    """Somebody else's job."""
    return f"This job belongs to {owner}. Only its owner and the admins here can change it."


def which_job(command: str) -> str:
    """Several jobs, or none, could be meant."""
    return f"Which job do you mean? Say: {command} JOB"


def stages() -> str:
    """The stages, and how one is undone."""
    return f"The stages are {', '.join(Stage)}. Say: undo STAGE"


def compacted(turns: int) -> str:
    """After `compact`."""
    if not turns:
        return "The conversation is short already."
    return f"The conversation was made short: {turns} turns became one; the latest stay as said."


def already(status: str) -> str:
    """The command has nothing left to do."""
    return f"Nothing to do: the job is {status}."


def of_task(task: Told) -> Iterator[tuple[str, str]]:
    """The lines below a task's name."""
    if not task.trainable:
        yield "", NOT_YET
        return
    yield "judged by", task.metric
    others = [name for name in task.metrics if name not in task.metric]
    if others:
        yield "also", ", ".join(others)
    yield "against", ", ".join(task.baselines)
    yield "models", ", ".join(task.backbones)
    yield "data", ", ".join(task.formats)
    if task.left_out:
        yield "left out", "; ".join(task.left_out)
