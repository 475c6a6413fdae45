"""What a Space is made of: the recipe's page and the model beside it, or a page of usage."""

import html
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from types import MappingProxyType

from adapters.hosts.huggingface.contents import JOB, README, Content, files_of
from adapters.hosts.huggingface.installs import GRADIO, REQUIREMENTS, installs
from pipeline.recipe import read_requirements

ZERO = "zero-a10g"
_ZERO_PYTHON = "3.12.12"  # its other one, 3.10, is too old for the libraries
_START = "zero.py"
# ZeroGPU starts only what asks for a GPU somewhere; the page itself runs as it does elsewhere.
_ZERO_PAGE = '''"""Starts the page on shared hardware, which wants a function that uses its GPU."""

import spaces  # before whatever may load torch

import app


@spaces.GPU
def gpu() -> None:
    """Is asked for, and never called."""


app.main()
'''
_USAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>$title</title>
<meta name="viewport" content="width=device-width">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem}
pre{background:#8882;padding:1rem;overflow:auto}</style></head>
<body><h1>$title</h1><p><strong>$verdict</strong></p>
<p>The model, its card and all it takes to run it: <a href="$model">$repo</a>.</p>
<pre>hf download $repo --local-dir model
cd model
pip install -r requirements.txt
python predict.py --input new.csv --output answers.csv</pre>
<p>This page shows how to use the model; it does not run it.</p></body></html>
""")


@dataclass(frozen=True, slots=True)
class Rung:
    """A kind of Space: its SDK, and its hardware where that has to be asked for."""

    sdk: str
    hardware: str = ""


STATIC = Rung("static")
_LADDER = (Rung("gradio"), Rung("gradio", ZERO), STATIC)


def ladder(*, pro: bool) -> tuple[Rung, ...]:
    """What is tried, the best first; plain hardware is given to subscribers alone."""
    return _LADDER if pro else _LADDER[1:]


def contents(folder: Path, repo: str, job: str, rung: Rung, model_url: str) -> dict[str, Content]:
    """The files of a Space."""
    if rung.sdk == "static":
        page = _usage(folder, repo, model_url).encode()
        return {README: _card(repo, job, rung, {}), "index.html": page}
    start = _START if rung.hardware == ZERO else "app.py"
    python = _ZERO_PYTHON if start == _START else f"3.{sys.version_info.minor}"
    more = {"sdk_version": GRADIO, "app_file": start, "python_version": python}
    lines = "".join(f"{line}\n" for line in installs(read_requirements(folder)))
    own = {README: _card(repo, job, rung, more), REQUIREMENTS: lines.encode()}
    files: dict[str, Content] = {**files_of(folder), **own}
    return {**files, _START: _ZERO_PAGE.encode()} if start == _START else files


def _card(repo: str, job: str, rung: Rung, more: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """What the Hub reads to start a Space. JSON's texts are YAML's."""
    told = {"title": repo.rpartition("/")[2], "sdk": rung.sdk, **more, "models": [repo], JOB: job}
    lines = (f"{name}: {json.dumps(value)}" for name, value in told.items())
    return "\n".join(("---", *lines, "---", "")).encode()


def _usage(folder: Path, repo: str, model_url: str) -> str:
    metrics = folder / "metrics.json"
    told = json.loads(metrics.read_bytes()) if metrics.is_file() else {}
    values = {
        "title": repo.rpartition("/")[2],
        "verdict": str(told.get("verdict", "")),
        "model": model_url,
        "repo": repo,
    }
    return _USAGE.substitute({name: html.escape(value) for name, value in values.items()})
