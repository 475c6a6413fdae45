"""How networks are told the languages: by their tokenizer's codes, or by a sentence before it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tongues import language_of

_NAMES = {
    "ar": "Arabic", "bn": "Bengali", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "fa": "Persian", "fi": "Finnish", "fr": "French",
    "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian",
    "it": "Italian", "ja": "Japanese", "ka": "Georgian", "ko": "Korean", "nl": "Dutch",
    "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
    "sv": "Swedish", "ta": "Tamil", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian",
    "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
# As FLORES-200 and NLLB write them: language and script.
_CODES = {
    "ar": "arb_Arab", "bn": "ben_Beng", "cs": "ces_Latn", "da": "dan_Latn", "de": "deu_Latn",
    "el": "ell_Grek", "en": "eng_Latn", "es": "spa_Latn", "fa": "pes_Arab", "fi": "fin_Latn",
    "fr": "fra_Latn", "he": "heb_Hebr", "hi": "hin_Deva", "hu": "hun_Latn", "hy": "hye_Armn",
    "id": "ind_Latn", "it": "ita_Latn", "ja": "jpn_Jpan", "ka": "kat_Geor", "ko": "kor_Hang",
    "nl": "nld_Latn", "no": "nob_Latn", "pl": "pol_Latn", "pt": "por_Latn", "ro": "ron_Latn",
    "ru": "rus_Cyrl", "sv": "swe_Latn", "ta": "tam_Taml", "th": "tha_Thai", "tr": "tur_Latn",
    "uk": "ukr_Cyrl", "vi": "vie_Latn", "zh": "zho_Hans",
}  # fmt: skip
MOST_LOOKED_AT = 1_000


@dataclass(frozen=True, slots=True)
class Tongues:
    """ISO 639 codes of both sides; None where it is not plain."""

    source: str | None
    target: str | None


class Tokenizer(Protocol):
    """What of a tokenizer is used here."""

    unk_token_id: int | None

    def convert_tokens_to_ids(self, tokens: str) -> int | None:
        """The number of a token."""
        ...


def tongues_of(pairs: Sequence[tuple[str, str]]) -> Tongues:
    """The languages of the two sides of pairs."""
    some = pairs[:MOST_LOOKED_AT]
    one, other = (language_of(Counter(pair[side] for pair in some)) for side in (0, 1))
    return Tongues(one, other)


def named(code: str | None) -> str:
    """A language in English."""
    return _NAMES.get(code or "", code or "a language not recognised")


def tell_tongues(tokenizer: Tokenizer, tongues: Tongues) -> int | None:
    """Set both languages where the tokenizer knows such codes; the token outputs begin with."""
    source, target = (_CODES.get(code or "") for code in (tongues.source, tongues.target))
    if target is None or not hasattr(tokenizer, "src_lang"):
        return None
    number = tokenizer.convert_tokens_to_ids(target)
    if number is None or number == tokenizer.unk_token_id:
        return None
    tokenizer.src_lang = source or "eng_Latn"
    tokenizer.tgt_lang = target  # type: ignore[attr-defined] # tokenizers with one have the other
    return number


def prefix_of(kind: str, tongues: Tongues | None) -> str:
    """What an input of this kind of network begins with: T5 was trained with the task in words."""
    if kind not in {"t5", "mt5", "longt5"}:
        return ""
    if tongues is None:
        return "summarize: "
    return f"translate {named(tongues.source)} to {named(tongues.target)}: "
