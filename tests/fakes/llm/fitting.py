"""A value that fits a JSON schema: the first choice everywhere, the smallest of everything."""

from typing import Any

Json = dict[str, Any]


def fitting(schema: Json, definitions: Json | None = None) -> Any:  # noqa: ANN401 (any JSON)
    """The value."""
    known = definitions or schema.get("$defs") or schema.get("definitions") or {}
    if "$ref" in schema:
        return fitting(known[schema["$ref"].rpartition("/")[2]], known)
    for fixed in ("const", "default"):
        if fixed in schema:
            return schema[fixed]
    if "enum" in schema:
        return schema["enum"][0]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return fitting(schema[choice][0], known)
    return _of_type(schema, known)


def _of_type(schema: Json, known: Json) -> Any:  # noqa: ANN401 (any JSON)
    kind = schema.get("type", "object")
    kind = str(kind[0] if isinstance(kind, list) else kind).lower()
    if kind == "object":
        return {name: fitting(one, known) for name, one in schema.get("properties", {}).items()}
    if kind == "array":
        return [fitting(schema.get("items", {}), known)] * int(schema.get("minItems", 0))
    numbers = {"integer": int(schema.get("minimum", 1)), "number": schema.get("minimum", 0.5)}
    return {"string": "text", "boolean": True, "null": None, **numbers}.get(kind, "text")
