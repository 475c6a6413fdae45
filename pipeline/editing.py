"""A model's changes to the scripts of a bundle: put in, shown, refused where they cannot be."""

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import Field

from pipeline.asking import Reply
from pipeline.bundle import EDITABLE
from pipeline.codecheck import problems
from pipeline.errors import Rejected
from pipeline.prompting import unescaped, visible

_LONGEST_SCRIPT = 60_000  # signs
_MOST_EDITS = 20
_DIFF_LINES = 60
_LONGEST_LINE = 200  # signs


class Edit(Reply):
    """One change of one script."""

    file: str = Field(description="prepare.py or train.py")
    find: str = Field(description="text that stands there exactly once; empty: the whole file")
    replace: str = Field(description="what comes in its place")


class Edits(Reply):
    """What to change in the scripts; an empty list leaves them."""

    edits: tuple[Edit, ...] = ()
    why: str = Field(default="", description="one short sentence for the person")


def edited(folder: Path, edits: Sequence[Edit]) -> dict[str, str]:
    """The scripts with all changes in them, by name, those that differ; nothing is written.

    Rejected says which change cannot be made.
    """
    texts = {name: (folder / name).read_text("utf-8") for name in EDITABLE}
    before = dict(texts)
    for edit in edits[:_MOST_EDITS]:
        if edit.file not in texts:
            raise Rejected(f"Only {' and '.join(EDITABLE)} may be changed, not {edit.file[:40]!r}.")
        texts[edit.file] = _changed(texts[edit.file], edit)
        if len(texts[edit.file]) > _LONGEST_SCRIPT:
            raise Rejected(f"{edit.file} would become too long.")
    return {name: text for name, text in texts.items() if text != before[name]}


def check(texts: Mapping[str, str], folder: Path, lines: Sequence[str]) -> None:
    """Rejected with everything that stands against the changed scripts."""
    files = [path.name for path in folder.glob("*.py")]
    found = [
        problem
        for name, text in texts.items()
        for problem in problems(name, text, (folder / name).read_text("utf-8"), files, lines)
    ]
    if found:
        raise Rejected(f"The changed script was refused: {found[0]}", feedback="\n".join(found))


def difference(texts: Mapping[str, str], folder: Path) -> str:
    """What was changed, as a diff that a person can read."""
    lines: list[str] = []
    for name, text in texts.items():
        old = (folder / name).read_text("utf-8").splitlines()
        lines += difflib.unified_diff(old, text.splitlines(), name, name, n=1, lineterm="")
    more = len(lines) - _DIFF_LINES
    shown = [visible(line)[:_LONGEST_LINE] for line in lines[:_DIFF_LINES]]
    return "\n".join([*shown, *([f"… {more} more lines"] if more > 0 else [])])


def keep(texts: Mapping[str, str], folder: Path) -> None:
    """Remember what is proposed, for whoever must propose it otherwise."""
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")


def with_kept(feedback: str, kept: Path, folder: Path) -> str:
    """An error with the change that led to it: a model does not know what it proposed before."""
    texts = {path.name: path.read_text("utf-8") for path in sorted(kept.glob("*.py"))}
    if not feedback or not texts:
        return feedback
    return f"{feedback}\n\nThe change that you had proposed:\n{difference(texts, folder)}"


def _with_its_signs(edit: Edit, text: str) -> Edit:
    """An edit copied as the script was shown, in which `<` was written otherwise."""
    if unescaped(text) != text:
        return edit
    signs = {"find": unescaped(edit.find), "replace": unescaped(edit.replace)}
    return edit.model_copy(update=signs)


def _changed(text: str, edit: Edit) -> str:
    edit = _with_its_signs(edit, text)
    if len(edit.replace) > _LONGEST_SCRIPT:
        raise Rejected(f"The change of {edit.file} is too long.")
    if not edit.find:
        return edit.replace
    times = text.count(edit.find)
    if times != 1:
        where = "nowhere" if times == 0 else f"{times} times"
        raise Rejected(f"The text to replace stands {where} in {edit.file}; it must stand once.")
    return text.replace(edit.find, edit.replace)
