"""Keys in uploaded files are found; what stands in data is the person's own."""

import json
import string
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.sanitizer import KeySanitizer
from bot.inbox.uploads import keys_in
from bot.wiring import shelf

pytestmark = pytest.mark.anyio

_RANDOM = Random(20261126)  # noqa: S311 (no real secrets)
_LETTERS = string.ascii_letters + string.digits


def drawn(front: str, length: int, letters: str = _LETTERS) -> str:
    return front + "".join(_RANDOM.choices(letters, k=length))


HF = drawn("hf_", 34)
OLD = drawn("", 32, "0123456789abcdef")
KAGGLE = json.dumps({"username": "ada", "key": OLD})
WORD = drawn("", 11) + "7!q"
DASHES = "-" * 5
PEM = "\n".join(
    (
        f"{DASHES}BEGIN OPENSSH PRIVATE KEY{DASHES}",
        drawn("", 70),
        drawn("", 70),
        f"{DASHES}END OPENSSH PRIVATE KEY{DASHES}",
    )
)
CHATS = [f"message {number} is about nothing much" for number in range(30)]


@pytest.fixture(scope="module")
def sanitizer() -> KeySanitizer:
    return KeySanitizer(service.account for service in shelf("accounts").values())


async def kinds(folder: Path, sanitizer: KeySanitizer, name: str, text: str | bytes) -> list[str]:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(await keys_in(path, sanitizer))


KEY_FILES = {
    "kaggle.json": KAGGLE,
    "kaggle (1).json": KAGGLE,
    "data.json": KAGGLE,
    "Kaggle.JSON": json.dumps({"username": "ada", "key": OLD}, indent=4),
    "broken.json": KAGGLE[:-1] + ",}",
    ".env": f"# keys\nDEBUG=1\nHF_TOKEN={HF}\nREGION=eu\n",
    ".env.local": f"export HF_TOKEN='{HF}'\n",
    "prod.env": f"DB_PASSWORD={WORD}\n",
    "env": f"HF_TOKEN={HF}\n",
    ".modal.toml": f'[ada]\ntoken_id = "{drawn("ak-", 22)}"\ntoken_secret = "{drawn("as-", 22)}"\n',
    ".netrc": f"machine api.wandb.ai\n  login user\n  password {OLD}{OLD[:8]}\n",
    "id_ed25519": PEM,
    "server.pem": PEM,
    "key.txt": HF,
    "keys.txt": f"hugging face: {HF}\nkaggle key: {OLD}\n",
    "note.txt": f"Hi, this is my token:\n{HF}\nPlease train on titanic.\nThanks!",
    "settings.txt": f"DEBUG=1\nREGION=eu-west-1\nWORKERS: 4\nDB_PASSWORD={WORD}\n",
    "token": HF + "\n",
    "train.py": f'import os\nos.environ["HF_TOKEN"] = "{HF}"\n' + "x = 1\n" * 5000,
    "run.sh": f"curl -H 'Authorization: Bearer {HF}' https://huggingface.co/api/whoami-v2\n",
    "config.yaml": f"model: bert\nhf_token: {HF}\n",
    "setup.cfg": f"[hub]\ntoken = {HF}\n",
    "README.md": f"# Model\n\nUse `{HF}` to read the data.\n" + "More words.\n" * 300,
    "config.json": json.dumps({"model": "bert", "hub": {"token": HF}, "rows": [{"a": 1}] * 9}),
}


@pytest.mark.parametrize("name", KEY_FILES)
async def test_a_key_in_a_key_file_or_script_is_found(
    tmp_path: Path, sanitizer: KeySanitizer, name: str
) -> None:
    assert await kinds(tmp_path, sanitizer, name, KEY_FILES[name])


