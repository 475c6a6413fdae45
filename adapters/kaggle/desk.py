"""What a person can ask of Kaggle over one connection."""

from dataclasses import dataclass
from typing import Self

from kagglesdk.security.services.oauth_service import OAuthClient
from kagglesdk.security.types.oauth_service import IntrospectTokenRequest

from adapters.kaggle.datasets import DataSets
from adapters.kaggle.kernels import Kernels
from adapters.kaggle.line import Line


@dataclass(frozen=True, slots=True)
class Desk:
    """All of it, for one piece of work."""

    line: Line
    kernels: Kernels
    datasets: DataSets

    @classmethod
    def at(cls, line: Line) -> Self:
        """The desk of a connection."""
        return cls(line, Kernels(line), DataSets(line))

    def whose(self, token: str) -> str | None:
        """The user name that a token of the new kind belongs to; None for one that is over."""
        answer = self.line.ask(
            OAuthClient(self.line.http).introspect_token, IntrospectTokenRequest(), token=token
        )
        return str(answer.username) if answer.active and answer.username else None
