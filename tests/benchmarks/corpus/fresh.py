"""A third part, written after the held-out one had been scored and before anything was mended."""

import json
from collections.abc import Iterator
from random import Random

from tests.benchmarks.corpus.drawing import Framed, Kind, Message, with_secrets
from tests.benchmarks.corpus.fresh_harmless import without_secrets
from tests.benchmarks.corpus.keys import discord, drawn, joined, jwt, numbers, private_key
from tests.benchmarks.corpus.letters import BASE64, HEX, LETTERS, LOWER, UPPER, WEB

SEED = 1301

OWN = {
    "huggingface": Kind(drawn("hf_", 34), "HUB_TOKEN", "Hugging Face Hub"),
    "kaggle": Kind(drawn("KGAT_", 32, HEX), "KAGGLE_AUTH", "Kaggle"),
    "modal-id": Kind(drawn("ak-", 22), "MODAL_TID", "Modal"),
    "modal-secret": Kind(drawn("as-", 22), "MODAL_TSEC", "Modal"),
    "openai-project": Kind(
        joined(drawn("sk-proj-", 74, WEB), "T3BlbkFJ", drawn("", 73, WEB, "q")), "GPT", "GPT"
    ),
    "anthropic": Kind(drawn("sk-ant-api03-", 93, WEB, "AA"), "CLAUDE_KEY", "Claude"),
    "gemini": Kind(drawn("AQ.Ab8RN6", 44, WEB, "w"), "G_KEY", "AI Studio"),
    "gemini-old": Kind(drawn("AIzaSyD", 31, WEB, "k"), "G_KEY", "AI Studio"),
    "groq": Kind(drawn("gsk_", 52), "FAST_LLM", "Groq Cloud"),
    "slack-bot": Kind(
        joined("xoxb-", numbers(11), "-", numbers(11), "-", drawn("", 24)), "SLK", "Slack"
    ),
    "slack-flow": Kind(
        joined(
            "https://hooks.slack.com/triggers/T",
            drawn("", 8, UPPER),
            "/",
            numbers(13),
            drawn("/", 32, HEX),
        ),
        "FLOW",
        "Slack",
    ),
    "discord": Kind(discord, "DC_TOKEN", "Discord"),
}
VENDORS = {
    "github-user": Kind(drawn("ghu_", 36), "GHU", "GitHub"),
    "github-refresh": Kind(drawn("ghr_", 76), "GHR", "GitHub"),
    "npm": Kind(drawn("npm_", 36), "NPM", "npm"),
    "brevo": Kind(joined(drawn("xkeysib-", 64, HEX), "-", drawn("", 16)), "MAIL", "Brevo"),
    "prefect": Kind(drawn("pnu_", 36), "PREFECT", "Prefect"),
    "heroku": Kind(drawn("HRKU-AA", 58, WEB), "HEROKU", "Heroku"),
    "voyage": Kind(drawn("pa-", 43, WEB), "VOYAGE", "Voyage AI"),
    "terraform": Kind(joined(drawn("", 14), ".atlasv1.", drawn("", 67, WEB)), "TFC", "Terraform"),
    "langfuse": Kind(
        joined(
            "sk-lf-", *(joined(drawn("", n, HEX), "-") for n in (8, 4, 4, 4)), drawn("", 12, HEX)
        ),
        "LANGFUSE",
        "Langfuse",
    ),
    "firecrawl": Kind(drawn("fc-", 32, HEX), "CRAWL", "Firecrawl"),
    "jwt": Kind(jwt, "SESSION", "the portal"),
    "vault-batch": Kind(drawn("hvb.AAAAAQ", 130, WEB), "VLT", "Vault"),
    "digitalocean": Kind(drawn("dor_v1_", 64, HEX), "DIGITAL", "DigitalOcean"),
    "slack-legacy": Kind(
        joined("xoxp-", numbers(11), "-", numbers(11), "-", numbers(12), drawn("-", 32, HEX)),
        "S",
        "S",
    ),
    "telegram": Kind(joined(numbers(9), drawn(":AA", 33, WEB)), "TGB", "Telegram"),
    "openrouter": Kind(drawn("sk-or-v1-", 64, HEX), "ROUTER", "OpenRouter"),
}
NAMED = {
    "kaggle-old": Kind(drawn("", 32, HEX), "KAGGLE_KEY", "kaggle.com"),
    "wandb-old": Kind(drawn("", 40, HEX), "WANDB_API_KEY", "Weights & Biases"),
    "aws-secret": Kind(drawn("", 39, BASE64, "m"), "AWS_SECRET_ACCESS_KEY", "aws"),
    "clarifai": Kind(drawn("", 32, HEX), "CLARIFAI_PAT_TOKEN", "Clarifai"),
    "binance": Kind(drawn("", 64), "BINANCE_SECRET", "Binance"),
    "weather": Kind(drawn("", 32, HEX), "OWM_API_KEY", "OpenWeather"),
    "deepinfra": Kind(drawn("", 32), "DEEPINFRA_TOKEN", "DeepInfra"),
    "webhook": Kind(drawn("", 48, WEB), "SIGNING_SECRET", "webhook"),
}
PASSWORDS = {
    "random": Kind(drawn("", 18, LETTERS + "#&+=", "b7"), "NEO4J_PASSWORD", "neo4j"),
    "word": Kind(
        joined("Espresso", drawn("", 4, "0123456789"), "$"), "GRAFANA_PASSWORD", "grafana"
    ),
    "plain": Kind(drawn("z", 11, LOWER, "6"), "RABBIT_PASSWORD", "rabbit"),
}
ANYWHERE = (
    "can u check if «KEY» still works",
    "it's «KEY» (from my account page)",
    "«KEY»\n\nand the data is on the hub",
    "train it, auth: «KEY»",
    "old: «KEY» / new: coming",
    "- [x] token `«KEY»`\n- [ ] data",
    "***«KEY»***",
    "__«KEY»__",
    "&lt;«KEY»&gt;",
    "<https://x.example/«KEY»>",
    "!connect «KEY»",
    "«VAR» → «KEY»",
    "let t = '«KEY»' // todo remove",
    'val token: String = "«KEY»"',
    "TOKEN=«KEY» make deploy",
    "http POST api.example.org 'X-Token:«KEY»'",
    "-e «VAR»=«KEY» \\\n  image:latest",
    '{\\"a\\": {\\"token\\": \\"«KEY»\\"}}',
    "auth:\n  - «KEY»\n",
    'RuntimeError("bad credentials «KEY»")',
    "https://«KEY»@hub.example.org/simple",
    "https://hub.example.org/?a=1#access_token=«KEY»",
    "'key' => '«KEY»',",
    "het is «KEY», dank je",
    "nyckeln är «KEY».",
    "το κλειδί είναι «KEY»",
    "המפתח הוא «KEY»",
    "钥匙\uff1a«KEY»。",
)
BESIDE_ITS_NAME = (
    '«VAR» := "«KEY»"',
    '«VAR»="«KEY»" # rotate me',
    'setx «VAR» "«KEY»"',
    'os.environ.setdefault("«VAR»", "«KEY»")',
    "process.env.«VAR» = '«KEY»'",
    '{"name": "«VAR»", "value": "«KEY»"}',
    "docker run -e «VAR»=«KEY» img",
    '"«VAR»" => "«KEY»",',
    "your «SVC» api key would be «KEY»",
    "so the «SVC» token is «KEY» then",
    "use my «SVC» key «KEY»",
    "secret for «SVC»: «KEY»",
    "de sleutel voor «SVC» is «KEY»",
    "«SVC» API-Schlüssel: «KEY»",
    "clé API «SVC» = «KEY»",
)
WITH_PASSWORDS = (
    "pw: «KEY»",
    "Password = «KEY»",
    "passwd=«KEY»",
    "«VAR»='«KEY»' docker compose up",
    '("ada", password="«KEY»")',
    "- password: «KEY»\n- port: 5432",
    "spring.datasource.password=«KEY»",
    "amqp://ada:«KEY»@mq.example.org:5672/",
    "mongodb+srv://ada:«KEY»@c0.example.net/shop?retryWrites=true",
    "curl --user 'ada:«KEY»' https://api.example.org/v1",
    "new password is: «KEY»",
    "het wachtwoord is «KEY»",
    "Пароль: «KEY»",
    "비밀번호: «KEY»",
)
SECRETS = (
    Framed("own", OWN, ANYWHERE, each=18),
    Framed("vendor", VENDORS, ANYWHERE, each=14),
    Framed("named", NAMED, BESIDE_ITS_NAME, each=13),
    Framed("password", PASSWORDS, WITH_PASSWORDS, each=14),
)


