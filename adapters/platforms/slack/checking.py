"""What Slack says about its tokens: right, with all scopes, and able to open a socket."""

from pydantic import SecretStr
from slack_sdk.errors import SlackApiError

from adapters.platforms.slack.errors import FOREIGN, code
from adapters.platforms.slack.line import Line
from adapters.platforms.slack.manifest import SCOPES
from pipeline.ports.check import Check

_APPS = "https://api.slack.com/apps"
_REVOKED = {"account_inactive", "token_expired", "token_revoked"}


async def look(
    *,
    slack_bot_token: SecretStr | None,
    slack_app_token: SecretStr | None,
    slack_api_url: str,
) -> tuple[Check, ...]:
    """A line for the bot token, its scopes and the socket. The shapes were checked before."""
    if slack_bot_token is None:
        return ()
    line = Line(slack_bot_token.get_secret_value(), slack_api_url)
    try:
        checks = await _bot(line)
        if slack_app_token is not None and checks[0].ok:
            checks.append(await _socket(line, slack_app_token.get_secret_value()))
    finally:
        await line.close()
    return tuple(checks)


async def _bot(line: Line) -> list[Check]:
    try:
        answer = await line.once().auth_test()
    except FOREIGN as error:
        return [_failed("SLACK_BOT_TOKEN", "OAuth & Permissions", line.api_url, error)]
    detail = f"@{answer.get('user', 'bot')} in {answer.get('team', 'its workspace')}"
    granted = str(answer.headers.get("x-oauth-scopes", ""))
    return [Check(name="slack", ok=True, detail=detail), _scopes(granted)]


def _scopes(granted: str) -> Check:
    has = {scope.strip() for scope in granted.split(",") if scope.strip()}
    if not has:
        return Check(name="scopes", ok=True, detail="Slack did not say which this token has")
    missing = sorted(set(SCOPES) - has)
    if not missing:
        return Check(name="scopes", ok=True, detail=f"all {len(has)} that are needed")
    return Check(
        name="scopes",
        ok=False,
        detail=f"The bot token lacks {', '.join(missing)}.",
        hint=f"Add them at {_APPS} under OAuth & Permissions, then press Reinstall to Workspace.",
    )


async def _socket(line: Line, app_token: str) -> Check:
    try:
        await line.client(app_token, []).apps_connections_open(app_token=app_token)
    except FOREIGN as error:
        return _failed(
            "SLACK_APP_TOKEN", "Basic Information, App-Level Tokens", line.api_url, error
        )
    return Check(name="socket", ok=True, detail="Slack would open one")


def _failed(variable: str, where: str, api_url: str, error: Exception) -> Check:
    """A refusal has a code; without one it was not Slack's API that answered, if anybody."""
    if isinstance(error, SlackApiError) and (reason := code(error)):
        needed = error.response.get("needed", "a scope")
        return _refused(variable, where, reason, str(needed))
    return _unreachable(api_url, error)


def _refused(variable: str, where: str, reason: str, needed: str) -> Check:
    name = "slack" if variable == "SLACK_BOT_TOKEN" else "socket"
    if reason in _REVOKED:
        detail = f"Slack has revoked the token in {variable} ({reason})."
        hint = f"Install the app anew at {_APPS} and copy the new token from {where}."
    elif reason == "missing_scope":
        detail = f"The token in {variable} lacks {needed}."
        hint = f"Make one with that scope at {_APPS} under {where}."
    elif reason == "ratelimited":
        detail, hint = "Slack asks us to slow down.", "Try again in a minute."
    else:
        detail = f"Slack refuses the token in {variable} ({reason})."
        hint = f"Copy it again from {_APPS} under {where}."
    return Check(name=name, ok=False, detail=detail, hint=hint)


def _unreachable(api_url: str, error: Exception) -> Check:
    told = "no answer in time" if isinstance(error, TimeoutError) else type(error).__name__
    return Check(
        name="slack",
        ok=False,
        detail=f"Slack's API does not answer at {api_url} ({told}).",
        hint="Check this machine's connection and proxy, and SLACK_API_URL.",
    )
