"""A thread of the fake Discord as a web page, to be looked at or photographed."""

import base64
import re
from collections.abc import Iterable, Iterator
from html import escape

from tests.fakes.discord.world import File, Json, Message, World

BUTTON_STYLES = {1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link"}
PING = re.compile(r"&lt;@!?(\d+)&gt;")
STYLE = """
body { font: 16px/1.375 "gg sans", "Noto Sans", "Liberation Sans", sans-serif; color: #dbdee1;
  background: #313338; margin: 0; width: 640px }
.bar { display: flex; align-items: center; gap: 8px; padding: 12px 18px; font-weight: 600;
  color: #f2f3f5; border-bottom: 1px solid #26272b; background: #313338 }
.bar svg { color: #80848e; flex: none } .bar .in { color: #80848e; font-weight: 500 }
.message { display: grid; grid-template-columns: 40px 1fr; gap: 0 16px; padding: 8px 18px }
.message.called { background: #3b3834; box-shadow: inset 2px 0 #f0b132 }
.face { width: 40px; height: 40px; border-radius: 50%; background: #3ba55d; color: #fff;
  display: grid; place-items: center; font-weight: 600; text-transform: uppercase }
.bot .face { background: #5865f2 }
.by { font-weight: 600; color: #f2f3f5 } .bot .by { color: #c9cdfb }
.app { font: 600 10px/15px "Noto Sans", "Liberation Sans", sans-serif; background: #5865f2;
  color: #fff; border-radius: 4px; padding: 1px 5px; margin-left: 6px; vertical-align: 1px }
.text { white-space: pre-wrap; overflow-wrap: anywhere } .text + .text { margin-top: 8px }
.heading { font-size: 18px; font-weight: 700; color: #f2f3f5; margin: 2px 0 }
.small { font-size: 13px; color: #949ba4 }
.user { background: #3c4270; color: #c9cdfb; border-radius: 3px; padding: 0 2px }
.container { background: #2b2d31; border: 1px solid #3f4147; border-left: 4px solid #5865f2;
  border-radius: 8px; padding: 12px 16px; margin-top: 6px }
.buttons { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 10px }
button { font: 500 14px/32px "gg sans", "Noto Sans", "Liberation Sans", sans-serif; border: 0;
  border-radius: 8px; padding: 0 14px; color: #fff; background: #4e5058 }
.primary { background: #5865f2 } .danger { background: #da373c } .success { background: #248046 }
img { max-width: 440px; border-radius: 8px; margin-top: 6px; display: block }
.file { display: inline-flex; gap: 10px; align-items: center; background: #2b2d31; margin-top: 6px;
  border: 1px solid #3f4147; border-radius: 8px; padding: 10px 16px; color: #00a8fc }
.file .size { color: #949ba4; font-size: 12px } .file svg { color: #b5bac1 }
pre { background: #1e1f22; border-radius: 4px; padding: 8px; white-space: pre-wrap;
  font: 13px/1.4 "Noto Sans Mono", "Liberation Mono", monospace; margin: 6px 0 }
code { background: #1e1f22; border-radius: 3px; padding: 1px 3px; font-size: 85% }
"""
THREAD = (
    '<svg width="22" height="22" viewBox="0 0 22 22" fill="none" stroke="currentColor" '
    'stroke-width="2" stroke-linecap="round"><path d="M8 3 6 17M14 3l-1 6M4 7h14M3 13h6"/>'
    '<path d="M12 12h7v5h-3l-2 2v-2h-2z" fill="currentColor" stroke-linejoin="round"/></svg>'
)
SHEET = (
    '<svg width="22" height="26" viewBox="0 0 22 26" fill="currentColor"><path d="M3 0h11l6 6v18'
    'a2 2 0 0 1-2 2H3a2 2 0 0 1-2-2V2a2 2 0 0 1 2-2z" opacity=".5"/><path d="M14 0l6 6h-6z"/></svg>'
)


def page(world: World, messages: Iterable[str], title: str, viewer: str = "") -> str:
    """One self-contained page with these messages, given by their ids, as `viewer` sees them."""
    body = "\n".join(_message(world, world.messages[one], viewer) for one in messages)
    bar = f'<div class="bar">{THREAD}{escape(title)}</div>'
    return f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>{bar}{body}'


def _message(world: World, one: Message, viewer: str) -> str:
    author = world.accounts[one.author]
    app = '<span class="app">APP</span>' if author.bot else ""
    called = " called" if viewer and viewer in one.pinged else ""
    shown = "".join(_shown(world, one))
    return (
        f'<div class="message{" bot" if author.bot else ""}{called}">'
        f'<div class="face">{escape(author.name[:1])}</div>'
        f'<div><span class="by">{escape(author.name)}</span>{app}{shown}</div></div>'
    )


def _shown(world: World, one: Message) -> Iterator[str]:
    if said := one.body.get("content"):
        yield _text(world, said)
    components = one.body.get("components") or []
    yield from (_component(world, one, part) for part in components)
    placed = str(components)
    yield from (_file(one) for one in one.files if f"attachment://{one.name}" not in placed)


def _component(world: World, message: Message, part: Json) -> str:
    inside = "".join(_component(world, message, one) for one in part.get("components") or [])
    match part["type"]:
        case 1:  # a row of buttons
            return f'<div class="buttons">{inside}</div>'
        case 2:
            return _button(part)
        case 10:
            return _text(world, part["content"])
        case 12:  # a gallery of pictures
            urls = [item["media"]["url"] for item in part["items"]]
            return "".join(
                _file(one) for one in message.files if f"attachment://{one.name}" in urls
            )
        case 17:
            colour = f"border-left-color: #{part.get('accent_color') or 0x3F4147:06x}"
            return f'<div class="container" style="{colour}">{inside}</div>'
        case _:
            return inside


def _button(button: Json) -> str:
    style = BUTTON_STYLES.get(button.get("style", 2), "secondary")
    away = " ↗" if style == "link" else ""
    return f'<button class="{style}">{escape(button.get("label", ""))}{away}</button>'


def _file(file: File) -> str:
    if file.content.startswith(b"\x89PNG"):
        image = base64.b64encode(file.content).decode()
        return f'<img alt="{escape(file.alt)}" src="data:image/png;base64,{image}">'
    size = f'<div class="size">{max(len(file.content) / 1024, 0.01):.2f} KB</div>'
    return f'<div class="file">{SHEET}<div>{escape(file.name)}{size}</div></div>'


def _text(world: World, markdown: str) -> str:
    """Discord's own markup, as far as the bot writes it: blocks of code, then lines."""
    parts = markdown.split("```")
    drawn = (
        f"<pre>{escape(part.strip())}</pre>" if number % 2 else _lines(world, part.strip("\n"))
        for number, part in enumerate(parts)
    )
    return f'<div class="text">{"".join(drawn)}</div>'


def _lines(world: World, text: str) -> str:
    drawn = ""
    for line in text.split("\n"):
        if line.startswith("### "):
            drawn += f'<div class="heading">{_marked(world, line[4:])}</div>'
        elif line.startswith("-# "):
            drawn += f'<div class="small">{_marked(world, line[3:])}</div>'
        else:
            drawn += f"<div>{_marked(world, line) or '&nbsp;'}</div>" if text else ""
    return drawn


def _marked(world: World, line: str) -> str:
    """One line: what stands behind a backslash is taken as it is."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(escape(found[1]))
        return f"\0{len(kept) - 1}\0"

    def name(found: re.Match[str]) -> str:
        account = world.accounts.get(found[1])
        return f'<span class="user">@{escape(account.name if account else found[1])}</span>'

    safe = escape(re.sub(r"\\([^A-Za-z0-9\s])", keep, line), quote=False)
    safe = re.sub(r"`([^`]+)`", r"<code>\1</code>", PING.sub(name, safe))
    safe = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", safe)
    return re.sub("\0(\\d+)\0", lambda found: kept[int(found[1])], safe)
