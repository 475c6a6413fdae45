"""Made-up sentences: complaints, reviews, labelled words, rulings, and menus in two languages."""

from pathlib import Path

from . import wording
from .common import chance, fill, gap, json_lines, table


def complaints(home: Path) -> None:
    rng = chance(41)
    rows = []
    for number in range(170):
        team = rng.choice(list(wording.COMPLAINTS))
        body = fill(rng, rng.choice(wording.COMPLAINTS[team]), wording.PLACES)
        opening, ending = rng.choice(wording.OPENINGS), rng.choice(wording.ENDINGS)
        rows.append(
            [
                2_300_451 + number,
                f"2024-0{rng.randint(1, 6)}-{rng.randint(1, 28):02d}",
                gap(rng, rng.choice(["web", "phone", "letter"]), 0.05),
                f"{opening}{body} {ending}".strip(),
                gap(rng, rng.choice(["Abbey", "Castle", "Mill Hill", "Quayside"]), 0.06),
                team,
            ]
        )
    header = ["case_no", "logged", "came_by", "what_they_said", "ward", "passed_to"]
    table(home / "casework.csv", header, rows)


def reviews(home: Path) -> None:
    rng = chance(42)
    records = []
    for number in range(140):
        pleased = rng.random() < 0.62
        views = wording.PRAISE if pleased else wording.GRUMBLES
        first, second = rng.sample(views, 2)
        records.append(
            {
                "rid": f"c{number:04d}",
                "recipe": rng.choice(wording.SLOTS["dish"]),
                "comment": " ".join(fill(rng, view, wording.SLOTS) for view in (first, second)),
                "stars": rng.randint(3, 5) if pleased else rng.randint(1, 3),
                "cook_again": "yes" if pleased else "no",
                "helpful_votes": rng.choice([0, 0, 1, 2, 5, 11]),
            }
        )
    json_lines(home / "comments.jsonl", records)


def ingredients(home: Path) -> None:
    rng = chance(43)
    records = []
    for number in range(150):
        words: list[str] = []
        labels: list[str] = []
        for kind in rng.choice(wording.LINE_SHAPES):
            choice = rng.choice(wording.LINE_WORDS[kind]).split()
            words += choice
            inside = ["O"] * len(choice) if kind == "O" else [f"I-{kind}"] * len(choice)
            labels += inside if kind == "O" else [f"B-{kind}", *inside[1:]]
        records.append({"line": number + 1, "words": words, "marks": labels})
    json_lines(home / "ingredient_lines.jsonl", records)


def cargo(home: Path) -> None:
    rng = chance(44)
    for name, count in (("train.conll", 110), ("heldout.conll", 30)):
        blocks = []
        for _ in range(count):
            lines = []
            for piece in rng.choice(wording.CARGO_SHAPES).split("|"):
                known = piece in wording.CARGO_WORDS
                words = (rng.choice(wording.CARGO_WORDS[piece]) if known else piece).split()
                for place, word in enumerate(words):
                    tag = ("B-" if place == 0 else "I-") + piece if known else "O"
                    lines.append(f"{word} {tag}")
            blocks.append("\n".join(lines))
        (home / name).write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def rulings(home: Path) -> None:
    rng = chance(45)
    records = []
    for number in range(70):
        case = {name: rng.choice(words) for name, words in wording.CASE.items()}
        won = rng.random() < 0.5
        facts = [rng.choice(options).format(**case) for options in wording.RULING]
        verdict = wording.ALLOWED if won else wording.DISMISSED
        records.append(
            {
                "docket": f"TC/{2015 + number % 9}/{1000 + number * 17}",
                "heard_at": rng.choice(["Cardiff", "Truro", "Durham", "Norwich"]),
                "judgment": " ".join([*facts, rng.choice(verdict).format(**case)]),
                "headnote": rng.choice(wording.HEADNOTES).format(
                    result="allowed" if won else "dismissed", **case
                ),
            }
        )
    json_lines(home / "judgments.jsonl", records)


def menus(home: Path) -> None:
    rng = chance(46)
    pairs: dict[str, str] = {}
    while len(pairs) < 130:
        ours, theirs = rng.choice(wording.MENU_SHAPES)
        chosen = {name: rng.choice(pairs_) for name, pairs_ in wording.MENU_WORDS.items()}
        english = ours.format(**{name: pair[0] for name, pair in chosen.items()})
        pairs[english] = theirs.format(**{name: pair[1] for name, pair in chosen.items()})
    rows = [
        [f"D{number:03d}", rng.choice(["lunch", "dinner", "bar"]), english, spanish]
        for number, (english, spanish) in enumerate(pairs.items())
    ]
    table(home / "carta.csv", ["code", "sitting", "Dish", "Plato"], rows)


DATASETS = {
    "town_hall_casework": complaints,
    "recipe_comments": reviews,
    "ingredient_lines": ingredients,
    "cargo_notices": cargo,
    "tribunal_judgments": rulings,
    "bilingual_menu": menus,
}
