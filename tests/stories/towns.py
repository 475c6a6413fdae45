"""The platforms that a story is told on: fakes, and how a bot is led there."""

from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import FakeSlack

Town = FakeSlack | FakeDiscord


def settings_of(town: Town) -> dict[str, str]:
    """The settings that point the bot at a platform."""
    if isinstance(town, FakeDiscord):
        return {
            "DISCORD_API_URL": town.api_url,
            "DISCORD_GATEWAY_URL": town.gateway_url,
            "DISCORD_BOT_TOKEN": town.token,
        }
    settings = {
        "SLACK_API_URL": town.api_url,
        "SLACK_BOT_TOKEN": town.bot_token,
        "SLACK_SIGNING_SECRET": town.signing_secret,
    }
    return settings | ({"SLACK_APP_TOKEN": town.app_token} if town.socket_mode else {})


def listening(town: Town, url: str) -> None:
    """Tell Slack where the bot listens; at Discord the bot calls by itself."""
    if isinstance(town, FakeSlack):
        town.listen_at(f"{url}/slack/events")
