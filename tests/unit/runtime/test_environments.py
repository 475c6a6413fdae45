"""Training environments: made once, whole or not at all, from where pip looks."""

import asyncio
import os
from pathlib import Path
from zipfile import ZipFile

import pytest

from adapters import installer
from adapters.environments import Environments, environment_key
from adapters.installer import Installer
from adapters.pip_settings import read_pip_settings
from adapters.torch_build import check_cpu_torch, needs_cpu_torch, resolves_to_cpu
from pipeline.errors import MLTrainerError, PersonCanFix, Rejected, TryAgain
from pipeline.ports.runtime import OnLine

pytestmark = pytest.mark.anyio


class PretendedInstaller(Installer):
    """Makes a folder that looks like an environment, or fails half-way."""

    def __init__(self, failure: BaseException | None = None) -> None:
        super().__init__({})
        self.failure = failure
        self.installed: list[tuple[str, ...]] = []

    async def install(self, folder: Path, lines: tuple[str, ...], on_line: OnLine) -> None:
        (folder / "bin").mkdir(parents=True)
        await on_line("installing")
        await asyncio.sleep(0.01)
        if self.failure is not None:
            raise self.failure
        (folder / "bin" / "python").write_text("")
        self.installed.append(lines)


async def _silent(_line: str) -> None:
    return None


async def test_the_same_requirements_in_any_order_are_installed_once(tmp_path: Path) -> None:
    pretended = PretendedInstaller()
    environments = Environments(tmp_path / "cache", pretended)

    first = await environments.prepare(("numpy==2.0", "scipy"), _silent)
    second = await environments.prepare(("scipy", "numpy==2.0"), _silent)

    assert first == second
    assert pretended.installed == [("numpy==2.0", "scipy")]


async def test_other_requirements_are_another_environment() -> None:
    assert environment_key(("numpy==2.0",)) != environment_key(("numpy==2.1",))


async def test_two_askers_at_once_build_once(tmp_path: Path) -> None:
    pretended = PretendedInstaller()

    await asyncio.gather(
        *(Environments(tmp_path, pretended).prepare(("numpy",), _silent) for _ in range(3))
    )

    assert len(pretended.installed) == 1


@pytest.mark.parametrize("failure", [TryAgain("no network"), asyncio.CancelledError()])
async def test_half_an_environment_is_never_used(tmp_path: Path, failure: BaseException) -> None:
    broken = Environments(tmp_path, PretendedInstaller(failure))
    with pytest.raises(type(failure)):
        await broken.prepare(("numpy",), _silent)

    assert not _pythons(tmp_path)
    whole = PretendedInstaller()
    await Environments(tmp_path, whole).prepare(("numpy",), _silent)
    assert whole.installed


def _pythons(cache: Path) -> list[Path]:
    return list(cache.rglob("python"))


async def test_what_a_crash_left_behind_is_built_anew(tmp_path: Path) -> None:
    key = environment_key(("numpy",))
    (tmp_path / f".{key}.draft" / "bin" / "python").mkdir(parents=True)
    (tmp_path / key).mkdir()

    python = await Environments(tmp_path, PretendedInstaller()).prepare(("numpy",), _silent)

    assert python.is_file()


@pytest.mark.parametrize("line", ["--index-url=http://evil", "numpy @ https://evil/n.whl", "a b"])
async def test_only_plain_requirements_are_installed(tmp_path: Path, line: str) -> None:
    with pytest.raises(Rejected, match=r"requirement|address"):
        await Environments(tmp_path, PretendedInstaller()).prepare((line,), _silent)


async def test_a_cache_that_cannot_be_made_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(PersonCanFix) as caught:
        await Environments(tmp_path / "file" / "cache").prepare(("numpy",), _silent)
    assert "MLTRAINER_ENV_CACHE" in caught.value.hint


def _wheel(folder: Path, name: str = "tinypart", code: str = "answer = 42\n") -> None:
    """A package of one module, as an index would have it."""
    folder.mkdir(exist_ok=True)
    facts = f"{name}-1.0.dist-info"
    with ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", code)
        wheel.writestr(f"{facts}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{facts}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{facts}/RECORD", f"{name}.py,,\n{facts}/METADATA,,\n{facts}/WHEEL,,\n")


