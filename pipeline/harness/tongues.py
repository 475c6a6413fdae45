"""The language of a column of texts: by its script, else by the small words it is full of."""

import re
from collections import Counter
from collections.abc import Mapping

from forms import some

MOST_TEXTS = 400
FEWEST_WORDS = 20
_SURE = 1.3  # the first language has this many times the small words of the second
_PRESENT = 0.12  # share of small words below which the words are names, codes or another language
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile("[\u3400-\u9fff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("bn", re.compile("[\u0980-\u09ff]")),
    ("ta", re.compile("[\u0b80-\u0bff]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("hy", re.compile("[\u0530-\u058f]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
)
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_PERSIAN = re.compile("[پچژگی]")
_UKRAINIAN = re.compile("[іїєґІЇЄҐ]")
_SMALL = {
    "en": "the of and to in is you that it he was for on are as with his they at be this have from"
    " or had by but not what all were we when your can said there an which she do how if will my"
    " i a me so up just no",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es"
    " an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über ich wir war",
    "fr": "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il"
    " sont avec son je nous vous mais été à cette ou elle aux c'est très tout bien deux",
    "es": "de la que el en y a los se del las un por con no una su para es al lo como más pero sus"
    " le ya o este sí porque esta entre cuando muy sin sobre me hay yo mi todo dos hombre",
    "it": "di e il la che in un a per è una sono con non del si da le dei come al più o ma ha della"
    " i alla anche nel gli lo mi ho questo delle se ci mio due uomo nella molto",
    "pt": "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao"
    " ele das tem à seu sua ou ser quando muito há nos já está eu também só pelo você isso",
    "nl": "de het een en van ik te dat die in je is niet op zijn met voor er maar dan zou om als"
    " aan bij ook of was heeft naar uit nog wel geen deze door over we man wordt mijn",
    "sv": "och i att det som en på är av för med till den har de inte om ett han men var jag sig"
    " från vi så kan man när år under också efter eller nu sin där mycket",
    "no": "og i det er på som en til å av for at med har de ikke den om et han var jeg seg fra vi"
    " så kan man når eller nå sin der meget hun også ble",
    "da": "og i det er på som en til at af for med har de ikke den om et han var jeg sig fra vi så"
    " kan man når eller nu sin der meget hun også blev",
    "pl": "w i na z do nie się to jest o że a po za od jak dla przez tym co ale czy są był go tak"
    " jej już tylko jego oraz być może które",
    "cs": "a se v na je že to s z do o i ve jako za by ale si po jsou k pro tak jsem od být který"
    " už jen byl",
    "ro": "și de a la în cu pe nu o că este din pentru mai un care se au ce sunt fost lui fi prin"
    " dar sau",
    "hu": "a az és hogy nem is egy van ez meg de csak már volt ha mint el még vagy azt ki lesz",
    "fi": "ja on ei se että hän oli mutta ovat kun niin myös joka kuin mitä jos minä ole tai nyt",
    "tr": "ve bir bu da de için ne çok ile o var gibi daha ben kadar olarak ama sonra değil ki",
    "id": "yang dan di dengan ini untuk dari dalam tidak itu pada akan ke ada juga saya adalah",
    "vi": "và của là có không được cho một các trong người với này đã những để khi đó",
}
_LISTS = {language: frozenset(words.split()) for language, words in _SMALL.items()}


def language_of(counts: Mapping[str, int]) -> str | None:
    """ISO 639 code of the language of most of these texts; None when it is not plain."""
    text = "\n".join(some(counts, MOST_TEXTS))[: 1 << 18]
    return _by_script(text) or _by_words(text)


def _by_script(text: str) -> str | None:
    letters = len(_LETTER.findall(text))
    for language, signs in _SCRIPTS:
        found = len(signs.findall(text))
        # Japanese mixes its own signs with Chinese ones, so a tenth is enough.
        if found > letters * (0.1 if language == "ja" else 0.5) and found:
            if language == "ru" and _UKRAINIAN.search(text):
                return "uk"
            return (
                "fa" if language == "ar" and len(_PERSIAN.findall(text)) > found / 20 else language
            )
    return None


def _by_words(text: str) -> str | None:
    words = Counter(word.replace("\u2019", "'") for word in _WORD.findall(text.lower()))
    total = words.total()
    if total < FEWEST_WORDS:
        return None
    shares = Counter(
        {language: sum(words[word] for word in small) / total for language, small in _LISTS.items()}
    )
    (first, most), (_, second) = shares.most_common(2)
    return first if most >= _PRESENT and most >= _SURE * second else None
