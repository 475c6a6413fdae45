"""Harmless messages of the third part."""

from collections.abc import Iterator
from functools import partial
from random import Random

from tests.benchmarks.corpus import keys
from tests.benchmarks.corpus.drawing import Message, harmless
from tests.benchmarks.corpus.letters import BASE64, HEX, LOWER, UPPER, WEB

ROUNDS = 24


def without_secrets(random: Random) -> Iterator[Message]:
    """Sentences once, families many times."""
    return harmless(random, SENTENCES, _looking_drawn, ROUNDS)


def _looking_drawn(random: Random) -> Iterator[tuple[str, str]]:
    some = partial(keys.some, random)

    yield "blob", f"xet hash {some('', 64, HEX)} of layer 3"
    yield "snapshot", f"~/.cache/huggingface/hub/models--x/snapshots/{some('', 40, HEX)}/a.bin"
    yield "arrow cache", f"cache-{some('', 16, HEX)}_00000_of_00004.arrow"
    yield "job id", f"what about j-{some('', 8, LOWER)}? and j-{some('', 8, LOWER)}"
    yield "build", f"build {random.randrange(9999)}-g{some('', 9, HEX)}-dirty"
    yield "conda", f"libtorch-2.5.1-cuda126_mkl_h{some('', 7, HEX)}_304.conda"
    yield "wheel", f"files.pythonhosted.org/packages/{some('', 2, HEX)}/{some('', 60, HEX)}/x.whl"
    yield "vin", f"vin {some('WVWZZZ', 11, UPPER)} price {random.randrange(9999)}"
    yield "geohash", f"geohash {some('u', 11, LOWER)}, plus code 8FVC{some('', 4, UPPER)}+X2"
    number = random.randrange(10000, 99999)
    yield "doi", f"doi 10.{number}/{some('s', 12, LOWER)} arXiv:2401.{number}"
    yield "inchi", f"InChIKey={some('', 14, UPPER[:26])}-{some('', 10, UPPER[:26])}-N"
    yield "signed", f"https://d.example.org/t.csv?X-Amz-Signature={some('', 64, HEX)}"
    yield (
        "azure signed",
        f"https://a.blob.example.net/c/t.csv?sv=2024-11-04&sig={some('', 43, BASE64)}%3D",
    )
    yield "cookie consent", f"CookieConsent={some('', 22, WEB)} was in the log"
    yield (
        "jsonl",
        f'{{"id": "{some("", 22, WEB)}", "text": "nice", "label": {random.randrange(3)}}}',
    )
    yield "hashed people", f"user_hash\n{some('', 64, HEX)}\n{some('', 64, HEX)}"
    yield "span", f"traceparent: 00-{some('', 32, HEX)}-{some('', 16, HEX)}-01"
    yield "notion page", f"https://www.notion.so/acme/Plan-{some('', 32, HEX)}"
    yield "figma file", f"https://www.figma.com/file/{some('', 22, WEB)}/Flow"
    yield "ray", f"ray job raysubmit_{some('', 16, UPPER)} finished"


SENTENCES = {
    "talk": (
        "keys are in the vault, see you at 10:30",
        "which key do I join on, order_id or customer_id_v2?",
        "two passwords were wrong, the third one works",
        "does the token expire after 3600s or 86400s?",
        "the secret santa list is in gifts_2026_final_v2.xlsx",
        "token usage: prompt 1532, completion 288",
        "the password column must be dropped: it is column_17",
        "my kaggle name is lin_2001, the competition is titanic",
        "it needs an api token, I think; where is that page?",
        "the key metric is macro_f1_at_threshold_05",
        "de sleutel ligt op tafel",
        "Пароль не нужен",
        "das Geheimnis ist gute Vorverarbeitung",
        "user: ada, password: same as always",
        "password: see 1Password",
        "wandb key? not needed, use WANDB_MODE=disabled",
        "AWS region eu-central-1, bucket acme-ml-2026-q4-training",
        "please use gpt-4.1-mini-2025-04-14 for the labels",
    ),
    "code": (
        "token_ids = tokenizer(text)['input_ids'][:512]",
        "secret_key: Optional[str] = None",
        "def get_api_key(name: str = 'HF_TOKEN_2') -> str: ...",
        "key = f'{user_id}:{date:%Y%m%d}'",
        "password_field = driver.find_element(By.ID, 'password2')",
        "api_key=API_KEYS['prod_v2'].get_secret_value()",
        "tokens = nltk.word_tokenize(text1)",
        "export TOKEN_FILE=/run/secrets/hub_token_2",
        "kubectl create secret generic hub-token-2024 --from-file=./token.txt",
        "vectors: {key: vec[i] for i, key in enumerate(keys2)}",
        "special_tokens_map.json, tokenizer_config.json, merges.txt",
        "model.encoder.layer.11.attention.self.key.weight torch.Size([768, 768])",
        "model.layers.0.self_attn.k_proj.weight_scale_inv float8_e4m3fn",
        "assert len(secret) >= 32, 'secret too short'",
        "AutoTokenizer.from_pretrained('BAAI/bge-small-en-v1.5', token=True)",
        "primary_key=('region_id', 'store_id', 'week_2024')",
        "password=os.environ.get('PG_PASS_2')",
        "HF_TOKEN=<paste here>",
        "OPENAI_API_KEY=sk-proj-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "auth=HTTPBasicAuth('user1', 'pass1')",
        "postgresql://postgres:postgres@localhost:5432/test",
        "https://user:pass@proxy.example.org:8080",
        "redis://localhost:6379/0?ssl_cert_reqs=none",
    ),
    "model": (
        "intfloat/multilingual-e5-large-instruct or Alibaba-NLP/gte-Qwen2-7B-instruct",
        "TheBloke/Mistral-7B-Instruct-v0.2-GPTQ:gptq-4bit-32g-actorder_True",
        "nvidia/Llama-3_3-Nemotron-Super-49B-v1_5-FP8 is too large",
        "xai-org/grok-2 and r8_test are names, fw_small too",
        "convnext_xxlarge.clip_laion2b_soup_ft_in12k",
        "swin_base_patch4_window7_224.ms_in22k_ft_in1k",
    ),
}
