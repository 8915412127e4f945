"""Which downloads run, and what may follow on what: rules without a disk and without a clock."""

from collections.abc import Iterable, Sequence
from itertools import islice

from app.domain.downloads.jobs import Download, State

# Two share the line better than many, and one that waits for its server does not hold up the other.
MOST_ACTIVE = 2

_WORKING = frozenset({State.CONNECTING, State.DOWNLOADING, State.WAITING, State.VERIFYING})
_FROM_WORK = _WORKING | {State.QUEUED, State.PAUSED, State.FAILED, State.INSTALLED}

# Whatever works may be held up by the queue, the person or a fault, and ends at any moment: a file
# that is found on this PC needs no network. What stands still moves through the queue only, so
# that the worker's last words about a job that was paused meanwhile change nothing.
TRANSITIONS: dict[State, frozenset[State]] = {
    State.QUEUED: _FROM_WORK - {State.QUEUED},
    State.CONNECTING: _FROM_WORK - {State.CONNECTING},
    State.DOWNLOADING: _FROM_WORK - {State.DOWNLOADING},
    State.WAITING: _FROM_WORK - {State.WAITING},
    State.VERIFYING: _FROM_WORK - {State.VERIFYING},
    State.PAUSED: frozenset({State.QUEUED}),
    State.FAILED: frozenset({State.QUEUED, State.PAUSED}),
    State.INSTALLED: frozenset({State.QUEUED}),
}


def may_become(now: State, then: State) -> bool:
    """Whether that state may follow; every state may go on."""
    return now is then or then in TRANSITIONS[now]


def stands_still(download: Download) -> bool:
    """Whether nothing happens to it before somebody wishes so, or somebody else does it."""
    at_rest = {State.PAUSED, State.FAILED, State.INSTALLED}
    return download.state in at_rest or download.is_elsewhere or download.job.is_dismissed


def choose_running(downloads: Iterable[Download], *, is_offline: bool) -> tuple[str, ...]:
    """Take the ids of those that have to be worked on now.

    The first in the queue; of one repository only one at a time, because its builds share the
    projector, which the second finds where the first put it. What another process works on counts
    too, but stops nothing that runs: both processes would stop, and begin again together.

    Args:
        downloads: In the order of the queue.
        is_offline: Nothing is fetched.
    """
    if is_offline:
        return ()
    downloads = tuple(downloads)
    taken = {one.job.repository.lower() for one in downloads if one.is_elsewhere}
    firsts: dict[str, str] = {}
    for download in downloads:
        repository = download.job.repository.lower()
        may_run = repository not in taken or download.state in _WORKING
        if may_run and not stands_still(download):
            firsts.setdefault(repository, download.job.id)
    return tuple(islice(firsts.values(), MOST_ACTIVE))


def move(ids: Sequence[str], moved: str, position: int) -> tuple[str, ...]:
    """Put one of them at a position, counted from 0; one beyond the ends is the nearest end."""
    others = [other for other in ids if other != moved]
    position = max(0, min(position, len(others)))
    return (*others[:position], moved, *others[position:])
