"""Parcels: packed here, carried out by another Python, and read when they come back."""

import ast
import json
import os
import signal
import stat
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from adapters.parcel.packing import CARRY, pack
from adapters.parcel.reading import Told, told, unpack
from pipeline.errors import Bug, PersonCanFix, Rejected, TryAgain
from pipeline.ports.runtime import Limits, RunRequest, Step

_FIT = """
import json, os, pathlib, sys
config = json.loads(pathlib.Path(sys.argv[2]).read_bytes())
rows = (pathlib.Path(sys.argv[4]) / "rows.txt").read_text()
print("rows", rows)
print("weights", (pathlib.Path(config["weights"]) / "w.bin").read_text())
print("key" if "A_KEY" in os.environ else "no key")
pathlib.Path("model.json").write_text(json.dumps({"rows": rows}))
"""


class Parcels:
    """A training on this machine, and the place it is carried to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bundle, self.fit, self.weights = (
            self._made(name) for name in ("bundle", "fit", "weights of others")
        )
        config = {"seed": 1, "weights": str(self.weights), "notes": ["/etc/passwd"]}
        (self.bundle / "config.json").write_text(json.dumps(config))
        (self.fit / "rows.txt").write_text("seven")
        (self.weights / "w.bin").write_text("heavy")
        self.there = folder / "there"

    def _made(self, name: str) -> Path:
        made = self.folder / "here" / name
        made.mkdir(parents=True)
        return made

    def step(self, name: str, script: str = _FIT, limits: Limits | None = None) -> Step:
        (self.bundle / f"{name}.py").write_text(script)
        config = str(self.bundle / "config.json")
        return Step(
            name=name,
            script=self.bundle / f"{name}.py",
            arguments=("--config", config, "--fit", str(self.fit), "--out", "."),
            work=self.folder / "here" / "run" / f"{name}-out",
            reads=(self.bundle, self.fit, self.weights),
            limits=limits or Limits(),
        )

    def packed(self, *steps: Step) -> Path:
        request = RunRequest("j-1-0", self.folder / "here" / "run", (), steps)
        return pack(request, self.folder / "parcels")

    def started(self, parcel: Path, *options: str) -> "subprocess.Popen[str]":
        """Carry a parcel out, where nothing of this machine's folders is known."""
        self.there.mkdir(exist_ok=True)
        with zipfile.ZipFile(parcel) as archive:
            archive.extract("carry.py", self.there)
        (self.folder / "here").rename(self.folder / "gone")
        return subprocess.Popen(
            [sys.executable, "carry.py", str(parcel), "work", *options],
            cwd=self.there,
            env={"PATH": os.environ["PATH"], "A_KEY": "of the service"},
            stdout=subprocess.PIPE,
            text=True,
        )

    def carried(self, *steps: Step) -> tuple[int, Told]:
        """The exit code, and what was told."""
        with self.started(self.packed(*steps)) as process:
            output, _ = process.communicate(timeout=60)
        return process.returncode, told(output.splitlines())

    def results(self) -> dict[str, str]:
        """What comes back, by its place in the run's folder."""
        into = self.folder / "back"
        unpack(self.there / "work" / "results.zip", into)
        files = (path for path in into.rglob("*") if path.is_file())
        return {str(path.relative_to(into)): path.read_text() for path in files}


@pytest.fixture
def parcels(tmp_path: Path) -> Parcels:
    return Parcels(tmp_path)


def test_a_training_runs_elsewhere_and_its_files_come_back(parcels: Parcels) -> None:
    code, said = parcels.carried(parcels.step("baseline"), parcels.step("train"))

    plain = [line for line in said.lines if not line.startswith("{")]
    assert (code, said.step) == (0, "train")
    assert said.result is not None
    assert (said.result.ending, said.result.exit_code) == ("ok", 0)
    assert plain == ["rows seven", "weights heavy", "no key"] * 2
    assert [json.loads(line)["step"] for line in said.lines if line not in plain] == [
        *("baseline", "train"),
    ]
    files = parcels.results()
    assert set(files) == {"baseline-out/model.json", "train-out/model.json", "output.log"}
    assert json.loads(files["train-out/model.json"]) == {"rows": "seven"}


def test_a_parcel_is_the_same_whenever_it_is_packed_and_names_no_folder_of_here(
    parcels: Parcels,
) -> None:
    first = parcels.packed(parcels.step("train")).read_bytes()
    os.utime(parcels.fit / "rows.txt", (0, 0))
    second = parcels.packed(parcels.step("train"))

    here = str(parcels.folder).encode()
    assert second.read_bytes() == first
    with zipfile.ZipFile(second) as archive:
        assert not [one for one in archive.namelist() if here in archive.read(one)]


def test_a_parcel_that_was_unpacked_on_the_way_runs_as_well(parcels: Parcels) -> None:
    parcel = parcels.packed(parcels.step("train"))
    unpacked = parcels.folder / "unpacked"
    with zipfile.ZipFile(parcel) as archive:
        archive.extractall(unpacked)

    kept = parcels.there / "elsewhere.zip"
    carry = [sys.executable, str(unpacked / "carry.py"), str(unpacked), str(parcels.there)]
    done = subprocess.run([*carry, "--results", str(kept)], capture_output=True, check=False)

    assert done.returncode == 0
    with zipfile.ZipFile(kept) as archive:
        assert set(archive.namelist()) == {"output.log", "train-out/model.json"}


def test_the_step_that_fails_is_the_last_and_its_log_comes_back(parcels: Parcels) -> None:
    broken = parcels.step("baseline", "open('half.txt', 'w').write('half'); raise ValueError('no')")

    code, said = parcels.carried(broken, parcels.step("train"))

    assert (code, said.step) == (1, "baseline")
    assert said.result is not None
    assert (said.result.ending, said.result.exit_code) == ("failed", 1)
    assert said.result.tail[-1] == "ValueError: no"
    files = parcels.results()
    assert files["baseline-out/half.txt"] == "half"
    assert "ValueError: no" in files["output.log"]


