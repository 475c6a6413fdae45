"""A thread of the fake Slack as a web page, to be looked at or photographed."""

import base64
from collections.abc import Iterable
from html import escape

from tests.fakes.slack.workspace import BOT_USER, Json, Workspace
from tests.fakes.watching import Seen

STYLE = """
body { font: 15px/1.46 Lato, "Liberation Sans", sans-serif; color: #1d1c1d; background: #fff;
  margin: 0; padding: 18px 22px; width: 640px }
.message { display: grid; grid-template-columns: 40px 1fr; gap: 0 12px; padding: 9px 0 }
.face { width: 38px; height: 38px; border-radius: 6px; background: #2c6e8f; color: #fff;
  display: grid; place-items: center; font-weight: 700 }
.bot .face { background: #1f5f4a }
.by { font-weight: 900 } .app { font-size: 10px; background: #e8e8e8; border-radius: 2px;
  padding: 1px 4px; margin-left: 6px; color: #555; font-weight: 700 }
.header { font-size: 18px; font-weight: 900; margin: 3px 0 }
.rich { white-space: pre-wrap; margin: 3px 0 } .context { font-size: 13px; color: #616061 }
.user { background: #e8f5fa; color: #1264a3; border-radius: 3px; padding: 0 2px }
button { font: 700 13px/28px Lato, "Liberation Sans", sans-serif; border: 1px solid #bbb;
  background: #fff; color: inherit; border-radius: 4px; padding: 0 12px; margin: 5px 8px 3px 0 }
.primary { background: #007a5a; border-color: #007a5a; color: #fff }
.danger { color: #e01e5a; border-color: #e01e5a }
img { max-width: 420px; border: 1px solid #ddd; border-radius: 6px; margin-top: 5px }
.file { border: 1px solid #ddd; border-radius: 6px; padding: 7px 12px; display: inline-block;
  margin-top: 4px }
pre { background: #f8f8f8; border: 1px solid #ddd; padding: 8px; white-space: pre-wrap }
.whisper { background: #f7f7f5 } .only { font-size: 12px; color: #616061 }
"""


def page(workspace: Workspace, messages: Iterable[Seen]) -> str:
    """One self-contained page with these messages."""
    body = "\n".join(_message(workspace, one) for one in messages)
    return f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>{body}'


def _message(workspace: Workspace, one: Seen) -> str:
    message = workspace.message(one.channel, one.ts)
    bot = message.user == BOT_USER
    app = '<span class="app">APP</span>' if bot else ""
    blocks = one.raw.get("blocks") or []
    shown = "".join(_block(workspace, block) for block in blocks) or _rich_text(one.text)
    files = "".join(_file(workspace, name) for name in message.files)
    return (
        f'<div class="message{" bot" if bot else ""}"><div class="face">{escape(one.by[:1])}</div>'
        f'<div><span class="by">{escape(one.by)}</span>{app}{shown}{files}</div></div>'
    )


def _rich_text(text: str) -> str:
    words = text.partition("[file ")[0].strip()
    return f'<div class="rich">{escape(words)}</div>' if words else ""


def _file(workspace: Workspace, file_id: str) -> str:
    file = workspace.files[file_id]
    if file.content.startswith(b"\x89PNG"):
        image = base64.b64encode(file.content).decode()
        return f'<div><img alt="{escape(file.alt)}" src="data:image/png;base64,{image}"></div>'
    return f'<div class="file">{escape(file.name)}</div>'


def _block(workspace: Workspace, block: Json) -> str:
    match block["type"]:
        case "header":
            return f'<div class="header">{escape(block["text"]["text"])}</div>'
        case "section":
            return f'<div class="rich">{escape(block["text"]["text"])}</div>'
        case "context":
            said = "".join(escape(one.get("text", "")) for one in block["elements"])
            return f'<div class="rich context">{said}</div>'
        case "rich_text":
            return "".join(_part(workspace, part) for part in block["elements"])
        case "actions":
            return f"<div>{''.join(_button(one) for one in block['elements'])}</div>"
        case _:
            return ""


def _part(workspace: Workspace, part: Json) -> str:
    inside = "".join(_run(workspace, one) for one in part["elements"])
    if part["type"] == "rich_text_preformatted":
        return f"<pre>{inside}</pre>"
    return f'<div class="rich">{inside}</div>'


def _run(workspace: Workspace, run: Json) -> str:
    if run["type"] == "user":
        return f'<span class="user">@{escape(workspace.accounts[run["user_id"]].name)}</span>'
    said = escape(run.get("text", ""))
    return f"<b>{said}</b>" if run.get("style", {}).get("bold") else said


def _button(button: Json) -> str:
    return f'<button class="{button.get("style", "")}">{escape(button["text"]["text"])}</button>'
