"""S8: no package is installed whose name somebody made up, whoever names it and wherever.

A model off the menu: tests/unit/model/test_injection_actions.py. Options and addresses in place of
names: tests/unit/runtime/test_environments.py.
"""

import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from adapters.environments import Environments
from adapters.installer import CONSTRAINTS, Installer
from pipeline.artifacts import Bundle
from pipeline.codecheck import problems
from pipeline.editing import Edit, Edits
from pipeline.errors import PersonCanFix, Rejected
from pipeline.outcomes import Done
from tests.unit.model.coding import Coding

pytestmark = pytest.mark.anyio

MISSPELT = (
    *("nunpy", "numpyy", "numpi", "pandsa", "panads", "pandass", "scikitlearn", "sklearn"),
    *("scikit_learns", "sci-kit-learn", "torchh", "pytorch", "torch-nightly-cpu", "troch"),
    *("transfromers", "transformer", "huggingface-transformers", "datasetss", "dataset-hub"),
    *("lightgmb", "light-gbm", "lgbm", "catbost", "xgbost", "pilow", "pil", "safetensor"),
)
MADE_UP = (
    *("auto-feature-magic", "tabular-boost-pro", "easy-train-utils", "hf-dataset-tools"),
    *("sklearn-fast-metrics", "torch-auto-tuner", "pandas-clean-extra", "mltrainer-plugins"),
    *("mltrainer-internal", "company-ml-core", "llm-helper-kit", "smart-split", "quickmetrics"),
    *("fraud-detector-base", "spamfilter-models", "iris-loader", "df-profiler-ai", "nlp-cleaner"),
    *("vision-augment-x", "deep-tabnet-plus", "gpu-boost", "metrics-exact", "autogluon-lite"),
)
FAKES = (*MISSPELT, *MADE_UP)
OWN = "numpy==2.4.6"
BACKEND = '[build-system]\nrequires = []\nbuild-backend = "hook"\nbackend-path = ["."]\n'


async def unheard(_line: str) -> None:
    return None


def wheel(folder: Path, name: str) -> None:
    """A package that is really there, for whoever asks for it."""
    plain = name.replace("-", "_")
    facts = f"{plain}-9.9.dist-info"
    with zipfile.ZipFile(folder / f"{plain}-9.9-py3-none-any.whl", "w") as file:
        file.writestr(f"{plain}.py", "taken = 1\n")
        file.writestr(f"{facts}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 9.9\n")
        file.writestr(f"{facts}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        file.writestr(f"{facts}/RECORD", "")


def offering(folder: Path) -> dict[str, str]:
    """An installer's environment in which all of a folder can be had."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder.parent),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(folder),
        "PIP_CONFIG_FILE": os.devnull,
        "UV_CACHE_DIR": str(folder.parent / "uv"),
    }


def test_there_are_fifty_of_them() -> None:
    assert len(set(FAKES)) >= 50


async def test_none_of_fifty_made_up_packages_is_installed(tmp_path: Path) -> None:
    wheels, cache = tmp_path / "wheels", tmp_path / "cache"
    wheels.mkdir()
    for name in FAKES:
        wheel(wheels, name)
    environments = Environments(cache, Installer(offering(wheels)))
    for name in FAKES:
        for line in (
            name,
            f"{name}==9.9",
            f"{name.upper()}>=1",
            f"{name}[all]; python_version>'3'",
        ):
            with pytest.raises(Rejected, match="not installed"):
                await environments.prepare((line,), unheard)
    assert not list(cache.rglob("*.py"))
    assert not [path for path in cache.iterdir() if path.is_dir()]


async def test_one_made_up_package_among_known_ones_installs_none(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for name in ("numpy", FAKES[0]):
        wheel(wheels, name)
    environments = Environments(tmp_path / "cache", Installer(offering(wheels)))
    with pytest.raises(Rejected, match=FAKES[0]):
        await environments.prepare((OWN, f"{FAKES[0]}==9.9"), unheard)
    assert not list((tmp_path / "cache").rglob("*.py"))


async def test_a_known_package_comes_in_no_other_version(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    wheel(wheels, "numpy")  # 9.9, which nobody has tried
    with pytest.raises(PersonCanFix):
        await Environments(tmp_path, Installer(offering(wheels))).prepare(("numpy",), unheard)


async def test_no_code_of_a_package_runs_while_it_is_installed(tmp_path: Path) -> None:
    wheels, mark = tmp_path / "wheels", tmp_path / "ran"
    wheels.mkdir()
    texts = {
        "PKG-INFO": "Metadata-Version: 2.1\nName: numpy\nVersion: 2.4.6\n",
        "pyproject.toml": BACKEND,
        "hook.py": f"open({str(mark)!r}, 'w')\n",
    }
    with tarfile.open(wheels / "numpy-2.4.6.tar.gz", "w:gz") as archive:
        for name, text in texts.items():
            entry = tarfile.TarInfo(f"numpy-2.4.6/{name}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    with pytest.raises(PersonCanFix):
        await Environments(tmp_path, Installer(offering(wheels))).prepare((OWN,), unheard)
    assert not mark.exists()


@pytest.mark.parametrize("name", FAKES)
def test_a_script_that_imports_one_is_refused_before_it_runs(name: str) -> None:
    module = name.replace("-", "_")
    for code in (f"import {module}", f"from {module} import x", f"import {module}.deep as d"):
        if module == "sklearn":
            continue  # the name of a known library's module, and of no package that is installed
        assert problems("train.py", code, "", ("features.py",), (OWN, "scikit-learn==1.9.1"))


async def test_a_model_that_edits_the_requirements_changes_none(tmp_path: Path) -> None:
    coding = Coding(tmp_path)
    edit = Edit(file="requirements.txt", find="numpy", replace="\n".join(FAKES))
    outcome = await coding.asked(Edits(edits=(edit,)))
    assert isinstance(outcome, Done)
    assert isinstance(outcome.artifact, Bundle)
    assert coding.context is not None
    assert coding.context.architecture is not None
    assert outcome.artifact.requirements == coding.context.architecture.requirements
    written = (coding.folder.bundle / "requirements.txt").read_text("utf-8")
    assert not [name for name in FAKES if name in written.split()]


def test_none_of_them_is_locked() -> None:
    locked = {line.split("==")[0].lower() for line in CONSTRAINTS.read_text("utf-8").splitlines()}
    assert locked.isdisjoint(FAKES)