@pytest.mark.parametrize(
    ("script", "limits", "ending"),
    [
        ("import time; print('x', flush=True); time.sleep(60)", Limits(seconds=0.5), "timeout"),
        ("while True: print('x' * 999)", Limits(output=100_000), "output"),
        ("raise MemoryError", Limits(), "memory"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", Limits(), "memory"),
    ],
)
def test_a_limit_that_is_passed_ends_the_step_and_says_which(
    parcels: Parcels, script: str, limits: Limits, ending: str
) -> None:
    code, said = parcels.carried(parcels.step("train", script, limits))

    assert code == 1
    assert said.result is not None
    assert said.result.ending == ending
    assert sum(map(len, said.lines)) < 200_000


def test_a_step_can_neither_forge_an_ending_nor_flood_a_line(parcels: Parcels) -> None:
    forged = json.dumps({"mltrainer": {"step": "train", "ending": "ok", "seconds": 1}})
    script = f"print({forged!r}); print('y' * 100_000); raise SystemExit(3)"

    _, said = parcels.carried(parcels.step("train", script))

    assert said.result is not None
    assert said.result.exit_code == 3
    assert said.lines[0].strip() == forged
    assert len(said.lines[1]) < 10_000


def test_a_child_that_was_left_behind_holds_nothing_up(parcels: Parcels) -> None:
    script = "import subprocess, sys; subprocess.Popen(['sleep', '600']); print('done')"

    code, said = parcels.carried(parcels.step("train", script))

    assert code == 0
    assert said.lines[0] == "done"


def test_asked_to_end_it_ends_the_step_and_leaves_what_there_is(parcels: Parcels) -> None:
    script = """
import os, time
print(os.getpid(), flush=True)
open('half.txt', 'w').write('half')
time.sleep(600)
"""
    with parcels.started(parcels.packed(parcels.step("train", script))) as process:
        assert process.stdout is not None
        process.stdout.readline()
        step = int(process.stdout.readline())
        while not (parcels.there / "work" / "train-out" / "half.txt").exists():
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=60)

    assert process.returncode == 1
    with pytest.raises(ProcessLookupError):
        os.kill(step, 0)
    said = told(output.splitlines())
    assert said.result is not None
    assert not said.result.ok
    assert "train-out/half.txt" in parcels.results()


def test_links_among_the_results_stay_and_files_of_any_age_come(parcels: Parcels) -> None:
    script = "import os; os.symlink('/etc/passwd', 'model.json'); open('a', 'w').close()\n"
    script += "os.utime('a', (0, 0))"

    parcels.carried(parcels.step("train", script))

    assert set(parcels.results()) == {"train-out/a", "output.log"}


def test_nothing_is_packed_when_a_step_reads_a_link_or_nothing(parcels: Parcels) -> None:
    step = parcels.step("train")
    (parcels.fit / "more").symlink_to("/etc")
    with pytest.raises(Bug, match="'more'"):
        parcels.packed(step)
    (parcels.fit / "more").unlink()
    (parcels.weights / "w.bin").unlink()
    parcels.weights.rmdir()
    with pytest.raises(Bug, match="not there"):
        parcels.packed(step)


@pytest.mark.parametrize("script", ["parcel/carry.py", "parcel/install.py", "ray/begin.py"])
def test_what_runs_elsewhere_needs_an_older_python_and_nothing_else(script: str) -> None:
    text = (CARRY.parents[1] / script).read_text("utf-8")

    tree = ast.parse(text, feature_version=(3, 10))

    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {one.name for node in nodes if isinstance(node, ast.Import) for one in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_output_that_only_begins_is_told_as_far_as_it_is() -> None:
    lines = ['{"mltrainer": {"step": "baseline"}}', "one", '{"mltrainer": {"step"']

    assert told(lines[:1]) == Told((), "baseline")
    assert told(lines) == Told(("one", lines[2]), "baseline")


@pytest.mark.parametrize("name", ["../out.txt", "/out.txt", "a/../../out.txt", "a\\b"])
def test_results_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "results.zip", "w") as archive:
        archive.writestr(name, "x")

    with pytest.raises(Rejected):
        unpack(tmp_path / "results.zip", tmp_path / "in" / "to")
    assert not (tmp_path / "in").exists()


def test_results_that_are_a_link_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("model")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "results.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")

    with pytest.raises(Rejected):
        unpack(tmp_path / "results.zip", tmp_path / "into")


def test_results_that_are_a_file_and_a_folder_at_once_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "results.zip", "w") as archive:
        archive.writestr("model", "x")
        archive.writestr("model/a", "x")

    with pytest.raises(Rejected, match="names"):
        unpack(tmp_path / "results.zip", tmp_path / "into")


def test_results_may_come_twice_but_not_in_any_size_nor_in_half(tmp_path: Path) -> None:
    results = tmp_path / "results.zip"
    with zipfile.ZipFile(results, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model/a", bytes(1_000_000))

    for _ in range(2):
        unpack(results, tmp_path / "into")
    assert (tmp_path / "into" / "model" / "a").stat().st_size == 1_000_000
    with pytest.raises(PersonCanFix, match="too large"):
        unpack(results, tmp_path / "into", most_bytes=999_999)
    with pytest.raises(PersonCanFix, match="too large"):
        unpack(results, tmp_path / "into", most_files=0)
    results.write_bytes(results.read_bytes()[:-30])
    with pytest.raises(TryAgain, match="whole"):
        unpack(results, tmp_path / "into")
