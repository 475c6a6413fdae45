"""Runs every check_… of a script beside it: python checking.py SCRIPT, without its ending.

The last line printed is {check: traceback or null}. Runs in a training environment.
"""

import importlib
import json
import sys
import traceback


def main() -> None:
    """Run them all; one that fails stops no other."""
    told: dict[str, str | None] = {}
    for name, check in sorted(vars(importlib.import_module(sys.argv[1])).items()):
        if name.startswith("check_"):
            try:
                check()
                told[name] = None
            except Exception:  # noqa: BLE001 - whatever goes wrong is the answer
                told[name] = traceback.format_exc()
    print(json.dumps(told))  # noqa: T201 - the last line is the result


if __name__ == "__main__":
    main()
