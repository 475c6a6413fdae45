"""Good tables written in every way that people and programs write them: none may lose a row."""

import csv
import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from tests.unit.harness.modules import harness

reading = harness("reading")
Problem = harness("progress").Problem

SEED = 20
COUNT = 200

Cells = list[list[str]]


@dataclass(frozen=True)
class Good:
    """A table as it is meant; `decimals` are columns in which a comma may start the fraction."""

    names: tuple[str, ...]
    rows: Cells
    decimals: tuple[int, ...] = ()
    encodings: tuple[str, ...] = ("cp1252", "latin-1")


@dataclass(frozen=True)
class Written:
    """A way to write it down."""

    delimiter: str = ","
    quote: str = '"'
    quoting: int = csv.QUOTE_MINIMAL
    escaped: bool = False
    encoding: str = "utf-8"
    header: bool = True
    comma: bool = False
    line_end: str = "\n"
    blanks: int = 0
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    trailing: bool = False


def shop(rng: random.Random) -> Good:
    stock = ["Bolt, long", "Nut", 'Pipe 2"', "Grease (tin)", "Müller's glue", "Saw; small", "Öl"]
    rows = [
        [f"A-{100 + n}", rng.choice(stock), str(rng.randint(0, 40)), f"{rng.uniform(1, 90):.2f}"]
        for n in range(rng.choice([12, 60, 300]))
    ]
    return Good(("sku", "article", "stock", "price"), rows, decimals=(3,))


def weather(rng: random.Random) -> Good:
    rows = [
        [
            f"2021-{month:02}-{day:02}",
            f"{rng.gauss(8, 9):.1f}",
            rng.choice(["", f"{rng.expovariate(0.3):.1f}"]),
            rng.choice(["N", "NE", "S", "SW", "W"]),
        ]
        for month in range(1, 7)
        for day in range(1, 29)
    ]
    return Good(("day", "temperature", "rain_mm", "wind"), rows, decimals=(1, 2))


def reviews(rng: random.Random) -> Good:
    starts = ["It broke after a week", "Très bien, merci", "I love it", 'She said "never again"']
    ends = [", sadly.", "!", " \u2013 five stars.", "; would buy again", ", but it's loud.", "..."]
    rows = [
        [f"{rng.choice(starts)}{rng.choice(ends)} {rng.choice(starts)}", rng.choice(["pos", "neg"])]
        for _ in range(rng.choice([20, 150]))
    ]
    return Good(("review", "sentiment"), rows)


def cyrillic(rng: random.Random) -> Good:
    cities = ["Москва", "Казань", "Нижний Новгород", "Пермь", "Сочи"]
    goods = ["Чайник, красный", "Стол", "Лампа «Ночь»", "Кресло большое", "Шкаф"]
    rows = [
        [str(n), rng.choice(cities), rng.choice(goods), f"{rng.uniform(10, 9000):.2f}"]
        for n in range(1, rng.choice([15, 80]))
    ]
    codecs = ("cp1251", "koi8-r")
    return Good(("номер", "город", "товар", "цена"), rows, decimals=(3,), encodings=codecs)


def polish(rng: random.Random) -> Good:
    names = ["Łukasz", "Małgorzata", "Żaneta", "Józef", "Świętosława", "Bogdan", "Grażyna"]
    towns = ["Łódź", "Kraków", "Gdańsk", "Poznań", "Zielona Góra"]
    rows = [
        [rng.choice(names), rng.choice(towns), str(rng.randint(18, 90)), rng.choice(["tak", "nie"])]
        for _ in range(rng.choice([25, 120]))
    ]
    return Good(("imię", "miasto", "wiek", "zgoda"), rows, encodings=("cp1250", "iso8859-2"))


def japanese(rng: random.Random) -> Good:
    towns = ["東京", "大阪", "名古屋", "札幌", "福岡"]
    words = ["とても良い", "届くのが遅い", "普通です", "また買います", "箱が壊れていた"]
    rows = [[rng.choice(towns), rng.choice(words), str(rng.randint(1, 5))] for _ in range(40)]
    return Good(("都市", "感想", "点数"), rows, encodings=("shift-jis", "euc_jp"))


