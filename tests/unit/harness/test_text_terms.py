"""What a text model keeps of its examples: words, and nobody's key."""

import json

import pytest

from pipeline.jobs import TaskType
from pipeline.recipe import recipe_folder
from tests.unit.harness.conftest import Ask

TEXT = str(recipe_folder(TaskType("text_classification")))
KEYS = ("hf_" + "Qz7" * 11, "3f9" * 10 + "ab", "sk-" + "proj-" + "Ab3_" * 8)
WORDS = (
    "call2win",
    "antidisestablishmentarianism",
    "1800123456",
    "v2",
    "東京都の天気は2023年も晴れ",
)
TERMS = f"""
import json, sys
sys.path.append({TEXT!r})
from predict import View
said = json.loads(sys.stdin.read())
vectorizer = View("words", 1, 2).vectorizer().fit(["see you there " + " ".join(said)])
print(json.dumps([*vectorizer.vocabulary_]))
"""


@pytest.fixture
def terms(ask: Ask) -> list[str]:
    done = ask(TERMS, stdin=json.dumps([*KEYS, *WORDS]))
    assert done.returncode == 0, done.stderr
    told: list[str] = json.loads(done.stdout)
    return told


def test_a_key_in_a_text_is_no_word_of_the_model(terms: list[str]) -> None:
    drawn = [one for one in terms if any(key.lower()[-12:] in one for key in KEYS)]
    assert drawn == []


def test_words_and_numbers_stay_however_long(terms: list[str]) -> None:
    assert [one for one in WORDS if one not in terms] == []
