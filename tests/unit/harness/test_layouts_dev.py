"""Every data set of DEV_DATA is what its requests say, whole or as the files attached."""

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.unit.harness.picture_files import lay, picture_python

DATA = Path(os.environ.get("DEV_DATA", Path(__file__).parents[4] / "shared" / "data")) / "dev"
LAYOUTS = {
    "image_classification": "images",
    "image_regression": "images",
    "object_detection": "boxes",
    "token_classification": "tagged",
    "translation": "pairs",
    "text_generation": "text",
}

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="DEV_DATA is absent")


@pytest.fixture(scope="module")
async def python(environments: Path, anyio_backend: str) -> Path:
    del anyio_backend
    return await picture_python(environments)


def requests() -> list[dict[str, Any]]:
    """One request for each data set."""
    file = DATA / "PROMPTS.jsonl"
    told = map(json.loads, file.read_text("utf-8").splitlines()) if file.is_file() else ()
    return list({request["dataset"]: request for request in told}.values())


def given(request: dict[str, Any], folder: Path) -> list[tuple[Path, str, str | None]]:
    """The attached files as sources; archives are unpacked by somebody else."""
    home = DATA / request["dataset"]
    found: list[tuple[Path, str, str | None]] = []
    for path in (path for pattern in request["attach"] for path in sorted(home.glob(pattern))):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                archive.extractall(folder / path.stem)
            found.append((folder / path.stem, path.stem, None))
        else:
            found.append((path, path.relative_to(home).as_posix(), None))
    return found


@pytest.mark.parametrize("request_told", requests(), ids=lambda told: told["dataset"])
def test_a_data_set_is_what_its_request_says(
    python: Path, tmp_path: Path, request_told: dict[str, Any]
) -> None:
    expected = request_told["expected"]
    sources = given(request_told, tmp_path)
    if not any(path.is_dir() for path, _, _ in sources):
        sources = [(DATA / request_told["dataset"], "", None)]
    for told in (given(request_told, tmp_path / "attached"), sources):
        found = lay(python, *told)
        assert found.layout == LAYOUTS.get(expected["task"], "table")
        assert not expected.get("use_given_split") or {"train"} < set(found.counts())
        classes = set(expected["classes"]) if isinstance(expected.get("classes"), list) else None
        if found.layout in ("images", "boxes") and classes:
            assert {row[1] for row in found.rows("train") or found.rows()} == classes
