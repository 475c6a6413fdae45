"""Discord: any number of servers and direct messages, over one connection to the gateway."""

from pydantic import SecretStr

from adapters.platforms.discord.chat import DiscordChat


def adapter(
    *,
    discord_bot_token: SecretStr | None = None,
    discord_api_url: str = "https://discord.com/api/v10",
    discord_gateway_url: str | None = None,
) -> DiscordChat | None:
    """The bot of the settings; None when no token is set. Opens nothing."""
    token = discord_bot_token.get_secret_value().strip() if discord_bot_token else ""
    return DiscordChat(token, discord_api_url, discord_gateway_url) if token else None
