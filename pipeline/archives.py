"""Which files may be archives, by their first bytes: what is in them is read elsewhere.

A gz, bz2 or xz file may just as well be one packed table: harness/unpack.py, which runs in a
limited child process, has the last word on what this takes for an archive.
"""

from pathlib import Path

_HEAD = 600
_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00")
_TAR_MARK = b"ustar"
_MARK_AT = 257


def is_archive(path: Path) -> bool:
    """Tell whether a file may be a zip or tar archive, whatever its name says."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return head.startswith(_STARTS) or head.startswith(_TAR_MARK, _MARK_AT)
