"""The doors of a chat through which a key may come in: forms made for it, and everywhere else."""

import contextlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from adapters.accounts import anthropic, google, groq, huggingface, kaggle, modal, openai
from pipeline.ports.account import Account
from tests.fakes.people import NotThere, Upload
from tests.stories.canaries import Canaries
from tests.stories.chatting import ASK_SECONDS, WORDS, messages, wait_for_card
from tests.stories.somebody import Anyone, Seen, Shown
from tests.stories.world import World

LONG = 45.0
A_WHILE = 5.0  # between two things that a person does; a platform slows down who is faster
SERVICES = (
    *(anthropic.ACCOUNT, google.ACCOUNT, groq.ACCOUNT, huggingface.ACCOUNT),
    *(kaggle.ACCOUNT, modal.ACCOUNT, openai.ACCOUNT),
)
SHAPE_OF = {
    "huggingface token": "hf",
    "kaggle key": "kaggle",
    "modal token_id": "modal-id",
    "modal token_secret": "modal-secret",
    **{f"{kind} key": kind for kind in ("anthropic", "google", "groq", "openai")},
}
WARNING, PLAN, PANEL = "looks like a key", "waiting for your yes", "Your accounts"


@dataclass(frozen=True)
class Doors:
    """One person at the doors of a platform, with what they plant."""

    world: World
    person: Anyone
    canaries: Canaries

    def plant(self, door: str, shape: str = "hf", *, broken: bool = False) -> str:
        return self.canaries.plant(door, shape, broken=broken)

    def cell(self, door: str) -> str:
        """A value in a person's own data: it stays there, in the job's folder of uploads."""
        self.canaries.allow(door, is_data)
        return self.plant(door)

    # Forms that are made for keys

    def connect_everything(self, said: Seen) -> None:
        """Each account in a channel's thread, in direct messages and from the command."""
        ways: dict[str, Callable[[str], object]] = {
            "thread": lambda kind: self.person.mention("C1", f"connect {kind}", thread=said),
            "direct": lambda kind: self.person.dm(f"connect {kind}"),
            "command": lambda kind: self.person.command("/mltrainer", f"connect {kind}"),
        }
        for way, ask in ways.items():
            for account in SERVICES:
                self._connect(account, way, ask)

    def _connect(self, account: Account, way: str, ask: Callable[[str], object]) -> None:
        panel = self.see(PANEL, lambda: ask(account.kind), account.title)
        self.paste(panel, account, way)

    def paste(self, panel: Shown, account: Account, way: str) -> dict[str, str]:
        """Fill the form wrongly in each field, then rightly; returns what was taken."""
        self.person.click(panel, "Paste")
        form = self.person.wait_for_modal(account.title, LONG)
        for wrong in account.fields:
            errors = self.person.fill(form, self._values(account, f"{way}, bad", wrong.id))
            assert wrong.label in errors, (account.kind, wrong.label, errors)
        good = self._values(account, way)
        told = self.see(
            "is connected", lambda: self._taken(self.person.fill(form, good)), account.title
        )
        assert list(good.values())[-1][-4:] in told.text
        return good

    def _values(self, account: Account, way: str, wrong: str = "") -> dict[str, str]:
        values = {}
        for field in account.fields:
            shape = SHAPE_OF.get(f"{account.kind} {field.id}")
            door = f"{account.kind} {field.id} {way} {wrong}"
            broken = field.id == wrong
            values[field.label] = (
                self.plant(door, shape or "hf", broken=broken) if shape or broken else "ann-miller"
            )
        return values

    def _taken(self, errors: dict[str, str]) -> None:
        assert not errors, errors

    # Doors that are not made for keys

    def blurt_in_commands(self) -> None:
        """A key behind every command."""
        for name in (
            "",
            "connect",
            "forget",
            "status",
            "log",
            "resume",
            "cancel",
            "predict",
            "new",
        ):
            key = self.plant(f"command {name}", "github" if name == "log" else "hf")
            with contextlib.suppress(NotThere):  # a client may offer no room for it
                self.person.command("/mltrainer", f"{name} {key}".strip())
        self.world.half_typed(self.person, "status", self.plant("half typed"))

    def blurt_in_words(self) -> Seen:
        """A key in a mention that starts a job, in an answer to it, in direct messages."""
        key = self.plant("mention")
        said = self.person.mention("C1", f"make me a model, my key is {key}")
        self.world.told_alone(self.person, WARNING, LONG)
        said = self.world.thread_of(self.person, said)
        wait_for_card(self.person, said, "waiting for your answer", ASK_SECONDS)
        answer = self.plant("answer", "openai")
        self.see(
            WARNING, lambda: self.person.mention("C1", f"use OPENAI_API_KEY={answer}", thread=said)
        )
        alone = self.plant("nothing but a key", "anthropic")
        self.see(WARNING, lambda: self.person.mention("C1", alone, thread=said))
        secret = self.plant("address", "hex")
        self.see(
            WARNING,
            lambda: self.person.mention("C1", f"https://ann:{secret}@127.0.0.1/a.csv", thread=said),
        )
        direct = self.plant("direct message", "kaggle")
        self.see(WARNING, lambda: self.person.dm(f"my kaggle key: {direct}"))
        self.world.rename_the_thread(said, self.plant("title of a thread"))
        return said

    def blurt_later(self) -> None:
        """A key in what was written without one, and in files that are made for keys."""
        said = self.world.speak_where_edits_are_heard(self.person, "make me a model")
        wait_for_card(self.person, said, "waiting for your answer", ASK_SECONDS)
        edited = self.plant("edit")
        self.see(WARNING, lambda: self.person.edit(said, f"make me a model with {edited}"))
        self.world.cancel(self.person, wait_for_card(self.person, said, "Job "))
        old = self.plant("kaggle.json", "kaggle-old")
        files = {
            "kaggle.json": f'{{"username":"ann","key":"{old}"}}',
            ".env": f"OPENAI_API_KEY={self.plant('.env', 'openai')}\n",
            ".modal.toml": f'[ann]\ntoken_secret = "{self.plant("modal.toml", "modal-secret")}"\n',
            "train.ipynb": _notebook(self.plant("notebook")),
        }
        for name, content in files.items():
            self.see(WARNING, partial(self.attach, Upload(name, content.encode())), name)

    def attach(self, file: Upload) -> None:
        """A file and no word of what it is for."""
        self.person.mention("C2", "", files=[file])

    def blurt_in_the_form(self) -> None:
        """A key in the words of New training job and in the name of its file; then in Change."""
        words, name = self.plant("words of the form"), self.plant("file name of the form")
        told = self._ask_by_form(words, f"{name}.csv", self.world.file_named_after_a_key)
        plan = told if PLAN in told else self._ask_by_form(words, messages().name, PLAN)
        self._change(plan)
        self.person.click(plan, "Cancel")

    def _ask_by_form(self, words: str, name: str, answer: str) -> Shown:
        form = self.world.new_job_form(self.person)
        file = Upload(name, messages().content)
        values = {form.fields[0]: f"{WORDS} {words}", form.fields[1]: [file]}
        return self.see(answer, lambda: self._taken(self.person.fill(form, values)))

    def _change(self, plan: Shown) -> None:
        self.person.click(plan, "Change")
        form = self.person.wait_for_modal("Change", LONG)
        minutes, other = self.plant("minutes of a change"), self.plant("anything else of a change")
        named = {field.split(" (")[0]: field for field in form.fields}
        for value in (minutes, f"epochs={minutes}"):
            errors = self.person.fill(form, {named["Minutes of training"]: value})
            assert errors, "a key is no number of minutes"
        errors = self.person.fill(form, {named["Anything else"]: f"seed={other}"})
        assert errors, "a key is no seed"
        self.person.dismiss(form)

    def try_it(self, done: Seen, said: Seen) -> None:
        """A key in the form Try it, in the words and the file of a prediction."""
        self.person.click(done, "Try it")
        form = self.person.wait_for_modal("Try it", LONG)
        text = self.plant("try it")
        self.see(
            "Prediction",
            lambda: self._taken(self.person.fill(form, {form.fields[0]: f"claim cash {text}"})),
            seconds=LONG,
        )
        words = self.plant("predict")
        self.see(
            "Prediction",
            lambda: self.person.mention("C1", f"predict claim cash {words}", thread=said),
            seconds=LONG,
        )
        name, cell = self.plant("file name of a prediction"), self.cell("cell of a prediction")
        rows = f"message\nclaim cash {cell}\nsee you at the station\n"
        file = Upload(f"{name}.csv", rows.encode())
        self.see(
            "Prediction",
            lambda: self.person.mention("C1", "predict", thread=said, files=[file]),
            seconds=LONG,
        )

    # Inside

    def see(
        self, words: str, act: Callable[[], object], *more: str, seconds: float = LONG
    ) -> Shown:
        """What is said with these words after something was done."""
        self.world.town.pass_time(A_WHILE)
        before = {(one.channel, one.ts) for one in self._said(words, more)}
        act()

        def find() -> Shown | None:
            return next(
                (one for one in self._said(words, more) if (one.channel, one.ts) not in before),
                None,
            )

        return self.person.wait_until(find, f"a new “{words}”", seconds)

    def _said(self, words: str, more: Sequence[str]) -> list[Shown]:
        channels = [one for channel in ("C1", "C2") for one in self.world.town.messages(channel)]
        shown = [*channels, *self.person.dms(), *self.person.whispers()]
        return [one for one in shown if words in one and all(part in one for part in more)]


def _notebook(key: str) -> str:
    cell = {"cell_type": "code", "source": [f"login(token='{key}')\n"], "outputs": []}
    return json.dumps({"cells": [cell], "nbformat": 4, "nbformat_minor": 5, "metadata": {}})


def is_data(where: str) -> bool:
    """Files of a job that hold what its person attached, as it came or divided."""
    return re.match(r"home/jobs/[^/]+/(uploads|data|report/tables|prepared)/", where) is not None
