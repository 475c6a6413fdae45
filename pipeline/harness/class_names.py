"""Names of classes that a Parquet file keeps beside their numbers, as data sets of the Hub do."""

import json
from collections.abc import Mapping

KEY = b"huggingface"
_LISTS = ("Sequence", "List", "LargeList")

Names = tuple[str, ...]


def class_names(metadata: Mapping[bytes, bytes] | None) -> dict[str, Names]:
    """By column the names that its numbers stand for, also where a cell lists several."""
    try:
        features = json.loads((metadata or {}).get(KEY, b"{}"))["info"]["features"]
        found = {str(column): _names(feature) for column, feature in features.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return {column: names for column, names in found.items() if names}


def _names(feature: object) -> Names:
    if isinstance(feature, list):
        return _names(feature[0]) if len(feature) == 1 else ()
    if not isinstance(feature, dict):
        return ()
    if feature.get("_type") in _LISTS:
        return _names(feature.get("feature"))
    names = feature.get("names")
    if feature.get("_type") != "ClassLabel" or not isinstance(names, list):
        return ()
    return tuple(names) if all(isinstance(name, str) for name in names) else ()


def named(value: object, names: Names) -> object:
    """The name of a class by its number; -1 stands for a class that is not known."""
    if isinstance(value, list):
        return [named(one, names) for one in value]
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    if value == -1:
        return None
    return names[value] if 0 <= value < len(names) else value
