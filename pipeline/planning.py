"""The plan a person sees before anything runs, and whether it waits for a yes."""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from pipeline.artifacts import Architecture
from pipeline.context import JobContext
from pipeline.errors import PersonCanFix
from pipeline.estimating import likely_seconds
from pipeline.placing import Estimate
from pipeline.ports import Ports
from pipeline.ports.model import AWAY, Model, named
from pipeline.ports.weights import terms
from pipeline.readiness import TRY_AGAIN

# For those who have not met them: what each metric says, and what is good.
METRICS_EXPLAINED: Mapping[str, str] = MappingProxyType(
    {
        "accuracy": "the share of right answers",
        "f1": "how well the one class is found without false alarms: 0 is useless, 1 perfect",
        "macro_f1": "how well each class is found, all counting the same: 1 is perfect",
        "roc_auc": "how well the two classes are ranked: 0.5 is guessing, 1 perfect",
        "log_loss": "how wrong its probabilities are: 0 is perfect",
        "rmse": "the usual error in units of the answer, large ones counting more: 0 is perfect",
        "mae": "the mean error in units of the answer: 0 is perfect",
        "r2": "the share of the differences it explains: 0 is guessing, 1 perfect",
        "mase": "the error next to that of repeating the last season: below 1 is better than that",
        "smape": "the usual error as a share of the values: 0 is perfect, 2 the worst",
        "silhouette": "how far apart the groups are: 1 is far, 0 not at all",
        "davies_bouldin": "how wide the groups are next to their distance: 0 is perfect",
        "calinski_harabasz": "how far apart the groups are next to their width: more is better",
        "stability": "how alike the groups are when found in other rows: 1 is the same, 0 chance",
        "map": "how well things are found and how exactly their boxes fit: 1 is perfect",
        "map50": "how well things are found, with boxes that fit by half: 1 is perfect",
        "span_f1": "how well names are found, whole and without false alarms: 1 is perfect",
        "rouge1": "how many words it shares with what people wrote: 1 is the same words",
        "rouge2": "how many pairs of words it shares with what people wrote: 1 is the same",
        "rougeL": "how much it shares with what people wrote, in its order: 1 is the same",
        "bleu": "how many runs of words it shares with people's translations: 100 is the same",
        "chrf": "how many runs of letters it shares with people's translations: 100 is the same",
        "nats_per_char": "how surprised it is by each letter of unseen text: 0 is not at all",
        "perplexity": "among how many next words it wavers: 1 is none, lower is better",
        "eval_loss": "how surprised it is by the right answers: 0 is not at all",
    }
)


SPEAKS, SENDS = "Language model", "Sends"
"""The labels of the lines that say which model speaks, and what it is shown."""
PRICE = "Price"
"""The label of the line that says what a training elsewhere may cost."""
LEAVES = "Leaves this machine"
LOCAL, FOLDER = "local", "folder"


async def model_lines(context: JobContext, ports: Ports) -> tuple[str, ...]:
    """Which language model speaks in the job, and what it is shown; nothing where none does."""
    models = await ports.models.choose(context.owner)
    if not models:
        return ()
    first = next((one for one in models if not is_away(one, ports)), models[0])
    limit = model_limit(context, ports, first)
    price = "" if first.whose == "free" else f", at most ${limit:.2f}"
    rows = " and sample rows" if ports.share == "samples" else ""
    sees = f"your words, and names, types and statistics of the columns{rows}"
    return f"{SPEAKS}: {named(first)}{price}", f"{SENDS}: {sees}, to {first.title}"


def is_away(model: Model, ports: Ports) -> bool:
    """It was told in this job that a model does not answer."""
    return any(said.startswith(f"{named(model)} {AWAY}") for said in ports.ledger.said)


def model_limit(context: JobContext, ports: Ports, model: Model) -> Decimal:
    """What the job may spend: the server's limit, and more only of a key whose owner said yes."""
    said = context.request.model_usd
    if said is None or model.whose != "person" or not ports.model_usd:
        return ports.model_usd
    return max(ports.model_usd, Decimal(str(said)))


def plan_lines(
    context: JobContext,
    speaking: Sequence[str] = (),
    place: Estimate | None = None,
    others: Sequence[Estimate] = (),
) -> tuple[str, ...]:
    """What will be done, where, how long, at what price, and what leaves this machine.

    `speaking` are the lines about the language model; `place` is where it is trained, None for
    this machine, and `others` where it could be as well.
    """
    lines: list[str] = []
    report, split, config = context.data_report, context.split, context.config
    if report is not None:
        roles = ", ".join(
            f"{role} = {name}" for role, name in context.columns.items() if _single(name)
        )
        lines.append(f"Data: {report.rows:,} rows; {roles}")
    if split is not None:
        lines.append(f"Judged on {split.rows['test']:,} held-out rows it never trains on")
    if config is not None and context.architecture is not None:
        lines.append(f"Model: {context.architecture.backbone}, judged by {config.metric}")
        lines += _explained(context, config.metric)
        lines += _weights(context.architecture)
        lines.append(f"Time: {time_limit(context)}")
    lines += speaking
    lines += away_lines(place, others) if place else []
    lines += _where(context, "nothing else" if speaking else "nothing", place)
    return tuple(lines)


def _weights(chosen: Architecture) -> list[str]:
    """Whose weights it begins with, and under which terms."""
    if not chosen.source:
        return []
    state = f", revision {chosen.revision[:12]}" if chosen.revision else ""
    return [f"Weights: {chosen.source}{state}, {terms(chosen.license)}"]


