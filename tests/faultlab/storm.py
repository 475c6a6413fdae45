"""So many hurts over a site at seeded moments; whatever was broken is whole again in the end."""

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.faultlab.hurts import IN_PEACE, Hurt, Struck
from tests.faultlab.site import Site

PAUSE = (1.0, 5.5)  # seconds between two hurts
LOOK_SECONDS, PATIENCE_SECONDS = 0.1, 30.0


@dataclass(frozen=True)
class Happened:
    """A hurt with when it began, and when it was over, by the monotonic clock."""

    kind: str
    struck: Struck
    began: float
    over: float


@dataclass
class Storm:
    """Hurts of the kinds given, each kind as often as the others; runs in a thread."""

    site: Site
    kinds: Mapping[str, Hurt]
    hurts: int
    draw: random.Random
    tell: Callable[[str], None]
    pause: tuple[float, float] = PAUSE
    happened: list[Happened] = field(default_factory=list)
    error: BaseException | None = None
    _open: list[Happened] = field(default_factory=list)
    _thread: threading.Thread | None = None

    @property
    def over(self) -> bool:
        return self._thread is not None and not self._thread.is_alive()

    def begin(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._rage()
        except BaseException as error:  # noqa: BLE001 - told where the run ends
            self.error = error
        finally:
            for one in self._open:
                one.struck.undo()

    def _rage(self) -> None:
        deck: list[str] = []
        for _ in range(self.hurts):
            self._wait(self.draw.uniform(*self.pause))
            if not deck:
                deck = sorted(self.kinds)
                self.draw.shuffle(deck)
            self._strike(deck.pop())
        left = max((one.over for one in self._open), default=0.0) - time.monotonic()
        self._wait(max(left, 0.0))

    def _strike(self, kind: str) -> None:
        if kind.startswith(("database", "connections", "queue")):
            self._wait_until_over("database")
        if kind == IN_PEACE:
            self._wait_until_over(*(one.struck.target for one in self._open))
        began = time.monotonic()
        struck = self.kinds[kind](self.site, self.draw)
        now = time.monotonic()
        self.tell(f"{kind}: {struck.target}, {struck.seconds:.1f} s")
        self._open.append(Happened(kind, struck, began, now + struck.seconds))
        self.happened.append(self._open[-1])

    def _wait_until_over(self, *targets: str) -> None:
        """One trouble of the same target at a time: two would undo each other."""
        while any(one.struck.target in targets for one in self._open):
            self._wait(LOOK_SECONDS)

    def _wait(self, seconds: float) -> None:
        """Let time pass, and undo what is over."""
        end = time.monotonic() + seconds
        while True:
            now = time.monotonic()
            for one in [one for one in self._open if one.over <= now]:
                self._open.remove(one)
                one.struck.undo()
            if now >= end:
                return
            time.sleep(min(LOOK_SECONDS, end - now))
