"""S7: twenty-six files that run code when they are opened; none of them is.

Each is given as data, as weights and as part of a model. What they would do is make a file; that
they would is shown by opening them on purpose.
"""

import ast
import base64
import bz2
import contextlib
import gzip
import io
import json
import lzma
import marshal
import pickle
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from adapters.sandbox.results import take_results
from adapters.weights.folders import copied
from pipeline.errors import PersonCanFix
from tests.unit.harness.modules import harness

reading = harness("reading")
Problem = harness("progress").Problem
ROOT = Path(__file__).parents[2]
PLAIN = {"config.json": b'{"model_type": "bert"}', "model.safetensors": b"\x08" + bytes(7) + b"{}"}


class Evil:
    """Makes a file when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = str(mark)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, str]]:
        return open, (self.mark, "w")


def _array(mark: Path) -> bytes:
    out = io.BytesIO()
    np.save(out, np.array([Evil(mark)], dtype=object), allow_pickle=True)
    return out.getvalue()


def _packed(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def _lambda(mark: Path) -> str:
    code = compile(f"open({str(mark)!r}, 'w')", "layer", "eval")
    return base64.b64encode(marshal.dumps(code)).decode()


def _keras(mark: Path) -> bytes:
    layer = {"class_name": "Lambda", "config": {"function": [_lambda(mark), None, None]}}
    return json.dumps({"class_name": "Sequential", "config": {"layers": [layer]}}).encode()


def evil(mark: Path) -> dict[str, bytes]:
    """Every file by the name it would come under."""
    plain = {number: pickle.dumps(Evil(mark), number) for number in range(6)}
    by_hand = f"cbuiltins\nopen\n(V{mark}\nVw\ntR.".encode()
    raw = plain[4]
    return {
        **{f"protocol{number}.pkl": content for number, content in plain.items()},
        "by_hand.pickle": by_hand,
        "joblib.joblib": raw,
        "joblib.z": zlib.compress(raw),
        "joblib.gz": gzip.compress(raw),
        "joblib.bz2": bz2.compress(raw),
        "joblib.xz": lzma.compress(raw),
        "array.npy": _array(mark),
        "arrays.npz": _packed(weights_dot_npy=_array(mark)),
        "torch.pth": _packed(archive__data_dot_pkl=plain[2], archive__version=b"3"),
        "old.pt": pickle.dumps(0x1950A86A20F9469CFC6C, 2) + plain[2],
        "lightning.ckpt": _packed(a__data_dot_pkl=plain[2]),
        "lambda.keras": _packed(config_dot_json=_keras(mark), metadata_dot_json=b"{}"),
        "lambda.h5": b"\x89HDF\r\n\x1a\n" + bytes(64) + _keras(mark),
        "frame.csv": raw,
        "table.parquet": raw,
        "rows.json": by_hand,
        "rows.xlsx": _packed(xl__data_dot_pkl=raw),
        "model.safetensors": raw,
        "tokenizer.model": by_hand,
        "inside.zip": _packed(data_dot_csv=raw),
    }


NAMES = tuple(evil(Path("x")))


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    return tmp_path / "it-ran"


def test_there_are_enough() -> None:
    assert len(NAMES) >= 20


def _unpickled(raw: bytes) -> object:
    return pickle.loads(raw)  # noqa: S301 - to show that these files do what they are made for


def _member(raw: bytes) -> bytes:
    return zipfile.ZipFile(io.BytesIO(raw)).read("archive/data.pkl")


OPENERS: dict[str, Callable[[bytes], object]] = {
    **{f"protocol{number}.pkl": _unpickled for number in range(6)},
    "by_hand.pickle": _unpickled,
    "joblib.z": lambda raw: _unpickled(zlib.decompress(raw)),
    "array.npy": lambda raw: np.load(io.BytesIO(raw), allow_pickle=True),
    "arrays.npz": lambda raw: np.load(io.BytesIO(raw), allow_pickle=True)["weights"],
    "torch.pth": lambda raw: _unpickled(_member(raw)),
}


@pytest.mark.parametrize("name", OPENERS)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_whoever_opens_them_runs_them(name: str, mark: Path) -> None:
    OPENERS[name](evil(mark)[name])
    assert mark.exists()


@pytest.mark.parametrize("name", NAMES)
def test_given_as_data_it_is_refused_or_read_as_text(name: str, mark: Path) -> None:
    with contextlib.suppress(Problem):
        reading.read_bytes(evil(mark)[name], name)
    assert not mark.exists()


@pytest.mark.parametrize("name", NAMES)
def test_beside_weights_it_is_left_where_it_is(name: str, mark: Path, tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    for one, content in {**PLAIN, name: evil(mark)[name]}.items():
        (folder / one).write_bytes(content)
    copied(folder, tmp_path / "ours")
    named = {path.name for path in (tmp_path / "ours").iterdir()}
    assert named <= {*PLAIN, "tokenizer.model"}  # these are data: opened by no unpickler
    assert not mark.exists()


@pytest.mark.parametrize(
    "name", [one for one in NAMES if one not in {"model.safetensors", "tokenizer.model"}]
)
def test_as_the_only_weights_it_is_refused(name: str, mark: Path, tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "config.json").write_bytes(PLAIN["config.json"])
    (folder / name).write_bytes(evil(mark)[name])
    with pytest.raises(PersonCanFix, match="has no weights"):
        copied(folder, tmp_path / "ours")
    assert not mark.exists()


@pytest.mark.parametrize("name", NAMES)
def test_left_by_a_training_it_is_carried_and_not_opened(
    name: str, mark: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / name).write_bytes(evil(mark)[name])
    (taken,) = take_results(work / name, tmp_path / "taken")
    assert taken.read_bytes() == evil(mark)[name]
    assert not mark.exists()


@pytest.mark.parametrize("name", ["array.npy", "arrays.npz"])
def test_in_a_model_of_ours_arrays_of_objects_are_refused(
    name: str, mark: Path, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(evil(mark)[name])
    with pytest.raises(ValueError, match="allow_pickle"):
        _first(np.load(path, allow_pickle=False))
    assert not mark.exists()


def _first(stored: object) -> object:
    return stored["weights"] if isinstance(stored, np.lib.npyio.NpzFile) else stored


UNPICKLE = {"pickle", "joblib", "dill", "cloudpickle", "shelve", "marshal", "skops", "jsonpickle"}
CALLS = {"read_pickle", "to_pickle", "unsafe_load", "full_load", "enable_unsafe_deserialization"}


def opened_by(code: str) -> Iterator[str]:
    """What in a file of code could open a pickle."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = getattr(node, "module", None) or ""
            named = {module, *(one.name for one in node.names)}
            yield from (one for one in named if one.partition(".")[0] in UNPICKLE)
        if isinstance(node, ast.Call):
            yield from _asked(node)


