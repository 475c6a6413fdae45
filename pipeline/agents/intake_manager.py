"""Intake: ask for what is missing, bring the data in, and look whether it can be read at all."""

import asyncio
import re
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from pydantic import Field

from pipeline import describing, tools
from pipeline.artifacts import Collected, DataInput, DataReport
from pipeline.asking import Reply, ask
from pipeline.context import JobContext
from pipeline.errors import PersonCanFix, TryAgain
from pipeline.folders import JobFolder, fresh
from pipeline.hearing.places import spoken_place
from pipeline.hearing.wishes import spoken_wishes
from pipeline.improving import improved
from pipeline.inspection import read_data
from pipeline.jobs import Stage
from pipeline.outcomes import Ask, Done, NeedCredential, Outcome
from pipeline.ports import Ports
from pipeline.ports.source import Source
from pipeline.prompting import Data
from pipeline.proposals import plain
from pipeline.readiness import grouped_question, inputs, missing
from pipeline.retry import POLICIES
from pipeline.secrets import SecretRef
from pipeline.unpacking import unpacked

_PREFIX = re.compile(r"^(?:hf|kaggle):", re.IGNORECASE)
_MOST_DATA = 20
_PUBLIC = "huggingface"
_PLACES = {"runtime": "The place to train", "host": "The place to publish"}
_DENIED = re.compile(
    r"(?:\b(?:not|never|no|without|nicht|kein\w*|ohne|pas|sans|sin|nunca|não|sem|niet|non|не|без)"
    r"|n['\u2019]?t)\b(?:\s+[\w'\u2019]+){0,5}\s*$"
)
# Whoever asks for these is not we: accounts are connected in private, by a button.
_NEVER_ASKED = re.compile(
    r"://|www\.|\]\(|\btokens?\b|\bkeys?\b|api.?key|password|passwor[dt]|passphrase|secret|credential"
    r"|mot de passe|jeton|\bclés?\b|contraseña|\bclave|senha|\bchave|segreto|chiave|schlüssel"
    r"|kennwort|wachtwoord|sleutel|hasł|şifre|parola|парол|токен|ключ|密码|密碼|密钥|口令|令牌"
    r"|パスワード|トークン|鍵|キー|비밀번호|토큰|كلمة المرور|पासवर्ड|סיסמ",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://|hf:|kaggle:", re.IGNORECASE)


class Heard(Reply):
    """What a person said about data and places."""

    data: tuple[str, ...] = Field(
        default=(), description="addresses or names, as they were written"
    )
    runtime: str | None = Field(default=None, description="one of the places to train, or null")
    host: str | None = Field(default=None, description="one of the places to publish, or null")
    question: str = Field(default="", description="one question for all that is missing")


class IntakeManager:
    """Ready is what `readiness.missing` finds nothing against; nobody else may say so."""

    name = Stage.INTAKE_MANAGER
    retry = POLICIES[Stage.INTAKE_MANAGER]

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        """Collect the inputs, or ask one grouped question for all that is missing."""
        heard = await improved(self, context, ports, partial(_heard, context, ports))
        question = heard.question if heard else ""
        context = _with_heard(context, heard, ports)
        needs = missing(context.request)
        if needs:
            asked = _fit_to_ask(plain(question)) or grouped_question(needs)
            return Ask(asked, "+".join(need.field for need in needs))
        runtime, host = await asyncio.to_thread(_wanted_places, context, ports)
        lacking = await _lacking(context, ports, runtime, host)
        if lacking is not None:
            return lacking
        files = await _fetch_all(context, ports)
        bad = context.request.settings.get("dataset.bad_rows") is not None
        report = await read_data(self.name, context, ports, files, leave_out_bad=bad)
        collected = Collected(
            files=files,
            runtime=runtime,
            host=host,
            summary=tuple(_summary(report)),
            runtime_title=ports.runtimes[runtime].offer.title,
            host_title=ports.hosts[host].title,
        )
        return Done(collected, "; ".join(collected.summary))


async def _heard(context: JobContext, ports: Ports) -> Heard | None:
    """What a model hears in the conversation; its own question where something is missing."""
    needs = missing(context.request)
    accounts = await _connected(context, ports)
    return await ask(
        context,
        ports,
        Stage.INTAKE_MANAGER,
        Heard,
        prompt="intake_manager",
        values={
            "words": describing.words(context),
            "reader": await asyncio.to_thread(describing.reader, context),
            "files": Data(", ".join(_name(one) for one in inputs(context.request)) or "none"),
            "missing": ", ".join(need.question for need in needs) or "nothing",
            "runtimes": ", ".join(sorted(ports.runtimes)),
            "hosts": ", ".join(sorted(ports.hosts)),
            "accounts": ", ".join(map(str, accounts)) or "none",
        },
        with_tools=tuple(dict.fromkeys(tools.VALIDATORS[one.kind] for one in accounts)),
    )


async def _connected(context: JobContext, ports: Ports) -> list[SecretRef]:
    """The person's accounts that a tool can ask about, as references."""
    found = [await ports.vault.find(context.owner, kind) for kind in tools.VALIDATORS]
    return [one for one in found if one is not None]


def _with_heard(context: JobContext, heard: Heard | None, ports: Ports) -> JobContext:
    """The job with what was heard, where its person had said nothing that rules understood.

    Data counts only when its name stands in the person's own words.
    """
    if heard is None:
        return context
    request = context.request
    said = _said(context)
    named = tuple(
        DataInput(location=one.strip())
        for one in heard.data[:_MOST_DATA]
        if _stands_in(said, _PREFIX.sub("", one.strip()))
    )
    changes: dict[str, object] = {"inputs": inputs(request) or named}
    if _names(said, heard.runtime, ports) and not _chosen_runtime(context):
        changes["runtime"] = heard.runtime if heard.runtime in ports.runtimes else None
    if _names(said, heard.host, ports) and not _chosen_host(context, ports):
        changes["host"] = heard.host if heard.host in ports.hosts else None
    return context.evolve(request=request.model_copy(update=changes))


def _said(context: JobContext) -> str:
    """All that the person wrote, on one line and in small letters."""
    turns = [turn.text for turn in context.request.conversation if turn.who == "person"]
    return " ".join(" ".join([context.request.words, *turns]).casefold().split())


def _stands_in(said: str, name: str) -> bool:
    """Whether a name stands in what was said, whole."""
    whole = rf"(?<![\w./:@-]){re.escape(name.casefold())}(?![\w/@-]|\.\w)"
    return bool(name) and re.search(whole, said) is not None


def _names(said: str, place: str | None, ports: Ports) -> bool:
    """Whether the person wrote the name of a place; nothing is spent or shown on a guess.

    Where nobody is asked for a yes, only rules decide.
    """
    if not place or ports.approval == "never":
        return False
    letters = r"[\s_-]?".join(re.escape(letter) for letter in place.casefold())
    named = re.search(rf"\b{letters}\b", said)
    return named is not None and not _DENIED.search(said[: named.start()])


def _fit_to_ask(question: str) -> str:
    """A model's question; empty for one that asks for a secret or sends the person elsewhere."""
    return "" if _NEVER_ASKED.search(question) else question


def _name(given: DataInput) -> str:
    """A file by its name alone."""
    return Path(_bare(given.location)).name


def _wanted_places(context: JobContext, ports: Ports) -> tuple[str, str]:
    """Where to train and where to publish; PersonCanFix for a place that is not set up.

    What is trained away from here goes where it can be used from anywhere.
    """
    runtime = _chosen_runtime(context) or "local"
    usual = "folder" if runtime == "local" else _PUBLIC
    host = _chosen_host(context, ports) or (usual if usual in ports.hosts else "folder")
    return _known("runtime", runtime, ports.runtimes), _known("host", host, ports.hosts)


def _chosen_runtime(context: JobContext) -> str:
    """Where to train, as chosen outright, else as said in passing; empty where nothing is."""
    request = context.request
    chosen = request.runtime or request.settings.get("runtime")
    return str(chosen or spoken_wishes(request.heard).get("runtime") or "")


def _chosen_host(context: JobContext, ports: Ports) -> str:
    """Where to publish, as chosen outright, else as said in passing; empty where nothing is."""
    request = context.request
    return request.host or spoken_place(request.heard, ports.hosts) or ""


async def _lacking(
    context: JobContext, ports: Ports, runtime: str, host: str
) -> NeedCredential | None:
    """An account of the owner's that the work will take and that is not there, before it begins."""
    place = ports.runtimes[runtime]
    uses = [(place.account, place.offer.title, "to train there")]
    if context.publishes:
        found = ports.hosts[host]
        uses.append((found.account, found.title, "to publish the model there"))
    for kind, title, purpose in uses:
        if kind is not None and await ports.vault.find(context.owner, kind) is None:
            return NeedCredential(kind, title, f"It is needed {purpose}.")
    return None


def _known(what: str, name: str, shelf: Iterable[str]) -> str:
    known = sorted(shelf)
    if name not in known:
        raise PersonCanFix(
            f"{_PLACES[what]} '{name}' is not set up here.",
            f"There is {', '.join(known)}. Say which one to use, or “cancel”.",
            field=what,
            options=known,
        )
    return name


async def _fetch_all(context: JobContext, ports: Ports) -> tuple[DataInput, ...]:
    """Copy every input into the job's data folder, archives unpacked; each keeps its split."""
    folder = await asyncio.to_thread(fresh, JobFolder.of(ports.home, context.job_id).data)
    files: list[DataInput] = []
    for given in inputs(context.request):
        await asyncio.to_thread(_refuse_typed_path, context, given, ports.home)
        for path in await _fetched(context, given, ports, folder):
            copied = DataInput(location=str(path.relative_to(folder)), split=given.split)
            files.append(await unpacked(Stage.INTAKE_MANAGER, context, ports, copied))
    return tuple(files)


def _refuse_typed_path(context: JobContext, given: DataInput, home: Path) -> None:
    """Who types a path in a chat does not sit at this machine: its files are not theirs."""
    if context.thread.platform == "terminal" or _ADDRESS.match(given.location):
        return
    uploads = JobFolder.of(home, context.job_id).uploads.resolve()
    if not Path(given.location).resolve().is_relative_to(uploads):
        raise PersonCanFix(
            f"I cannot take '{given.location}': a path typed in a chat is no file I have.",
            "Attach the file to your reply, or give an https:// address.",
            field="data",
        )


async def _fetched(
    context: JobContext, given: DataInput, ports: Ports, folder: Path
) -> tuple[Path, ...]:
    """What a source brings; where it is out of reach for now, the person says when to try again."""
    try:
        return await _source(given, ports).fetch(given.location, folder, context.owner)
    except TryAgain as error:
        raise PersonCanFix(error.message, error.given_up().hint, field="retry") from error


def _source(given: DataInput, ports: Ports) -> Source:
    for source in ports.sources.values():
        if source.takes(given.location):
            return source
    known = ", ".join(sorted(ports.sources))
    raise PersonCanFix(
        f"I cannot fetch '{_bare(given.location)}' yet.",
        f"Give a file, a folder, an archive or an https:// address (sources here: {known}).",
        field="data",
    )


def _bare(location: str) -> str:
    """An address without its query and its password, which may be secrets."""
    return re.sub(r"//[^/@]*@", "//", location).partition("?")[0]


def _summary(report: DataReport) -> list[str]:
    """What came in, in a line per part."""
    return [
        f"{file.name}: {_count(file.rows, 'row')}, {_count(len(report.columns), 'column')}"
        f" ({file.format})"
        + (f", {file.kept:,} of them looked at" if file.kept < file.rows else "")
        for file in report.files
    ]


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


AGENT = IntakeManager()
