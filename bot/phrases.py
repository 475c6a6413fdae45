"""Sentences of the chat: cards, private answers and forms."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pipeline.jobs import JobId

PREDICT_IN_THREAD = "Reply here: @mltrainer predict, then a row, a text or a file"
CHAT_HELP = """\
Mention me, say what you want and attach the file, or name it by its address.
When I ask something, press a button or mention me with an option's number or your own words.
In a job's thread say @mltrainer and one of these words; anywhere, /mltrainer and the word:
list               your latest jobs
status [JOB]       where a job stands
log [JOB]          what happened in it
resume [JOB]       go on where it stopped
retry [JOB]        run the stage that failed once more
interrupt [JOB]    stop the stage at work; then resume, change something or undo
undo STAGE [JOB]   go back to before a stage, as in: undo dataset
compact [JOB]      make a long conversation short
cancel [JOB]       stop it for good
predict [JOB] ROW  use its model
same WITH CHANGES  a new job out of a finished one: same on Modal, same with epochs=3
connect [SERVICE]  your accounts
forget [SERVICE]   remove what I keep of them
help               this list
/mltrainer new     ask for a model in a form"""
NO_JOBS_HERE = "You have no job here yet. Mention me and say which model you want."
RESTARTING = "I am restarting. Try again in a moment."
NOTHING_LOST = "Nothing is lost: every job goes on."
WENT_WRONG = "That went wrong on my side."
TRY_ONCE_MORE = "Try once more. If it happens again, tell whoever runs me: the log has the cause."
STALE = "That button is no longer up to date."
SEE_CARD = "The job has moved on. Its card in the thread says what it needs now."
READING = "I am still reading your last reply."
SAY_WHEN_ASKED = "Say this again when I ask next."
INTERRUPT_FIRST = "Say “interrupt” to stop its stage, then change what you want."
ONE_AT_A_TIME = (
    "Here I do one job at a time: ask again when this one is over, or mention me in a channel."
)
GOING_ON = "going on"
STOPPING = "stopping"
OPEN_THREAD = "Open the thread"
CONFIRM: Mapping[str, str] = MappingProxyType(
    {"cancel": "This stops the job for good. What it trained so far is not published."}
)  # by action: what is asked before it is done
YOUR_ACCOUNTS = "Your accounts"
ACCOUNTS_PRIVATE = (
    "Only you see this. A key is kept encrypted, is used for your own jobs alone, and is never "
    "shown again."
)
NOT_CONNECTED = "not connected"
UNCHECKED = "It will be checked when it is first used."
TYPE_IT_UNSEEN = "Give it unseen instead: mltrainer connect SERVICE"
NOT_NOW = "Nothing was given."
CONNECT_LATER = "The job waits. Say “connect” and the service when you have it."
GIVEN_BEFORE = "one that you gave me before"
WHERE_TO_PASTE = "Open a new form with Connect accounts."
FORM_OVER = "That form is over: it was used already or is older than 10 minutes."
BUTTON_OVER = "That button is over; these are fresh."
KEY_HINT = "Shown while you type, kept encrypted, never shown again."
NOT_YOUR_FORM = "That button is not yours."
YOUR_OWN_PANEL = "Open your own accounts: /mltrainer connect"
NO_LOGIN = "The login could not be started."
LOGIN_STEPS = "Open the link, log in and enter the code. I notice by myself when you are done."
LOGIN_OVER = "The login was not finished in time."
MENTION_ME = "Mention me and say which model you want, or type /mltrainer new for a form."
NO_CHANGE = "Nothing was changed."
SAY_WHAT = "Say what the model should do."
CHANGES_HINT = "One a line, for example: epochs=20"
VALUES_HINT = "In this order, as a row of CSV, or as JSON with the names"
TRY_TITLE = "Try it"
NEW_TITLE = "New training job"
CHANGE_TITLE = "Change the plan"
NOTHING_TO_PREDICT = "There is nothing to predict."
GIVE_ROWS = "Say: @mltrainer predict, then a row of values, a text, or attach a file."


def headline(job_id: JobId, state: str) -> str:
    """`Job j-…: waiting for you`."""
    return f"Job {job_id}: {state}"


def connected(name: str, title: str) -> str:
    """What the thread is told of a new account, and nothing more."""
    return f"{name} connected {title}."


def connected_as(title: str, name: str, detail: str = "") -> str:
    """To the owner alone; `detail` is what the service says of it."""
    told = f"{title} is connected as {name}." if name else f"{title} is connected."
    return f"{told} {detail}".strip()


def account_state(name: str, tail: str, until: str) -> str:
    """`connected as ann (…1234), expires 2027-01-01`."""
    who = f" as {name}" if name else ""
    return f"connected{who} (…{tail})" + (f", expires {until}" if until else "")


def needs_account(title: str) -> str:
    """The headline's second half."""
    return f"waiting for your {title} account"


