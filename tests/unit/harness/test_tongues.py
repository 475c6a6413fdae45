"""The language of texts, by their script or their small words."""

from collections import Counter

import pytest

from tests.unit.harness.modules import harness

tongues = harness("tongues")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "the parcel was late but it is just what I was looking for and it works"),
        ("de", "das Paket kam zu spät, aber es ist genau das, was ich für mich gesucht habe"),
        ("fr", "le colis est arrivé en retard mais c'est ce que je cherchais pour la maison"),
        ("es", "el paquete llegó tarde pero es lo que yo buscaba para la casa y no está mal"),
        ("pl", "paczka przyszła za późno, ale to jest to, czego się w tym roku nie da kupić"),
        ("ru", "посылка пришла поздно, но это именно то, что я искал"),
        ("zh", "包裹来晚了但这正是我要找的东西"),
        ("ja", "荷物は遅れましたが、これはまさに私が探していたものです"),
        ("ko", "소포가 늦게 왔지만 제가 찾던 바로 그것입니다"),
        ("ar", "وصل الطرد متأخرا لكنه بالضبط ما كنت أبحث عنه"),
        (None, "nice camera awesome battery cheap price great phone superb screen"),
        (None, "x9 q7 zz 12"),
    ],
)
def test_a_language_is_told_when_it_is_plain(language: str | None, text: str) -> None:
    assert tongues.language_of(Counter([f"{text} {text}", text])) == language
