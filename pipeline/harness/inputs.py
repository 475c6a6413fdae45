"""Which columns a model of tables reads."""

from config import BundleConfig


def inputs_of(config: BundleConfig) -> tuple[str, ...]:
    """The features and what orders the rows, but no group: new rows are of other groups."""
    groups = config.columns_of("group")
    wanted = dict.fromkeys((*config.columns_of("features"), *config.columns_of("time")))
    return tuple(name for name in wanted if name not in groups)