def not_yours_to_connect(owner: str) -> str:
    """A stranger pressed Connect accounts on a job's card."""
    return f"This job uses the accounts of {owner}. Only {owner} can connect them."


def sure(label: str, job_id: JobId) -> str:
    """The question before an action that cannot be taken back."""
    return f"{label} job {job_id}?"


def pasted(titles: Sequence[str]) -> str:
    """Somebody pasted a key into the chat."""
    return f"You pasted what looks like a key ({', '.join(titles)}). I did not keep it."


def uploaded(names: Sequence[str], titles: Sequence[str]) -> str:
    """Somebody attached files with keys in them."""
    files = f"Your file {names[0]} holds" if len(names) == 1 else f"Your files {_both(names)} hold"
    return f"{files} what looks like a key ({', '.join(titles)}). I did not keep it."


def _both(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def rotate(pages: Sequence[str], *, deleted: bool = False) -> str:
    """What to do about a key that was written where others read."""
    where = f" ({', '.join(pages)})" if pages else ""
    begin = (
        "I deleted your message, but others may have read it: delete the key"
        if deleted
        else "Others may have read it: delete your message, delete the key"
    )
    return f"{begin} and make a new one{where}. Give me the new one with Connect accounts."


def unknown_command(name: str, known: Sequence[str]) -> tuple[str, str]:
    """Headline and help."""
    return f"I do not know the command '{name}'.", f"I know: {', '.join(known)}."


def forgotten(count: int) -> str:
    """After `forget`."""
    return "There was nothing to forget." if not count else f"Forgotten: {count}."


def bad_shape(label: str, example: str) -> str:
    """Inline, under a field; the value itself is not repeated."""
    return f"This does not look like a {label}: it should be {example}."


def kept(stages: Sequence[str]) -> str:
    """What a failed job still has."""
    return f"done and kept: {', '.join(stages)}" if stages else "nothing was done yet"


def moved(job_id: JobId) -> str:
    """The first line of a card that stands with its owner, because its thread is gone."""
    return f"The thread of job {job_id} cannot be written to any more, so I go on here."


def about(job_id: JobId, title: str) -> str:
    """A notice where it is not plain which job it is of."""
    return f"Job {job_id}: {title}"


def gave_up(tries: int) -> str:
    """A message that could not be handled."""
    return f"I could not handle your message, although I tried {tries} times."


def predicted(rows: int, shown: int) -> str:
    """Headline of predictions."""
    if rows <= shown:
        return f"Prediction for {rows} row{'' if rows == 1 else 's'}"
    return f"Predictions for {rows:,} rows; the first {shown}"


def asks(text: str) -> str:
    """A notice: the job waits for an answer."""
    return f"I need your answer: {text}"


SAME_DATA = "The same again uses the same data, so nothing was begun with what you attached."


def new_data(job_id: JobId) -> str:
    """How a finished job learns from other data."""
    return (
        f"For new data at the shell: mltrainer retrain {job_id} --data FILE. Or make a new request."
    )


def asks_for_account(title: str, why: str) -> str:
    """A notice: the job waits for an account."""
    return f"I need your {title} account. {why}".strip()


def asks_for_yes(why: str) -> str:
    """A notice: the job waits for a yes to its plan."""
    return f"I need your yes to the plan above. {why}".strip()


def has_failed(cause: str) -> str:
    """A notice: the job failed, with the cause."""
    return f"The job failed. {cause}".strip()


def has_resumed(stage: str, *, interrupted: bool) -> str:
    """A notice: the job goes on."""
    if interrupted:
        return f"I was interrupted. Nothing is lost: the job has resumed at {stage}."
    return f"The job has resumed at {stage}."


def is_done(verdict: str) -> str:
    """A notice: the model is there, with the verdict on it."""
    return f"The model is ready and proven. {verdict}".strip()


WANT = "In your own words, for example: flag spam among these messages"
DATA_HINT = "A table, text or an archive; or name an address in the words above"
PREDICTING = "predicting; the answer comes in its thread"
PREDICTING_HERE = "predicting; the answer comes here in a moment"
NO_MODEL_YET = "The model is not ready, so it cannot predict yet."
ONE_ARCHIVE = "Put them into one archive (zip) and attach that."
SAY_IT_AGAIN = "Send it again in a moment; what you sent before is not used."
NEEDS_A_BUTTON = "That needs a form: type it as a command, /mltrainer and the same words."


def too_many_files(most: int) -> str:
    """More than fit."""
    return f"That is more than {most} files."
