"""pip's configured indexes, wheel folders and certificate, for an installer that ignores them."""

import configparser
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class PipSettings:
    """Where pip would look. Empty fields mean pip's own defaults."""

    index_url: str = ""
    extra_index_urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    cert: str = ""
    no_index: bool = False

    def uv_variables(self) -> dict[str, str]:
        """The same in uv's variables (an address may hold a password, so not as arguments).

        All indexes count alike, as they do for pip.
        """
        variables = {
            "UV_INDEX_STRATEGY": "unsafe-best-match",
            "UV_DEFAULT_INDEX": self.index_url,
            "UV_INDEX": " ".join(self.extra_index_urls),
            "UV_FIND_LINKS": ",".join(self.find_links),
            "UV_INSECURE_HOST": " ".join(self.trusted_hosts),
            "SSL_CERT_FILE": self.cert,
        }
        return {name: value for name, value in variables.items() if value}

    def uv_arguments(self) -> tuple[str, ...]:
        """What uv takes as an argument only."""
        return ("--no-index",) if self.no_index else ()


def read_pip_settings(environ: Mapping[str, str] | None = None) -> PipSettings:
    """Read pip's files and PIP_* variables, the later over the earlier, as pip does."""
    environ = os.environ if environ is None else environ
    values: dict[str, str] = {}
    for file in _files(environ):
        values.update(_options(file))
    for name, value in environ.items():
        if name.startswith("PIP_") and value:
            values[name.removeprefix("PIP_").lower().replace("_", "-")] = value
    return PipSettings(
        index_url=values.get("index-url", ""),
        extra_index_urls=tuple(values.get("extra-index-url", "").split()),
        find_links=tuple(values.get("find-links", "").split()),
        trusted_hosts=tuple(values.get("trusted-host", "").split()),
        cert=values.get("cert", ""),
        no_index=values.get("no-index", "").lower() in {"1", "true", "yes", "on"},
    )


def _files(environ: Mapping[str, str]) -> list[Path]:
    """Pip's configuration files, the weakest first; os.devnull as PIP_CONFIG_FILE means none."""
    chosen = environ.get("PIP_CONFIG_FILE", "")
    if chosen == os.devnull:
        return []
    home = Path(environ.get("HOME") or Path.home())
    user = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    systems = (environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep)
    files = [Path(folder) / "pip" / "pip.conf" for folder in systems]
    files += [Path("/etc/pip.conf"), home / ".pip" / "pip.conf", user / "pip" / "pip.conf"]
    files += [Path(sys.prefix) / "pip.conf"]
    return files + ([Path(chosen)] if chosen else [])


def _options(file: Path) -> dict[str, str]:
    parser = configparser.RawConfigParser()
    try:
        parser.read(file, encoding="utf-8")
    except (OSError, configparser.Error, UnicodeDecodeError):
        return {}
    return {
        name.replace("_", "-"): value
        for section in ("global", "install")
        if parser.has_section(section)
        for name, value in parser.items(section)
    }
