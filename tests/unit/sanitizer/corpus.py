"""Messages with and without made-up secrets, the same on every run.

The keys are drawn when a test runs: none stands in the repository.
"""

import base64
import hashlib
import json
import uuid
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from tests.benchmarks.corpus.keys import Draw, drawn, private_key, web64
from tests.benchmarks.corpus.letters import BASE32, BASE64, HEX, LETTERS, WEB


class Message(NamedTuple):
    """A text, the secrets in it, and what it is a sample of."""

    text: str
    secrets: tuple[str, ...]
    sort: str


class Kind(NamedTuple):
    """A sort of secret: how to draw one, its usual variable, its service's name."""

    draw: Draw
    variable: str
    word: str = ""


def discord(random: Random) -> str:
    owner = web64(str(random.randrange(10**17, 10**18)).encode())
    return f"{owner}.{drawn('', 6, WEB)(random)}.{drawn('', 38, WEB)(random)}"


def jwt(random: Random) -> str:
    parts = (b'{"alg":"HS256"}', b'{"sub":"%d"}' % random.randrange(10**9), random.randbytes(32))
    return ".".join(web64(part) for part in parts)


def password(random: Random) -> str:
    return drawn("", 11, LETTERS + "!@#%")(random) + random.choice("23456789") + "!q"


# These say by their front what they are.
FRONTED = {
    "huggingface": Kind(drawn("hf_", 34), "HF_TOKEN"),
    "kaggle": Kind(drawn("KGAT_", 32, HEX), "KAGGLE_API_TOKEN"),
    "modal-id": Kind(drawn("ak-", 22), "MODAL_TOKEN_ID"),
    "modal-secret": Kind(drawn("as-", 22), "MODAL_TOKEN_SECRET"),
    "anthropic": Kind(drawn("sk-ant-api03-", 95, WEB), "ANTHROPIC_API_KEY"),
    "openai": Kind(drawn("sk-proj-", 156, WEB), "OPENAI_API_KEY"),
    "openai-service": Kind(drawn("sk-svcacct-", 120, WEB), "OPENAI_API_KEY"),
    "openai-old": Kind(drawn("sk-", 48), "OPENAI_API_KEY"),
    "gemini": Kind(drawn("AQ.", 50, WEB), "GEMINI_API_KEY"),
    "gemini-old": Kind(drawn("AIza", 35, WEB), "GOOGLE_API_KEY"),
    "groq": Kind(drawn("gsk_", 52), "GROQ_API_KEY"),
    "openrouter": Kind(drawn("sk-or-v1-", 64, HEX), "OPENROUTER_API_KEY"),
    "xai": Kind(drawn("xai-", 80), "XAI_API_KEY"),
    "slack-bot": Kind(drawn("xoxb-1234567890-", 24), "SLACK_BOT_TOKEN"),
    "slack-app": Kind(drawn("xapp-1-A0123456789-1234567890-", 64, HEX), "SLACK_APP_TOKEN"),
    "slack-hook": Kind(drawn("hooks.slack.com/services/T012345/B012345/", 24), "SLACK_URL"),
    "discord": Kind(discord, "DISCORD_BOT_TOKEN"),
    "github": Kind(drawn("ghp_", 36), "GITHUB_TOKEN"),
    "github-fine": Kind(drawn("github_pat_", 82), "GH_TOKEN"),
    "aws-id": Kind(drawn("AKIA", 16, BASE32), "AWS_ACCESS_KEY_ID"),
    "jwt": Kind(jwt, "SUPABASE_KEY"),
}
# These look like any checksum or word: their name stands beside them.
NAMED = {
    "kaggle-old": Kind(drawn("", 32, HEX), "KAGGLE_KEY", "kaggle"),
    "wandb": Kind(drawn("", 40, HEX), "WANDB_API_KEY", "wandb"),
    "aws-secret": Kind(drawn("", 39, BASE64, "X"), "AWS_SECRET_ACCESS_KEY", "aws secret"),
    "password": Kind(password, "DB_PASSWORD", "password"),
}
ANYWHERE = (
    "here's my token: {key}",
    "{key}",
    "use {key} pls",
    "my key is {key}.",
    "can you train on this? token={key}, data is imdb",
    "`{key}`",
    "*{key}*",
    "<{key}>",
    "(key: {key})",
    "it says invalid:{key}!",
    "{variable}: {key}\nMAX_STEPS: 500",
    "ключ вот: {key}",
    "我的密钥是{key},请用它",
    "oh wait wrong one → {key} ←",
    "client = Client(api_key='{key}', timeout=30)",
    "curl -H 'Authorization: Bearer {key}' https://api.example.com/v1/models",
    "<https://example.com/cb?api_key={key}&amp;x=1|example.com>",
    "Traceback (most recent call last):\n  File 'a.py', line 3\nHTTPError: 401 for {key}",
)
BESIDE_ITS_NAME = (
    "{variable}={key}",
    "export {variable}={key}",
    '{variable}: "{key}"',
    "os.environ['{variable}'] = '{key}'",
    '{{"{variable}": "{key}"}}',
    "my {word} key is {key}",
    "{word} api key: {key}",
    "here is the {word} secret {key}",
)