def time_limit(context: JobContext) -> str:
    """How long the training probably takes and may take; empty before that is settled."""
    config, likely = context.config, likely_seconds(context)
    if config is None:
        return ""
    longest = _minutes(config.budget_seconds)
    if likely is None:
        return f"up to {longest} of training"
    return f"about {_between(*likely)} of training by its rehearsal, {longest} at the latest"


def _explained(context: JobContext, metric: str) -> list[str]:
    """A newcomer reads what the metric means."""
    newcomer = context.intent is not None and context.intent.user_expertise_level == "novice"
    meaning = METRICS_EXPLAINED.get(metric)
    return [f"  {metric}: {meaning}"] if newcomer and meaning else []


def away_lines(place: Estimate, others: Sequence[Estimate]) -> list[str]:
    """Where else it is trained, on what, at what price, and what the other places would cost."""
    memory = f" ({place.gpu.memory} GB)" if place.gpu and place.gpu.memory else ""
    gpu = f" with a GPU: {place.gpu.name}{memory}" if place.gpu else ""
    start = (
        f"; it begins after about {_minutes(place.start_seconds)}" if place.start_seconds else ""
    )
    elsewhere = ", ".join(f"{one.runtime} ({price(one)}{_takes(one)})" for one in others)
    end = f"ended there after {_minutes(place.most_seconds)} at the latest"
    return [
        f"Place: {place.offer.title}{gpu}{start}; {end}",
        f"{PRICE}: {price(place)}",
        *([f"Elsewhere: {elsewhere}"] if elsewhere else []),
    ]


def price(place: Estimate) -> str:
    """`about $0.03, at most $0.12 by the prices of 2026-11-20`, or that it costs nothing."""
    if not place.most_usd:
        return "nothing"
    likely, most = place.likely_usd, place.most_usd
    about = f"about ${likely:,.2f}, " if likely is not None and likely < most else ""
    day = f" by the prices of {place.offer.priced_on}" if place.offer.priced_on else ""
    return f"{about}at most ${most:,.2f}{day}"


def _takes(place: Estimate) -> str:
    """How long it probably takes there until the training has ended."""
    return f"; about {_minutes(place.likely_seconds)}" if place.likely_seconds else ""


def instead(refused: PersonCanFix, others: Sequence[Estimate]) -> PersonCanFix:
    """A place's refusal with the other places, each with its price, to choose from."""
    choices = "; ".join(f"{one.runtime} ({price(one)}{_takes(one)})" for one in others)
    hint = f"{refused.hint} Or train elsewhere: {choices}." if choices else refused.hint
    options = (TRY_AGAIN, *(one.runtime for one in others))
    return PersonCanFix(refused.message, hint.strip(), field="runtime", options=options)


def over_limit(ports: Ports, place: Estimate | None) -> str:
    """Why a yes that was given ahead is not enough; empty where it is, or none is needed."""
    if place is None or place.most_usd <= ports.model_usd:
        return ""
    return (
        f"It may cost up to ${place.most_usd:,.2f} on {place.offer.title}; --yes approves up to "
        f"${ports.model_usd:,.2f} (MLTRAINER_MAX_JOB_USD)."
    )


def needs_yes(context: JobContext, approval: str, place: Estimate | None = None) -> str:
    """Why the plan waits for a yes; empty when it does not."""
    if approval == "never":
        return ""
    collected = context.collected
    reasons: list[str] = []
    if collected is not None and collected.runtime != LOCAL:
        where = place.offer.title if place else collected.trained_on
        money = "costs nothing" if place and not place.most_usd else "may cost money"
        reasons.append(f"Training on {where} sends your rows there and {money}.")
    if collected is not None and collected.host != FOLDER and context.publishes:
        seen = "where everybody can see them" if is_public(context) else "where only you see them"
        reasons.append(
            f"Publishing sends the model and its held-out rows to {collected.published_at}, {seen}."
        )
    always = "You asked to see every plan first." if approval == "always" else ""
    return " ".join(reasons) or always


def is_public(context: JobContext) -> bool:
    """Whether everybody may see what is published: only where its person said so."""
    return context.intent is not None and context.intent.deploy.private_repo is False


def _where(context: JobContext, leaves: str, place: Estimate | None) -> list[str]:
    host = context.collected.host if context.collected and context.publishes else FOLDER
    if place is None and host == FOLDER:
        costs = "the training costs nothing" if leaves != "nothing" else "it costs nothing"
        return [f"Here: {leaves} leaves this machine, nothing becomes public, {costs}"]
    sent = [f"the rows to learn from and the scripts, to {place.offer.title}"] if place else []
    kept = "; the held-out rows stay here" if place else ""
    if host != FOLDER:
        seen = "public" if is_public(context) else "private"
        at = context.collected.published_at if context.collected else host
        sent.append(f"the finished model with the held-out rows that prove it, to {at} ({seen})")
        kept += " until then" if place else ""
    return [f"{LEAVES}: {', and '.join(sent)}{kept}"]


def _single(name: str | tuple[str, ...]) -> bool:
    return isinstance(name, str)


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"  # noqa: PLR2004


def _between(least: float, most: float) -> str:
    """`9 to 20 s`, `3 to 6 min`: no more digits than are known."""
    if most >= 120:  # noqa: PLR2004
        return f"{max(1, round(least / 60))} to {round(most / 60)} min"
    step = 5 if most > 20 else 1  # noqa: PLR2004
    return f"{max(1, math.floor(least / step) * step)} to {math.ceil(most / step) * step} s"
