"""Accounts: each names its fields, knows its keys' shapes, and finds a key inside a text."""

import re
import string
from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random
from typing import NamedTuple

import pytest

from bot.wiring import shelf
from pipeline.ports.account import Account, LoginLink, Service

LABELS = {
    "anthropic": ("Anthropic API key",),
    "google": ("Gemini API key",),
    "groq": ("Groq API key",),
    "huggingface": ("Hugging Face token",),
    "kaggle": ("Kaggle username", "Kaggle key"),
    "modal": ("Modal token id", "Modal token secret"),
    "ollama": (),
    "openai": ("OpenAI API key",),
}
LETTERS = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


class Sample(NamedTuple):
    """A made-up key of an account's field."""

    kind: str
    field: str
    key: str


def sample(kind: str, field: str, front: str, length: int, letters: str = LETTERS) -> Sample:
    random = Random(f"{front}{length}")  # noqa: S311 (no secret)
    return Sample(kind, field, front + "".join(random.choices(letters, k=length)))


SAMPLES = (
    sample("anthropic", "key", "sk-ant-api03-", 95, LETTERS + "-_"),
    sample("google", "key", "AIza", 35, LETTERS + "-_"),
    sample("google", "key", "AQ.", 50, LETTERS + "-_"),
    sample("groq", "key", "gsk_", 52),
    sample("huggingface", "token", "hf_", 34),
    sample("kaggle", "key", "KGAT_", 32, HEX),
    sample("kaggle", "key", "", 32, HEX),
    sample("modal", "token_id", "ak-", 22),
    sample("modal", "token_secret", "as-", 22),
    sample("openai", "key", "sk-proj-", 156, LETTERS + "-_"),
    sample("openai", "key", "sk-", 48),
)
NOW = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.fixture(scope="module")
def services() -> Mapping[str, Service]:
    return shelf("accounts")


def shape_of(account: Account, field: str) -> str:
    return next(one.shape for one in account.fields if one.id == field)


def found(account: Account, text: str) -> list[str]:
    return [
        match["secret"] if "secret" in match.re.groupindex else match[0]
        for leak in account.leaks
        for match in re.finditer(leak, text)
    ]


def test_every_account_is_found_under_its_own_kind(services: Mapping[str, Service]) -> None:
    assert {name: service.account.kind for name, service in services.items()} == {
        name: name for name in LABELS
    }


def test_the_labels_of_the_forms_are_fixed(services: Mapping[str, Service]) -> None:
    labels = {
        name: tuple(field.label for field in service.account.fields)
        for name, service in services.items()
    }

    assert labels == LABELS


def test_an_account_fits_into_a_form(services: Mapping[str, Service]) -> None:
    for service in services.values():
        fields = service.account.fields
        assert len(fields) <= 5
        assert len({field.id for field in fields}) == len(fields)
        assert any(field.secret for field in fields) or not fields
        assert service.account.page.startswith("https://")
        assert all(field.example for field in fields)


@pytest.mark.parametrize("one", SAMPLES)
def test_a_whole_key_has_the_shape_of_its_field(
    services: Mapping[str, Service], one: Sample
) -> None:
    shape = shape_of(services[one.kind].account, one.field)

    assert re.fullmatch(shape, one.key)
    for wrong in (one.key[:20], f"{one.key} x", f" {one.key}", f'"{one.key}"', "password1", ""):
        assert not re.fullmatch(shape, wrong)


@pytest.mark.parametrize("one", SAMPLES)
def test_a_field_takes_no_key_of_another_service(
    services: Mapping[str, Service], one: Sample
) -> None:
    taking = {
        (name, field.id)
        for name, service in services.items()
        for field in service.account.fields
        if field.secret and re.fullmatch(field.shape, one.key)
    }

    assert taking == {(one.kind, one.field)}


@pytest.mark.parametrize("one", SAMPLES)
def test_a_key_is_found_in_the_middle_of_a_text(
    services: Mapping[str, Service], one: Sample
) -> None:
    assert one.key in found(services[one.kind].account, f"my {one.kind} key is: {one.key}, thanks")


def test_a_key_inside_a_kaggle_file_is_found(services: Mapping[str, Service]) -> None:
    key = SAMPLES[6].key

    assert key in found(services["kaggle"].account, f'{{"username": "ada", "key": "{key}"}}')


def test_a_checksum_is_no_kaggle_key(services: Mapping[str, Service]) -> None:
    checksum = SAMPLES[6].key

    assert found(services["kaggle"].account, f"the md5 of the kaggle file is {checksum}") == []


@pytest.mark.anyio
async def test_a_service_that_cannot_be_asked_says_so(services: Mapping[str, Service]) -> None:
    link = LoginLink(url="https://login.example", code="1", state="s", expires_at=NOW)

    for kind, service in services.items():
        if kind == "ollama":
            assert await service.check({}) is None
        if not service.account.login:
            assert await service.begin_login(NOW) is None
            assert await service.finish_login(link) is None
