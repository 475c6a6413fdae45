"""What a look at the outside found, for the person who runs the bot. Never a secret's value."""

from pipeline.jobs import Frozen


class Check(Frozen):
    """One thing looked at; `hint` says what to do where it is not well."""

    name: str
    ok: bool
    detail: str
    hint: str = ""
