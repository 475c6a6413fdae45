"""The half that the sanitizer is improved on: its kinds of keys and the frames they stand in."""

import json
from collections.abc import Iterator
from random import Random

from tests.benchmarks.corpus.drawing import Framed, Kind, Message, with_secrets
from tests.benchmarks.corpus.keys import discord, drawn, joined, jwt, numbers, private_key
from tests.benchmarks.corpus.letters import BASE32, BASE64, HEX, LETTERS, LOWER, UPPER, WEB
from tests.benchmarks.corpus.tuning_harmless import without_secrets

SEED = 611

OWN = {
    "huggingface": Kind(drawn("hf_", 34), "HF_TOKEN", "hugging face"),
    "kaggle": Kind(drawn("KGAT_", 32, HEX), "KAGGLE_API_TOKEN", "kaggle"),
    "modal-id": Kind(drawn("ak-", 22), "MODAL_TOKEN_ID", "modal"),
    "modal-secret": Kind(drawn("as-", 22), "MODAL_TOKEN_SECRET", "modal"),
    "openai-project": Kind(
        joined(drawn("sk-proj-", 74, WEB), "T3BlbkFJ", drawn("", 73, WEB, "A")),
        "OPENAI_API_KEY",
        "openai",
    ),
    "openai-old": Kind(
        joined(drawn("sk-", 20), "T3BlbkFJ", drawn("", 20)), "OPENAI_KEY", "chatgpt"
    ),
    "anthropic": Kind(drawn("sk-ant-api03-", 93, WEB, "AA"), "ANTHROPIC_API_KEY", "claude"),
    "gemini": Kind(drawn("AQ.", 50, WEB), "GEMINI_API_KEY", "gemini"),
    "gemini-old": Kind(drawn("AIzaSy", 33, WEB), "GOOGLE_API_KEY", "google"),
    "groq": Kind(drawn("gsk_", 52), "GROQ_API_KEY", "groq"),
    "slack-bot": Kind(
        joined("xoxb-", numbers(12), "-", numbers(13), "-", drawn("", 24)),
        "SLACK_BOT_TOKEN",
        "slack",
    ),
    "slack-app": Kind(
        joined("xapp-1-A", drawn("", 10, UPPER), "-", numbers(13), "-", drawn("", 64, HEX)),
        "SLACK_APP_TOKEN",
        "slack",
    ),
    "discord": Kind(discord, "DISCORD_BOT_TOKEN", "discord"),
}
VENDORS = {
    "github": Kind(drawn("ghp_", 36), "GITHUB_TOKEN", "github"),
    "github-fine": Kind(joined(drawn("github_pat_", 22), "_", drawn("", 59)), "GH_TOKEN", "github"),
    "gitlab": Kind(drawn("glpat-", 20, WEB), "GITLAB_TOKEN", "gitlab"),
    "aws": Kind(drawn("AKIA", 16, BASE32), "AWS_ACCESS_KEY_ID", "aws"),
    "openrouter": Kind(drawn("sk-or-v1-", 64, HEX), "OPENROUTER_API_KEY", "openrouter"),
    "xai": Kind(drawn("xai-", 80), "XAI_API_KEY", "grok"),
    "deepseek": Kind(drawn("sk-", 32, HEX), "DEEPSEEK_API_KEY", "deepseek"),
    "wandb": Kind(drawn("wandb_v1_", 77), "WANDB_API_KEY", "wandb"),
    "replicate": Kind(drawn("r8_", 37), "REPLICATE_API_TOKEN", "replicate"),
    "perplexity": Kind(drawn("pplx-", 48), "PPLX_KEY", "perplexity"),
    "nvidia": Kind(drawn("nvapi-", 64, WEB), "NVIDIA_API_KEY", "nvidia"),
    "stripe": Kind(drawn("sk_live_", 24), "STRIPE_KEY", "stripe"),
    "pypi": Kind(drawn("pypi-AgEIcHlwaS5vcmc", 140, WEB), "TWINE_PASSWORD", "pypi"),
    "npm": Kind(drawn("npm_", 36), "NPM_TOKEN", "npm"),
    "telegram": Kind(joined(numbers(10), drawn(":AA", 33, WEB)), "TG_TOKEN", "telegram"),
    "jwt": Kind(jwt, "SUPABASE_KEY", "supabase"),
    "google-login": Kind(drawn("GOCSPX-", 28, WEB), "GOOGLE_CLIENT_SECRET", "google"),
    "sendgrid": Kind(
        joined(drawn("SG.", 22, WEB), ".", drawn("", 43, WEB)), "SENDGRID_API_KEY", "sendgrid"
    ),
    "databricks": Kind(drawn("dapi", 32, HEX), "DATABRICKS_TOKEN", "databricks"),
    "digitalocean": Kind(drawn("dop_v1_", 64, HEX), "DO_TOKEN", "digitalocean"),
    "notion": Kind(drawn("ntn_", 46), "NOTION_TOKEN", "notion"),
    "linear": Kind(drawn("lin_api_", 40), "LINEAR_KEY", "linear"),
    "docker": Kind(drawn("dckr_pat_", 27, WEB), "DOCKER_PAT", "docker hub"),
    "fireworks": Kind(drawn("fw_", 24), "FIREWORKS_API_KEY", "fireworks"),
    "langsmith": Kind(
        joined(drawn("lsv2_pt_", 32, HEX), "_", drawn("", 10, HEX)), "LANGSMITH_KEY", "langsmith"
    ),
    "pinecone": Kind(joined(drawn("pcsk_", 6), "_", drawn("", 63)), "PINECONE_API_KEY", "pinecone"),
    "twilio": Kind(drawn("SK", 32, HEX), "TWILIO_API_KEY", "twilio"),
}
NAMED = {
    "kaggle-old": Kind(drawn("", 32, HEX), "KAGGLE_KEY", "kaggle"),
    "wandb-old": Kind(drawn("", 40, HEX), "WANDB_API_KEY", "wandb"),
    "aws-secret": Kind(drawn("", 39, BASE64, "X"), "AWS_SECRET_ACCESS_KEY", "aws"),
    "cohere": Kind(drawn("", 40), "COHERE_API_KEY", "cohere"),
    "mistral": Kind(drawn("", 32), "MISTRAL_API_KEY", "mistral"),
    "azure-openai": Kind(drawn("", 32, HEX), "AZURE_OPENAI_API_KEY", "azure openai"),
    "opaque": Kind(drawn("", 43, WEB), "CLIENT_SECRET", "our api"),
    "mailgun": Kind(drawn("key-", 32, HEX), "MAILGUN_API_KEY", "mailgun"),
}
PASSWORDS = {
    "random": Kind(drawn("", 12, LETTERS + "!@#%&*", "7q!"), "DB_PASSWORD", "database"),
    "word": Kind(
        joined("Sunflower", drawn("", 3, "0123456789"), "!"), "SMTP_PASSWORD", "mail server"
    ),
    "plain": Kind(drawn("", 10, LOWER, "4x"), "PGPASSWORD", "postgres"),
}
ANYWHERE = (
    "«KEY»",
    "here's my token: «KEY»",
    "use «KEY» pls",
    "my key is «KEY».",
    "my «SVC» key is «KEY»",
    "can you train on this? token=«KEY», dataset imdb",
    "`«KEY»`",
    "*«KEY»*",
    "_«KEY»_",
    "||«KEY»||",
    "<«KEY»>",
    "> «KEY»\nis that the right one?",
    "(key: «KEY»)",
    "it says invalid:«KEY»!",
    "oh wait wrong one → «KEY» ←",
    "<@U01AB2CD3E> this one: «KEY», thx",
    "```\n«VAR»=«KEY»\n```",
    "export «VAR»=«KEY»",
    '«VAR»="«KEY»"',
    "«VAR»: «KEY»\nMAX_STEPS: 500",
    "os.environ['«VAR»'] = '«KEY»'",
    '{"«VAR»": "«KEY»", "n": 5}',
    '{\\"«VAR»\\": \\"«KEY»\\"}',
    "client = Client(api_key='«KEY»', timeout=30)",
    "curl -H 'Authorization: Bearer «KEY»' https://api.example.com/v1/models",
    "https://example.com/cb?api_key=«KEY»&x=1",
    "<https://example.com/cb?key=«KEY»&amp;x=1|example.com>",
    "!pip install x && login --token «KEY»",
    'Traceback (most recent call last):\n  File "a.py", line 3\nHTTPError: 401 for «KEY»',
    '"source": ["import os\\n", "os.environ[\'«VAR»\'] = \'«KEY»\'\\n"]',
    "mein Schlüssel ist «KEY», bitte benutzen",
    "voici ma clé : «KEY»",
    "mi clave es «KEY», gracias",
    "ключ вот: «KEY»",
    "我的密钥是«KEY»,请用它",
)
BESIDE_ITS_NAME = (
    "«VAR»=«KEY»",
    "export «VAR»=«KEY»",
    "«VAR»: «KEY»",
    '«VAR»: "«KEY»"',
    "os.environ['«VAR»'] = '«KEY»'",
    '{"«VAR»": "«KEY»"}',
    '{\\"«VAR»\\": \\"«KEY»\\"}',
    "my «SVC» key is «KEY»",
    "«SVC» api key: «KEY»",
    "here is the «SVC» secret «KEY»",
    "«SVC» token = `«KEY»`",
    "the api key for «SVC» is «KEY» please use it",
    "set «VAR» «KEY»",
    "mein «SVC» Key ist «KEY»",
    "ma clé «SVC» : «KEY»",
    "ключ «SVC»: «KEY»",
    "«SVC»的密钥是 «KEY»",
)
WITH_PASSWORDS = (
    "password: «KEY»",
    "the password is «KEY»",
    "pw for the «SVC»: «KEY»",
    "«VAR»=«KEY»",
    "export «VAR»='«KEY»'",
    '"password": "«KEY»"',
    "db = connect(user='app', password='«KEY»')",
    "login ada, password «KEY»",
    "postgresql://app:«KEY»@db.internal.example:5432/jobs",
    "curl -u ada:«KEY» https://api.example.com/",
    "Passwort: «KEY»",
    "das Passwort lautet «KEY»",
    "mot de passe : «KEY»",
    "la contraseña es «KEY»",
    "пароль: «KEY»",
    "密码: «KEY»",
)
SECRETS = (
    Framed("own", OWN, ANYWHERE, each=18),
    Framed("vendor", VENDORS, ANYWHERE, each=10),
    Framed("named", NAMED, BESIDE_ITS_NAME, each=12),
    Framed("password", PASSWORDS, WITH_PASSWORDS, each=16),
)