DATA: dict[str, str | bytes] = {
    "sales.csv": f"id,token\n1,{HF}\n",
    "sales.tsv": f"id\ttoken\n1\t{HF}\n",
    "leaks.jsonl": json.dumps({"text": f"my token is {HF}", "label": 1}) + "\n",
    "photo.png": b"\x89PNG\r\n" + HF.encode(),
    "all.zip": b"PK\x03\x04" + HF.encode(),
    "chats.txt": "\n".join([*CHATS, f"the password is {WORD} by the way", *CHATS]),
    "few.txt": f"hello there\nmy password is {WORD}\nwhat a day\nsee you",
    "spam.txt": "\n".join([*CHATS, f"my token is {HF}"]),
    "records.json": json.dumps([{"user": "a", "password": WORD}, {"user": "b", "key": HF}]),
    "columns.json": json.dumps({"password": {"0": WORD, "1": WORD}, "n": {"0": 1, "1": 2}}),
    "nested.json": json.dumps({"version": 1, "data": [{"text": f"password: {WORD}"}] * 3}),
    "lines.json": "\n".join([json.dumps({"text": f"token={HF}"})] * 2),
    "long.txt": f"{HF}\n" * 3000,
    "dump.sql": f"INSERT INTO users VALUES (1, '{HF}');\n" * 9,  # noqa: S608 (a file)
    "plain.txt": "nothing to see\nhere",
    "empty.txt": "",
    "certificate.pem": PEM.replace("OPENSSH PRIVATE KEY", "CERTIFICATE"),
    ".env.example": "HF_TOKEN=your_token_here\nKAGGLE_KEY=\n",
    "train.py": 'import os\ntoken = os.environ["HF_TOKEN"]\napi_key = getpass("key: ")\n',
    "weights": b"\x00\x01\x02" * 99 + HF.encode(),
}


@pytest.mark.parametrize("name", DATA)
async def test_what_stands_in_data_is_the_person_s(
    tmp_path: Path, sanitizer: KeySanitizer, name: str
) -> None:
    assert await kinds(tmp_path, sanitizer, name, DATA[name]) == []


def notebook(source: str, output: str = "") -> str:
    picture = {"image/png": drawn("", 9000, _LETTERS + "+/"), "text/plain": ["<Figure>"]}
    outputs = [{"output_type": "stream", "text": [output]}, {"data": picture, "metadata": {}}]
    cell = {"cell_type": "code", "source": source.splitlines(keepends=True), "outputs": outputs}
    return json.dumps({"cells": [cell], "nbformat": 4, "metadata": {}})


async def test_a_notebook_is_searched_in_its_code_and_in_what_it_printed(
    tmp_path: Path, sanitizer: KeySanitizer
) -> None:
    code = f'import os\nos.environ["KAGGLE_KEY"] = "{OLD}"\n'

    assert await kinds(tmp_path, sanitizer, "a.ipynb", notebook(code)) == ["kaggle"]
    assert await kinds(tmp_path, sanitizer, "b.ipynb", notebook("whoami()", HF)) == ["huggingface"]
    assert await kinds(tmp_path, sanitizer, "c.ipynb", notebook("import os\n", "ok")) == []
    assert await kinds(tmp_path, sanitizer, "d.ipynb", notebook(code)[:-9]) != []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
async def test_a_key_is_found_in_every_encoding(
    tmp_path: Path, sanitizer: KeySanitizer, encoding: str
) -> None:
    for name, text in (("key.txt", HF), (".env", f"HF_TOKEN={HF}"), ("a.json", KAGGLE)):
        assert await kinds(tmp_path, sanitizer, name, text.encode(encoding)), name


async def test_a_key_across_the_pieces_of_a_long_script_is_found(
    tmp_path: Path, sanitizer: KeySanitizer
) -> None:
    for lead in range((64 << 10) - 40, (64 << 10) + 10, 7):
        script = "#" * (lead - 1) + f"\n{HF}\n" + "#" * 9000
        assert await kinds(tmp_path, sanitizer, "long.py", script) == ["huggingface"]


async def test_no_file_is_no_find(tmp_path: Path, sanitizer: KeySanitizer) -> None:
    assert await keys_in(tmp_path / "gone.env", sanitizer) == ()
    assert await keys_in(tmp_path, sanitizer) == ()


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    raw=st.binary(max_size=400),
    name=st.sampled_from(["a.py", "a.txt", "a.json", "a.ipynb", ".env", "a", "a.pem"]),
)
async def test_no_bytes_are_too_odd(
    tmp_path: Path, sanitizer: KeySanitizer, raw: bytes, name: str
) -> None:
    assert isinstance(await kinds(tmp_path, sanitizer, name, raw), list)


@pytest.mark.parametrize("name", ["a.json", "a.ipynb", "a.txt", "a.yaml"])
async def test_deep_nesting_is_survived(tmp_path: Path, sanitizer: KeySanitizer, name: str) -> None:
    half = '{"a":' * 450 + "1" + "}" * 450
    for deep in (half, "[" * 30_000, '{"a":' * 10_000 + "1" + "}" * 10_000):
        await kinds(tmp_path, sanitizer, name, deep)
