"""How secrets look that are known by the words around them: unmarked keys, passwords, assignments.

A pattern without a group `secret` is a key as a whole and stands alone; with one, the rest of the
pattern is what must stand before it. Every repeat has an upper bound, so that no text is slow.
"""

import re
from typing import NamedTuple


class Shape(NamedTuple):
    """A kind of secret and the pattern that finds it.

    Wherever the pattern can match, one of the `marks` stands in small letters: where none does,
    nothing is searched. Without marks the pattern begins with letters, which are found fast.
    """

    kind: str
    pattern: str
    marks: tuple[str, ...] = ()


# What may stand between a service's name and its key, in code, in files and in sentences.
_WORDS = r"(?:[ _.'\"-]{1,3}(?i:api|key|token|secret|is|my|the|access|here|ist|est|es|de)){0,5}"
_EQUALS = r"['\"\]]{0,2}\s{0,3}[=:]?\s{0,3}['\"`]?"
# Slack makes an address of a password before a host: <mailto:PASSWORD@HOST|PASSWORD@HOST>.
_MAILTO = r"(?:<mailto:[^\s|>]{3,128}@[^\s|>]{1,200}\|)?"

# A checksum looks like these: they count only next to the name of their service.
NAMED = (
    Shape(
        "wandb",
        r"(?i:wandb|weights ?(?:&|and) ?biases)"
        + _WORDS
        + _EQUALS
        + r"(?P<secret>[0-9a-f]{40})(?![A-Za-z0-9])",
        marks=("b",),
    ),
    Shape(
        "aws",
        r"(?i:aws)"
        + _WORDS
        + _EQUALS
        + r"(?P<secret>(?=[a-z0-9+/]{0,39}[A-Z])[A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])",
        marks=("aws",),
    ),
    Shape(
        "aws",
        r"A[KS]IA[A-Z2-7]{16}[\s'\",;:|]{1,8}(?P<secret>[A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])",
    ),
    Shape(
        "password",
        r"(?i:machine|host|default)\s{1,4}(?:\S{1,200}\s{1,9})?(?i:login)\s{1,4}\S{1,200}\s{1,9}"
        r"(?i:password)\s{1,4}(?P<secret>\S{3,200})",
        marks=("login",),
    ),
    Shape(
        "password",
        r"://[^\s:/@<>|\"']{0,64}:(?P<secret>" + _MAILTO + r"[^\s/<>|\"']{3,128})@",
        marks=("://",),
    ),
)

_STRONG = ("key", "secret", "token", "credential", "jeton", "geheimnis")
_STRONGLY = (
    r"(?:api|access|secret|auth|account|private|signing|encryption|storage|subscription|app|client"
    r"|bearer|session|refresh|master|admin)[ _-]{0,2}(?:key|token|secret)s?"
    r"|secret|token(?!s?[ _-](?:class|count|limit|length|usage|id|accura|loss|level|embed|budget"
    r"|type|data|distri|freq|merg|prob|weight|mask|cost|rate|pric|per|vocab|window|sequence))"
    r"|credential|jeton|geheimnis"
)
_KEY = (
    *(
        "key",
        "schlüssel",
        "schluessel",
        "clé",
        "clef",
        "clave",
        "llave",
        "chiave",
        "chave",
        "klucz",
    ),
    *("sleutel", "nyckel", "nøgle", "avain", "kulcs", "anahtar", "κλειδί", "ключ", "ключа"),
    *("密钥", "密鑰", "秘钥", "キー", "키", "चाबी", "कुंजी", "مفتاح", "מפתח"),
)
_PASSWORD = (
    *(
        "password",
        "passwd",
        "passphrase",
        "passcode",
        "pwd",
        "passwort",
        "kennwort",
        "mot de passe",
    ),
    *("contraseña", "contrasena", "senha", "hasło", "haslo", "wachtwoord", "lösenord", "salasana"),
    *("adgangskode", "heslo", "jelszó", "parola", "şifre", "пароль", "пароля", "密码", "密碼"),
    *("パスワード", "비밀번호", "암호", "पासवर्ड", "كلمة المرور", "סיסמה"),
)
# These have keys that are no secret.
_OPEN = (
    r"(?P<open>primary|foreign|cache|sort|partition|public|hash|join|unique|index|dict|object|map"
    r"|surrogate|composite|routing|message|row|shard|idempotency|lookup|record|fact|license)[ _-]?"
)
# These have something after them that looks drawn and is no secret.
_SUMS = (
    r"(?i:commit|rev|sha|md5|hash|check|digest|run|job|uuid|etag|image|file|version|trace|model)"
)
_A_KEY = rf"(?<![A-Za-z])(?:{'|'.join(_KEY)})"
_BETWEEN = (
    r"(?i:s|[_-](?:id|value))?['\"\]]{0,3}"
    rf"(?:[ ](?!{_SUMS})(?:[^\s:=,;.!?→]|\.(?=[a-z])){{1,16}}(?![^\s:=,;.!?→])){{0,4}}"
)
_IS = r"(?:is|was|ist|lautet|est|es|è|é|to|jest|var)"
_SAID = rf"(?:[\"'],\s{{0,2}}(?=[\"'])|\s{{0,2}}(?:=>|:=|[:=→~-]|是|は|\uff1a|為|为)|[ ]{_IS}:?)"
_OPENED = r"[\s*`'\"«„“「(<]"
_LONG = r"(?P<secret>(?!/)[A-Za-z0-9_.+/=~-]{20,2000})"
_VALUE = r"(?P<secret>[^\s\"'`,;)}\]<>|]{8,128})"

