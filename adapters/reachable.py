"""What `doctor` says of the services outside: whether each is in reach, asked as nobody.

Whoever does not want a service needs nothing of it: one that is out of reach at its usual address
is told, and is no fault. At an address that somebody has set, it is.
"""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from adapters.kaggle.errors import API
from adapters.modal_client import SERVER_URL, nobody
from adapters.ray.client import RayClient
from adapters.ray.cluster import look as look_at_cluster
from pipeline.errors import MLTrainerError, TryAgain
from pipeline.ports.check import Check

_SECONDS = 5.0
_HUB = "https://huggingface.co"
_NO_RAY = "none; a cluster of your own is used once RAY_ADDRESS names its dashboard"
_OPEN = ", and asks for no token: keep it where nobody else can reach it"


@dataclass(frozen=True, slots=True)
class _Service:
    """One of those that people have accounts at; `use` ends the words "needed only to"."""

    name: str
    title: str
    variable: str
    usual: str
    use: str

    def line(self, address: str, why: str) -> Check:
        """`why` it cannot be used; empty where it can."""
        host = urlsplit(address).netloc.rpartition("@")[2]
        if not why:
            return Check(name=self.name, ok=True, detail=f"{host} answers; people can {self.use}")
        if address.rstrip("/") == self.usual:
            told = f"{host} {why}; it is needed only to {self.use}"
            return Check(name=self.name, ok=True, detail=told)
        cure = f"Correct {self.variable}, or remove it: then {self.usual} is asked."
        return Check(name=self.name, ok=False, detail=f"{self.title} at {host} {why}.", hint=cure)


_HUGGINGFACE = _Service(
    "hub", "Hugging Face", "HF_ENDPOINT", _HUB, "take data and weights from there and publish there"
)
_KAGGLE = _Service(
    "kaggle", "Kaggle", "KAGGLE_API_URL", API, "take data from there and train there"
)
_MODAL = _Service("modal", "Modal", "MODAL_SERVER_URL", SERVER_URL, "train there")


async def look(
    *,
    hf_endpoint: str,
    kaggle_api_url: str,
    modal_server_url: str,
    ray_address: str | None = None,
    ray_auth_token: SecretStr | None = None,
) -> tuple[Check, ...]:
    """A line a service, all asked at once; nobody's key goes along but that of our own cluster."""
    whoami = f"{hf_endpoint.rstrip('/')}/api/whoami-v2"
    quota = "v1/kernels.KernelsApiService/GetAcceleratorQuotaStatistics"
    hub, kaggle, modal, ray = await asyncio.gather(
        _asked("GET", whoami),
        _asked("POST", f"{kaggle_api_url.rstrip('/')}/{quota}"),
        _hello(modal_server_url),
        _ray(ray_address, ray_auth_token),
    )
    return (
        _HUGGINGFACE.line(hf_endpoint, hub),
        _KAGGLE.line(kaggle_api_url, kaggle),
        _MODAL.line(modal_server_url, modal),
        ray,
    )


async def _asked(method: str, address: str) -> str:
    """Why there is no answer in JSON, be it a refusal; empty where there is."""
    try:
        async with httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False) as client:
            response = await client.request(method, address, json={} if method == "POST" else None)
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return f"has trouble of its own ({response.status_code})"
        response.json()
    except httpx.TimeoutException:
        return "does not answer in time"
    except (httpx.HTTPError, httpx.InvalidURL):
        return "cannot be reached"
    except ValueError:
        return "is hidden by something else that answers in its place, such as a proxy"
    return ""


async def _hello(address: str) -> str:
    """The same of Modal, over its library's own connection: that a stranger is refused will do."""
    try:
        async with nobody(address, _SECONDS) as client:
            await client.hello()  # type: ignore[no-untyped-call]
    except TryAgain:
        return "cannot be reached"
    except MLTrainerError:
        return ""
    return ""


async def _ray(address: str | None, token: SecretStr | None) -> Check:
    if not address:
        return Check(name="ray", ok=True, detail=_NO_RAY)
    value = token.get_secret_value() if token else ""
    client = RayClient(address.rstrip("/"), value, seconds=_SECONDS, transfer_seconds=_SECONDS)
    try:
        cluster = await look_at_cluster(client)
    except MLTrainerError as error:
        return Check(name="ray", ok=False, detail=error.message, hint=error.hint)
    told = f"{client.host} answers; it has {cluster.words}"
    return Check(name="ray", ok=True, detail=told if value else f"{told}{_OPEN}")