def chinese(rng: random.Random) -> Good:
    towns = ["北京", "上海", "广州", "武汉"]
    words = ["质量很好", "物流太慢了", "一般般", "会再来购买", "包装坏了"]
    rows = [[rng.choice(towns), rng.choice(words), str(rng.randint(1, 5))] for _ in range(40)]
    return Good(("城市", "评论", "分数"), rows, encodings=("gb18030",))


def chinese_old(rng: random.Random) -> Good:
    towns = ["臺北", "高雄", "台中", "新竹"]
    words = ["品質很好", "運送太慢了", "還可以", "會再來購買", "包裝壞了"]
    rows = [[rng.choice(towns), rng.choice(words), str(rng.randint(1, 5))] for _ in range(40)]
    return Good(("城市", "評論", "分數"), rows, encodings=("big5",))


def korean(rng: random.Random) -> Good:
    towns = ["서울", "부산", "대구", "인천"]
    words = ["아주 좋아요", "배송이 늦어요", "보통입니다", "다시 살게요"]
    rows = [[rng.choice(towns), rng.choice(words), str(rng.randint(1, 5))] for _ in range(40)]
    return Good(("도시", "의견", "점수"), rows, encodings=("euc-kr",))


def years(rng: random.Random) -> Good:
    lands = ["Chad", "Peru", "Österreich", "Fiji", "Iran, Islamic Rep.", "Côte d'Ivoire", "Laos"]
    rows = [[land, *(f"{rng.uniform(1, 60):.1f}" for _ in range(6))] for land in lands]
    return Good(("country", *map(str, range(2015, 2021))), rows, decimals=tuple(range(1, 7)))


def words_only(rng: random.Random) -> Good:
    asked = ["where is my card", "reset password", "change the address", "close account please"]
    rows = [
        [f"{rng.choice(asked)} {rng.choice(['now', 'today', 'again', 'soon'])} {n}", intent]
        for n in range(45)
        for intent in [rng.choice(["card", "login", "address", "leaving"])]
    ]
    return Good(("utterance", "intent"), rows)


def one_column(rng: random.Random) -> Good:
    texts = ["the kettle leaks", "arrived late", "wonderful colour", "no manual inside"]
    rows = [[f"{rng.choice(texts)} and {rng.choice(texts)}"] for _ in range(60)]
    return Good(("comment",), rows)


def one_number(rng: random.Random) -> Good:
    return Good(("kilos",), [[f"{rng.uniform(1, 90):.2f}"] for _ in range(50)], decimals=(0,))


def two_numbers(rng: random.Random) -> Good:
    rows = [[str(n), f"{rng.uniform(0, 1):.3f}"] for n in range(30)]
    return Good(("step", "loss"), rows, decimals=(1,))


def wide(rng: random.Random) -> Good:
    rows = [[*(f"{rng.gauss(0, 1):.4f}" for _ in range(30)), rng.choice("ab")] for _ in range(70)]
    names = tuple(f"feature_{n}" for n in range(30))
    return Good((*names, "class"), rows, decimals=tuple(range(30)))


def letters(rng: random.Random) -> Good:
    body = [
        "Dear Sir,\nthe heater is cold.\nYours, Ann",
        "Hello\n\nplease call",
        "Thanks, all fine",
    ]
    rows = [
        [str(n), rng.choice(body), rng.choice(["open", "closed"]), rng.choice(["yes", "no"])]
        for n in range(50)
    ]
    return Good(("ticket", "letter", "state", "urgent"), rows)


def people(rng: random.Random) -> Good:
    first = ["Zoë", "Hélène", "Jürgen", "François", "Begoña", "Anaïs", "Ümit", "Søren"]
    towns = ["Besançon", "Köln", "Málaga", "Århus", "Orléans", "Düsseldorf", "Cádiz"]
    rows = [
        [rng.choice(first), rng.choice(towns), rng.choice(["cook", "nurse", "clerk", "smith"])]
        for _ in range(rng.choice([10, 40]))
    ]
    return Good(("name", "city", "job"), rows)