# `NAME = value`, `"name": "value"`, "name is value". Only a value that looks assigned counts.
ASSIGNED = (
    Shape(
        "secret",
        r"(?i:api[_-]?key|secret|token|credential|(?:access|account)[_-]?key)"
        r"(?i:s|[_-]?(?:access[_-]?)?key|[_-]?id)?"
        r"(?:['\"\]]{0,3}\s{0,3}(?:=>|:=|=|:)\s{0,3}| (?:is|was):? {1,2})['\"`]?"
        r"(?P<secret>[^\s\"'`,;)}\]<>|&]{16,2000})",
        marks=_STRONG,
    ),
)
# "the key for this is value", in several languages. Only a value that looks drawn counts.
SPOKEN = (
    Shape(
        "secret",
        rf"(?i:(?:{_OPEN})?(?:{_STRONGLY}|{_A_KEY})){_BETWEEN}{_SAID}{_OPENED}{{0,4}}{_LONG}",
        marks=(*_STRONG, *_KEY),
    ),
    Shape("secret", rf"(?i:{_STRONGLY}){_BETWEEN}{_OPENED}{{1,4}}{_LONG}", marks=_STRONG),
    Shape(
        "secret",
        r"(?i:(?:use|using|try|take|with) (?:the|this|that)|my|our|your)"
        rf"(?: (?!{_SUMS})[^\s:=,;!?]{{1,16}}){{0,2}} (?i:{_OPEN})?(?i:key)[ :]{{1,2}}{_LONG}",
        marks=("key",),
    ),
    Shape(
        "secret",
        r"(?i:name)['\"]?\s{0,2}[:=]\s{0,2}['\"]?[A-Za-z0-9_]{0,60}(?i:KEY|TOKEN|SECRET)[A-Z0-9_]{0,20}"
        rf"['\"]?,?\s{{1,20}}['\"]?(?i:value)['\"]?\s{{0,2}}[:=]\s{{0,2}}['\"]?{_LONG}",
        marks=("value",),
    ),
    # "key 0a1b…" without a word between may be any sum.
    Shape(
        "secret",
        rf"(?i:(?:{_OPEN})?{_A_KEY}){_BETWEEN}{_OPENED}{{1,4}}(?=[^\sA-Z]{{0,99}}[A-Z]){_LONG}",
        marks=_KEY,
    ),
    Shape("secret", rf"(?i:bearer|basic)\s{{1,2}}{_LONG}", marks=("bearer", "basic")),
    Shape(
        "password",
        rf"(?i:{'|'.join(_PASSWORD)})\s{{1,2}}(?P<secret>[^\s\"'`,;)}}\]<>|]{{12,128}})",
        marks=_PASSWORD,
    ),
)
# The first part of a key that was sent in pieces: cut off it has no shape but its front.
BEGUN = (
    Shape(
        "secret",
        r"(?:hf_|gsk_|KGAT_|gh[opsur]_|github_pat_|AIza|sk-(?:proj-|ant-)?|xox[abeprs]-|xapp-)"
        r"[A-Za-z0-9_-]{10,250}",
        marks=("hf_", "gsk_", "kgat_", "gh", "aiza", "sk-", "xox", "xapp-"),
    ),
)
# The same for passwords, which people make up.
PASSWORDS = (
    Shape(
        "password",
        rf"(?i:{'|'.join(_PASSWORD)}|_pass)(?:\s{{1,2}}(?:key|secret|here)){{0,2}}['\"\]]{{0,3}}"
        rf"(?:\s{{0,3}}(?:[:=]{{1,2}}|=>|\uff1a|是|は)|\s{{1,2}}{_IS}:?\s)\s{{0,3}}['\"`*]{{0,2}}{_VALUE}",
        marks=("_pass", *_PASSWORD),
    ),
    Shape(
        "password",
        r"(?:^|[\n,;({\"'])[ ]{0,4}(?i:pw|pass)(?: (?:for|to|of) [^\n:=]{1,40}?)?['\"]?"
        rf"\s{{0,2}}[:=]\s{{0,2}}['\"`*]{{0,2}}{_VALUE}",
        marks=("pw", "pass"),
    ),
    Shape(
        "password",
        rf"(?i:{'|'.join(_PASSWORD)})\s{{1,2}}"
        rf"(?=\S{{0,99}}[A-Z])(?=\S{{0,99}}[a-z])(?=\S{{0,99}}[0-9]){_VALUE}",
        marks=_PASSWORD,
    ),
    Shape(
        "password",
        r"(?:-u|--user)[ =]['\"]?[^\s:'\"/]{1,64}:(?P<secret>[^\s'\"]{4,128})",
        marks=("-u",),
    ),
)

