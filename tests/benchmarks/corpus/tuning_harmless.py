"""Harmless messages of the half that the sanitizer is improved on."""

import base64
import hashlib
import uuid
from collections.abc import Iterator
from random import Random

from tests.benchmarks.corpus.drawing import Message, harmless
from tests.benchmarks.corpus.keys import drawn
from tests.benchmarks.corpus.letters import HEX, LETTERS, LOWER, UPPER, WEB

ROUNDS = 20


def without_secrets(random: Random) -> Iterator[Message]:
    """Sentences once, families many times."""
    return harmless(random, SENTENCES, _looking_drawn, ROUNDS)


def _looking_drawn(random: Random) -> Iterator[tuple[str, str]]:
    sha1 = hashlib.sha1(random.randbytes(9), usedforsecurity=False).hexdigest()
    sha256 = hashlib.sha256(random.randbytes(9)).hexdigest()
    md5 = hashlib.md5(random.randbytes(9), usedforsecurity=False).hexdigest()
    name = str(uuid.UUID(bytes=random.randbytes(16), version=4))
    says = random.choice
    yield (
        "git sha",
        says(("rolled back to {}", "git checkout {}", "HEAD is now at {}")).format(sha1),
    )
    yield "short sha", f"fix landed in {sha1[: random.choice((7, 8, 10, 12))]}, retry please"
    yield "uuid", says(("job id is {}", "resume {} please", "trace_id={}")).format(name)
    yield (
        "sha256",
        says(("sha256:{} ok", "pip install torch --hash=sha256:{}", "img@sha256:{}")).format(
            sha256
        ),
    )
    yield "md5", says(("md5 of train.csv is {}", "{}  train.csv", 'etag "{}"')).format(md5)
    picture = base64.b64encode(b"\x89PNG\r\n\x1a\n" + random.randbytes(150)).decode()
    yield "picture", f"plot attached: data:image/png;base64,{picture}"
    channel = drawn("C0", 9, UPPER)(random)
    yield (
        "permalink",
        f"https://acme.slack.com/archives/{channel}/p{random.randrange(10**15, 10**16)}",
    )
    yield "wandb run", f"wandb run https://wandb.ai/team/proj/runs/{drawn('', 8, LOWER)(random)} ok"
    ids = ", ".join(drawn("", 24, HEX)(random) for _ in range(3))
    yield "object ids", f"sample ids: {ids}"
    yield "csv row", f"row: {md5},{random.randrange(9999)},{sha1},2024-03-1{random.randrange(9)}"
    yield (
        "wallet",
        f"eth wallet 0x{drawn('', 40, HEX)(random)} column; ipfs Qm{drawn('', 44)(random)}",
    )
    yield "s3", f"https://b.s3.amazonaws.com/train.zip?versionId={drawn('', 32)(random)}"
    yield (
        "revision",
        says(("model revision {} on the hub", "pin it to {}", "revision='{}'")).format(sha1),
    )
    yield (
        "slack ids",
        f"thread_ts 17{random.randrange(10**8)}.{random.randrange(10**6)} U0{channel}",
    )
    crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    yield (
        "ulid",
        f"ULID 01{drawn('', 24, crockford)(random)} and nanoid {drawn('', 21, WEB)(random)}",
    )
    yield "floats", f"embedding: {[round(random.uniform(-1, 1), 8) for _ in range(8)]}"
    yield "notebook", f'+ "execution_count": null,\n+ "id": "{drawn("", 8, HEX)(random)}",'
    yield "kaggle sum", f"the kaggle data set has md5 {md5}, check it"
    yield "token ids", f"tokens: {[random.randrange(50000) for _ in range(9)]}"
    yield "run name", f"the run is called {drawn('run-', 12, LETTERS)(random)} and failed"