def with_secrets(random: Random) -> Iterator[Message]:
    """Ten messages a kind, and files that hold several."""
    for name, kind in (FRONTED | NAMED).items():
        frames = (*ANYWHERE, *BESIDE_ITS_NAME[:5]) if name in FRONTED else BESIDE_ITS_NAME
        for frame in random.sample(frames, min(10, len(frames))):
            key = kind.draw(random)
            text = frame.format(key=key, variable=kind.variable, word=kind.word)
            yield Message(text, (key,), name)
    for _ in range(8):
        yield from files(random)


def files(random: Random) -> Iterator[Message]:
    """What people paste as a whole: kaggle.json, .modal.toml, .env, a private key."""
    key = NAMED["kaggle-old"].draw(random)
    yield Message(json.dumps({"username": "ada", "key": key}), (key,), "kaggle.json")
    one, two = FRONTED["modal-id"].draw(random), FRONTED["modal-secret"].draw(random)
    toml = f'[default]\ntoken_id = "{one}"\ntoken_secret = "{two}"\nactive = true'
    yield Message(toml, (one, two), ".modal.toml")
    first, second = FRONTED["aws-id"].draw(random), NAMED["aws-secret"].draw(random)
    env = f"AWS_ACCESS_KEY_ID={first}\nAWS_SECRET_ACCESS_KEY={second}\nAWS_REGION=us-east-1"
    yield Message(env, (first, second), ".env")
    pem, body = private_key(random, "")
    yield Message(f"here:\n{pem}\nok?", (body,), "private key")
    secret = drawn("", 14)(random)
    url = f"use postgresql://app:{secret}@db.internal.example:5432/jobs please"
    yield Message(url, (secret,), "url")


def without_secrets(random: Random) -> Iterator[Message]:
    """What a person says to a trainer of models, all of it harmless and much of it long."""
    for sentence in HARMLESS:
        yield Message(sentence, (), "sentence")
    for _ in range(10):
        for sort, sentence in identifiers(random):
            yield Message(sentence, (), sort)


def identifiers(random: Random) -> Iterator[tuple[str, str]]:
    """Things that look drawn and are no secrets."""
    sha1 = hashlib.sha1(random.randbytes(9), usedforsecurity=False).hexdigest()
    sha256 = hashlib.sha256(random.randbytes(9)).hexdigest()
    md5 = hashlib.md5(random.randbytes(9), usedforsecurity=False).hexdigest()
    number = uuid.UUID(int=random.getrandbits(128), version=4)
    image = base64.b64encode(b"\x89PNG\r\n\x1a\n" + random.randbytes(150)).decode()
    yield "git", random.choice(("rolled back to {}", "revision='{}'", "use commit {}")).format(sha1)
    yield "hub", f"model revision {sha1} on the hub, short {sha1[:10]}"
    yield "sha256", random.choice(("sha256:{}", "--hash=sha256:{}", "weights {}")).format(sha256)
    yield "md5", random.choice(("md5 of train.csv is {}", 'etag "{}"', "{}.arrow")).format(md5)
    yield "kaggle", f"the kaggle file train.csv has md5 {md5}, kaggle key {sha1}"
    yield "wandb", f"https://wandb.ai/team/project/runs/{sha1[:8]} was at commit {sha1}"
    yield "uuid", random.choice(("job id is {}", "trace_id={}", "resume {} please")).format(number)
    yield "row", f"row: {md5},{random.randrange(9999)},{sha1},2026-01-1{random.randrange(9)}"
    yield "image", f"data:image/png;base64,{image}"
    yield "chain", f"0x{drawn('', 40, HEX)(random)} and Qm{drawn('', 44)(random)}"
    yield "object", f"ids {drawn('', 24, HEX)(random)}, 01{drawn('', 24, BASE32)(random)}"
    yield "version", f"https://b.s3.amazonaws.com/train.zip?versionId={drawn('', 32)(random)}"
    channel = drawn("C0", 9, BASE32)(random)
    yield "link", f"https://acme.slack.com/archives/{channel}/p{random.randrange(10**15, 10**16)}"
    yield "floats", ", ".join(f"{random.uniform(-1, 1):.8f}" for _ in range(8))


