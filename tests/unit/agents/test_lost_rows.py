"""Rows that were cut and are gone: another process emptied them, or a disk lost them."""

from pathlib import Path

import pytest

from pipeline.editing import Edits
from pipeline.folders import remove
from pipeline.outcomes import Done
from tests.unit.model.coding import PARTS, Coding, write

pytestmark = pytest.mark.anyio


async def test_rows_that_are_gone_are_cut_again_before_the_rehearsal(tmp_path: Path) -> None:
    coding = Coding(tmp_path)
    prepared = (await coding.cut()).preprocessing
    assert prepared is not None
    remove(coding.folder.prepared)

    def cut(work: Path) -> None:
        write(work, PARTS)
        (work / "prepared.json").write_text(prepared.model_dump_json(), "utf-8")

    coding.hand.does["prepare"] = cut
    outcome = await coding.asked(Edits(edits=()))

    assert isinstance(outcome, Done)
    assert coding.is_drafted
    assert coding.hand.ran[:2] == ["prepare", "rehearsal"]
    assert coding.context is not None
    assert coding.context.preprocessing == prepared
