"""Everything from the environment and `.env`, checked at once. Nothing is read at import."""

import difflib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryFile
from types import MappingProxyType
from typing import Annotated, Literal, Self

from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    HttpUrl,
    SecretStr,
    TypeAdapter,
    ValidationError,
    WebsocketUrl,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from pipeline.errors import PersonCanFix

_DOT_ENV = ".env"
_OURS = "MLTRAINER_"
RUNTIMES = ("local", "kaggle", "modal", "ray")
_OWN = {
    *(
        "home",
        "env_cache",
        "weights_gb",
        "keep_days",
        "master_keys",
        "share",
        "sandbox",
        "approval",
    ),
    *("max_job_usd", "allow_private_urls", "retry_scale"),
    *("jobs_at_once", "jobs_per_person", "trainings_at_once"),
}
_AT_ONCE: Mapping[str, int] = {"local": 4}
_SECTIONS = MappingProxyType(
    {
        "home": "Where everything is kept",
        "share": "What is allowed",
        "port": "Slack and Discord",
        "hf_endpoint": "Services; each can be pointed at another address",
        "anthropic_api_key": "Language models: the server's own keys, all optional",
    }
)


def variable(field: str) -> str:
    """The environment variable of a field."""
    return (_OURS if field in _OWN else "") + field.upper()


def _expand(value: object) -> object:
    return Path(value).expanduser().resolve() if isinstance(value, str | Path) else value


def _split(value: object) -> object:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def _counted(value: object) -> object:
    """`local:2, modal:5` as numbers by name; what is not named stays as it is by itself."""
    if not isinstance(value, str):
        return value
    given = dict(_count(entry) for entry in value.replace(",", " ").split())
    return {**_AT_ONCE, **given}


def _count(entry: str) -> tuple[str, int]:
    name, _, count = entry.partition(":")
    if name not in RUNTIMES:
        raise _wrong(f"“{entry}” names no runtime; known: {', '.join(RUNTIMES)}")
    if not (count.isascii() and count.isdigit() and int(count) > 0):
        raise _wrong(f"“{entry}” should be {name}:NUMBER, as {name}:2, with a NUMBER from 1 on")
    return name, int(count)


def _wrong(text: str) -> PydanticCustomError:
    return PydanticCustomError("count", "{text}", {"text": text})


def _address(value: str) -> str:
    """Check an address and keep it as given: the parsed form would end in a slash."""
    TypeAdapter(HttpUrl).validate_python(value.replace("{subdomain}", "subdomain"))
    return value


def _gateway(value: str) -> str:
    TypeAdapter(WebsocketUrl).validate_python(value)
    return value


