"""One file of a data set into the folder of what is under way, whole or its first rows."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.hub_library import library
from adapters.sources.huggingface.fitting import Part
from pipeline.errors import PersonCanFix, TryAgain

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_SLOWEST = 100_000  # bytes a second, over a whole file: what only drips must end as well
_LEAST_SECONDS = 120.0
_TAIL = 1 << 20  # of a part, in which its last whole row is looked for
_OK, _PARTIAL = 200, 206
_QUOTING = re.compile(r"\.(csv|tsv)$", re.IGNORECASE)  # a row may have line ends in quotes


def seconds_for(part: Part) -> float:
    """How long a file may take."""
    return _LEAST_SECONDS + part.size / _SLOWEST


def fetched(api: "HfApi", repo: str, revision: str, part: Part, draft: Path) -> None:
    """Bring the file to `draft`/files under its own name; one that is there already is kept."""
    files = draft / "files"
    if not part.is_whole:
        _first_rows(api, repo, revision, part, files / part.name)
        return
    path = Path(
        api.hf_hub_download(
            repo, part.name, repo_type="dataset", revision=revision, local_dir=files
        )
    )
    if path.stat().st_size != part.size:
        path.unlink()
        raise TryAgain(f"{part.name} of {repo} came damaged.", "It is fetched anew.")


def _first_rows(api: "HfApi", repo: str, revision: str, part: Part, target: Path) -> None:
    """The first bytes of a file by a Range request, until the end of a row."""
    found = library()
    url = found.hf_hub_url(
        repo, part.name, repo_type="dataset", revision=revision, endpoint=api.endpoint
    )
    headers = found.utils.build_hf_headers(token=api.token)
    headers |= {"Range": f"bytes=0-{part.size - 1}", "Accept-Encoding": "identity"}
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with found.get_session().stream("GET", url, headers=headers) as response:
        if response.status_code not in {_OK, _PARTIAL}:
            found.utils.hf_raise_for_status(response)
        size = 0
        with target.open("wb") as file:
            for block in response.iter_bytes():
                file.write(block[: part.size - size])
                size += len(block)
                if size >= part.size:
                    break
    _end_with_a_row(target, part)


def _end_with_a_row(target: Path, part: Part) -> None:
    """Cut off the last row, of which only the beginning came."""
    with target.open("r+b") as file:
        if file.read(64).lstrip().startswith(b"["):
            raise PersonCanFix(
                f"{part.name} is too large, and its form cannot be read in part.",
                "Give a smaller data set, or one with a JSON object a line.",
                field="data",
            )
        file.seek(0)
        size = target.stat().st_size
        quotes = 0
        while file.tell() < size - _TAIL:
            quotes += file.read(min(_TAIL, size - _TAIL - file.tell())).count(b'"')
        tail = file.read()
        quotes += tail.count(b'"')
        has_quotes = _QUOTING.search(part.name) is not None
        file.truncate(size - len(tail) + _end_of_rows(tail, quotes if has_quotes else None))


def _end_of_rows(tail: bytes, quotes: int | None) -> int:
    """Where the last line ends that is no part of a quoted cell; `quotes` are those of it all."""
    end = last = tail.rfind(b"\n")
    if quotes is None or last < 0:
        return last + 1
    quotes -= tail.count(b'"', last)
    while quotes % 2 and (before := tail.rfind(b"\n", 0, end)) >= 0:
        quotes -= tail.count(b'"', before, end)
        end = before
    return (last if quotes % 2 else end) + 1
