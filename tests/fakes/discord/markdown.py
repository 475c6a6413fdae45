"""What Discord's client makes of a text: what is read, and what of it links, names or is styled."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

ADDRESS = r"https?://[^\s<]+[^<.,:;\"'\]\s)]"
MAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
TOKENS = re.compile(
    r"(?P<fence>```(?:\w*\n)?(?P<fenced>.*?)\n?```)"
    r"|(?P<code>(?P<ticks>`+)(?P<coded>[^`].*?|[^`])(?P=ticks)(?!`))"
    r"|(?P<escaped>\\(?P<plain>[^0-9A-Za-z\s]))"
    r"|(?P<user><@!?(?P<user_id>\d+)>)"
    r"|(?P<role><@&(?P<role_id>\d+)>)|(?P<place><#(?P<place_id>\d+)>)"
    r"|(?P<loud>@(?:everyone|here)\b)"
    r"|(?P<time><t:\d+(?::\w)?>)|(?P<emoji><a?:\w+:\d+>)|(?P<command></[-\w ]+:\d+>)"
    rf"|(?P<masked>\[(?P<label>(?:\\.|[^\[\]\\])+)\]\(<?(?P<target>{ADDRESS}/?)>?(?:\s+\"[^\"]*\")?\))"
    rf"|(?P<angled><(?P<inside>{ADDRESS}/?|{MAIL})>)"
    rf"|(?P<bare>{ADDRESS}/?|\bdiscord\.gg/\w+)",
    re.DOTALL,
)
HEADING = re.compile(r"^(?P<sign>#{1,3}|-#)\s+(?P<words>\S.*)$", re.MULTILINE)
QUOTE = re.compile(r"^>(?:>>)? ", re.MULTILINE)
BULLET = re.compile(r"^(\s*)[-*] (?=\S)", re.MULTILINE)
STYLES = [re.escape(one) for one in ("***", "**", "__", "~~", "||", "*")]
STYLED = [re.compile(rf"(?<!\\){sign}(?=\S)(.+?)(?<=\S){sign}", re.DOTALL) for sign in STYLES]
STYLED.append(re.compile(r"(?<![\w\\])_(?=\S)(.+?)(?<=\S)_(?!\w)", re.DOTALL))
READ = {"fence": "fenced", "code": "coded", "escaped": "plain"}
LINKS = {"masked": "target", "angled": "inside", "bare": "bare"}
NAMED = {"user": "user_id", "role": "role_id"}
HELD = re.compile("\ue000(\\d+)\ue001")


@dataclass
class Reading:
    """A text as it is read. Only what the client would really do is listed, nothing escaped.

    `links` are addresses one can follow, `mentions` names and "everybody", `headings` and `styled`
    the words that look so.
    """

    text: str = ""
    links: list[str] = field(default_factory=list)
    mentions: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    styled: list[str] = field(default_factory=list)


def read(markup: str, name_of: Callable[[str], str]) -> Reading:
    """Markup as the client shows it; `name_of` knows people by their ids."""
    found, held = Reading(), list[str]()

    def hold(words: str) -> str:
        held.append(words)
        return f"\ue000{len(held) - 1}\ue001"

    def token(match: re.Match[str]) -> str:
        return hold(_token(match, found, name_of))

    def release(words: str) -> str:
        while HELD.search(words):
            words = HELD.sub(lambda one: held[int(one[1])], words)
        return words

    text = TOKENS.sub(token, markup)
    text = _lines(text, found)
    for style in STYLED:
        found.styled += [one[1] for one in style.finditer(text)]
        text = style.sub(lambda one: one[1], text)
    found.text = release(text)
    found.headings = [release(one).strip() for one in found.headings]
    found.styled = [release(one) for one in found.styled]
    return found


def _lines(text: str, found: Reading) -> str:
    """What is said by how a line begins."""

    def heading(match: re.Match[str]) -> str:
        if match["sign"] != "-#":
            found.headings.append(match["words"])
        return match["words"]

    text = QUOTE.sub("", HEADING.sub(heading, text))
    return BULLET.sub(r"\1• ", text)


def _token(match: re.Match[str], found: Reading, name_of: Callable[[str], str]) -> str:
    """What is read for one piece of markup."""
    kind = match.lastgroup or ""
    if kind in READ:
        return match[READ[kind]]
    if kind in NAMED:
        found.mentions.append(name_of(match[NAMED[kind]]))
        return "@" + found.mentions[-1]
    if kind == "loud":
        found.mentions.append("everybody")
    if kind in LINKS:
        found.links.append(match[LINKS[kind]])
        return read(match["label"], name_of).text if kind == "masked" else found.links[-1]
    return match[0]
