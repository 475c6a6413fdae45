"""The sanitizer: secrets are taken out however they are written, and nothing else is."""

import base64
import html
import json
import subprocess
import sys
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sanitizer import KeySanitizer

HF = "hf_" + "Ab3dEf6hIj" * 3 + "kLm9"
PROJECT = "sk-proj-" + "aB3_dE-6hI" * 8
VALUE = 'pä"ss & w<or>d\\n/9+☂'  # known only by being known


def left(sanitizer: KeySanitizer, text: str, secret: str = HF) -> bool:
    return secret in sanitizer.clean(text).text


def test_a_key_becomes_the_name_of_its_kind(sanitizer: KeySanitizer) -> None:
    cleaned = sanitizer.clean(f"my key is {HF}, use it with {PROJECT}!")

    assert cleaned.text == "my key is [secret: huggingface], use it with [secret: openai]!"
    assert cleaned.found == ("huggingface", "openai")


def test_a_text_without_secrets_is_the_same_text(sanitizer: KeySanitizer) -> None:
    text = 'C:\\new\\table 100%25 &amp; "x" \u200b\x1b[31m{"a": "b\\n"} ☂'

    assert sanitizer.clean(text).text == text
    assert sanitizer.clean(text).found == ()


@pytest.mark.parametrize(
    "end", [".", ",", ")", "!", "?", "`", "*", ">", "'", '"', ";", "…", "。", "-"]
)
def test_what_follows_a_key_stays(sanitizer: KeySanitizer, end: str) -> None:
    assert sanitizer.clean(f"key {HF}{end}").text == f"key [secret: huggingface]{end}"


@pytest.mark.parametrize("hidden", ["\u200b", "\u200d", "\ufeff", "\u2060", "\u00ad", "\x1b[1m"])
def test_an_invisible_character_hides_no_key(sanitizer: KeySanitizer, hidden: str) -> None:
    text = f"key {HF[:9]}{hidden}{HF[9:20]}{hidden}{HF[20:]} end"

    assert sanitizer.clean(text).text == "key [secret: huggingface] end"


def test_slack_writes_an_address_twice(sanitizer: KeySanitizer) -> None:
    text = f"<https://x.example/?token={HF}&amp;a=1|https://x.example/?token={HF}&amp;a=1>"
    kept = "https://x.example/?token=[secret: huggingface]&amp;a=1"

    assert sanitizer.clean(text).text == f"<{kept}|{kept}>"


def test_slack_makes_an_address_of_a_password(sanitizer: KeySanitizer) -> None:
    text = "postgresql://app:<mailto:s3cretly@db.example|s3cretly@db.example>:5432/jobs"

    assert not left(sanitizer, text, "s3cretly")


def test_every_depth_of_escapes_is_looked_through(sanitizer: KeySanitizer) -> None:
    once = json.dumps({"text": f"line\n{HF}\n"})
    for text in (
        once,
        json.dumps(once),
        json.dumps([json.dumps(once)]),
        quote(once),
        quote(quote(f"\n{HF}")),
        html.escape(once),
        repr(once.encode()),
        json.dumps({"x": f"\u200b{HF[:5]}\u200b{HF[5:]}"}),
    ):
        assert not left(sanitizer, text.replace("\\u200b", "\u200b"))
        assert "[secret: huggingface]" in sanitizer.clean(text).text


def test_cleaned_json_is_json_still(sanitizer: KeySanitizer) -> None:
    text = json.dumps({"body": json.dumps({"token": HF, "n": [1]}), "more": VALUE})
    sanitizer.know(VALUE)

    read = json.loads(sanitizer.clean(text).text)

    assert json.loads(read["body"]) == {"token": "[secret: huggingface]", "n": [1]}
    assert read["more"] == "[secret: known]"