def messages(random: Random) -> Iterator[Message]:
    """All of the part: with secrets, and without."""
    yield from with_secrets(random, SECRETS, files)
    yield from without_secrets(random)


def files(random: Random) -> Iterator[Message]:
    """What people paste as a whole."""
    key = NAMED["kaggle-old"].draw(random)
    text = json.dumps({"key": key, "username": "lin"})
    yield Message(f"kaggle.json: {text}", (key,), "file", "kaggle.json")
    one, two = OWN["modal-id"].draw(random), OWN["modal-secret"].draw(random)
    text = json.dumps({"token_id": one, "token_secret": two, "active": True})
    yield Message(text, (one, two), "file", "modal json")
    first, second = (
        drawn("AKIA", 16, UPPER[:26] + "234567")(random),
        NAMED["aws-secret"].draw(random),
    )
    text = f"User name,Access key ID,Secret access key\nada,{first},{second}"
    yield Message(text, (first, second), "file", "aws csv")
    whole, body = private_key(random, "ENCRYPTED ")
    yield Message(json.dumps({"key": whole}), (json.dumps(body)[1:-1],), "file", "json key")
    whole, body = private_key(random, "DSA ", 4)
    indented = whole.replace("\n", "\n    ")
    yield Message(f"tls:\n  key: |\n    {indented}", tuple(body.split("\n")), "file", "yaml key")
    word, key = PASSWORDS["word"].draw(random), OWN["groq"].draw(random)
    toml = f'[db]\nuser = "ada"\npassword = "{word}"\n\n[llm]\nname = "x"\nkey = "{key}"'
    yield Message(toml, (word, key), "file", "toml")
    host = f"machine huggingface.co login ada password {OWN['huggingface'].draw(random)}"
    yield Message(host, (host.rsplit(maxsplit=1)[-1],), "file", "netrc line")
