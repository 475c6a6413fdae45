"""What a stranger's file is when it is no table of text, said before anything tries to parse it."""

import re
from typing import Literal

from progress import Problem

Holder = Literal["parquet", "workbook"]

AS_CSV = "Please save it as CSV, TSV, JSON or JSONL and send that"
AGAIN = "Please send it again"
_UNPACK = "Please unpack it and send the data file itself."
_TABLE = "Please send a table, or name a task that reads such files."
_FEW_BAD = 0.05
_FEW_SIGNS = 8
_START = 1 << 16
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1e]")
_PICKLE = re.compile(rb"\x80[\x02-\x05]|\(lp\d+\n|\(dp\d+\n|c(posix|os|builtins|__builtin__)\n")
_PAGE = re.compile(
    rb"\s*(<!--.{0,2000}?-->\s*)*(<!doctype\s+html|<html|<head|<body|<\?xml[^>]*>\s*<(!doctype\s+)?html)",
    re.IGNORECASE | re.DOTALL,
)
_MARKUP = re.compile(rb"\s*<\?xml[\s>]", re.IGNORECASE)

_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x05\x06", "is an empty archive", f"{AS_CSV}."),
    (b"PK\x03\x04", "is an archive, not a table", f"{_UNPACK}"),
    (b"Rar!\x1a\x07", "is a RAR archive, which cannot be read here", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "is a 7z archive, which cannot be read here", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "is packed with zstd, which cannot be read here", _UNPACK),
    (b"%PDF", "is a PDF", f"{AS_CSV}."),
    (b"\x89PNG", "is an image", _TABLE),
    (b"\xff\xd8\xff", "is an image", _TABLE),
    (b"GIF8", "is an image", _TABLE),
    (b"SQLite format 3", "is a database", f"{AS_CSV}."),
    (b"\x89HDF", "is an HDF5 file, which cannot be read here", f"{AS_CSV}."),
    (b"ARROW1", "is an Arrow file, which cannot be read here", f"{AS_CSV}, or as Parquet."),
    (b"FEA1", "is a Feather file, which cannot be read here", f"{AS_CSV}, or as Parquet."),
    (b"Obj\x01", "is an Avro file, which cannot be read here", f"{AS_CSV}."),
    (b"ORC", "is an ORC file, which cannot be read here", f"{AS_CSV}."),
    (b"\x93NUMPY", "is a NumPy file, which cannot be read here", f"{AS_CSV}."),
)


def holder(head: bytes) -> Holder | None:
    """Whether the bytes are of a format that its own library reads."""
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "workbook"
    if head.startswith(b"PK\x03\x04") and (
        re.search(rb"\[Content_Types\]\.xml|_rels/\.rels|\bxl/|docProps/", head[:4096])
        or b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet" in head[:200]
    ):
        return "workbook"
    return None


def refuse(head: bytes, name: str) -> None:
    """Problem for the start of what is not a table of text; `head` holds at least 64 kB of it."""
    if not head.strip():
        raise Problem(f"{name} is empty.", "Please send another file.")
    for magic, what, hint in _MAGIC:
        if head.startswith(magic) and (len(magic) > 3 or _controls(head)):  # noqa: PLR2004 - words
            raise Problem(f"{name} {what}.", hint)
    if head[257:262] == b"ustar":
        raise Problem(f"{name} is a tar archive, not a table.", _UNPACK)
    if _PICKLE.match(head):
        raise Problem(
            f"{name} is a Python pickle, which can run code and is never opened.", f"{AS_CSV}."
        )
    if _PAGE.match(head[:_START]):
        raise Problem(
            f"{name} is a web page, not data.",
            "Please download the data file itself and send that.",
        )
    if _MARKUP.match(head[:_START]):
        raise Problem(f"{name} is XML, not a table.", f"{AS_CSV}.")


def refuse_binary(content: bytes, name: str) -> None:
    """Problem for bytes that are no text in any encoding of one to four bytes a sign."""
    if _controls(content):
        raise Problem(f"{name} is a binary file, not a table of text.", f"{AS_CSV}.")


def _controls(content: bytes) -> bool:
    start = content[:_START]
    return len(_CONTROL.findall(start)) > max(_FEW_SIGNS, len(start) * _FEW_BAD)
