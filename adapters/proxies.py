"""The proxy that the environment names, for clients that would not honour NO_PROXY themselves."""

from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass

_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


def proxy(address: str) -> str | None:
    """The proxy that the environment names for an address; none for this machine itself."""
    url = urlsplit(address)
    host = url.hostname or ""
    if host in _THIS_MACHINE or proxy_bypass(host):
        return None
    return getproxies_environment().get({"ws": "http", "wss": "https"}.get(url.scheme, url.scheme))
