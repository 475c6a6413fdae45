"""The generated blocks of a document: `<!-- NAME: generated -->` to `<!-- end of NAME -->`."""

from collections.abc import Mapping


def fill(document: str, blocks: Mapping[str, str]) -> str:
    """Put each block between its marks; ValueError for a mark that is missing."""
    for name, text in blocks.items():
        first, last = f"<!-- {name}: generated -->", f"<!-- end of {name} -->"
        before, found, rest = document.partition(first)
        _, closed, after = rest.partition(last)
        if not (found and closed):
            raise ValueError(f"There is no block '{name}'")
        document = f"{before}{first}\n{text}\n{last}{after}"
    return document
