"""What a service may say of a key besides yes and no, for the verdict on a stored one.

Each is an error of the tree, so that whoever knows no verdicts does the right thing with it.
"""

from pipeline.errors import PersonCanFix, TryAgain


class Narrow(PersonCanFix):
    """The service knows the key, but does not let it do what it is here for."""


class Slowed(TryAgain):
    """The service asks to slow down; the key may be good."""


class Troubled(TryAgain):
    """The service has trouble of its own; the key may be good."""