Folder = Annotated[Path, BeforeValidator(_expand)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Counts = Annotated[Mapping[str, int], NoDecode, BeforeValidator(_counted)]
Address = Annotated[str, AfterValidator(_address)]
Gateway = Annotated[str, AfterValidator(_gateway)]


class Settings(BaseSettings):
    """One field a variable; `variable(field)` is its name. The texts below are `.env.example`."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        populate_by_name=True,
        alias_generator=variable,
        case_sensitive=True,
        env_ignore_empty=True,
        env_file_encoding="utf-8",
        validate_default=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )

    home: Folder = Path("~/.mltrainer")
    """Folder with the database, the master key, jobs, models and logs."""
    env_cache: Folder = Field(default_factory=lambda data: data["home"] / "environments")
    """Folder of the training environments; empty: `environments` in the home."""
    weights_gb: float = Field(60, gt=0, allow_inf_nan=False)
    """Most gigabytes of models of others in the home; those that no job needs make way for new."""
    database_url: str = Field(
        default_factory=lambda data: f"sqlite:///{data['home'] / 'mltrainer.db'}", repr=False
    )
    """sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME; empty: SQLite in the home."""
    keep_days: int = Field(0, ge=0)
    """Days that a finished job is kept with its files; 0: for ever. What it published stays."""
    master_keys: SecretStr | None = None
    """Keys that protect secrets, newest first; empty: a file in the home."""
    share: Literal["schema", "samples"] = "schema"
    """What a language model sees of data: schema (names, types, statistics) or samples (5 rows)."""
    sandbox: Literal["full", "partial", "limited"] | None = None
    """Sandbox of training scripts: full, partial or limited; empty: the best this machine has."""
    approval: Literal["paid", "always", "never"] = "paid"
    """What waits for a yes: paid (what costs or becomes public), always (every plan) or never."""
    max_job_usd: float = Field(1.0, ge=0, allow_inf_nan=False)
    """Most US dollars that --yes approves for one job, and that it may spend on language models."""
    allow_private_urls: Names = ()
    """Private addresses that data may come from: host:port, host:port."""
    retry_scale: float = Field(1.0, ge=0, allow_inf_nan=False)
    """Multiplies every waiting time; for tests and demos."""
    jobs_at_once: int = Field(8, ge=1, le=200)
    """Jobs that one process works on at once; a training that runs elsewhere is not among them."""
    jobs_per_person: int = Field(3, ge=1, le=50)
    """Jobs of one person that are worked on at once, in all processes together."""
    trainings_at_once: Counts = _AT_ONCE
    """Trainings at once, as local:2, modal:5; local is for each process, others need no limit."""
    port: int = Field(3000, ge=0, le=65535)
    """Port of the web server: Slack over HTTP, health and metrics."""
    slack_bot_token: SecretStr | None = None
    """Slack's bot token, xoxb-…"""
    slack_signing_secret: SecretStr | None = None
    """Slack's signing secret, for HTTP mode."""
    slack_app_token: SecretStr | None = None
    """Slack's app token, xapp-…; turns Socket Mode on."""
    slack_api_url: Address = "https://slack.com/api/"
    """Slack's web API, with /api/ at its end."""
    discord_bot_token: SecretStr | None = None
    """Discord's bot token: three parts with two dots between them."""
    discord_api_url: Address = "https://discord.com/api/v10"
    """Discord's REST API, with /v10 at its end."""
    discord_gateway_url: Gateway | None = None
    """Discord's gateway; empty: the one Discord names."""
    hf_endpoint: Address = "https://huggingface.co"
    """Hugging Face's hub."""
    hf_spaces_url: Address = "https://{subdomain}.hf.space"
    """Address of a Space; {subdomain} stands for its name."""
    kaggle_api_url: Address = "https://api.kaggle.com"
    """Kaggle's API."""
    modal_server_url: Address = "https://api.modal.com"
    """Modal's API."""
    ray_address: str | None = None
    """Dashboard of a Ray cluster to train on, as http://host:8265; empty: none."""
    ray_auth_token: SecretStr | None = None
    """Token of the Ray cluster, where it asks for one."""
    gdrive_url: Address = "https://drive.google.com"
    """Google Drive, for data that is shared by link."""
    anthropic_api_key: SecretStr | None = None
    """Anthropic's key."""
    openai_api_key: SecretStr | None = None
    """OpenAI's key."""
    gemini_api_key: SecretStr | None = None
    """Google Gemini's key."""
    groq_api_key: SecretStr | None = None
    """Groq's key; the last of these that is asked, as it is free within limits."""
    anthropic_api_base: Address = "https://api.anthropic.com"
    """Anthropic's API, the bare host."""
    openai_api_base: Address = "https://api.openai.com/v1"
    """OpenAI's API, with /v1 at its end."""
    gemini_api_base: Address = "https://generativelanguage.googleapis.com/v1beta"
    """Gemini's API, with /v1beta at its end."""
    groq_api_base: Address = "https://api.groq.com/openai/v1"
    """Groq's API, with /openai/v1 at its end."""
    ollama_api_base: Address = "http://localhost:11434"
    """Ollama's API, the bare host; it is asked last, where it answers."""

    @classmethod
    def load(cls) -> Self:
        """Read the environment, then `.env` of the current folder for what is missing there.

        PersonCanFix names every problem, each with its cure.
        """
        problems = _misspelt({*os.environ, *dotenv_values(_DOT_ENV)})
        try:
            settings = cls(_env_file=_DOT_ENV)
        except ValidationError as error:
            problems += _invalid(error)
        if problems:
            wrong = "1 setting is" if len(problems) == 1 else f"{len(problems)} settings are"
            raise PersonCanFix(
                f"{wrong} wrong:\n" + "\n".join(f"  {problem}" for problem in problems),
                "Correct them in the environment or in .env; .env.example explains each.",
            )
        return settings


def make_home(home: Path) -> None:
    """Make the home, readable by its owner alone; PersonCanFix when it cannot be written."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        _close(home)
        with TemporaryFile(dir=home):
            pass
    except OSError as error:
        raise PersonCanFix(
            f"The home {home} cannot be written: {error.strerror}.",
            "Make it writable, or set MLTRAINER_HOME to a folder that is.",
        ) from error


def _close(home: Path) -> None:
    """A home that was there before, and is ours, is shut to others too."""
    info = home.stat()
    if info.st_uid == os.geteuid() and info.st_mode & 0o077:
        home.chmod(0o700)


def _misspelt(names: Iterable[str]) -> list[str]:
    """Variables that begin like ours and are none of ours."""
    known = [variable(field) for field in Settings.model_fields]
    problems = []
    for name in sorted(names):
        if name.startswith(_OURS) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            cure = f"did you mean {near[0]}?" if near else "remove it."
            problems.append(f"{name} is no setting; {cure}")
    return problems


def _invalid(error: ValidationError) -> list[str]:
    """One line for each value that cannot be: what is wrong, and what belongs there."""
    fields = {variable(name): field for name, field in Settings.model_fields.items()}
    return [
        f"{name}: {problem['msg']}. {fields[name].description}"
        for problem in error.errors(include_url=False, include_input=False, include_context=False)
        for name in [str(problem["loc"][0])]
    ]


def render_example() -> str:
    """`.env.example`: every variable with what it means and its default, all commented out."""
    lines = ["# Copy to .env and remove the # where you want another value than the default."]
    for name, field in Settings.model_fields.items():
        if name in _SECTIONS:
            lines += ["", f"## {_SECTIONS[name]}"]
        default = field.default if isinstance(field.default, str | int | float | Path) else ""
        if isinstance(field.default, Mapping):
            default = ", ".join(f"{one}:{count}" for one, count in field.default.items())
        lines += ["", f"# {field.description}", f"# {variable(name)}={default}"]
    return "\n".join(lines) + "\n"
