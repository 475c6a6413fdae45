"""The program `mltrainer`: whatever goes wrong ends in two readable lines and an exit code."""

import os
import signal
import sys
from collections.abc import Sequence

_INTERRUPTED = 130
_WRONG_USE = 2
_OWNER_ONLY = 0o077


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command line and leave with its exit code."""
    sys.exit(run(sys.argv[1:] if arguments is None else list(arguments)))


def run(arguments: list[str]) -> int:
    """Run one command line; returns its exit code. No error gets past this."""
    os.umask(_OWNER_ONLY)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    from typer.exceptions import TyperException  # noqa: PLC0415  (Ctrl-C is handled from here on)

    from bot.cli.app import app  # noqa: PLC0415  (as above)

    try:
        code = app(arguments, standalone_mode=False, prog_name="mltrainer")
    except TyperException as error:
        return _wrong_use(error.format_message())
    except (KeyboardInterrupt, EOFError):
        return _INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except Exception as error:  # noqa: BLE001  (the edge: a person never meets a traceback)
        return _told(error)
    return code if isinstance(code, int) else 0


def _wrong_use(message: str) -> int:
    from bot.cli.output import note  # noqa: PLC0415  (only after an error)

    note("error: " + " ".join(message.split()))
    note("next:  mltrainer --help, or mltrainer COMMAND --help")
    return _WRONG_USE


def _told(error: Exception) -> int:
    """Say it in two lines; what nobody foresaw goes with its traceback to the home's log."""
    from bot.cli.endings import tell  # noqa: PLC0415  (only after an error)

    return tell(error)


if __name__ == "__main__":
    main()