@pytest.mark.parametrize(
    "write",
    [
        str,
        json.dumps,
        lambda value: json.dumps(value, ensure_ascii=False),
        lambda value: json.dumps(json.dumps([value])),
        lambda value: json.dumps(json.dumps(json.dumps([value]))),
        quote,
        lambda value: quote(value, safe=""),
        lambda value: quote(value, safe="").lower(),
        lambda value: quote(quote(value, safe="")),
        html.escape,
        lambda value: html.escape(json.dumps(value)),
        lambda value: value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
        repr,
        lambda value: repr(value.encode()),
        ascii,
        lambda value: value.encode().hex(),
        lambda value: value.encode().hex().upper(),
        lambda value: base64.b64encode(value.encode()).decode(),
        lambda value: base64.b64encode(f"u:{value}".encode()).decode(),
        lambda value: base64.urlsafe_b64encode(f"id:{value}:x".encode()).decode(),
    ],
)
def test_a_known_value_is_found_in_every_writing(sanitizer: KeySanitizer, write: object) -> None:
    assert callable(write)
    text = f"before {write(VALUE)} after"
    assert sanitizer.clean(text).text == text

    sanitizer.know(VALUE)

    cleaned = sanitizer.clean(text)
    assert cleaned.found == ("known",)
    assert len(cleaned.text) <= len("before ''[[\\\\\"\\\"[secret: known]xxxxxxxxxxxxx after")
    assert (cleaned.text[:7], cleaned.text[-6:]) == ("before ", " after")


def test_a_known_key_is_named_by_its_kind(sanitizer: KeySanitizer) -> None:
    sanitizer.know(HF)

    assert sanitizer.clean(HF.encode().hex()).found == ("huggingface",)


def test_a_short_value_is_left_alone(sanitizer: KeySanitizer) -> None:
    sanitizer.know("")
    sanitizer.know("model")
    sanitizer.know("%41%42%43")

    assert sanitizer.clean("train a model on ABC").text == "train a model on ABC"


def test_values_that_overlap_are_cut_out_whole(sanitizer: KeySanitizer) -> None:
    sanitizer.know("abcdefgh1234")
    sanitizer.know("1234ijklmnop")

    assert sanitizer.clean("x abcdefgh1234ijklmnop y").text == "x [secret: known] y"


def test_cleaning_twice_changes_nothing_more(sanitizer: KeySanitizer) -> None:
    once = sanitizer.clean(f"HF_TOKEN={HF}\npassword: s3cret!pass\nurl=db://a:{HF}@h").text

    assert HF not in once
    assert sanitizer.clean(once).text == once


SPOKEN = "k3Yx9Qw7Rt2Lm8Vb4Nc6Zp1Hs5Jd0Fg"


@pytest.mark.parametrize(
    "text",
    [
        "my deepthought key is {}",
        "Der API-Schlüssel für Cohere ist {}",
        "ma clé cohere : {}",
        "Ключ: {}",
        "我的密钥是{}",
        'os.environ.setdefault("X_API_KEY", "{}")',
        "- name: X_API_KEY\n  value: {}",
        "Authorization: Bearer {}",
        "curl -u ada:{} https://x.example/",
        "Пароль: {}",
        "Passwort: {}",
        "login ada, password {}",
    ],
)
def test_the_words_around_a_value_tell_that_it_is_a_secret(
    sanitizer: KeySanitizer, text: str
) -> None:
    assert not left(sanitizer, text.format(SPOKEN), SPOKEN)


@pytest.mark.parametrize(
    "text",
    [
        "primary key: {}",
        "the cache key is {}",
        "token for commit {}",
        "the token classification data is pinned to {}",
        "token counts of batch {}",
        "rolled back to {}",
        "the monkey saw {}",
    ],
)
def test_other_values_that_look_drawn_stay(sanitizer: KeySanitizer, text: str) -> None:
    digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"

    assert left(sanitizer, text.format(digest), digest)


def test_chat_writes_underscores_around_what_is_in_italics(sanitizer: KeySanitizer) -> None:
    assert sanitizer.clean(f"_{HF}_").text == "_[secret: huggingface]_"
    assert left(sanitizer, f"x{HF}")


def test_base64_is_looked_into(sanitizer: KeySanitizer) -> None:
    kept = base64.b64encode(HF.encode()).decode()

    assert sanitizer.clean(f"HF: {kept}\n").found == ("huggingface",)
    assert not left(sanitizer, f"HF: {kept}", kept)