def _offline(wheels: Path, tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "UV_CACHE_DIR": str(tmp_path / "uv"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HF_TOKEN": "planted",
    }


@pytest.mark.parametrize("program", ["uv", "pip"])
async def test_packages_come_compiled_from_where_pip_looks(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _wheel(tmp_path / "wheels")
    if program == "pip":
        monkeypatch.setattr(installer, "find_uv", lambda: None)
    lines: list[str] = []

    async def on_line(line: str) -> None:
        lines.append(line)

    environ = _offline(tmp_path / "wheels", tmp_path)
    environments = Environments(tmp_path / "cache", Installer(environ, constraints=None))
    python = await environments.prepare(("tinypart==1.0",), on_line)

    site = next((python.parent.parent / "lib").glob("python*/site-packages"))
    assert list(site.glob("__pycache__/tinypart.*.pyc"))
    assert (site / "tinypart.py").stat().st_mode & 0o444 == 0o444
    assert any("tinypart" in line for line in lines)


async def test_the_installer_sees_no_secret(tmp_path: Path) -> None:
    variables = Installer(_offline(tmp_path, tmp_path))._variables()

    assert "planted" not in variables.values()
    assert variables["UV_FIND_LINKS"] == str(tmp_path)


async def test_a_package_that_does_not_exist_is_for_the_person(tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    environments = Environments(
        tmp_path, Installer(_offline(tmp_path / "wheels", tmp_path), constraints=None)
    )

    with pytest.raises(PersonCanFix, match=r"do not exist.*tinypart"):
        await environments.prepare(("tinypart==1.0",), _silent)


async def test_without_a_network_it_is_tried_again(tmp_path: Path) -> None:
    environ = _offline(tmp_path, tmp_path) | {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_NO_INDEX": "",
        "UV_HTTP_RETRIES": "0",
    }

    with pytest.raises(TryAgain, match="index cannot be reached"):
        await Environments(tmp_path, Installer(environ, constraints=None)).prepare(
            ("tinypart",), _silent
        )


async def test_an_installer_that_hangs_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging = tmp_path / "uv"
    hanging.write_text("#!/bin/sh\nexec sleep 60\n")
    hanging.chmod(0o755)
    monkeypatch.setattr(installer, "find_uv", lambda: str(hanging))

    with pytest.raises(TryAgain, match="took more than"):
        await Installer({}, seconds=0.2).install(tmp_path / "new", ("numpy",), _silent)


@pytest.mark.parametrize(
    ("last_words", "kind", "message"),
    [
        ("error: failed to write: No space left on device (os error 28)", PersonCanFix, "disk"),
        ("error: Failed to fetch: https://pypi.org dns error", TryAgain, "reached"),
        ("ERROR: No matching distribution found for nope", PersonCanFix, "do not exist"),
        ("Segmentation fault", PersonCanFix, "Segmentation fault"),
    ],
)
def test_every_failure_of_the_installer_has_its_cause(
    last_words: str, kind: type[MLTrainerError], message: str
) -> None:
    error = installer._failure(("Resolving", last_words))

    assert isinstance(error, kind)
    assert message in error.message


def test_pip_settings_are_read_as_pip_reads_them(tmp_path: Path) -> None:
    (tmp_path / ".config" / "pip").mkdir(parents=True)
    (tmp_path / ".config" / "pip" / "pip.conf").write_text(
        "[global]\nextra-index-url = https://a/simple\n    https://b/simple\ncert = /ca.pem\n"
        "[install]\nfind_links = /wheels\n"
    )
    environ = {"HOME": str(tmp_path), "PIP_CERT": "/other.pem", "XDG_CONFIG_DIRS": "/nowhere"}

    settings = read_pip_settings(environ)

    assert settings.extra_index_urls == ("https://a/simple", "https://b/simple")
    assert settings.find_links == ("/wheels",)
    assert settings.cert == "/other.pem"
    assert settings.uv_variables()["UV_INDEX"] == "https://a/simple https://b/simple"


_VERSION = "from typing import Optional\n__version__ = '2.13.0'\ncuda: Optional[str] = {}\n"


def _installed_torch(folder: Path, cuda: str) -> Path:
    package = folder / "lib" / "python3.11" / "site-packages" / "torch"
    package.mkdir(parents=True)
    (package / "version.py").write_text(_VERSION.format(cuda))
    return folder


def test_torch_for_gpus_is_not_accepted_without_one(tmp_path: Path) -> None:
    check_cpu_torch(_installed_torch(tmp_path / "small", "None"))

    with pytest.raises(PersonCanFix, match="large GPU build") as caught:
        check_cpu_torch(_installed_torch(tmp_path / "large", "'13.0'"))
    assert "whl/cpu" in caught.value.hint


def test_only_torch_on_a_machine_without_a_gpu_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "nvidiactl").touch()  # a driver without a card

    assert needs_cpu_torch(("numpy", "Torch==2.13.0"), tmp_path)
    assert not needs_cpu_torch(("torchmetrics",), tmp_path)
    (tmp_path / "nvidia0").touch()
    assert not needs_cpu_torch(("numpy", "Torch==2.13.0"), tmp_path)


def test_the_cpu_build_is_told_from_a_dry_run() -> None:
    assert resolves_to_cpu("Would install 2 packages\n + sympy==1.14\n + torch==2.13.0+cpu\n")
    assert not resolves_to_cpu(" + torch==2.13.0\n + torchmetrics==1.9+cpu\n")
    assert resolves_to_cpu("Would install sympy-1.14.0 torch-2.13.0+cpu\n")
    assert not resolves_to_cpu("Would install sympy-1.14.0+cpu torch-2.13.0\n")
