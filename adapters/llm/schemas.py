"""The schema of a reply as every provider takes it: closed, and with no more than its shape.

Bounds, patterns and defaults are not sent, as half of the providers refuse them; the reply is held
against its type afterwards anyway.
"""

from typing import Any

from pydantic import BaseModel

_SHAPE = ("type", "description", "enum", "const", "anyOf", "items", "properties", "$ref")


def closed(reply: type[BaseModel]) -> dict[str, Any] | None:
    """The schema; None for a type with room for anything, which no provider can be held to."""
    whole = reply.model_json_schema()
    try:
        schema = _closed(whole)
        if named := whole.get("$defs"):
            schema["$defs"] = {name: _closed(one) for name, one in named.items()}
    except _Open:
        return None
    return schema


class _Open(Exception):
    """A place in a schema where anything may stand."""


def _closed(node: dict[str, Any]) -> dict[str, Any]:
    kept = {name: node[name] for name in _SHAPE if name in node}
    if len(only := node.get("allOf", ())) == 1:
        kept |= _closed(only[0])
    if not kept.keys() - {"description"}:
        raise _Open
    if "anyOf" in kept:
        kept["anyOf"] = [_closed(one) for one in kept["anyOf"]]
    if kept.get("type") == "array":
        kept["items"] = _closed(kept.get("items", {}))
    if kept.get("type") == "object":
        if not kept.get("properties") or node.get("additionalProperties"):
            raise _Open
        kept["properties"] = {name: _closed(one) for name, one in kept["properties"].items()}
        kept["required"] = list(kept["properties"])
        kept["additionalProperties"] = False
    return kept
