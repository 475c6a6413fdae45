"""Settings: what is wrong is said at once, with its cure, and nothing secret is repeated."""

import os
import stat
from pathlib import Path

import pytest

from bot.settings import RUNTIMES, Settings, make_home, render_example, variable
from pipeline.errors import PersonCanFix

ROOT = Path(__file__).resolve().parents[2]
SECRETS = [
    name
    for name in Settings.model_fields
    if name.endswith(("_key", "_keys", "_token", "_secret")) or name == "database_url"
]


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without our variables, in a folder without .env."""
    known = set(map(variable, Settings.model_fields))
    for name in [name for name in os.environ if name in known or name.startswith("MLTRAINER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def problems(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(PersonCanFix) as refused:
        Settings.load()
    assert ".env.example" in refused.value.hint
    return refused.value.message


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    settings = Settings.load()

    assert settings.home == tmp_path / ".mltrainer"
    assert settings.env_cache == tmp_path / ".mltrainer" / "environments"
    assert settings.database_url == f"sqlite:///{tmp_path}/.mltrainer/mltrainer.db"
    assert (settings.approval, settings.share, settings.sandbox) == ("paid", "schema", None)


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLTRAINER_SANDBOX", "")
    monkeypatch.setenv("PORT", "")

    assert Settings.load() == Settings()


def test_the_environment_wins_over_the_env_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("MLTRAINER_APPROVAL=always\nMLTRAINER_RETRY_SCALE=0.5\n")
    monkeypatch.setenv("MLTRAINER_APPROVAL", "never")

    settings = Settings.load()

    assert (settings.approval, settings.retry_scale) == ("never", 0.5)


def test_a_relative_home_is_the_same_from_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLTRAINER_HOME", "here")

    assert Settings.load().home == tmp_path / "here"


def test_private_addresses_are_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLTRAINER_ALLOW_PRIVATE_URLS", "localhost:80, 10.0.0.1:8080")

    assert Settings.load().allow_private_urls == ("localhost:80", "10.0.0.1:8080")


def test_trainings_at_once_are_numbers_by_place_and_what_is_not_named_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert Settings.load().trainings_at_once == {"local": 4}
    monkeypatch.setenv("MLTRAINER_TRAININGS_AT_ONCE", "modal:5, kaggle:1")
    assert Settings.load().trainings_at_once == {"local": 4, "modal": 5, "kaggle": 1}
    monkeypatch.setenv("MLTRAINER_TRAININGS_AT_ONCE", "local:1")
    assert Settings.load().trainings_at_once == {"local": 1}


@pytest.mark.parametrize(
    "entry", ["local", "local:", "local:0", "local:-1", "local:2.5", "local:²"]
)
def test_a_number_of_trainings_that_is_none_is_told_with_its_cure(
    entry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = problems(monkeypatch, MLTRAINER_TRAININGS_AT_ONCE=f"modal:2, {entry}")

    assert f"MLTRAINER_TRAININGS_AT_ONCE: “{entry}” should be local:NUMBER, as local:2" in message


def test_a_place_of_trainings_that_is_none_lists_those_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message = problems(monkeypatch, MLTRAINER_TRAININGS_AT_ONCE="moon:2")

    assert "“moon:2” names no runtime; known: local, kaggle, modal, ray." in message


def test_the_runtimes_are_those_on_their_shelf() -> None:
    files = (ROOT / "adapters" / "runtimes").glob("[a-z]*.py")

    assert sorted(file.stem for file in files) == sorted(RUNTIMES)


def test_all_problems_are_reported_together_each_with_its_cure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message = problems(
        monkeypatch,
        MLTRAINER_APPROVAL="perhaps",
        MLTRAINER_MAX_JOB_USD="-1",
        MLTRAINER_RETRY_SCALE="fast",
        HF_ENDPOINT="huggingface",
        DISCORD_GATEWAY_URL="https://not.a.websocket",
        PORT="70000",
    )

    first, *lines = message.splitlines()
    assert first == "6 settings are wrong:"
    assert sorted(line.split(":")[0].strip() for line in lines) == [
        "DISCORD_GATEWAY_URL",
        "HF_ENDPOINT",
        "MLTRAINER_APPROVAL",
        "MLTRAINER_MAX_JOB_USD",
        "MLTRAINER_RETRY_SCALE",
        "PORT",
    ]
    assert "'paid', 'always' or 'never'" in message


def test_a_misspelt_variable_is_answered_with_the_nearest_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("MLTRAINER_APROVAL=never\n")

    message = problems(monkeypatch, MLTRAINER_HOEM="/x", MLTRAINER_QQQ="1")

    assert "MLTRAINER_HOEM is no setting; did you mean MLTRAINER_HOME?" in message
    assert "MLTRAINER_APROVAL is no setting; did you mean MLTRAINER_APPROVAL?" in message
    assert "MLTRAINER_QQQ is no setting" in message


@pytest.mark.parametrize("field", SECRETS)
def test_a_secret_is_not_shown_by_its_settings(field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable(field), "sqlite:///s3cr3t")

    assert "s3cr3t" not in repr(Settings.load())


def test_a_new_home_is_its_owners_alone(tmp_path: Path) -> None:
    home = tmp_path / "deep" / "home"

    make_home(home)
    make_home(home)

    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert list(home.iterdir()) == []


def test_a_home_that_cannot_be_written_is_named_with_its_variable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(PersonCanFix, match=f"{tmp_path}/file/home cannot be written") as refused:
        make_home(tmp_path / "file" / "home")

    assert "MLTRAINER_HOME" in refused.value.hint


def test_the_committed_example_is_what_the_class_renders() -> None:
    assert (ROOT / ".env.example").read_text("utf-8") == render_example(), (
        "write it anew: python -c 'from bot.settings import render_example; "
        'print(render_example(), end="")\' > .env.example'
    )


def test_the_example_as_it_is_changes_nothing(tmp_path: Path) -> None:
    lines = render_example().splitlines()
    active = [line.removeprefix("# ") for line in lines if "=" in line and line.startswith("# ")]
    (tmp_path / ".env").write_text("\n".join(active))

    assert len(active) == len(Settings.model_fields)
    assert Settings.load() == Settings(_env_file=None)


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
