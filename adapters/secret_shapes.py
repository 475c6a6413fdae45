"""How secrets look that belong to no account of ours: keys of other services, passwords, files.

A pattern without a group `secret` is a key as a whole and stands alone; with one, the rest of the
pattern is what must stand before it. Every repeat has an upper bound, so that no text is slow.
"""

import re
from typing import NamedTuple


class Shape(NamedTuple):
    """A kind of secret and the pattern that finds it."""

    kind: str
    pattern: str


# What may stand between a service's name and its key, in code, in files and in sentences.
_WORDS = r"(?:[ _.'\"-]{1,3}(?i:api|key|token|secret|is|my|the|access|here)){0,5}"
_EQUALS = r"['\"\]]{0,2}\s{0,3}[=:]?\s{0,3}['\"`]?"
# Slack makes an address of a password before a host: <mailto:PASSWORD@HOST|PASSWORD@HOST>.
_MAILTO = r"(?:<mailto:[^\s@|>]{3,128}@[^\s|>]{1,200}\|)?"

KEYS = (
    Shape("slack", r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,250}"),
    Shape("slack", r"xapp-[0-9]-[A-Za-z0-9-]{20,200}"),
    Shape("slack", r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/]{20,120}"),
    Shape("discord", r"[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,45}"),
    Shape("discord", r"/api/webhooks/[0-9]{15,22}/[A-Za-z0-9_-]{50,90}"),
    Shape("github", r"gh[pousr]_[A-Za-z0-9]{36,255}"),
    Shape("github", r"github_pat_[A-Za-z0-9_]{60,100}"),
    Shape("gitlab", r"glpat-[A-Za-z0-9_.-]{20,60}"),
    # In a signed address, which is for whoever has it, the name of the key is no secret.
    Shape("aws", r"A(?:KIA|SIA)(?<!Credential=....)[A-Z2-7]{16}"),
    Shape("openrouter", r"sk-or-v1-[0-9a-f]{48,72}"),
    Shape("xai", r"xai-[A-Za-z0-9]{60,90}"),
    Shape("wandb", r"wandb_v1_[A-Za-z0-9_]{40,120}"),
    Shape("replicate", r"r8_[A-Za-z0-9]{36,42}"),
    Shape("perplexity", r"pplx-[A-Za-z0-9]{40,60}"),
    Shape("nvidia", r"nvapi-[A-Za-z0-9_-]{50,90}"),
    Shape("google-login", r"GOCSPX-[A-Za-z0-9_-]{24,40}"),
    Shape("google-login", r"ya29\.[A-Za-z0-9_-]{30,250}"),
    Shape("stripe", r"[sr]k_(?:live|test)_[A-Za-z0-9]{16,120}"),
    Shape("pypi", r"pypi-AgE[A-Za-z0-9_-]{50,250}"),
    Shape("npm", r"npm_[A-Za-z0-9]{36}"),
    Shape("telegram", r"[0-9]{8,10}:AA[A-Za-z0-9_-]{32,34}"),
    Shape(
        "jwt",
        r"eyJ(?<![A-Za-z0-9_-]eyJ)[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{6,4000}\.[A-Za-z0-9_-]{10,1000}",
    ),
    Shape(
        "private-key",
        r"-----BEGIN[ A-Z0-9]{0,40} KEY(?: BLOCK)?-----(?:[A-Za-z0-9+/=:,.\s]|-(?!----))++"
        r"(?:-----END[ A-Z0-9]{0,40}-----)?",
    ),
)

# A checksum looks like these: they count only next to the name of their service.
NAMED = (
    Shape(
        "wandb",
        r"(?i:wandb|weights ?(?:&|and) ?biases)"
        + _WORDS
        + _EQUALS
        + r"(?P<secret>[0-9a-f]{40})(?![A-Za-z0-9])",
    ),
    Shape(
        "aws",
        r"(?i:aws)"
        + _WORDS
        + _EQUALS
        + r"(?P<secret>(?=[a-z0-9+/]{0,39}[A-Z])[A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])",
    ),
    Shape(
        "password",
        r"(?i:machine|host|default)\s{1,4}(?:\S{1,200}\s{1,9})?(?i:login)\s{1,4}\S{1,200}\s{1,9}"
        r"(?i:password)\s{1,4}(?P<secret>\S{3,200})",
    ),
    Shape(
        "password",
        r"://[^\s:/@<>|\"']{0,64}:(?P<secret>" + _MAILTO + r"[^\s/@<>|\"']{3,128})@",
    ),
)

_SPOKEN = r"(?i:passw(?:or)?d|passphrase|pwd)(?:\s{1,2}(?:key|secret|here)){0,2}"

# `NAME = value`, `"name": "value"`, "name is value". Only a value that looks drawn counts.
ASSIGNED = (
    Shape(
        "secret",
        r"(?i:api[_-]?key|secret|token|credential|access[_-]?key)(?i:s|[_-]?key|[_-]?id)?"
        r"(?:['\"\]]{0,3}\s{0,3}(?:=>|:=|=|:)\s{0,3}| (?:is|was):? {1,2})['\"`]?"
        r"(?P<secret>[^\s\"'`,;)}\]<>|&]{16,200})",
    ),
    Shape(
        "password",
        _SPOKEN + r"['\"\]]{0,3}(?:\s{0,3}[:=]{1,2}|\s{1,2}(?:is|was):?\s)\s{0,3}['\"`]?"
        r"(?P<secret>[^\s\"'`,;)}\]<>|]{8,128})",
    ),
    Shape(
        "password",
        _SPOKEN + r"\s{1,2}(?P<secret>(?=\S{0,99}[A-Z])(?=\S{0,99}[a-z])(?=\S{0,99}[0-9])"
        r"[^\s\"'`,;)}\]<>|]{8,128})",
    ),
)

_PLACEHOLDER = re.compile(
    r"(?i)x{6}|\*{3}|\.\.\.|…|your[_-]|example|changeme|redacted|_here$|\$\{|\{\{"
    r"|getenv|getpass|environ|^[$<{\[]|^%[a-z_]+%$|^(?:pass|password|passwd|pwd|secret|token|pw)$"
)
_RUN = re.compile(r"[A-Za-z0-9]{12,}+")
_ADDRESS = re.compile(r"[a-z0-9+.-]{2,12}:/|[.~]{0,2}/[^/]{1,200}/|secret:[a-z]")


def is_placeholder(value: str) -> bool:
    """Whether a value only shows where a secret would stand."""
    shown = value.rpartition("|")[2]  # behind the address that Slack makes
    return _PLACEHOLDER.search(shown) is not None


def looks_drawn(kind: str, value: str) -> bool:
    """Whether an assigned value is a secret and no name, path, number or call."""
    if "(" in value or _ADDRESS.match(value):
        return False
    if kind == "password":
        return _mixed(value)
    runs: list[str] = _RUN.findall(value)
    return any(not run.isalpha() and not run.isdigit() for run in runs)


def _mixed(password: str) -> bool:
    """A word or a number is no password; a word with digits or signs in it may be one."""
    letters = any(one.isalpha() for one in password)
    others = any(one.isdigit() or one in "!@#$%^&*?+~" for one in password.rstrip(".!?"))
    return letters and others
