"""Talks to the Hub, in a process of its own: one that can be ended at any moment, and knows nobody.

Its one argument is a JSON object: `work` ("find" or "fetch"), `endpoint`, `name`, `revision` and,
for "fetch", `into`. It prints one JSON object: what was found, or an error of the tree. When its
standard input closes, it ends.
"""

import errno
import hashlib
import json
import os
import re
import sys
import threading
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi, get_session, hf_hub_download
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RevisionNotFoundError
from huggingface_hub.hf_api import ModelInfo

from adapters.weights import files
from pipeline.errors import MLTrainerError, NoRoom, PersonCanFix, TryAgain

_SECONDS = 8.0  # until the Hub answers
_ROBOT, _CONVERSION = "SFconvertbot", "Adding `safetensors` variant of this model"
_STRANGE = re.compile(r"[^\w.+-]+", re.ASCII)
_LONGEST_LICENSE = 60
_FULL = {errno.ENOSPC, errno.EDQUOT}
_SHUT = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


def main() -> None:
    """Do the work of the argument and print what came of it."""
    plan: dict[str, Any] = json.loads(sys.argv[1])
    threading.Thread(target=_end_with_input, daemon=True).start()
    # The library's HTTP client comes from one of two packages, by its version.
    client = sys.modules[type(get_session()).__module__.partition(".")[0]]
    try:
        answer = {"find": _find, "fetch": _fetch}[plan["work"]](plan)
    except MLTrainerError as error:
        answer = _told(error)
    except (OSError, client.TransportError) as error:
        answer = _told(_translated(plan, error))
    except ValueError:  # a page of something in between, and no JSON
        answer = _told(TryAgain(f"{plan['endpoint']} does not answer properly.", ""))
    sys.stdout.write(json.dumps(answer) + "\n")


def _end_with_input() -> None:
    while os.read(0, 1024):
        pass
    os._exit(1)


def _find(plan: dict[str, Any]) -> dict[str, Any]:
    """What the Hub offers under a name: the files to take, their sizes and the licence."""
    api = HfApi(endpoint=plan["endpoint"], token=False)
    info = _state(api, plan, plan["revision"] or None)
    if info.gated:
        raise _gated(plan)
    if not files.has_weights(_names(info)) and (converted := _converted(api, plan)):
        info = _state(api, plan, converted)
    names = files.chosen(plan["name"], _names(info))
    return {
        "revision": info.sha,
        "license": _license(info),
        "files": [_described(info, name) for name in names],
    }


def _state(api: HfApi, plan: dict[str, Any], revision: str | None) -> ModelInfo:
    return api.model_info(plan["name"], revision=revision, files_metadata=True, timeout=_SECONDS)


def _names(info: ModelInfo) -> list[str]:
    return [one.rfilename for one in info.siblings or ()]


def _converted(api: HfApi, plan: dict[str, Any]) -> str | None:
    """Where the Hub's own robot has proposed the same weights as safetensors, which many await."""
    proposed = api.get_repo_discussions(
        plan["name"], author=_ROBOT, discussion_type="pull_request", discussion_status="open"
    )
    try:
        ours = [one for one in proposed if one.author == _ROBOT and one.title == _CONVERSION]
    except HfHubHTTPError:  # a model may have no discussions
        return None
    return f"refs/pr/{ours[0].num}" if ours else None


def _described(info: ModelInfo, name: str) -> dict[str, Any]:
    found = next(one for one in info.siblings or () if one.rfilename == name)
    return {"name": name, "size": found.size or 0, "sha256": found.lfs.sha256 if found.lfs else ""}


def _license(info: ModelInfo) -> str:
    """The licence by its short name, or by the name of its own: a stranger's words, cut to one."""
    named = getattr(info.card_data, "license", None)
    if named == "other":
        named = getattr(info.card_data, "license_name", None) or named
    tagged = (tag.partition(":")[2] for tag in info.tags or () if tag.startswith("license:"))
    return _STRANGE.sub("-", str(named or next(tagged, "")))[:_LONGEST_LICENSE]


def _fetch(plan: dict[str, Any]) -> dict[str, Any]:
    """Download the files that are not there yet."""
    found, into = _find(plan), Path(plan["into"])
    for wanted in found["files"]:
        path = hf_hub_download(
            plan["name"],
            wanted["name"],
            revision=plan["revision"],
            endpoint=plan["endpoint"],
            local_dir=into,
            token=False,
        )
        if wanted["name"] == files.CONFIG:
            files.check_config(plan["name"], Path(path))
        if wanted["name"] == files.INDEX:
            files.check_index(plan["name"], Path(path), [one["name"] for one in found["files"]])
        _check_whole(plan, wanted, Path(path))
    return found


def _check_whole(plan: dict[str, Any], wanted: dict[str, Any], path: Path) -> None:
    """What is not as the Hub announced it is not kept."""
    with path.open("rb") as file:
        is_same = wanted["sha256"] in {"", hashlib.file_digest(file, "sha256").hexdigest()}
    if not is_same or path.stat().st_size != wanted["size"]:
        path.unlink()
        raise TryAgain(f"{wanted['name']} of {plan['name']} came damaged.", "It is fetched anew.")


def _translated(plan: dict[str, Any], error: Exception) -> MLTrainerError:
    """What a failed request means for the person."""
    name, host = plan["name"], plan["endpoint"]
    for cause in _causes(error):
        if isinstance(cause, GatedRepoError):
            return _gated(plan)
        if isinstance(cause, RevisionNotFoundError):
            return files.refused(f"{name} has no revision '{plan['revision']}'.", "Leave it out.")
        if isinstance(cause, HfHubHTTPError):
            return _of_status(plan, cause.response.status_code)
        if isinstance(cause, OSError) and cause.errno in _FULL:
            return NoRoom("The disk is full: the weights could not be kept.", "Free some.")
    if plan["work"] == "fetch":
        return TryAgain(f"The download of {name} was cut off.", "What is whole is kept.")
    return TryAgain(f"{host} cannot be reached.", "Check the network.")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _of_status(plan: dict[str, Any], status: int) -> MLTrainerError:
    name, page = plan["name"], f"{plan['endpoint']}/{plan['name']}"
    if status in _SHUT or status == HTTPStatus.NOT_FOUND:
        return files.refused(
            f"There is no model {name} that everybody may read (status {status:d}).",
            f"Check the name at {page}.",
        )
    return TryAgain(f"{plan['endpoint']} does not answer properly (status {status:d}).", "")


def _gated(plan: dict[str, Any]) -> PersonCanFix:
    page = f"{plan['endpoint']}/{plan['name']}"
    return files.refused(
        f"{plan['name']} is given only to those who agree to its terms at {page}, and it is asked "
        "for as nobody here.",
        "Take another model, or agree, download it and give its folder in the terminal.",
    )


def _told(error: MLTrainerError) -> dict[str, Any]:
    kind = "person" if isinstance(error, PersonCanFix) else "again"
    return {"error": {"kind": kind, "message": error.message, "hint": error.hint}}


if __name__ == "__main__":
    main()
