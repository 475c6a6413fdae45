"""What all trainings on pairs of texts need: the pairs themselves, and words about settings."""

from config import BundleConfig
from pairs_reading import references_of, text_of
from tables import Table


def learned_pairs(rows: Table) -> list[tuple[str, str]]:
    """Source and target of each row; a row of several references is a pair with each of them."""
    return [(text_of(source), one) for source, cell in rows.rows for one in references_of(cell)]


def unused_settings(config: BundleConfig, used: frozenset[str] = frozenset()) -> list[str]:
    """A line about the settings of a network that this model, which is none, cannot use."""
    given = [
        name
        for name, value in config.hyperparameters.items()
        if value is not None and name not in used
    ]
    if not given:
        return []
    names = ", ".join(sorted(given))
    return [f"{config.backbone} is no network and has no {names}: not used."]