def messages(random: Random) -> Iterator[Message]:
    """All of the half: with secrets, and without."""
    yield from with_secrets(random, SECRETS, files)
    yield from without_secrets(random)


def files(random: Random) -> Iterator[Message]:
    """What people paste as a whole."""
    key = NAMED["kaggle-old"].draw(random)
    text = json.dumps({"username": "ada", "key": key})
    yield Message(text, (key,), "file", "kaggle.json")
    one, two = OWN["modal-id"].draw(random), OWN["modal-secret"].draw(random)
    toml = f'[default]\ntoken_id = "{one}"\ntoken_secret = "{two}"\nactive = true'
    yield Message(toml, (one, two), "file", ".modal.toml")
    first, second = VENDORS["aws"].draw(random), NAMED["aws-secret"].draw(random)
    env = f"AWS_ACCESS_KEY_ID={first}\nAWS_SECRET_ACCESS_KEY={second}\nAWS_REGION=us-east-1"
    yield Message(env, (first, second), "file", ".env")
    for sort in ("", "RSA ", "OPENSSH "):
        whole, body = private_key(random, sort)
        yield Message(f"here:\n{whole}\nok?", (body,), "file", "private key")
    word = NAMED["wandb-old"].draw(random)
    netrc = f"machine api.wandb.ai\n  login user\n  password {word}"
    yield Message(netrc, (word,), "file", ".netrc")
    key = NAMED["kaggle-old"].draw(random)
    yaml = f"kaggle:\n  username: ada\n  key: {key}\nepochs: 3"
    yield Message(yaml, (key,), "file", "yaml")
