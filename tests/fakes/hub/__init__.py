"""A fake Hugging Face Hub on loopback, as its own client asks for it.

    with FakeHub() as hub:
        token = hub.token(hub.account("ann"))
        hub.datasets["ann/mails"] = dataset({"train.csv": b"..."})
        hub.fail("POST", "/commit/", 503)     # one trouble, once
        ...                                   # the app, by HF_ENDPOINT=hub.url alone
        hub.models["ann/spam"].commits        # what was published
        hub.heard("GET", "/api/whoami")       # what was asked, with whose token

It runs in a thread of its own and obeys the Hub's rules: what a token may see and write, gated and
private repositories, LFS, who is given which hardware for a Space. `hub.models`, `hub.datasets` and
`hub.spaces` may be filled and looked at by a test directly.
"""

from tests.fakes.hub.faults import Fault, Heard
from tests.fakes.hub.login import Login
from tests.fakes.hub.people import Account, Token
from tests.fakes.hub.repos import CONFIG, Commit, Model, Repo, dataset, model, safetensors
from tests.fakes.hub.server import FakeHub

__all__ = [
    "CONFIG",
    "Account",
    "Commit",
    "FakeHub",
    "Fault",
    "Heard",
    "Login",
    "Model",
    "Repo",
    "Token",
    "dataset",
    "model",
    "safetensors",
]
