"""How many connections a file may have: few, more only while that makes it faster.

Pure: who calls says what time it is, in seconds of a monotonic clock.
"""

MOST_PER_FILE = 4
MOST_IN_ALL = 6
_FIRST = 2
_PAYS = 1.05  # times the speed before


class Lanes:
    """The connections of all files together."""

    def __init__(self, most: int = MOST_IN_ALL) -> None:
        self._most = most
        self._shares: list[LaneShare] = []

    def join(self, *, step_s: float, patience_s: float, hold_s: float) -> "LaneShare":
        """Begin with a file; the times are those of `Timing`."""
        share = LaneShare(self, step_s=step_s, patience_s=patience_s, hold_s=hold_s)
        self._shares.append(share)
        return share

    def leave(self, share: "LaneShare") -> None:
        """The file is done with."""
        self._shares.remove(share)

    def room_for(self, share: "LaneShare") -> int:
        """What the others leave; every file gets at least one."""
        taken = sum(other.open for other in self._shares if other is not share)
        # Who came first does not keep all: a file that has one more than its part gives it up.
        fair = -(-self._most // len(self._shares))
        return max(1, min(fair, self._most - taken))


class LaneShare:
    """The connections of one file.

    Attributes:
        open: How many it has now; who opens them says so.
    """

    def __init__(self, lanes: Lanes, *, step_s: float, patience_s: float, hold_s: float) -> None:
        self.open = 0
        self._lanes = lanes
        self._step_s = step_s
        self._patience_s = patience_s
        self._hold_s = hold_s
        self._wanted = _FIRST
        self._held_until_s = 0.0
        # On trial is the connection that was added last: since when, and what it has to beat.
        self._trial: tuple[float, float] | None = None
        self._window: tuple[float, int] | None = None

    @property
    def allowed(self) -> int:
        """How many it may have."""
        return min(self._wanted, MOST_PER_FILE, self._lanes.room_for(self))

    def measure(self, now_s: float, network_bytes: int) -> None:
        """Decide about one more or one fewer.

        Args:
            now_s: When this was.
            network_bytes: Received for this file so far.
        """
        if self._window is None or self.open < self.allowed:
            self._window = (now_s, network_bytes)  # not all are there: it would measure nothing
            return
        begun_s, begun_bytes = self._window
        if now_s - begun_s < self._step_s:
            return
        self._window = (now_s, network_bytes)
        self._decide(now_s, (network_bytes - begun_bytes) / (now_s - begun_s))

    def slow_down(self, now_s: float) -> None:
        """The server asked for less, or a connection brought nothing beside others that did."""
        self._wanted = max(1, min(self._wanted, self.open) - 1)
        self._hold(now_s)

    def _decide(self, now_s: float, bytes_per_s: float) -> None:
        if self._trial is not None:
            since_s, before = self._trial
            if bytes_per_s < before * _PAYS:
                if now_s - since_s >= self._patience_s:
                    self._wanted -= 1
                    self._hold(now_s)
                return
            self._trial = None
        most = min(MOST_PER_FILE, self._lanes.room_for(self))
        if now_s >= self._held_until_s and self._wanted < most:
            self._wanted += 1
            self._trial = (now_s, bytes_per_s)

    def _hold(self, now_s: float) -> None:
        self._trial = self._window = None
        self._held_until_s = now_s + self._hold_s