def hungarian(rng: random.Random) -> Good:
    first = ["Erzsébet", "Ödön", "Győző", "Zsófia", "Jenő"]
    words = ["a fűtés nem működik", "köszönöm, jó volt", "túl drága", "szép időnk volt"]
    rows = [[rng.choice(first), rng.choice(words), f"{rng.uniform(1, 5):.1f}"] for _ in range(30)]
    return Good(("név", "vélemény", "jegy"), rows, decimals=(2,), encodings=("cp1250",))


def greek(rng: random.Random) -> Good:
    rows = [
        [
            rng.choice(["Αθήνα", "Πάτρα", "Λάρισα"]),
            str(rng.randint(1, 99)),
            rng.choice(["μέλος", "ξένος"]),
        ]
        for _ in range(30)
    ]
    return Good(("πόλη", "ηλικία", "σχέση"), rows, encodings=("cp1253",))


def links(rng: random.Random) -> Good:
    rows = [
        [
            f"https://example.org/{rng.choice('abc')}?q={rng.randint(1, 9)}&r=1,2",
            f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}",
            f"user{rng.randint(1, 99)}@example.org",
            rng.choice(["GET", "POST"]),
        ]
        for _ in range(40)
    ]
    return Good(("url", "time", "user", "method"), rows)


def few(rng: random.Random) -> Good:
    rows = [
        [str(rng.randint(150, 200)), str(rng.randint(50, 99)), sport] for sport in ("run", "swim")
    ]
    return Good(("height", "weight", "sport"), rows)


def dates(rng: random.Random) -> Good:
    rows = [
        [
            f"{rng.randint(1, 28):02}/{rng.randint(1, 12):02}/20{rng.randint(10, 24)}",
            rng.choice(["north", "south", "east"]),
            f"{rng.uniform(-5, 5):.3f}",
            rng.choice(["true", "false"]),
        ]
        for _ in range(60)
    ]
    return Good(("when", "where", "change", "open"), rows, decimals=(2,))


def answers(rng: random.Random) -> Good:
    asked = ["What is the capital of France?", "Who wrote Faust?", "How far is the moon, in km?"]
    said = ["Paris", "Goethe, in two parts", "About 384,000", 'Nobody knows; "it depends"']
    rows = [[f"{rng.choice(asked)} ({n})", rng.choice(said)] for n in range(25)]
    return Good(("question", "answer"), rows)


def nested(rng: random.Random) -> Good:
    rows = [
        [str(n), f'{{"a": {rng.randint(1, 9)}, "b": [1, 2]}}', rng.choice(["x|y", "x", "y;z"])]
        for n in range(30)
    ]
    return Good(("id", "payload", "tags"), rows)


def gaps(rng: random.Random) -> Good:
    rows = [
        [
            rng.choice(["red", "green", "blue", ""]),
            rng.choice(["", "", "NA", "7", "12"]),
            rng.choice(["large", "small", ""]),
            f"{rng.randint(1, 9)}",
        ]
        for _ in range(50)
    ]
    return Good(("colour", "count", "size", "grade"), rows)


GOOD: tuple[Callable[[random.Random], Good], ...] = (
    shop,
    weather,
    reviews,
    cyrillic,
    polish,
    japanese,
    chinese,
    chinese_old,
    korean,
    years,
    words_only,
    one_column,
    one_number,
    two_numbers,
    wide,
    letters,
    people,
    hungarian,
    greek,
    links,
    few,
    dates,
    answers,
    nested,
    gaps,
)
ABOVE = (
    ("Quarterly overview",),
    ("# exported by the till", "# do not edit"),
    ("Stock list, north branch", "", "as of 3 May"),
    ("Table 4: results of the survey", ""),
)
BELOW = (
    ("", "Source: own survey"),
    ("# end of file",),
    ("", "Note: values are rounded, see the manual", "* provisional"),
    ("", "(c) the office of figures"),
)


def ways(rng: random.Random, table: Good) -> Written:
    """Up to five changes to how the table is written."""
    several = len(table.names) > 1
    way = Written()
    for change in rng.sample(range(10), rng.randint(1, 5)):
        way = _changed(change, way, table, rng, several=several)
    if not several and way.comma:
        way = replace(way, delimiter=";")
    return way


