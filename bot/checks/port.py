"""The port of the web server: free, or this home's own server listens on it."""

import socket

from bot.settings import Settings
from bot.wiring import home_lock
from pipeline.ports.check import Check

ORDER = 60


async def look(settings: Settings) -> tuple[Check, ...]:
    """Bind it for a moment."""
    if settings.port == 0:
        return (Check(name="port", ok=True, detail="0: any free one, told at start"),)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("0.0.0.0", settings.port))  # noqa: S104  (as the server does)
    except OSError as error:
        return (_taken(settings, error),)
    return (Check(name="port", ok=True, detail=f"{settings.port} is free"),)


def _taken(settings: Settings, error: OSError) -> Check:
    holder = home_lock(settings).holder() if settings.home.is_dir() else None
    if holder is not None and holder.everything:
        detail = f"{settings.port} is taken, while process {holder.pid} serves this home"
        return Check(name="port", ok=True, detail=detail)
    return Check(
        name="port",
        ok=False,
        detail=f"{settings.port} cannot be used: {error.strerror}.",
        hint="Stop the program that has it, or set PORT to another number.",
    )