SENTENCES = {
    "model": (
        "fine-tune meta-llama/Llama-3.1-8B-Instruct on my csv",
        "model=Qwen/Qwen2.5-VL-7B-Instruct-AWQ",
        "compare sentence-transformers/all-MiniLM-L6-v2, facebook/wav2vec2-large-xlsr-53-english",
        "use `unsloth/Meta-Llama-3.1-8B-Instruct-bnb-4bit` please",
        "timm/convnextv2_base.fcmae_ft_in22k_in1k_384 is fine",
        "token=meta-llama/Llama-3.1-8B-Instruct",
        "tokenizer: distilbert-base-uncased-finetuned-sst-2-english",
    ),
    "placeholder": (
        "set HF_TOKEN=hf_" + "x" * 34,
        "OPENAI_API_KEY=sk-...",
        "export HF_TOKEN=$HF_TOKEN",
        "api_key=<YOUR_API_KEY>",
        "token: ${SECRET_REF:sec_01JAB3}",
        "KAGGLE_KEY=your_kaggle_key_here",
        "GROQ_API_KEY=gsk_your_key_here",
        "secret ref is {{secret:hf_main}}",
        "use the key I saved as sec_7f3a",
        "password: ********",
        "AWS_SECRET_ACCESS_KEY=(hidden)",
        "os.environ['HF_TOKEN']",
        "api_key = getpass('HF token: ')",
        "token = os.getenv('MODAL_TOKEN_SECRET')",
        "Authorization: Bearer <token>",
        "modal token set --token-id ak-... --token-secret as-...",
        "password = input('Password: ')",
        "KAGGLE_KEY=PASTE_YOUR_KEY",
        "postgresql://user:password@localhost/db in the docs",
    ),
    "talk": (
        "do I need a huggingface token?",
        "I already gave you my kaggle key yesterday",
        "my API key expired, what now?",
        "where do I paste the secret?",
        "what does KGAT_ mean?",
        "API key rotation is next week",
        "the secret is to use more data",
        "the password is case sensitive",
        "forgot my password again",
        "das Passwort habe ich vergessen",
        "le mot de passe est dans le coffre",
        "la contraseña es obligatoria en ese formulario",
        "пароль я забыл",
        "the token limit is 128000 and the key is to chunk",
        "the key is customer_id_2024",
        "key: customer_id, secret: none",
    ),
    "code": (
        "from huggingface_hub import hf_hub_download, hf_api",
        "HF_HUB_ENABLE_HF_TRANSFER=1",
        "tokenizer.pad_token = tokenizer.eos_token",
        "max_new_tokens=4096, tokens_per_second=1234.5678",
        "key_padding_mask=attention_mask_with_causal_and_sliding_window",
        "api_key_hash column has 32 distinct values",
        "password_strength.csv has columns password,strength",
        "use sk-learn, not sk-video",
        "set it as-is please, ask-me-later",
        "secret_santa_2024_dataset_v2 is on kaggle",
        "the token accuracy is 0.98765432101234",
        "hidden_size=8192, intermediate_size=28672",
        "lr=3e-4;wd=0.1;betas=(0.9,0.95)",
        "s3://my-bucket/datasets/imagenet-1k/train/n01440764/n01440764_10026.JPEG",
        "https://huggingface.co/datasets/stanfordnlp/imdb/resolve/main/train-00000-of-00001.parquet",
        "checkpoint-15000/pytorch_model-00003-of-00007.safetensors",
        "conda install pytorch=2.5.1=py3.11_cuda12.4_cudnn9.1.0_0",
        "CUDA out of memory. Tried to allocate 2.50 GiB (GPU 0; 23.69 GiB total capacity)",
        "<|begin_of_text|><|start_header_id|>user<|end_header_id|>",
        "target column is secret_level",
        "author_token_count > 512",
        "primary key: customer_id, foreign key: order_id",
        "class_weight={'spam':3.2,'ham':1.0}",
        "0x7ffee4b2c8f0 segfault in libtorch_cuda.so",
        "the keyboard's key was stuck on " + "a" * 28,
        "cache_key = f'{model}-{revision}-{split}-v2'",
        "token_type_ids: [0, 0, 0, 1, 1]",
        "self.secret_name = 'projects/p1/secrets/db/versions/3'",
        "curl -u ada https://api.example.com/v1/train_2024.csv",
    ),
}
