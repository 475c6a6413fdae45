"""Slack: one workspace, by signed HTTP requests or by Socket Mode."""

from pydantic import SecretStr

from adapters.platforms.slack.chat import Credentials, SlackChat


def adapter(
    *,
    slack_bot_token: SecretStr | None = None,
    slack_signing_secret: SecretStr | None = None,
    slack_app_token: SecretStr | None = None,
    slack_api_url: str = "https://slack.com/api/",
) -> SlackChat | None:
    """The workspace of the settings; None when no bot token is set. Opens nothing."""
    bot_token = _value(slack_bot_token)
    if not bot_token:
        return None
    credentials = Credentials(
        bot_token=bot_token,
        signing_secret=_value(slack_signing_secret),
        app_token=_value(slack_app_token),
    )
    return SlackChat(credentials, slack_api_url)


def _value(secret: SecretStr | None) -> str:
    return secret.get_secret_value().strip() if secret else ""