_PLACEHOLDER = re.compile(
    r"(?i)x{6}|\*{3}|\.\.\.|…|your[_-]|example|changeme|redacted|_here$|\$\{|\{\{"
    r"|getenv|getpass|environ|^[$<{\[]|^%[a-z_]+%$|^(?:pass|password|passwd|pwd|secret|token|pw|tiger|postgres|root|admin|guest|test)$"
    r"|replace[_-]|paste[_-]|insert[_-]|dummy|placeholder"
)
_RUN = re.compile(r"[A-Za-z0-9]{12,}+")
_ADDRESS = re.compile(r"[a-z0-9+.-]{2,12}:/|[.~]{0,2}/[^/]{1,200}/|secret:[a-z]")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_TURN = re.compile(r"(?<=[0-9])(?=[A-Za-z])|(?<=[A-Za-z])(?=[0-9])")
_RISE = re.compile(r"(?<=[a-z])(?=[A-Z])")


def is_placeholder(value: str) -> bool:
    """Whether a value only shows where a secret would stand."""
    shown = value.rpartition("|")[2]  # behind the address that Slack makes
    return _PLACEHOLDER.search(shown) is not None


def looks_assigned(value: str) -> bool:
    """Whether a value that is assigned to a secret is one, and no name, path, number or call."""
    if "(" in value or _ADDRESS.match(value):
        return False
    return has_run(value)


def has_run(text: str) -> bool:
    """Whether digits and letters stand together somewhere: no drawn value is without that."""
    runs = (match[0] for match in _RUN.finditer(text))
    return any(not run.isalpha() and not run.isdigit() for run in runs)


def looks_drawn(value: str) -> bool:
    """Whether a value in a sentence was drawn: digits and letters take turns in a long run."""
    if _UUID.search(value) or "(" in value:
        return False
    return any(_turns(run) for run in _RUN.findall(value))


def _turns(run: str) -> bool:
    turns = len(_TURN.findall(run))
    return turns >= 3 or (turns >= 1 and len(_RISE.findall(run)) >= 3)  # noqa: PLR2004 (said above)


def looks_like_a_password(value: str) -> bool:
    """A word or a number is no password; a word with digits or signs in it may be one."""
    if "(" in value or _ADDRESS.match(value):
        return False
    letters = any(one.isalpha() for one in value)
    others = any(one.isdigit() or one in "!@#$%^&*?+~" for one in value.rstrip(".!?"))
    return (letters and others) or (value.isalpha() and _jumps(value))


def _jumps(word: str) -> bool:
    """Whether small and large letters take turns more often than in JoinedWords."""
    return len(_RISE.findall(word)) * 4 >= len(word)
