"""Keys inside of uploaded files: key files, scripts and notebooks are searched, data is not.

What stands in the cells of data is the person's, whatever it looks like. A text or JSON file is a
key file when it holds little else; everything is read within bounds, in any encoding.
"""

import asyncio
import codecs
import json
import re
from collections.abc import Iterator
from pathlib import Path

from bot.inbox.pasted import without_marks
from pipeline.ports.sanitizer import Sanitizer

_SCRIPT_BYTES = 1 << 20
_NOTEBOOK_BYTES = 16 << 20  # its pictures are left out before the search
_TEXT_BYTES = 64 << 10  # what is longer was not written by hand: it is data
_PIECE = 64 << 10  # characters searched at once: other threads run between two pieces
_OVERLAP = 4 << 10
_SHORT_NOTE = 5  # lines

_SCRIPTS = re.compile(
    r"\.(pyw?|r|jl|js|ts|mjs|java|go|rb|rs|scala|lua|sh|bash|zsh|fish|bat|cmd|ps1|tf|toml|ya?ml|ini"
    r"|cfg|conf|cnf|config|properties|env|envrc|netrc|npmrc|pypirc|pgpass|pem|key|ppk)"
)
_DATA = re.compile(
    r"\.(csv|tsv|tab|jsonl|ndjson|parquet|feather|arrow|orc|avro|xlsx?|xlsm|ods|npy|npz|h5|hdf5|pkl"
    r"|pickle|mat|sav|dta|rds|db|sqlite|sql|zip|gz|bz2|xz|zst|7z|rar|tar|tgz|png|jpe?g|gif|bmp|webp"
    r"|tiff?|svg|wav|mp3|flac|ogg|mp4|pdf|safetensors|onnx|bin|pth?)"
)
_PROSE = frozenset({".md", ".rst", ".rmd", ".qmd"})
_JSON = frozenset({".json", ".json5", ".jsonc"})
_KEY_NAMES = re.compile(
    r"\.?env(\.\w+)*|\.?netrc|\.?npmrc|\.?pypirc|\.?pgpass|\.?modal\.toml|credentials|id_[a-z0-9]+"
    r"|dockerfile|makefile|procfile|kaggle( ?\(\d+\))?\.json"
)
_ASSIGNMENT = re.compile(
    r"\s*(export\s+|set\s+|-\s+)?[\"']?[\w.-]{1,80}[\"']?\s*[:=]\s*\S{0,400}\s*,?"
)
_SAYS_NOTHING = re.compile(r"\s*([#;].*|//.*|[\[\](){},`~*=-]*|\[[\w. -]{1,80}\])\s*")
# Found by the words around them, which a message in a data set may have as well.
_SPOKEN = frozenset({"password", "secret"})


async def keys_in(path: Path, sanitizer: Sanitizer) -> tuple[str, ...]:
    """The kinds of secrets in an uploaded file; none in data."""
    return await asyncio.to_thread(_kinds, path, sanitizer)


def _kinds(path: Path, sanitizer: Sanitizer) -> tuple[str, ...]:
    suffix = path.suffix.lower()
    if _KEY_NAMES.fullmatch(path.name.lower()) or _SCRIPTS.fullmatch(suffix):
        return _found(_text(path, _SCRIPT_BYTES), sanitizer)
    if suffix == ".ipynb":
        return _found(_cells(_text(path, _NOTEBOOK_BYTES))[:_SCRIPT_BYTES], sanitizer)
    text = "" if _DATA.fullmatch(suffix) else _text(path, _TEXT_BYTES + 1)
    if len(text) > _TEXT_BYTES or "\0" in text:
        return ()
    if suffix in _PROSE:
        return _found(text, sanitizer)
    if suffix in _JSON:
        return _found(_without_records(text), sanitizer)
    return _in_a_key_file(text, sanitizer)


def _found(text: str, sanitizer: Sanitizer) -> tuple[str, ...]:
    found = (kind for piece in _pieces(text) for kind in sanitizer.clean(piece).found)
    return tuple(dict.fromkeys(found))


def _pieces(text: str) -> Iterator[str]:
    """Parts that overlap, so that what is cut in one is whole in the next."""
    for start in range(0, max(1, len(text) - _OVERLAP), _PIECE):
        yield text[start : start + _PIECE + _OVERLAP]


def _text(path: Path, most: int) -> str:
    """The beginning of a file, however it is encoded; empty where there is no file."""
    try:
        with path.open("rb") as file:
            raw = file.read(most)
    except OSError:
        return ""
    return raw.decode(_encoding(raw), "replace").removeprefix("\ufeff")


def _encoding(raw: bytes) -> str:
    """By its mark, or by where its zeros stand: keys are plain letters in every encoding."""
    if raw.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = raw[:200]
    if head.count(0) * 3 > len(head):
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    return "utf-8"


def _cells(text: str) -> str:
    """What was typed and printed in a notebook, without its pictures; as it is when it is none."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return "\n\n".join(_typed(read))


def _typed(read: object) -> Iterator[str]:
    """The lists of lines and the texts of cells, wherever they stand; no MIME type but plain."""
    waiting = [read]
    while waiting:
        match waiting.pop():
            case dict() as entry:
                waiting += [
                    value
                    for name, value in entry.items()
                    if "/" not in str(name) or name == "text/plain"
                ]
            case list() as lines if all(isinstance(line, str) for line in lines):
                yield "".join(lines)
            case list() as entries:
                waiting += entries
            case str() as line:
                yield line


def _without_records(text: str) -> str:
    """A JSON text without its tables: no list of entries, and no entries under numbers."""
    try:
        read = json.loads(text)
        return "" if isinstance(read, list) else json.dumps(_settings(read), ensure_ascii=False)
    except (ValueError, RecursionError):
        return "" if _is_lines_of_json(text) else text


def _is_lines_of_json(text: str) -> bool:
    first, _, rest = text.strip().partition("\n")
    try:
        return bool(rest) and isinstance(json.loads(first), dict | list)
    except (ValueError, RecursionError):
        return False


def _settings(read: object) -> object:
    """What is no table."""
    match read:
        case dict() as entry if entry and all(str(name).isdigit() for name in entry):
            return None
        case dict() as entry:
            return {name: _settings(value) for name, value in entry.items()}
        case list() as entries if any(isinstance(one, dict | list) for one in entries):
            return None
        case _:
            return read


def _in_a_key_file(text: str, sanitizer: Sanitizer) -> tuple[str, ...]:
    """The kinds in a text that says little else; one that says more is data."""
    cleaned = sanitizer.clean(text)
    if not cleaned.found:
        return ()
    lines = [line for line in cleaned.text.splitlines() if not _SAYS_NOTHING.fullmatch(line)]
    keys = [line for line in lines if without_marks(line)[1]]
    others = [
        line for line in lines if not without_marks(line)[1] and not _ASSIGNMENT.fullmatch(line)
    ]
    by_shape = not _SPOKEN.issuperset(cleaned.found)
    few = len(lines) <= _SHORT_NOTE and by_shape
    return cleaned.found if few or len(keys) > len(others) else ()
