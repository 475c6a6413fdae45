"""The half that nothing is changed for: other frames, other kinds of keys, other families.

Our own services are here too, in other variants where there are any: they have no others.
"""

import json
from collections.abc import Iterator
from random import Random

from tests.benchmarks.corpus.drawing import Framed, Kind, Message, with_secrets
from tests.benchmarks.corpus.held_out_harmless import without_secrets
from tests.benchmarks.corpus.keys import discord, drawn, joined, numbers, private_key, web64
from tests.benchmarks.corpus.letters import BASE32, BASE64, HEX, LETTERS, LOWER, UPPER, WEB

SEED = 977

OWN = {
    "huggingface": Kind(drawn("hf_", 34), "HUGGING_FACE_HUB_TOKEN", "HF"),
    "huggingface-org": Kind(drawn("api_org_", 34), "HF_ORG_TOKEN", "HF"),
    "kaggle": Kind(drawn("KGAT_", 32), "KAGGLE_TOKEN", "Kaggle"),
    "modal-proxy-id": Kind(drawn("wk-", 22), "MODAL_KEY", "Modal"),
    "modal-proxy-secret": Kind(drawn("ws-", 22), "MODAL_SECRET", "Modal"),
    "modal-id": Kind(drawn("ak-", 22), "MODAL_ID", "Modal"),
    "openai-service": Kind(
        joined(drawn("sk-svcacct-", 58, WEB), "T3BlbkFJ", drawn("", 57, WEB, "k")), "OAI", "OpenAI"
    ),
    "openai-admin": Kind(
        joined(drawn("sk-admin-", 74, WEB), "T3BlbkFJ", drawn("", 73, WEB, "9")), "OAI", "OpenAI"
    ),
    "anthropic-admin": Kind(drawn("sk-ant-admin01-", 93, WEB, "AA"), "ANT", "Anthropic"),
    "anthropic-login": Kind(drawn("sk-ant-oat01-", 93, WEB, "AA"), "CLAUDE", "Anthropic"),
    "gemini": Kind(drawn("AQ.Ab8", 46, WEB, "w"), "GENAI_KEY", "Gemini"),
    "gemini-old": Kind(drawn("AIzaSy", 32, WEB, "4"), "GENAI_KEY", "Gemini"),
    "groq": Kind(drawn("gsk_", 52), "GROQ", "Groq"),
    "slack-user": Kind(
        joined("xoxp-", numbers(12), "-", numbers(12), "-", numbers(13), drawn("-", 32, HEX)),
        "SLACK",
        "Slack",
    ),
    "slack-hook": Kind(
        joined(
            "https://hooks.slack.com/services/T",
            drawn("", 10, UPPER),
            drawn("/B", 10, UPPER),
            drawn("/", 24),
        ),
        "HOOK",
        "Slack",
    ),
    "slack-refresh": Kind(drawn("xoxe-1-", 146), "SLACK_REFRESH", "Slack"),
    "discord": Kind(discord, "BOT", "Discord"),
    "discord-hook": Kind(
        joined("https://discord.com/api/webhooks/", numbers(19), drawn("/", 68, WEB)),
        "HOOK",
        "Discord",
    ),
}
VENDORS = {
    "github-login": Kind(drawn("gho_", 36), "GH", "GitHub"),
    "github-server": Kind(drawn("ghs_", 36), "GH", "GitHub"),
    "gitlab-runner": Kind(drawn("glrt-", 20, WEB), "RUNNER", "GitLab"),
    "gitlab-deploy": Kind(drawn("gldt-", 20, WEB), "DEPLOY", "GitLab"),
    "aws-session": Kind(drawn("ASIA", 16, BASE32), "AWS", "AWS"),
    "stripe-restricted": Kind(drawn("rk_live_", 99), "STRIPE", "Stripe"),
    "stripe-test": Kind(drawn("sk_test_", 99), "STRIPE", "Stripe"),
    "stripe-hook": Kind(drawn("whsec_", 32), "STRIPE", "Stripe"),
    "cerebras": Kind(drawn("csk-", 48, LOWER), "CEREBRAS", "Cerebras"),
    "tavily": Kind(drawn("tvly-dev-", 32), "TAVILY", "Tavily"),
    "runpod": Kind(drawn("rpa_", 46, UPPER), "RUNPOD", "RunPod"),
    "vault": Kind(drawn("hvs.", 90, WEB), "VAULT", "Vault"),
    "grafana": Kind(joined(drawn("glsa_", 32), "_", drawn("", 8, HEX)), "GRAFANA", "Grafana"),
    "shopify": Kind(drawn("shpat_", 32, HEX), "SHOPIFY", "Shopify"),
    "atlassian": Kind(drawn("ATATT3xFfGF0", 171, WEB, "=A1B2C3D4"), "JIRA", "Jira"),
    "airtable": Kind(joined(drawn("pat", 14), ".", drawn("", 64, HEX)), "AIRTABLE", "Airtable"),
    "figma": Kind(drawn("figd_", 40, WEB), "FIGMA", "Figma"),
    "postman": Kind(joined(drawn("PMAK-", 24, HEX), "-", drawn("", 34, HEX)), "POSTMAN", "Postman"),
    "newrelic": Kind(drawn("NRAK-", 27, UPPER), "NEWRELIC", "New Relic"),
    "supabase": Kind(drawn("sbp_", 40, HEX), "SUPABASE", "Supabase"),
    "planetscale": Kind(drawn("pscale_tkn_", 43, WEB), "PLANETSCALE", "PlanetScale"),
    "doppler": Kind(drawn("dp.pt.", 43), "DOPPLER", "Doppler"),
    "netlify": Kind(drawn("nfp_", 36), "NETLIFY", "Netlify"),
    "sentry": Kind(drawn("sntryu_", 64, HEX), "SENTRY", "Sentry"),
    "rubygems": Kind(drawn("rubygems_", 48, HEX), "GEMS", "RubyGems"),
    "square": Kind(drawn("sq0csp-", 43, WEB), "SQUARE", "Square"),
    "mailchimp": Kind(drawn("", 32, HEX, "-us12"), "MAILCHIMP", "Mailchimp"),
    "age": Kind(drawn("AGE-SECRET-KEY-1", 58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"), "AGE", "age"),
    "google-session": Kind(drawn("ya29.a0", 160, WEB), "GOOGLE", "Google"),
    "jina": Kind(drawn("jina_", 60), "JINA", "Jina"),
    "together": Kind(drawn("tgp_v1_", 43, WEB), "TOGETHER", "Together"),
    "elevenlabs": Kind(drawn("sk_", 48, HEX), "ELEVEN", "ElevenLabs"),
}
NAMED = {
    "kaggle-old": Kind(drawn("", 32, HEX), "KAGGLE_API_KEY", "Kaggle"),
    "wandb-old": Kind(drawn("", 40, HEX), "WANDB_KEY", "W&B"),
    "aws-secret": Kind(drawn("", 39, BASE64, "b"), "AWS_SECRET_KEY", "AWS"),
    "deepgram": Kind(drawn("", 40, HEX), "DEEPGRAM_API_KEY", "Deepgram"),
    "assemblyai": Kind(drawn("", 32, HEX), "ASSEMBLYAI_API_KEY", "AssemblyAI"),
    "comet": Kind(drawn("", 25), "COMET_API_KEY", "Comet"),
    "datadog": Kind(drawn("", 40, HEX), "DD_APP_KEY", "Datadog"),
    "azure-store": Kind(drawn("", 86, BASE64, "=="), "AZURE_STORAGE_KEY", "Azure"),
    "bearer": Kind(drawn("", 64, HEX), "SERVICE_AUTH_TOKEN", "the gateway"),
}
PASSWORDS = {
    "random": Kind(drawn("", 16, LETTERS + "!$%^*", "Z9$"), "MYSQL_PASSWORD", "mysql"),
    "word": Kind(joined("Tr0mbone", drawn("-", 4, LOWER), "?!"), "ADMIN_PASSWD", "admin"),
    "plain": Kind(drawn("q", 13, LOWER, "8"), "REDIS_PASSWORD", "redis"),
}
ANYWHERE = (
    "pls take this one, it is fresh: «KEY»",
    "token: «KEY»\nthx!",
    "I pasted «KEY» into the form and nothing happened",
    "sure - «KEY» - but don't share it",
    "[key](«KEY»)",
    "**«KEY»**",
    "~~«KEY»~~ no longer valid",
    '"«KEY»"',
    "“«KEY»”",
    "«KEY» ← write access",
    "my token=«KEY»;the repo is private",
    "does «KEY», look right to you?",
    "1. open settings\n2. copy «KEY»\n3. done",
    "| «SVC» | «KEY» |",
    "ENV «VAR»=«KEY»\nRUN pip install x",
    '$env:«VAR» = "«KEY»"',
    "set -x «VAR» «KEY»",
    "set «VAR»=«KEY>".replace("«KEY>", "«KEY»"),
    "[auth]\ntoken = «KEY»\nretries = 3",
    "const key = `«KEY»`;",
    'headers = {"X-Api-Key": "«KEY»", "Accept": "*/*"}',
    "wget --header='authorization: token «KEY»' https://files.example.org/x",
    "python train.py --hub-token «KEY» --epochs 3",
    'login("«KEY»", add_to_git_credential=True)',
    "git clone https://bot:«KEY»@git.example.org/team/repo.git",
    "ValueError: Invalid user token: '«KEY»'. See the docs.",
    "2026-11-26 10:02:11 WARN auth failed key=«KEY» status=403",
    '{"content": "here: «KEY»\\n", "embeds": []}',
    '"outputs": [{"text": ["logged in with «KEY»\\n"]}]',
    'args: ["--key", "«KEY»"]',
    "la mia chiave è «KEY», va bene?",
    "a minha chave: «KEY»",
    "mój klucz to «KEY».",
    "anahtarım «KEY» olacak",  # noqa: RUF001 (Turkish)
    "キーは「«KEY»」です",
    "제 키는 «KEY» 입니다",
    "मेरी कुंजी «KEY» है",
)
BESIDE_ITS_NAME = (
    "«VAR» = '«KEY»'",
    "«VAR»='«KEY»' python train.py",
    '$env:«VAR»="«KEY»"',
    "ENV «VAR» «KEY»",
    "- name: «VAR»\n  value: «KEY»",
    '"«VAR»" : "«KEY»",',
    "%env «VAR»=«KEY»",
    'os.putenv("«VAR»", "«KEY»")',
    'const «VAR» = "«KEY»";',
    "for «SVC» use the key «KEY»",
    "«SVC» key: «KEY»",
    "(«SVC» API key is «KEY»)",
    "my «SVC» api token is: *«KEY»*",
    "«SVC» access token → «KEY»",
    "here's my key for «SVC»: «KEY»",
    "la mia chiave «SVC» è «KEY»",
    "klucz do «SVC»: «KEY»",
    "«SVC» のキー: «KEY»",
)
WITH_PASSWORDS = (
    "Password is: «KEY»",
    "pass: «KEY»",
    "user: ada\npassword: «KEY»\nhost: db1",
    "the «SVC» password = «KEY»",
    '«VAR»: "«KEY»"',
    "ENV «VAR»=«KEY»",
    "{'user': 'ada', 'passwd': '«KEY»'}",
    'psql "host=db1 user=ada password=«KEY»"',
    "mysql+pymysql://ada:«KEY»@10.0.0.7/shop",
    "redis://:«KEY»@cache.example.org:6379/0",
    "log in with ada and the password «KEY» please",
    "wget --user=ada --password='«KEY»' https://files.example.org/x.zip",
    "la password è «KEY»",
    "hasło: «KEY»",
    "a senha é «KEY»",
    "パスワード: «KEY»",
    "şifre: «KEY»",
)
SECRETS = (
    Framed("own", OWN, ANYWHERE, each=14),
    Framed("vendor", VENDORS, ANYWHERE, each=9),
    Framed("named", NAMED, BESIDE_ITS_NAME, each=12),
    Framed("password", PASSWORDS, WITH_PASSWORDS, each=17),
)


def messages(random: Random) -> Iterator[Message]:
    """All of the half: with secrets, and without."""
    yield from with_secrets(random, SECRETS, files)
    yield from without_secrets(random)


def files(random: Random) -> Iterator[Message]:
    """What people paste as a whole."""
    key = NAMED["kaggle-old"].draw(random)
    text = json.dumps({"username": "grace-h", "key": key}, indent=2)
    yield Message(f"```json\n{text}\n```", (key,), "file", "kaggle.json")
    one, two = OWN["modal-id"].draw(random), drawn("as-", 22)(random)
    command = f"modal token set --token-id {one} --token-secret {two} --profile=ada"
    yield Message(command, (one, two), "file", "modal command")
    first, second = VENDORS["aws-session"].draw(random), NAMED["aws-secret"].draw(random)
    third = web64(random.randbytes(300))
    text = (
        f"[default]\naws_access_key_id = {first}\naws_secret_access_key = {second}\n"
        f"aws_session_token = {third}"
    )
    yield Message(text, (first, second, third), "file", "aws credentials")
    whole, body = private_key(random, "", 9)
    mail = "bot@acme.iam.gserviceaccount.example"
    account = {"type": "service_account", "private_key": f"{whole}\n", "client_email": mail}
    text = json.dumps(account)
    yield Message(text, (json.dumps(body)[1:-1],), "file", "service account")
    whole, body = private_key(random, "EC ", 3)
    yield Message(f"> {whole}".replace("\n", "\n> "), tuple(body.split("\n")), "file", "quoted key")
    store = NAMED["azure-store"].draw(random)
    text = f"DefaultEndpointsProtocol=https;AccountName=acme;AccountKey={store};EndpointSuffix=x"
    yield Message(text, (store,), "file", "connection string")
    key = NAMED["kaggle-old"].draw(random)
    text = json.dumps({"kaggle": {"username": "grace", "key": key}, "epochs": 3})
    yield Message(text, (key,), "file", "nested json")
    word, key = PASSWORDS["random"].draw(random), OWN["huggingface"].draw(random)
    env = f"# local only\nDEBUG=true\nDB_USER=ada\nDB_PASS={word}\nHF_TOKEN={key}\nPORT=8080"
    yield Message(env, (word, key), "file", ".env")
