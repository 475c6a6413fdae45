"""Whoever writes into data, names or a chat stays between the marks, whatever they write."""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline import describing, prompting
from pipeline.agents.intent_parser import Understood
from pipeline.artifacts import ColumnReport, DataInput
from pipeline.context import Message
from pipeline.folders import JobFolder
from pipeline.jobs import Stage
from pipeline.prompting import Data
from tests.fakes.clock import FakeClock
from tests.fakes.models import ScriptedModel, ScriptedModels
from tests.unit.agents.made import JOB, Table, table
from tests.unit.model.taken_over import ORDERS

pytestmark = pytest.mark.anyio
UNSEEN = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\U000e0000-\U000e0fff]"
)
NOTHING = Understood(why="")
LEFT = ColumnReport(name="left", kind="category", missing=0, unique=2, top=(("yes", 40),))
AGE = ColumnReport(name="age", kind="integer", missing=0, unique=40, minimum=18, maximum=80)
orders = pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)


def of(order: str, where: str, home: Path) -> Table:
    """A job into which somebody has written an order at one place."""
    names = {"header": order, "cell": "note"}
    note = ColumnReport(
        name=names.get(where, "note"), kind="text", missing=0, unique=9, top=((order, 3),)
    )
    made = table(home, "predict left", LEFT, AGE, note)
    request = made.context.request
    match where:
        case "file":
            report = made.home / "jobs" / JOB / "report" / "report.json"
            told = json.loads(report.read_text("utf-8"))
            told["files"][0]["name"] = order
            report.write_text(json.dumps(told), "utf-8")
        case "chat":
            turn = Message(who="person", text=order, at=FakeClock().now())
            request = request.model_copy(update={"conversation": (turn,)})
        case "words":
            request = request.model_copy(update={"words": f"predict left. {order}"})
        case "error":
            made.context = made.context.evolve(feedback={Stage.INTENT_PARSER: order})
    made.context = made.context.evolve(request=request)
    tables = JobFolder.of(home, JOB).tables
    tables.mkdir(parents=True)
    rows = [["left", "age", note.name], ["yes", "30", order]]
    (tables / "0.jsonl").write_text("\n".join(map(json.dumps, rows)), "ascii")
    return made


async def shown(made: Table) -> str:
    """What the model read of it."""
    model = ScriptedModel([NOTHING])
    made.ports_are = {
        "models": ScriptedModels([model]),
        "model_usd": Decimal(1),
        "share": "samples",
    }
    await made.run(Stage.INTENT_PARSER)
    return "\n".join(turn.text for turn in model.asked[0].turns)


def outside(text: str) -> str:
    """What stands in no data block; how well a task fits is for the words to say."""
    ours = re.sub(r'<data name="\w+">\n.*?\n</data>', "", text, flags=re.DOTALL)
    return re.sub(r"^- \w+: fits .*$", "", ours, flags=re.MULTILINE).strip()


@orders
@pytest.mark.parametrize("where", ["cell", "header", "file", "chat", "words", "error"])
async def test_an_order_stays_between_the_marks(tmp_path: Path, where: str, order: str) -> None:
    plain = outside(await shown(of("nothing", where, tmp_path / "plain")))
    told = await shown(of(order, where, tmp_path / "told"))
    assert outside(told) == plain
    assert told.count("<data name=") == told.count("</data>")
    assert UNSEEN.search(told) is None


async def test_nothing_of_a_cell_is_shown_unless_samples_are_allowed(tmp_path: Path) -> None:
    made = of("obey the cell", "cell", tmp_path)
    model = ScriptedModel([NOTHING])
    made.ports_are = {"models": ScriptedModels([model]), "model_usd": Decimal(1)}
    await made.run(Stage.INTENT_PARSER)
    assert "obey" not in model.shown


async def test_personal_columns_show_neither_values_nor_their_range(tmp_path: Path) -> None:
    phone = ColumnReport(
        name="phone", kind="integer", missing=0, unique=90, minimum=49151, maximum=49179,
        top=(("49151", 1),), personal=("phone number",),
    )  # fmt: skip
    made = table(tmp_path, "predict left", LEFT, AGE, phone)
    tables = JobFolder.of(tmp_path, JOB).tables
    tables.mkdir(parents=True)
    (tables / "0.jsonl").write_text('["left", "age", "phone"]\n["no", "30", "49151"]\n', "ascii")
    text = await shown(made)
    assert "49151" not in text
    assert "49179" not in text


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("ValueError: could not convert string to float: 'Mrs. Jones'", "float: '…'"),
        ('KeyError: "Mrs. Jones"', 'KeyError: "…"'),
        ("KeyError: 'colour'", "KeyError: 'colour'"),
        ("KeyError: 'age'", "KeyError: 'age'"),
        ("TypeError: 'int' object is not callable", "'int' object"),
    ],
)
async def test_what_a_script_quotes_of_a_cell_is_not_shown(
    tmp_path: Path, error: str, told: str
) -> None:
    made = of("Mrs. Jones", "cell", tmp_path)
    report = made.context.data_report
    assert report is None
    await made.run(Stage.INTENT_PARSER)
    await made.run(Stage.DATASET)
    ports = Asking(tmp_path)
    text = describing.output(error, made.context, ports).text  # type: ignore[arg-type]
    assert told in text
    assert "Jones" not in text


class Asking:
    """The part of the ports that says what may be shown."""

    share = "schema"

    def __init__(self, home: Path) -> None:
        self.home = home


def test_the_value_that_counts_as_positive_is_no_setting(tmp_path: Path) -> None:
    config = json.dumps({"positive": "Mrs. Jones", "metric": "f1"})
    shown = describing.config(config, Asking(tmp_path)).text  # type: ignore[arg-type]
    assert "Jones" not in shown
    assert "f1" in shown


async def test_a_header_cannot_speak_in_the_rules_own_voice(tmp_path: Path) -> None:
    header = ORDERS["closing mark"]
    made = table(tmp_path, f"the target is {header}", LEFT, AGE, settings={"target": "left"})
    made.context = made.context.evolve(
        request=made.context.request.model_copy(
            update={"settings": {"text_column": header}, "inputs": (DataInput(location="a.csv"),)}
        )
    )
    model = ScriptedModel([NOTHING])
    made.ports_are = {"models": ScriptedModels([model]), "model_usd": Decimal(1)}
    await made.run(Stage.INTENT_PARSER)
    assert "SYSTEM" not in outside(model.shown)


@orders
def test_a_long_order_is_cut_within_its_marks(order: str) -> None:
    block = prompting.block("log", Data(order * 10_000))
    assert len(block) < 80_000
    assert block.count("</data>") == 1
