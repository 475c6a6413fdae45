"""How PostgreSQL is reached: addresses, and settings that notice a lost line in seconds."""

from types import MappingProxyType

import sqlalchemy as sa
from psycopg.conninfo import make_conninfo

# A line that is cut is noticed in seconds, not in the two hours that TCP takes by itself.
LINE = MappingProxyType(
    {
        "connect_timeout": 5,
        "keepalives": 1,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
    }
)
# A process that freezes within a transaction must not keep its rows locked.
UNLOCKING = "-c idle_in_transaction_session_timeout=10000"


SETTINGS = MappingProxyType({**LINE, "application_name": "mltrainer", "options": UNLOCKING})


def address(url: sa.URL, *, name: str = "mltrainer", options: str = UNLOCKING) -> str:
    """The address as PostgreSQL's own library takes it."""
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return make_conninfo(plain, application_name=name, options=options, **LINE)
