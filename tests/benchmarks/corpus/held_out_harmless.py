"""Harmless messages of the half that nothing is changed for."""

import base64
import hashlib
from collections.abc import Iterator
from functools import partial
from random import Random

from tests.benchmarks.corpus import keys
from tests.benchmarks.corpus.drawing import Message, harmless
from tests.benchmarks.corpus.letters import BASE64, HEX, LOWER, UPPER, WEB

ROUNDS = 16


def without_secrets(random: Random) -> Iterator[Message]:
    """Sentences once, families many times."""
    return harmless(random, SENTENCES, _families, ROUNDS)


def _families(random: Random) -> Iterator[tuple[str, str]]:
    yield from _of_platforms(random)
    yield from _of_files(random)


def _of_platforms(random: Random) -> Iterator[tuple[str, str]]:
    some = partial(keys.some, random)

    digits = random.randrange(10**17, 10**18)
    yield "discord link", f"https://discord.com/channels/{digits}/{digits + 5}/{digits + 77}"
    where = f"https://cdn.discordapp.com/attachments/{digits}/{digits + 9}/train.csv"
    signed = f"ex={some('', 8, HEX)}&is={some('', 8, HEX)}&hm={some('', 64, HEX)}&"
    yield "discord file", f"{where}?{signed}"
    yield "discord people", f"<@{digits}> in <#{digits + 3}> said <:ok:{digits + 4}>"
    yield "drive", f"https://drive.google.com/file/d/{some('1', 32, WEB)}/view?usp=sharing"
    yield "sheet", f"https://docs.google.com/spreadsheets/d/{some('1', 43, WEB)}/edit#gid=0"
    yield "video", f"see https://youtu.be/{some('', 11, WEB)}?t=42 and https://bit.ly/{some('', 7)}"
    yield "modal app", f"app {some('ap-', 22)} and call {some('fc-01', 24, UPPER)} are stopped"
    yield "reply ids", f"request {some('req_', 24)} of {some('chatcmpl-', 29)} took 3 s"
    yield "assistant", f"use {some('asst_', 24)} on {some('file-', 24)} in {some('thread_', 24)}"
    yield "claude ids", f"msg id {some('msg_01', 22)}, tool call {some('toolu_01', 22)}"
    yield (
        "stripe ids",
        f"customer {some('cus_', 14)} paid {some('pi_3', 23)} for {some('price_1', 23)}",
    )
    yield "arn", f"arn:aws:iam::{random.randrange(10**11, 10**12)}:role/train-{some('', 12, UPPER)}"
    yield (
        "tracking",
        f"https://shop.example.org/p?utm_id={some('', 26)}&gclid={some('Cj0KCQ', 60, WEB)}",
    )
    yield "mlflow", f"mlflow run {some('', 32, HEX)} beats {some('', 32, HEX)} by 0.3"
    yield "container", f"docker logs {some('', 64, HEX)} | tail"
    yield "pod", f"pod train-{some('', 10, LOWER)}-{some('', 5, LOWER)} is CrashLoopBackOff"
    yield "meeting", f"https://zoom.example.us/j/{random.randrange(10**10, 10**11)} at nine"
    yield (
        "slack file",
        f"https://files.slack.com/files-pri/{some('T0', 9, UPPER)}-{some('F0', 9, UPPER)}/x.csv",
    )
    yield (
        "slack client",
        "client_msg_id: " + "-".join(some("", length, HEX) for length in (8, 4, 4, 4, 12)),
    )


def _of_files(random: Random) -> Iterator[tuple[str, str]]:
    some = partial(keys.some, random)

    sha512 = base64.b64encode(hashlib.sha512(random.randbytes(9)).digest()).decode()
    sha256 = hashlib.sha256(random.randbytes(9)).hexdigest()
    yield "npm lock", f'"integrity": "sha512-{sha512}",'
    yield (
        "uv lock",
        f'sdist = {{ url = "https://x.org/a.tar.gz", hash = "sha256:{sha256}", size = 9 }}',
    )
    yield "go sum", f"golang.org/x/crypto v0.21.0 h1:{some('', 43, BASE64)}="
    yield "ssh public", f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{some('', 43, BASE64)} ada@laptop"
    yield "fingerprint", f"SHA256:{some('', 43, BASE64)} ada@laptop (ED25519)"
    dashes = "-" * 5
    lines = "\n".join(some("", 64, BASE64) for _ in range(4))
    yield (
        "certificate",
        f"{dashes}BEGIN CERTIFICATE{dashes}\n{lines}\n{dashes}END CERTIFICATE{dashes}",
    )
    yield "protein", f">sp|P{some('', 5, '0123456789')}|X\n{some('M', 70, 'ACDEFGHIKLMNPQRSTVWY')}"
    yield "dna", f"sequence {some('', 60, 'ACGT')} label 1"
    yield "smiles", f"CC(C)Cc1ccc(cc1)C(C)C(=O)O,{random.random():.6f},CN1C=NC2=C1C(=O)N(C(=O)N2C)C"
    yield (
        "macs",
        ":".join(some("", 2, HEX) for _ in range(6)) + " joined 2001:db8::" + some("", 4, HEX),
    )
    yield "iban", f"DE{random.randrange(10**19, 10**20)} is in the iban column"
    yield "diff", f"diff --git a/x b/x\nindex {some('', 10, HEX)}..{some('', 10, HEX)} 100644"
    yield (
        "csv rows",
        f"id,token_hash,user\n{some('', 40, HEX)},{some('', 40, HEX)},u{random.randrange(99)}",
    )
    yield "json record", f'{{"_id": "{some("", 24, HEX)}", "etag": "{some("", 32, HEX)}", "n": 3}}'
    yield (
        "base64 text",
        "payload " + base64.b64encode(b"the quick brown fox jumps over it").decode(),
    )
    yield (
        "vocabulary",
        f'"▁{some("", 5, LOWER)}": {random.randrange(32000)}, "Ġthe": 262, "##ing": 2075',
    )
    layer = f"/model/layers.{random.randrange(32)}/self_attn/q_proj"
    yield "onnx", f"node {layer}/MatMul_{random.randrange(9999)}_quant"
    yield (
        "gpu",
        f"GPU-{'-'.join(some('', length, HEX) for length in (8, 4, 4, 4, 12))} A100-SXM4-80GB",
    )
    yield "cell id", f'{{"cell_type": "code", "id": "{some("", 8, HEX)}", "metadata": {{}}}}'
    yield (
        "minified",
        f"!function(e,t){{var n={{}};n.{some('', 3)}=e[{random.randrange(99)}]||t}}(a,b)",
    )


