"""S5: a training at a service sees names that are allowed, and no other variable of anybody.

The service's own variables are planted, the bot's own are, and the training prints all it has.
"""

import json
from pathlib import Path

import pytest

from adapters.parcel import carry
from tests.fakes.jobs import ANN
from tests.fakes.modal.server import ANN_TOKEN, BEN_TOKEN
from tests.stories.canaries import Canaries
from tests.unit.modal.conftest import House, house, modal

pytestmark = pytest.mark.anyio
__all__ = ["house", "modal"]  # fixtures
ALLOWED = {
    *("PATH", "LD_LIBRARY_PATH", "HOME", "TMPDIR", "LANG", "LC_CTYPE", "HF_HUB_OFFLINE"),
    *("PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PYTHONNOUSERSITE", "PYTHONHASHSEED"),
    *("OMP_WAIT_POLICY", "TOKENIZERS_PARALLELISM", "CUDA_VISIBLE_DEVICES"),
}
OF_SERVICE = (  # Modal puts an identity token into each machine
    *("MODAL_IDENTITY_TOKEN", "MODAL_TASK_ID", "AWS_SECRET_ACCESS_KEY", "HF_TOKEN"),
    *("KAGGLE_KEY", "GITHUB_TOKEN", "WANDB_API_KEY", "SSH_AUTH_SOCK", "PIP_INDEX_URL"),
)
OF_BOT = (
    *("MLTRAINER_MASTER_KEYS", "SLACK_BOT_TOKEN", "DISCORD_BOT_TOKEN", "DATABASE_URL"),
    *("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "MODAL_TOKEN_SECRET", "HUGGING_FACE_HUB_TOKEN"),
)
SHOWS = """
import json, os, pathlib
seen = dict(os.environ)
print(json.dumps(seen), flush=True)
"""


@pytest.fixture
def canaries(house: House, monkeypatch: pytest.MonkeyPatch) -> Canaries:
    """A value in every variable of the bot and of the service, and the tokens of two people."""
    planted = Canaries()
    for name in OF_BOT:
        monkeypatch.setenv(name, planted.plant(f"{name} of the bot"))
    for name in OF_SERVICE:
        house.modal.ann.environment[name] = planted.plant(f"{name} of the service")
    for token in (ANN_TOKEN, BEN_TOKEN):
        for value in token:
            planted.keep(f"token {value[:3]}", value, 3)
    house.modal.ann.environment["CUDA_VISIBLE_DEVICES"] = "0"
    return planted


async def shown(house: House) -> dict[str, str]:
    """The whole environment of a training there."""
    state = await house.ended(await house.runtime.submit(house.request(SHOWS), ANN))
    return next(json.loads(line) for line in state.lines if '"PATH"' in line)


async def test_a_training_at_modal_sees_only_the_allowed_names(
    house: House, canaries: Canaries
) -> None:
    seen = await shown(house)

    assert set(seen) <= ALLOWED
    assert seen["CUDA_VISIBLE_DEVICES"] == "0"
    assert canaries.found_in("its environment", json.dumps(seen).encode()) == []


async def test_what_is_sent_to_modal_holds_no_key(house: House, canaries: Canaries) -> None:
    await house.ended(await house.runtime.submit(house.request(SHOWS), ANN))

    (sandbox,) = house.modal.ann.sandboxes.values()
    assert list(sandbox.asked.secret_ids) == []
    assert canaries.found_in("the request", sandbox.asked.SerializeToString()) == []
    images = json.dumps(list(map(list, house.modal.ann.images.values())))
    assert canaries.found_in("the image", images.encode()) == []
    for volume in house.modal.ann.volumes.values():
        assert canaries.found_below(Path(volume.folder), ".") == []


async def test_where_every_name_passes_the_same_test_finds(
    house: House, canaries: Canaries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = carry.__file__ and Path(carry.__file__).read_text("utf-8")
    pattern = 're.compile(r"PATH|LD_LIBRARY_PATH|CUDA_\\w+|NVIDIA_\\w+")'
    assert pattern in text
    open_carry = tmp_path / "carry.py"
    open_carry.write_text(text.replace(pattern, 're.compile(".*")'), "utf-8")
    monkeypatch.setattr("adapters.runtimes.modal.CARRY", open_carry)
    monkeypatch.setattr("adapters.parcel.packing.CARRY", open_carry)

    seen = await shown(house)

    assert not set(seen) <= ALLOWED
    assert "MODAL_IDENTITY_TOKEN of the service in x" in canaries.found_in(
        "x", json.dumps(seen).encode()
    )