def _asked(node: ast.Call) -> Iterator[str]:
    told = ast.unparse(node.func)
    words = {one.arg: ast.unparse(one.value) for one in node.keywords if one.arg}
    if told.rpartition(".")[2] in CALLS:
        yield told
    if told in {"torch.load", "torch.hub.load"} and words.get("weights_only") != "True":
        yield told
    for name, harmless in (("allow_pickle", "False"), ("trust_remote_code", "False")):
        if words.get(name, harmless) != harmless:
            yield f"{told}({name})"


def test_nothing_of_ours_can_open_a_pickle() -> None:
    paths = [one for room in ("adapters", "bot", "pipeline") for one in (ROOT / room).rglob("*.py")]
    assert len(paths) > 300
    assert {str(path): [*opened_by(path.read_text("utf-8"))] for path in paths} == {
        str(path): [] for path in paths
    }


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from joblib import load",
        "torch.load('x')",
        "torch.load('x', weights_only=False)",
        "np.load('x', allow_pickle=True)",
        "Auto.from_pretrained('x', trust_remote_code=True)",
        "pd.read_pickle('x')",
        "keras.config.enable_unsafe_deserialization()",
    ],
)
def test_the_same_search_finds_what_would(code: str) -> None:
    assert [*opened_by(code)]
