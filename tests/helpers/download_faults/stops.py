"""Stops of every kind: kills, pauses, restarts, sleep, two processes, a clock that jumps."""

import pathlib
import shutil
import subprocess
import sys
import threading

from app.domain.downloads.folder import Wish, job_folder
from app.domain.downloads.jobs import State
from tests.helpers.download_faults.desk import Desk, Row, Unavailable
from tests.helpers.download_kit import leave_wish
from tests.helpers.hub import Fault

_RATE = 20_000_000
_SLOWLY = 2_000_000
_SLEEP_S = 8
# Five times what is promised, for a machine that is busy; `scripts/bench downloads` measures it.
_ANSWER_S = 1.0

# The wall clock jumps a day ahead and back again.
_JUMPING_CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
int clock_gettime(clockid_t id, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    static unsigned readings;
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(id, now);
    if (id == CLOCK_REALTIME && ++readings / 64 % 2) now->tv_sec += 86400;
    return result;
}
"""


def _three_kills(desk: Desk) -> None:
    desk.hub.bytes_per_s_per_connection = _RATE
    for share in (0.25, 0.5, 0.75):
        with desk.own_worker() as worker:
            desk.wait_for_share(desk.begin(worker), share, worker)
            worker.kill()
    desk.hub.bytes_per_s_per_connection = 0
    desk.download()


def _pause_restart_resume(desk: Desk) -> None:
    desk.hub.bytes_per_s_per_connection = _RATE
    with desk.own_worker() as worker:
        request_id = desk.begin(worker)
        desk.wait_for_share(request_id, 0.4, worker)
        worker.cancel(request_id)
        desk.end(request_id, worker)
    desk.hub.bytes_per_s_per_connection = 0
    with desk.own_worker() as worker:
        desk.download(worker)


def _wish(wish: Wish) -> Row:
    """Another process leaves a file; then the job is asked for again."""

    def act(desk: Desk) -> None:
        desk.hub.bytes_per_s_per_connection = _RATE
        request_id = desk.begin()
        desk.wait_for_share(request_id, 0.3)
        leave_wish(desk.models_folder, desk.job, wish)
        desk.end(request_id)
        desk.hub.bytes_per_s_per_connection = 0
        if wish is Wish.CANCEL:  # the window takes the job away then
            shutil.rmtree(job_folder(desk.models_folder, desk.job.id))
        desk.download()

    word = wish.removeprefix("wish-")
    name = f"{word} by another process, then once more"
    return Row(name=name, act=act, expected=f"stopped {word}, installed", most_served=2)


def _window_dies(desk: Desk) -> None:
    """The worker's stdin ends; whoever comes next goes on."""
    desk.hub.bytes_per_s_per_connection = _RATE
    with desk.own_worker() as worker:
        desk.wait_for_share(desk.begin(worker), 0.3, worker)
        assert worker.close() == 0, "it did not end with its stdin"
    desk.hub.bytes_per_s_per_connection = 0
    desk.download()


def _two_at_once(desk: Desk) -> None:
    desk.hub.bytes_per_s_per_connection = _SLOWLY
    first = desk.begin()
    desk.wait_for_share(first, 0.01)
    with desk.own_worker() as other:
        desk.download(other)
    desk.hub.bytes_per_s_per_connection = 0
    desk.end(first)


def _second_inherits(desk: Desk) -> None:
    desk.hub.bytes_per_s_per_connection = _RATE
    with desk.own_worker() as first:
        desk.wait_for_share(desk.begin(first), 0.3, first)
        with first.frozen():
            desk.download()
        first.kill()
    desk.hub.bytes_per_s_per_connection = 0
    desk.download()


def _sleep(desk: Desk) -> None:
    """A laptop sleeps: nothing runs, and every connection is dead when it wakes."""
    desk.hub.bytes_per_s_per_connection = _RATE
    with desk.own_worker(pace=1) as worker:
        request_id = desk.begin(worker)
        desk.wait_for_share(request_id, 0.3, worker)
        with worker.frozen():
            desk.hub.stop()
            threading.Event().wait(_SLEEP_S)
            desk.hub.start()
        desk.end(request_id, worker)


def _clock_jumps(desk: Desk) -> None:
    library = _jumping_clock(desk.folder)
    desk.hub.bytes_per_s_per_connection = _RATE
    with desk.own_worker(environment={"LD_PRELOAD": str(library)}) as worker:
        request_id = desk.begin(worker)
        desk.wait_for_share(request_id, 0.4, worker)
        worker.cancel(request_id)
        desk.end(request_id, worker)
        desk.hub.bytes_per_s_per_connection = 0
        desk.download(worker)


def _jumping_clock(folder: pathlib.Path) -> pathlib.Path:
    """A library that is loaded before libc."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        raise Unavailable("there is no C compiler, or this is not Linux")
    source, library = folder / "clock.c", folder / "clock.so"
    source.write_text(_JUMPING_CLOCK)
    command = [compiler, "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
    subprocess.run(command, check=True, capture_output=True)
    return library


def _stops_while(name: str, fault: Fault, state: State) -> Row:
    """Cancelled in a state in which nothing comes, and answered at once."""

    def act(desk: Desk) -> None:
        desk.hub.fault(fault)
        request_id = desk.begin()
        desk.hub.wait_for(lambda log: any(e.origin == fault.origin and not e.is_over for e in log))
        desk.worker.wait_for_state(request_id, lambda s: s.state is state)
        desk.worker.cancel(request_id)
        desk.worker.end_of(request_id, limit_s=_ANSWER_S)
        desk.end(request_id)

    return Row(name=f"cancelled while {name}", act=act, expected="stopped", most_served=1)


ROWS = (
    Row(name="three SIGKILLs", act=_three_kills, is_slow=True, most_served=1.1),
    Row(name="pause, restart, resume", act=_pause_restart_resume, expected="stopped, installed"),
    Row(name="the window dies, then a restart", act=_window_dies),
    _wish(Wish.PAUSE),
    _wish(Wish.CANCEL),
    Row(
        name="two processes on one folder",
        act=_two_at_once,
        expected="DownloadElsewhere, installed",
        most_served=1.5,
    ),
    Row(
        name="two processes, the first frozen, then killed",
        act=_second_inherits,
        expected="DownloadElsewhere, installed",
        most_served=1.1,
    ),
    Row(name="sleep of 8 s in which all connections end", act=_sleep, is_slow=True),
    Row(
        name="a wall clock that jumps a day ahead and back all the time",
        act=_clock_jumps,
        expected="stopped, installed",
        is_slow=True,
        most_served=1.2,
    ),
    _stops_while(
        "the Hub does not answer",
        Fault(origin="hub", method="HEAD", delay_s=60),
        State.CONNECTING,
    ),
    _stops_while("the CDN does not answer", Fault(origin="cdn", delay_s=60), State.CONNECTING),
    _stops_while(
        "nothing comes",
        Fault(origin="cdn", stall_after_bytes=5_000_000, stall_s=60),
        State.DOWNLOADING,
    ),
)
