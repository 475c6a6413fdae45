"""How the keys of common services look that belong to no account of ours.

Each begins with something that only its service writes. Where a front is short, what follows must
look drawn. Every repeat has an upper bound, so that no text is slow.
"""

from adapters.secret_shapes import Shape

_HEX = "[0-9a-f]"
_ANY = "[A-Za-z0-9]"
_WEB = "[A-Za-z0-9_-]"
_DIGIT_SOON = "(?=[A-Za-z_-]{0,40}[0-9])"  # words have none

_CHAT = (
    Shape("slack", r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,250}"),
    Shape("slack", r"xapp-[0-9]-[A-Za-z0-9-]{20,200}"),
    Shape(
        "slack",
        r"(?:https?://)?hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/[\w/]{20,120}",
        marks=("hooks.slack",),
    ),
    Shape("discord", r"[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,45}"),
    Shape(
        "discord",
        r"(?:https?://(?:canary\.|ptb\.)?discord(?:app)?\.com)?"
        r"/api/(?:v[0-9]{1,2}/)?webhooks/[0-9]{15,22}/[A-Za-z0-9_-]{50,90}",
        marks=("webhooks",),
    ),
    Shape("telegram", r"[0-9]{8,10}:AA[A-Za-z0-9_-]{32,34}", marks=(":aa",)),
    Shape("sendgrid", rf"SG\.{_WEB}{{16,32}}\.{_WEB}{{32,64}}"),
    Shape("twilio", rf"SK(?={_HEX}{{0,12}}[0-9]){_HEX}{{32}}"),
    Shape("mailgun", rf"key-(?={_HEX}{{0,12}}[0-9]){_HEX}{{32}}"),
    Shape("mailgun", rf"pubkey-{_HEX}{{32}}"),
    Shape("mailchimp", rf"{_HEX}{{32}}-us[0-9]{{1,2}}", marks=("-us",)),
    Shape("resend", rf"re_{_ANY}{{6,10}}_{_ANY}{{20,30}}"),
    Shape("brevo", rf"xkeysib-{_HEX}{{64}}-{_ANY}{{16}}"),
)
_CODE = (
    Shape("github", r"gh[pousr]_[A-Za-z0-9]{36,255}", marks=("gh",)),
    Shape("github", r"github_pat_[A-Za-z0-9_]{60,100}"),
    Shape("gitlab", r"gl(?:pat|ptt|dt|rt|soat|ft|imt|agent|cbt|oas)-[A-Za-z0-9_.-]{20,90}"),
    Shape("bitbucket", rf"ATBB{_ANY}{{32}}"),
    Shape("pypi", r"pypi-AgE[A-Za-z0-9_-]{50,250}"),
    Shape("circleci", rf"CCI(?:PAT|PRJ)_{_ANY}{{20,30}}_{_HEX}{{40}}"),
    Shape("buildkite", rf"bkua_{_HEX}{{40}}"),
    Shape("sourcegraph", rf"sgp_(?:[0-9a-z]{{1,20}}_)?{_HEX}{{40}}"),
    Shape("contentful", rf"CFPAT-{_WEB}{{40,50}}"),
    Shape("hubspot", r"pat-(?:na|eu|ap)[0-9]-[0-9a-f]{8}-[0-9a-f-]{27}"),
    Shape("1password", rf"ops_eyJ{_WEB}{{100,1200}}"),
    Shape("npm", r"npm_[A-Za-z0-9]{36}"),
    Shape("rubygems", rf"rubygems_{_HEX}{{48}}"),
    Shape("crates", rf"cio{_ANY}{{32}}"),
    Shape("docker", rf"dckr_(?:pat|oat)_{_WEB}{{20,60}}"),
    Shape("jfrog", rf"AKC[bp]{_ANY}{{60,80}}"),
    Shape("sentry", r"sntry(?:s|u)_[A-Za-z0-9_+/=-]{40,300}"),
    Shape("sonar", rf"sq[upa]_{_HEX}{{40}}"),
    Shape("postman", rf"PMAK-{_HEX}{{24}}-{_HEX}{{34}}"),
    Shape("figma", rf"fig[dou]r?_{_WEB}{{38,60}}"),
    Shape("notion", rf"(?:ntn_{_ANY}{{40,60}}|secret_{_ANY}{{43}})", marks=("ntn_", "secret_")),
    Shape("linear", rf"lin_(?:api|oauth)_{_ANY}{{32,70}}"),
    Shape("airtable", rf"pat{_ANY}{{14}}\.{_HEX}{{64}}"),
    Shape("atlassian", r"ATATT3[A-Za-z0-9_=-]{100,250}"),
    Shape("asana", r"[0-9]/[0-9]{14,18}(?:/[0-9]{14,18})?:[0-9a-f]{32}", marks=(":",)),
    Shape("prefect", rf"pn[ub]_{_ANY}{{36}}"),
    Shape("grafana", rf"gl(?:sa_{_ANY}{{32}}_{_HEX}{{8}}|c_[A-Za-z0-9+/=]{{32,400}})"),
    Shape("newrelic", r"NRAK-[A-Z0-9]{27}"),
    Shape("datadog", rf"dd(?:apikey|appkey|pat)_{_ANY}{{24,80}}"),
    Shape("age", r"AGE-SECRET-KEY-1[A-Z0-9]{58}"),
)
_CLOUDS = (
    # In a signed address, which is for whoever has it, the name of the key is no secret.
    Shape("aws", r"A(?:KIA|SIA|BIA|CCA)(?<!Credential=....)[A-Z2-7]{16}"),
    Shape("aws", r"ABSK[A-Za-z0-9+/]{100,200}={0,2}"),
    Shape("google-login", r"GOCSPX-[A-Za-z0-9_-]{24,40}"),
    Shape("google-login", r"ya29\.[A-Za-z0-9_-]{30,250}"),
    Shape("google-login", rf"1//0{_WEB}{{40,120}}"),
    Shape("azure", rf"{_WEB}{{3}}[0-9]Q~[A-Za-z0-9_.~-]{{31,34}}", marks=("q~",)),
    Shape("digitalocean", rf"do[por]_v1_{_HEX}{{64}}"),
    Shape("databricks", rf"dapi{_HEX}{{32}}(?:-[0-9])?"),
    Shape("heroku", r"HRKU-[A-Za-z0-9_-]{30,80}"),
    Shape("flyio", r"fo1_[A-Za-z0-9_-]{40,60}|fm[12][ar]?_[A-Za-z0-9+/=_-]{80,400}", marks=("_",)),
    Shape("netlify", rf"nf[pcubo]_{_ANY}{{36}}"),
    Shape("render", rf"rnd_{_ANY}{{28,40}}"),
    Shape("tailscale", rf"tskey-(?:auth|api|client)-{_WEB}{{16,70}}"),
    Shape("pulumi", rf"pul-{_HEX}{{40}}"),
    Shape("mongodb", rf"mdb_sa_sk_{_WEB}{{30,60}}"),
    Shape("dropbox", rf"sl\.(?:u\.)?(?={_WEB}{{0,60}}[0-9]){_WEB}{{120,1400}}"),
    Shape("vercel", rf"vc[pkai]_{_ANY}{{24,60}}"),
    Shape("vault", rf"hv[sbr]\.{_WEB}{{20,300}}"),
    Shape("terraform", rf"{_ANY}{{14}}\.atlasv1\.{_WEB}{{60,80}}", marks=(".atlasv1.",)),
    Shape("doppler", rf"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{{2,35}}\.)?{_ANY}{{40,44}}"),
    Shape("supabase", rf"sbp_(?:oauth_|v0_)?{_HEX}{{40}}|sb_secret_{_WEB}{{20,60}}", marks=("sb",)),
    Shape("planetscale", r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,64}"),
    Shape("neon", rf"napi_{_ANY}{{50,80}}|npg_{_ANY}{{12,40}}", marks=("n",)),
    Shape("runpod", r"rpa_[A-Za-z0-9]{30,60}"),
    Shape("cloudflare", rf"v1\.0-{_HEX}{{24}}-{_HEX}{{146}}"),
    Shape("stripe", r"[sr]k_(?:live|test|prod)_[A-Za-z0-9]{16,120}", marks=("k_",)),
    Shape("stripe", r"whsec_[A-Za-z0-9+/]{24,64}"),
    Shape("shopify", rf"shp(?:at|ca|pa|ss)_{_HEX}{{32}}"),
    Shape("square", rf"EAAA{_WEB}{{56,64}}"),
    Shape("square", rf"sq0[a-z]{{3}}-{_WEB}{{22,50}}"),
    Shape("mapbox", rf"[st]k\.eyJ{_WEB}{{20,300}}\.{_WEB}{{16,60}}", marks=("k.eyj",)),
)
_MODELS = (
    Shape("openrouter", r"sk-or-v1-[0-9a-f]{48,72}"),
    Shape("xai", r"xai-[A-Za-z0-9]{60,90}"),
    Shape("wandb", r"wandb_v1_[A-Za-z0-9_]{40,120}"),
    Shape("replicate", r"r8_[A-Za-z0-9]{36,42}"),
    Shape("perplexity", r"pplx-[A-Za-z0-9]{40,60}"),
    Shape("nvidia", r"nvapi-[A-Za-z0-9_-]{50,90}"),
    Shape("cerebras", rf"csk-{_DIGIT_SOON}[a-z0-9]{{40,60}}"),
    Shape("fireworks", rf"fw_{_DIGIT_SOON}{_ANY}{{20,40}}"),
    Shape("together", rf"tgp_v1_{_WEB}{{36,60}}"),
    Shape("tavily", rf"tvly-(?:dev-|prod-)?{_DIGIT_SOON}{_WEB}{{24,60}}"),
    Shape("jina", rf"jina_{_DIGIT_SOON}{_WEB}{{50,80}}"),
    Shape("voyage", rf"(?:pa|al)-{_DIGIT_SOON}{_WEB}{{40,60}}", marks=("pa-", "al-")),
    Shape("elevenlabs", rf"sk_{_HEX}{{48}}"),
    Shape("pinecone", rf"pcsk_{_ANY}{{4,8}}_{_ANY}{{50,80}}"),
    Shape("langsmith", rf"ls(?:v2_(?:pt|sk)_|__){_HEX}{{32}}(?:_{_HEX}{{8,12}})?"),
    Shape("langfuse", r"[sp]k-lf-[0-9a-f]{8}-[0-9a-f-]{27}", marks=("k-lf-",)),
    Shape("anyscale", rf"(?:esecret|aph0)_{_ANY}{{20,80}}", marks=("esecret_", "aph0_")),
    Shape("lightning", rf"sk-lit-{_ANY}{{20,80}}"),
    Shape("firecrawl", rf"fc-{_HEX}{{32}}"),
    Shape("exa", rf"exa_{_ANY}{{30,60}}"),
)
_ANYWHERE = (
    Shape(
        "jwt",
        r"eyJ(?<![A-Za-z0-9-]eyJ)[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{6,4000}\.[A-Za-z0-9_-]{10,1000}",
    ),
    Shape(
        "private-key",
        r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:[A-Za-z0-9+/=:,.>\s]|-(?!----))++(?:-----END[ A-Z0-9]{0,40}-----)?",
    ),
)

KEYS = (*_CHAT, *_CODE, *_CLOUDS, *_MODELS, *_ANYWHERE)
