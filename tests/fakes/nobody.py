"""Addresses at which nobody answers, for every service that a test does not fake."""

NOBODY = "http://127.0.0.1:9"
NO_SERVICES = {
    "HF_ENDPOINT": NOBODY,
    "HF_SPACES_URL": f"{NOBODY}/{{subdomain}}",
    "KAGGLE_API_URL": NOBODY,
    "MODAL_SERVER_URL": NOBODY,
    "GDRIVE_URL": NOBODY,
    "RAY_ADDRESS": "",
}
"""The settings of a bot that reaches no service outside: tests add those of their fakes."""