def test_a_quoted_private_key_goes_and_a_public_one_stays(sanitizer: KeySanitizer) -> None:
    private = f"> {'-' * 5}BEGIN PRIVATE KEY{'-' * 5}\n> MIIEvQIBADANBgkq\n> hkiG9w0BAQEFAASC"

    assert not left(sanitizer, private, "hkiG9w0B")
    assert left(sanitizer, private.replace("PRIVATE", "PUBLIC"), "hkiG9w0B")


def test_a_private_key_goes_even_without_its_end(sanitizer: KeySanitizer) -> None:
    body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQC7"
    begin, end = (f"{'-' * 5}{word} RSA PRIVATE KEY{'-' * 5}" for word in ("BEGIN", "END"))

    for text in (f"{begin}\n{body}\n{end}\nok", json.dumps(f"{begin}\n{body}"), f"{begin}\n{body}"):
        cleaned = sanitizer.clean(text)
        assert cleaned.found == ("private-key",)
        assert "MIIE" not in cleaned.text


def test_no_text_makes_it_slow() -> None:
    """A search that grows with the square of the text would not end within the limit."""
    units = (
        *(
            "a",
            " ",
            "-",
            "\\",
            "\\u",
            "%25",
            "&amp;",
            "a\u200b",
            "hf_",
            "sk-",
            "xoxb-",
            "eyJ",
            "ak-",
        ),
        *("key is ", "the key for ", "my key ", "password: ", "pass: ", "-u a:", "name: KEY"),
        *("machine a login b ", "bearer ", "https://hooks.slack.com", "QUJD", "ключ: ", "_eyJ"),
        *("key 'a', '", "secret secret ", "key " + "a" * 20 + " ", "sl.1", "password aB1 "),
        *("://a:", "token=", "password ", '"username":"', "kaggle key ", "aws_key_", "wandb: "),
        *("-----BEGIN PRIVATE KEY-----", "MTIz" * 6 + ".", "ak-" + "a" * 39, "1234567890:"),
    )
    program = f"""
import resource
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
from adapters.sanitizer import KeySanitizer
from bot.wiring import shelf
sanitizer = KeySanitizer(service.account for service in shelf("accounts").values())
for unit in {units!r}:
    sanitizer.clean((unit * 300_000)[:300_000])
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_it_needs_no_service_s_library() -> None:
    program = "import sys, adapters.sanitizer; print(*{name.split('.')[0] for name in sys.modules})"
    ran = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )

    foreign = {"aiohttp", "cryptography", "httpx", "slack_bolt", "slack_sdk", "sqlalchemy"}
    assert foreign & set(ran.stdout.split()) == set()


@given(before=st.text(), after=st.text(), times=st.integers(0, 4))
def test_no_surroundings_hide_a_known_value(before: str, after: str, times: int) -> None:
    sanitizer = KeySanitizer(())
    sanitizer.know(VALUE)
    text = f"{before}{VALUE}{after}"
    for _ in range(times):
        text = json.dumps(text)

    read = sanitizer.clean(text).text
    for _ in range(times):
        read = json.loads(read)

    assert VALUE not in read


@pytest.mark.parametrize("said", ["{}", "it begins with {} and", "part 1: {}", '"{}",'])
@pytest.mark.parametrize("key", [HF, PROJECT, "gsk_" + "Wq8rT3nZ" * 6, "AIza" + "Sy4Kd9Lm2Q" * 3])
def test_the_first_part_of_a_key_is_taken_out_too(
    sanitizer: KeySanitizer, said: str, key: str
) -> None:
    assert left(sanitizer, said.format(key[: len(key) // 2]), key[: len(key) // 2]) is False


@pytest.mark.parametrize(
    "text", ["sk-learn-compatible", "hf_hub_download_file", "gh_actions_v2", "sk-antarctica-2024"]
)
def test_a_name_that_begins_like_a_key_stays(sanitizer: KeySanitizer, text: str) -> None:
    assert sanitizer.clean(f"use {text} here").found == ()
