"""No story reaches a service outside: what is not faked is asked for where nobody listens."""

from bot.settings import Settings, variable
from tests.fakes.llm import NO_PROVIDERS
from tests.fakes.nobody import NO_SERVICES
from tests.stories.serving import surroundings

PLATFORMS = {"SLACK_API_URL", "DISCORD_API_URL"}  # called by who has a token alone


def test_every_address_outside_is_replaced() -> None:
    outside = {
        variable(name)
        for name, field in Settings.model_fields.items()
        if str(field.default).startswith("https://")
    }

    assert outside - PLATFORMS <= set(NO_SERVICES | NO_PROVIDERS)
    assert NO_SERVICES.items() <= surroundings().items()
