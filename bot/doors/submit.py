"""Forms that come back filled in."""

from bot import commands, forms, phrases
from bot.authority import refuse_strangers, visible
from bot.doors.desk import Desk
from bot.doors.prediction import submitted
from bot.doors.reading import begins
from pipeline.errors import PersonCanFix
from pipeline.jobs import JobStatus, new_job_id
from pipeline.ports.chat import Card, FormErrors, Mention, Ok, Reply, Submit, Whisper


async def sent(desk: Desk, submit: Submit) -> Reply:
    """Take a form; wrong fields are shown again, each with its reason."""
    match submit.form:
        case "account" if desk.accounts is not None:
            return await desk.accounts.submitted(submit)
        case "change":
            return await _changed(desk, submit)
        case "try":
            return await submitted(desk, submit)
        case "new":
            return await _asked_for(desk, submit)
        case _:
            raise PersonCanFix("That form is not known here.", "Ask again in the thread.")


async def _changed(desk: Desk, submit: Submit) -> Reply:
    row = await visible(desk.store, submit, submit.state)
    refuse_strangers(submit, row)
    wanted, errors = forms.read_changes(row, submit.values)
    if errors:
        shown = forms.change(row).model_copy(update={"errors": errors})
        return FormErrors(form=shown)
    if not wanted:
        return Whisper(card=Card(title=phrases.NO_CHANGE))
    if row.status is JobStatus.FAILED:
        await commands.change(desk.store, row, wanted)
        return Ok()
    said = "\n".join(f"change {name} to {value}" for name, value in wanted.items())
    return await desk.answer(submit, row, submit.key, said)


async def _asked_for(desk: Desk, submit: Submit) -> Reply:
    """A request from the form: a thread of its own is opened for it by who handles it."""
    said = str(submit.values.get("words", "")).strip()
    if not said:
        form = forms.new_job(submit.place)
        return FormErrors(form=form.model_copy(update={"errors": {"words": phrases.SAY_WHAT}}))
    if desk.post is None:
        raise PersonCanFix(phrases.MENTION_ME, "")
    mention = Mention(
        key=submit.key,
        actor=submit.actor,
        place=submit.place.model_copy(update={"thread": None}),
        text=said,
        attachments=submit.attachments,
    )
    row = await desk.meant(mention.actor, mention.place)
    if row is not None and not begins(mention, row):
        raise PersonCanFix(phrases.ONE_AT_A_TIME, phrases.SEE_CARD)
    await desk.post.arrive(mention, new_job_id())
    return Ok()