def _changed(  # noqa: C901, PLR0911 - a line for each change
    change: int, way: Written, table: Good, rng: random.Random, *, several: bool
) -> Written:
    match change:
        case 0 if several:
            return replace(way, delimiter=rng.choice([";", "\t", "|", ",", "^"]))
        case 1:
            wide = ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"]
            return replace(way, encoding=rng.choice([*table.encodings * 3, *wide]))
        case 2:
            return replace(way, quoting=rng.choice([csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]))
        case 3 if several:
            return rng.choice([replace(way, quote="'"), replace(way, escaped=True)])
        case 4:
            return replace(way, header=False)
        case 5:
            return replace(way, comma=True)
        case 6:
            return replace(way, line_end=rng.choice(["\r\n", "\r"]))
        case 7:
            return replace(way, blanks=rng.randint(1, 8))
        case 8 if several:
            above, below = rng.choice([(ABOVE, ()), ((), BELOW), (ABOVE, BELOW)])
            way = replace(way, above=rng.choice(above) if above else ())
            return replace(way, below=rng.choice(below) if below else ())
        case 9 if several:
            return replace(way, trailing=True)
    return way


def written(table: Good, way: Written, rng: random.Random) -> bytes:
    lines = [_line(cells, way) for cells in told(table, way)]
    for _ in range(way.blanks):
        lines.insert(rng.randint(1, len(lines)), "")
    text = way.line_end.join([*way.above, *lines, *way.below]) + way.line_end
    return text.encode(way.encoding, errors="replace")


def told(table: Good, way: Written) -> Cells:
    rows = [
        [
            cell.replace(".", ",") if way.comma and at in table.decimals else cell
            for at, cell in enumerate(row)
        ]
        for row in table.rows
    ]
    return [list(table.names), *rows] if way.header else rows


def _line(cells: list[str], way: Written) -> str:
    file = io.StringIO(newline="")
    csv.writer(
        file,
        delimiter=way.delimiter,
        quotechar=way.quote,
        quoting=way.quoting,  # type: ignore[arg-type] # one of csv's own
        doublequote=not way.escaped,
        escapechar="\\" if way.escaped else None,
        lineterminator="\r\n",
    ).writerow(cells)
    return file.getvalue().removesuffix("\r\n") + (way.delimiter if way.trailing else "")


def expected(table: Good, way: Written) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Names and cells, as far as the encoding can hold them; a point in each fraction."""

    def kept(cell: str) -> str:
        return cell.encode(way.encoding, errors="replace").decode(way.encoding)

    numbered = tuple(f"column_{n}" for n in range(1, len(table.names) + 1))
    names = tuple(kept(name) for name in table.names) if way.header else numbered
    return names, [tuple(kept(cell) for cell in row) for row in table.rows]


def pointed(table: Good, rows: list[tuple[str | None, ...]]) -> list[tuple[str, ...]]:
    return [
        tuple(
            (cell or "").replace(",", ".") if at in table.decimals else cell or ""
            for at, cell in enumerate(row)
        )
        for row in rows
    ]


def mutations(seed: int, count: int) -> Iterator[tuple[str, Good, Written, bytes]]:
    rng = random.Random(seed)  # noqa: S311 - the same tables each time
    for number in range(count):
        make = rng.choice(GOOD)
        table = make(rng)
        way = ways(rng, table)
        yield f"{number} {make.__name__} {way}", table, way, written(table, way, rng)


def outcome(table: Good, way: Written, content: bytes) -> str:
    """`same`, `asked`, or what went wrong without a word."""
    try:
        found = reading.read_bytes(content, "table.csv")
    except Problem:
        return "asked"
    names, rows = expected(table, way)
    if len(found.table) != len(rows):
        return f"{len(found.table)} rows instead of {len(rows)}; notes {found.notes}"
    if found.table.names != names:
        return f"names {found.table.names[:5]}"
    return "same" if pointed(table, found.table.rows) == rows else "other cells"


@pytest.mark.parametrize("seed", [SEED, SEED + 1])
def test_a_table_is_the_same_however_it_is_written(seed: int) -> None:
    outcomes = {
        told: outcome(table, way, content) for told, table, way, content in mutations(seed, COUNT)
    }
    wrong = {told: what for told, what in outcomes.items() if what not in ("same", "asked")}
    assert wrong == {}
    assert sum(what == "same" for what in outcomes.values()) >= COUNT - 5
