"""ChrF and BLEU by sacrebleu, row by row, with the signatures that say how they were counted."""

from collections import Counter
from collections.abc import Sequence

from metrics import Counted
from sacrebleu.metrics import BLEU, CHRF
from tallies import bleu_of, chrf_of
from tongues import language_of

CUT_BY = {"zh": "zh", "ja": "char", "th": "char"}  # languages that put no spaces between words
USUAL = "13a"


def cutting_of(references: Sequence[Sequence[str]]) -> str:
    """How BLEU cuts words in the language of these texts."""
    texts = Counter(one for those in references for one in those)
    return CUT_BY.get(language_of(texts) or "", USUAL)


def counted_bleu(
    said: Sequence[str], references: Sequence[Sequence[str]], cutting: str = USUAL
) -> Counted:
    """What of every row counts for chrF and BLEU of any share of the rows."""
    bleu, chrf = BLEU(tokenize=cutting), CHRF()
    streams = streams_of(references)
    by = {
        "chrf": chrf_of(chrf._extract_corpus_statistics(list(said), streams)),  # noqa: SLF001
        "bleu": bleu_of(bleu._extract_corpus_statistics(list(said), streams)),  # noqa: SLF001
    }
    return Counted(len(said), by)


def signatures(references: Sequence[Sequence[str]], cutting: str = USUAL) -> dict[str, str]:
    """How both are counted, as sacrebleu writes it."""
    told = {}
    for name, metric in (("chrf", CHRF()), ("bleu", BLEU(tokenize=cutting))):
        said = [those[0] for those in references]
        metric.corpus_score(said, streams_of(references))
        told[name] = str(metric.get_signature())
    return told


def streams_of(references: Sequence[Sequence[str]]) -> list[list[str | None]]:
    """The first reference of each row, the second, and so on; None where a row has no more."""
    most = max(map(len, references))
    return [[those[at] if at < len(those) else None for those in references] for at in range(most)]