SENTENCES = {
    "talk": (
        "is the token still valid or did it expire?",
        "which password policy do they have: 12 characters, 1 digit?",
        "passwords in column 3 are hashed with bcrypt",
        "my key question: does accuracy matter here?",
        "the api key page is at https://huggingface.co/settings/tokens",
        "tokens: 1,234,567 in 89 seconds",
        "secret sauce: more epochs and a lower learning-rate",
        "api keys belong in the vault, not in the chat",
        "my password manager says Version2024.11 is out",
        "please reset the password for user_4711",
        "password: none",
        "token: n/a",
        "key = value pairs are fine as an input format",
        "hasło jest w sejfie",
        "la password non la ricordo",
        "a senha está no cofre",
        "パスワードを忘れました",
        "the passphrase prompt appears twice on Ubuntu24",
        "I have a kaggle account, the user name is grace_h_1906",
        "wandb is off: WANDB_MODE=offline WANDB_PROJECT=churn-2026-q4",
        "the aws bucket is acme-training-data-eu-central-1-prod",
        "kaggle competition: house-prices-advanced-regression-techniques",
    ),
    "code": (
        "pad_token_id=50256, eos_token_id=50256",
        "bos_token='<s>', unk_token='<unk>', additional_special_tokens=['<extra_id_0>']",
        "api_key = config['services']['openai']['api_key_2024']",
        "token = request.headers.get('X-Auth-Token-V2')",
        "password = secrets.token_urlsafe(32)",
        "secret = hashlib.sha256(salt1 + word2).hexdigest()",
        "key=lambda row: (row.date, row.id2)",
        "df['token_count_2024'] = df.text.str.split().str.len()",
        "tokenizer.add_tokens(['[ENT1]', '[ENT2]'])",
        "access_token = await self.tokens_v2.refresh_access_token()",
        "if password != password_confirm2: raise ValueError",
        "SECRET_KEY = env('DJANGO_SECRET_KEY')",
        "export OPENAI_API_KEY=$(pass show openai/key1)",
        "api_key: ${{ secrets.HF_TOKEN_V2 }}",
        "token: !vault secret/data/hub#token",
        "password: {{ vault_db_password_2 }}",
        "--token-secret <secret-from-step-2>",
        "AUTH_TOKEN=replace-me-with-token-123",
        "api_key='sk-XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX'",
        "HF_TOKEN=hf_abc...xyz",
        "monkey = 'banana-tree-2024-keyed-by-name'",
        "sort_keys=True, ensure_ascii=False, token_pattern=r'(?u)\\b\\w\\w+\\b'",
        "r'^[A-Za-z0-9_-]{20,}$' is the pattern of a token",
        "git clone https://github.com/huggingface/transformers.git@v4.46.0",
        "http://localhost:8000/v1?model=llama-3.1-70b@fp8",
        "foreign_key: users.account_id_v2_legacy_2019",
        "partition_key=customer-0042-eu, sort_key=2026-11-26T10:00:00Z",
        "public_key_id: k8s-prod-rotation-7",
        "token_type: bearer, expires_in: 3600, scope: read:org2",
    ),
    "model": (
        "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B in 4 bit",
        "mradermacher/Meta-Llama-3.1-70B-Instruct-i1-GGUF:Q4_K_M",
        "facebook/nllb-200-distilled-600M for tr-en",
        "claude-sonnet-4-5-20250929 or gpt-4o-2024-08-06",
        "openai/whisper-large-v3-turbo, laion/CLIP-ViT-bigG-14-laion2B-39B-b160k",
        "black-forest-labs/FLUX.1-dev@fp8_e4m3fn",
        "sk-learn-1.7.2 and ak-shap-0.46 as-requested-yesterday",
        "datasets: HuggingFaceFW/fineweb-edu (sample-10BT), allenai/c4:en.noblocklist",
    ),
}
