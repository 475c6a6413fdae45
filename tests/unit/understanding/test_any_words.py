"""Whatever a person types, it is understood or asked about, and never an error of ours."""

import string

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.execution_plan import known_tasks
from pipeline.hearing.expertise import expertise
from pipeline.hearing.horizon import spoken_horizon
from pipeline.hearing.leaving import left_out
from pipeline.hearing.wishes import spoken_wishes
from pipeline.understanding import equally_good, readings
from tests.unit.understanding.reports import category, column, report, text

SHOP = report(
    column("Wt (kg)", "number"),
    column("y", "boolean", 2, top=(("0", 9), ("1", 4))),
    category("Wer?", "ja", "nein"),
    column("bought on", "date", 90, frequency="D"),
    text("说明", 12),
    column("", "empty", 0),
)
SCRAPS = st.sampled_from(
    (
        *("predict", "next", "12", "weeks", "epochs", "ignore", "y", "wt", "?", ".", "don't", "'s"),
        *("private", "call it", "lr", "1e-3", "in", "minutes", "80/20", "f1", "\u2019", "use", "/"),
    )
)
WORDS = st.one_of(
    st.text(max_size=80),
    st.text(alphabet=string.printable, max_size=120),
    st.lists(SCRAPS, max_size=14).map(" ".join),
)


@given(WORDS)
@settings(max_examples=400, deadline=None)
def test_any_words_can_be_read(words: str) -> None:
    wishes = spoken_wishes(words)
    assert expertise(words, wishes) in {"novice", "intermediate", "expert"}
    assert equally_good(readings(words, SHOP, known_tasks()))
    assert set(left_out(SHOP, words)) <= set(SHOP.names)
    ahead = spoken_horizon(words, "D")
    assert ahead is None or ahead >= 1
