"""What is put into a repository: the files of a model folder, under a card the Hub can read."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from adapters.hub_library import library

if TYPE_CHECKING:
    from huggingface_hub import HfApi

JOB = "mltrainer_job"
README = "README.md"
Content = Path | bytes
_OF_THE_HUB = {".gitattributes"}
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_TAGS: Mapping[str, str] = MappingProxyType(
    {
        "tabular_classification": "tabular-classification",
        "tabular_regression": "tabular-regression",
        "time_series_forecasting": "time-series-forecasting",
        "text_classification": "text-classification",
        "token_classification": "token-classification",
        "text_generation": "text-generation",
        "summarization": "summarization",
        "translation": "translation",
        "image_classification": "image-classification",
        "object_detection": "object-detection",
        "llm_finetuning": "text-generation",
    }
)


def files_of(folder: Path) -> dict[str, Content]:
    """The regular files below a folder by their paths; links are left out."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): path for path in found}


def model(folder: Path, repo: str, job: str) -> dict[str, Content]:
    """A model folder as its repository has it: with the numbers in the card's own data."""
    return {**files_of(folder), README: _card(folder, repo, job).encode()}


def size_of(files: Mapping[str, Content]) -> int:
    """All bytes."""
    return sum(one.stat().st_size if isinstance(one, Path) else len(one) for one in files.values())


def _card(folder: Path, repo: str, job: str) -> str:
    """The folder's README with what the Hub searches by and shows: task, metric, base model."""
    hub = library()
    metrics, passport = (_read(folder / name) for name in ("metrics.json", "passport.json"))
    text = (folder / README).read_text("utf-8") if (folder / README).is_file() else f"# {repo}\n"
    card = hub.ModelCard(text)
    task = str(passport.get("task_type", ""))
    told = {"pipeline_tag": _TAGS.get(task), **_began_with(passport), JOB: job}
    for name, value in told.items():
        if value:
            setattr(card.data, name, value)
    headline = metrics.get("metric", {})
    if task and isinstance(headline.get("value"), int | float):
        card.data.model_name = repo.rpartition("/")[2]
        card.data.eval_results = [
            hub.EvalResult(
                task_type=_TAGS.get(task, task.replace("_", "-")),
                dataset_type="held-out",
                dataset_name=f"{headline.get('n', 'some')} rows held out",
                metric_type=str(headline.get("name")),
                metric_value=headline["value"],
            )
        ]
    return str(card)


def _began_with(passport: Mapping[str, Any]) -> dict[str, str]:
    """Whose weights it was made from, and the licence that comes with them."""
    weights = passport.get("weights") or {}
    source = str(weights.get("source", ""))
    base = {"base_model": source} if _HUB_ID.fullmatch(source) else {}
    return {**base, "license": str(weights.get("license") or "")}


def _read(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    told = json.loads(file.read_bytes())
    return told if isinstance(told, dict) else {}


def committed(
    api: "HfApi",
    repo: str,
    files: Mapping[str, Content],
    *,
    kind: str,
    there: Iterable[str],
    job: str,
) -> str:
    """Make exactly these the files of a repository, in one commit; returns its revision.

    Large files go first, so that what came whole is not sent again after a failure.
    """
    hub = library()
    additions = [
        hub.CommitOperationAdd(path, str(one) if isinstance(one, Path) else one)
        for path, one in files.items()
    ]
    api.preupload_lfs_files(repo, additions, repo_type=kind)
    gone = [hub.CommitOperationDelete(path) for path in _gone(there, files)]
    done = api.create_commit(
        repo, [*additions, *gone], commit_message=f"Publish {job}", repo_type=kind
    )
    return str(done.oid)


def _gone(there: Iterable[str], files: Mapping[str, Content]) -> Iterator[str]:
    return (path for path in there if path not in files and path not in _OF_THE_HUB)
