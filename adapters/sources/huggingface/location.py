"""What a person writes when they mean a data set of the Hub: `hf:` and a name, or its address."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from pipeline.errors import PersonCanFix

FORM = "hf:OWNER/NAME, with :CONFIG and :SPLIT after it where it has several"
_PREFIX = re.compile(r"\s*hf:(?://)?(?:datasets/)?", re.IGNORECASE)
_NAME = re.compile(r"(?=.{1,96}\Z)(?!.*(?:--|\.\.))\w[\w.-]*(?:/\w[\w.-]*)?(?<![.-])", re.ASCII)
_PART = re.compile(r"[\w.+ -]{0,100}")
_REVISION = re.compile(r"[\w./-]{1,100}", re.ASCII)
_HOSTS = {"huggingface.co", "www.huggingface.co", "hf.co", "www.hf.co"}
_BARE = re.compile(r"\s*(?:www\.)?(?:huggingface\.co|hf\.co)/", re.IGNORECASE)
_WEB = re.compile(r"\s*https?://", re.IGNORECASE)
_IN_A_REPO = {"viewer", "tree", "blob", "resolve", "raw", "discussions", "embed", "commit"}
_A_FILE = {"blob", "resolve", "raw"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A data set, and the part of it that is meant: all empty but `repo` where nothing is said.

    `first` may be a configuration or a split. `below` is a folder of the repository, or a file.
    """

    repo: str
    first: str = ""
    split: str = ""
    revision: str = ""
    below: str = ""
    is_file: bool = False


def is_hub(location: str, endpoint: str) -> bool:
    """Whether a location is one of the Hub's."""
    if _PREFIX.match(location) or _BARE.match(location):
        return True
    return _WEB.match(location) is not None and _host(location) in _hosts(endpoint)


def read(location: str) -> Wanted:
    """What a location means; PersonCanFix says how one is written."""
    text = location.strip()
    if _PREFIX.match(text):
        wanted = _named(_PREFIX.sub("", text, count=1))
    else:
        address = text if _WEB.match(text) else f"https://{text}"
        wanted = _addressed(urlsplit(address).path, location)
    parts_fit = _PART.fullmatch(wanted.first) and _PART.fullmatch(wanted.split)
    revision_fits = not wanted.revision or _REVISION.fullmatch(wanted.revision)
    if not (_NAME.fullmatch(wanted.repo) and parts_fit and revision_fits):
        raise _strange(location)
    return wanted


def _named(text: str) -> Wanted:
    name, *rest = (part.strip() for part in text.strip().strip("/").split(":"))
    repo, _, revision = name.partition("@")
    first, split = (*rest, "", "")[:2]
    if len(rest) > len((first, split)):
        raise _strange(f"hf:{text}")
    return Wanted(repo, first, split, revision)


def _addressed(path: str, location: str) -> Wanted:
    parts = [unquote(part) for part in path.split("/") if part]
    if parts[:1] != ["datasets"] or len(parts) == 1:
        raise PersonCanFix(
            f"{location.strip()[:100]} is no data set on Hugging Face.",
            f"Give the address of a data set, or write {FORM}.",
            field="data",
        )
    size = 1 if len(parts) > 2 and parts[2] in _IN_A_REPO else 2  # noqa: PLR2004 (datasets/NAME/…)
    repo, rest = "/".join(parts[1 : 1 + size]), parts[1 + size :]
    if rest[:1] == ["viewer"]:
        first, split = (*rest[1:], "", "")[:2]
        return Wanted(repo, first, split)
    if len(rest) > 1 and rest[0] in _A_FILE | {"tree"}:
        below = "/".join(rest[2:])
        return Wanted(repo, revision=rest[1], below=below, is_file=rest[0] in _A_FILE)
    return Wanted(repo)


def _host(location: str) -> str:
    try:
        return urlsplit(location.strip()).netloc.lower()
    except ValueError:
        return ""


def _hosts(endpoint: str) -> set[str]:
    return {*_HOSTS, urlsplit(endpoint).netloc.lower()}


def _strange(location: str) -> PersonCanFix:
    return PersonCanFix(
        f"'{location.strip()[:100]}' names no data set on Hugging Face.",
        f"Write {FORM}.",
        field="data",
    )