HARMLESS = (
    *("set HF_TOKEN=hf_" + "x" * 34, "OPENAI_API_KEY=sk-...", "export HF_TOKEN=$HF_TOKEN"),
    *("api_key=<YOUR_API_KEY>", "token: ${SECRET}", "KAGGLE_KEY=your_kaggle_key_here"),
    *("GROQ_API_KEY=gsk_your_key_here", "password: ********", "AWS_SECRET_ACCESS_KEY=(hidden)"),
    *("os.environ['HF_TOKEN']", "api_key = getpass('HF token: ')", "token = os.getenv('MODAL_ID')"),
    *("Authorization: Bearer <token>", "modal token set --token-id ak-... --token-secret as-..."),
    *("do I need a huggingface token?", "my API key expired, what now?", "what does KGAT_ mean?"),
    *("where do I paste the secret?", "I already gave you my kaggle key yesterday"),
    *("from huggingface_hub import hf_hub_download, hf_api", "HF_HUB_ENABLE_HF_TRANSFER=1"),
    *("tokenizer.pad_token = tokenizer.eos_token", "max_new_tokens=4096, lr=3e-4"),
    *(
        "tokens_per_second=1234.5678",
        "author_token_count > 512",
        "the token accuracy is 0.987654321",
    ),
    *("password_strength.csv has columns password,strength", "predict password strength"),
    *("use sk-learn, not sk-video", "set it as-is please, ask-me-later", "as-long-as-it-works-ok"),
    *("secret_santa_2024_dataset_v2 is on kaggle", "target column is secret_level"),
    *("primary key: customer_id, foreign key: order_id", "class_weight={'spam':3.2,'ham':1.0}"),
    *("s3://my-bucket/datasets/imagenet-1k/train/n01440764/n01440764_10026.JPEG",),
    *(
        "https://huggingface.co/datasets/stanfordnlp/imdb/resolve/main/train-00000-of-00001.parquet",
    ),
    *("checkpoint-15000/pytorch_model-00003-of-00007.safetensors", "0x7ffee4b2c8f0 in libtorch.so"),
    *("conda install pytorch=2.5.1=py3.11_cuda12.4_cudnn9.1.0_0", "API key rotation is next week"),
    *("CUDA out of memory. Tried to allocate 2.50 GiB (GPU 0; 23.69 GiB total capacity)",),
    *("<|begin_of_text|><|start_header_id|>user<|end_header_id|>", "bos_token: <|startoftext|>"),
    *("fine-tune meta-llama/Llama-3.1-8B-Instruct on my csv", "model=Qwen/Qwen2.5-VL-7B-AWQ"),
    *("compare sentence-transformers/all-MiniLM-L6-v2 with google/vit-base-patch16-224-in21k",),
    *("use `unsloth/Meta-Llama-3.1-8B-Instruct-bnb-4bit` please", "timm/convnextv2_base.fcmae_ft"),
    *(
        "the keyboard's key was stuck on " + "a" * 28,
        "predict churn from customers.csv, target churned",
    ),
    *(
        "the secret is to use more data",
        "the password is case sensitive",
        "forgot my password again",
    ),
    *("postgresql://user:password@localhost/db in the docs", "ssh://git@github.com:22/x"),
    *("token: secret:huggingface:7f3a", "connect kaggle", "secret: kaggle", "password reset mail"),
    *("columns are username, password, last_login2", "drop the password column_2 of users1.csv"),
    "https://b.s3.amazonaws.com/t.csv?X-Amz-Credential=AKIA" + "BCDE" * 4 + "%2F20261126%2Fs3",
    *("token classification with bert-base-uncased-2024", "token=meta-llama/Llama-3.1-8B-Instruct"),
)
