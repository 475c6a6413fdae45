"""Logging in with a link and a code, as the Hub's OAuth has it for devices (RFC 8628)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aiohttp import web

from tests.fakes.hub.answers import HUB


@dataclass
class Login:
    """A login that somebody is at. `token` is theirs once they have said yes."""

    device_code: str
    user_code: str
    client: str
    token: str = ""
    denied: bool = False
    over: bool = False
    renewed: int = 0

    @property
    def refresh(self) -> str:
        """What renews it once; the next one comes with the next token."""
        return f"hf_oauth_refresh_{self.device_code}_{self.renewed}"


def add_to(router: web.UrlDispatcher) -> None:
    """Its routes; both take a form, not JSON."""
    router.add_post("/oauth/device", _begin)
    router.add_post("/oauth/token", _poll)


async def _begin(request: web.Request) -> web.Response:
    hub, told = request.app[HUB], await request.post()
    if not told.get("client_id"):
        return web.json_response({"error": "invalid_client"}, status=401)
    number = len(hub.logins) + 1
    login = Login(f"device-{number}", f"WDJB-{number:04d}", str(told["client_id"]))
    hub.logins[login.device_code] = login
    answer = {
        "device_code": login.device_code,
        "user_code": login.user_code,
        "verification_uri": f"{hub.url}/oauth/device",
        "interval": 5,
        "expires_in": 900,
    }
    return web.json_response(answer)


async def _poll(request: web.Request) -> web.Response:
    told = await request.post()
    if told.get("grant_type") == "refresh_token":
        return _renew(request.app[HUB].logins.values(), told)
    login = request.app[HUB].logins.get(str(told.get("device_code")))
    if login is None or login.client != told.get("client_id"):
        return web.json_response({"error": "invalid_grant"}, status=400)
    if login.denied:
        return web.json_response({"error": "access_denied"}, status=400)
    if login.over:
        return web.json_response({"error": "expired_token"}, status=400)
    if not login.token:
        return web.json_response({"error": "authorization_pending"}, status=400)
    return _given(login)


def _renew(logins: Iterable[Login], told: Mapping[str, object]) -> web.Response:
    """Another token for a login that goes on; what renewed it has done so for the last time."""
    for login in logins:
        asked = (told.get("refresh_token"), told.get("client_id"))
        if asked == (login.refresh, login.client) and not login.over:
            login.renewed += 1
            return _given(login)
    return web.json_response({"error": "invalid_grant"}, status=400)


def _given(login: Login) -> web.Response:
    answer = {"access_token": login.token, "token_type": "bearer", "expires_in": 28800}
    return web.json_response({**answer, "refresh_token": login.refresh})
