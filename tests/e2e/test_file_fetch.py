"""One file from the test hub: every fault ends with the right bytes, or with one clear sentence."""

import time

import msgspec
import pytest

from app.domain.downloads.jobs import State
from app.domain.downloads.segments import SEGMENT_BYTES
from app.domain.errors import (
    HubRefused,
    NetworkDown,
    PublishedFileChanged,
    RepositoryGated,
    WrongBytes,
)
from tests.helpers.file_fetching import FileFetching, is_downloading
from tests.helpers.hub import Fault, Pattern

MB = 10**6
SIZE = 20 * MB


@pytest.fixture
def fetching(hub, tmp_path):
    return FileFetching(hub, tmp_path, Pattern(SIZE))


def test_a_file_arrives(fetching):
    assert fetching.run() == fetching.wanted.sha256
    assert fetching.hub.bytes_sent() == SIZE
    assert list(dict.fromkeys(s.state for s in fetching.states)) == [
        State.CONNECTING,
        State.DOWNLOADING,
        State.VERIFYING,
    ]
    assert fetching.states[-1].bytes_done == fetching.states[-1].network_bytes == SIZE


def test_everything_that_came_is_told_with_its_host(fetching):
    fetching.run()
    host = fetching.hub.cdn_url.rpartition("/")[2]
    assert {told for told, count in fetching.traffic if count} == {host}
    assert sum(count for _, count in fetching.traffic) == SIZE


def test_the_token_goes_to_the_hub_only(fetching):
    fetching.run()
    assert {(entry.origin, entry.had_auth) for entry in fetching.hub.log} == {
        ("hub", True),
        ("cdn", False),
    }


def test_a_redirect_is_followed_once(fetching):
    fetching.run()
    assert len([entry for entry in fetching.hub.log if entry.origin == "hub"]) == 1


def test_an_empty_file_needs_no_network(hub, tmp_path):
    fetching = FileFetching(hub, tmp_path, b"")
    assert fetching.run() == fetching.wanted.sha256
    assert hub.log == []


def cut(**how):
    return Fault(origin="cdn", cut_after_bytes=5 * MB, **how)


FAULTS = {
    "end of the connection": [cut(times=1)],
    "end of the connection, three times": [cut(times=3)],
    "reset": [cut(resets=True, times=1)],
    "reset, three times": [cut(resets=True, times=3)],
    "error 500": [Fault(origin="cdn", status=500, times=2)],
    "error 503 in the middle": [Fault(origin="cdn", status=503, skip=1, times=1)],
    "error 408": [Fault(origin="cdn", status=408, times=1)],
    "error 429": [Fault(origin="cdn", status=429, headers={"Retry-After": "1"}, times=1)],
    "error 400": [Fault(origin="cdn", status=400, times=1)],
    "error 403": [Fault(origin="cdn", status=403, times=2)],
    "error 404": [Fault(origin="cdn", status=404, times=1)],
    "error 416 after a cut": [cut(times=1), Fault(origin="cdn", status=416, times=1)],
    "another part than asked for": [Fault(origin="cdn", shift_bytes=1000, times=1)],
    "a part that is too short": [Fault(origin="cdn", shorter_bytes=MB, times=1)],
    "no length": [Fault(origin="cdn", drops_headers=("Content-Length",), has_no_length=True)],
    "a web page": [Fault(origin="cdn", is_portal=True, times=2)],
    "a web page instead of the redirect": [Fault(origin="hub", is_portal=True, times=1)],
    "no range after a cut": [cut(times=1), Fault(origin="cdn", ignores_range=True, times=1)],
    "silence": [Fault(origin="cdn", stall_after_bytes=MB, stall_s=30, times=1)],
    "silence before the answer": [Fault(origin="cdn", delay_s=30, times=1)],
    "a drip": [Fault(origin="cdn", bytes_per_s=200, times=1)],
    "no ETag": [Fault(origin="cdn", drops_headers=("ETag", "Last-Modified"))],
    "a packed answer": [Fault(origin="cdn", headers={"Content-Encoding": "gzip"}, times=1)],
}


@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
def test_a_fault_costs_little(fetching, faults):
    for fault in faults:
        fetching.hub.fault(fault)
    assert fetching.run() == fetching.wanted.sha256
    assert fetching.states[-1].network_bytes <= 1.1 * SIZE
    assert fetching.states[-1].state is State.VERIFYING


def test_links_that_expire_cost_nothing(hub, tmp_path):
    fetching = FileFetching(hub, tmp_path, Pattern(4 * SIZE))
    hub.link_life_s = 0.2
    hub.bytes_per_s_per_connection = 60 * MB
    assert fetching.run() == fetching.wanted.sha256
    assert fetching.locations > 1
    assert fetching.states[-1].network_bytes == 4 * SIZE


def test_a_server_without_ranges_sends_everything_once(fetching):
    fetching.hub.fault(Fault(origin="cdn", ignores_range=True))
    assert fetching.run() == fetching.wanted.sha256
    assert fetching.hub.bytes_sent() <= 1.05 * SIZE


def test_a_server_that_forgets_ranges_is_taken_at_its_word_in_the_end(fetching):
    fetching.hub.fault(Fault(origin="cdn", ignores_range=True, skip=1))
    assert fetching.run() == fetching.wanted.sha256
    assert fetching.states[-1].network_bytes <= 3 * SIZE


@pytest.mark.parametrize("place", [5, 7 * MB, SIZE - 1])
def test_a_wrong_byte_is_fetched_again(fetching, place):
    skip = place // SEGMENT_BYTES  # the request whose answer has the place
    fetching.hub.fault(Fault(origin="cdn", wrong_byte_at=place, skip=skip, times=1))
    assert fetching.run() == fetching.wanted.sha256
    assert fetching.states[-1].network_bytes == 2 * SIZE


def test_bytes_that_are_wrong_twice_are_refused(fetching):
    fetching.hub.fault(Fault(origin="cdn", wrong_byte_at=7 * MB))
    with pytest.raises(WrongBytes, match="arrived twice with wrong content"):
        fetching.run()
    assert fetching.content == b""


def test_a_refusal_that_stays_is_the_servers_last_word(fetching):
    fetching.hub.fault(Fault(origin="cdn", status=403))
    with pytest.raises(HubRefused, match="403"):
        fetching.run()
    assert fetching.locations == 5


def test_the_hubs_own_answer_decides(fetching):
    def gated():
        if fetching.locations > 1:
            raise RepositoryGated(repository="acme/tiny-GGUF")

    fetching.before_locating = gated
    fetching.hub.fault(Fault(origin="cdn", status=403))
    with pytest.raises(RepositoryGated):
        fetching.run()


def test_another_size_under_the_same_commit_is_said(hub, tmp_path):
    fetching = FileFetching(hub, tmp_path, Pattern(SIZE))
    hub.fault(Fault(origin="cdn", headers={"Content-Range": f"bytes 0-9/{SIZE + 1}"}))
    with pytest.raises(PublishedFileChanged):
        fetching.run()


def test_a_login_page_is_named_and_the_download_goes_on_after_it(fetching):
    fetching.hub.fault(Fault(origin="cdn", is_portal=True))
    fetching.on_state = lambda state: state.problem and fetching.hub.clear_faults()
    assert fetching.run() == fetching.wanted.sha256
    assert fetching.problems == ["login_page"]


def test_a_busy_server_is_named_with_its_wait(fetching):
    fetching.hub.fault(Fault(origin="cdn", status=429, headers={"Retry-After": "7"}, times=1))
    fetching.run()
    (problem,) = {str(state.problem) for state in fetching.states if state.problem}
    assert "goes on by itself in 7 s" in problem


def test_a_network_that_goes_is_waited_for(fetching):
    """The part stays; the download goes on when the network is back."""
    fetching.hub.bytes_per_s_per_connection = 20 * MB

    def pull_the_plug(state):
        if state.bytes_done > 4 * MB and fetching.problems == [] and fetching.hub.log[-1].status:
            fetching.hub.stop()
            fetching.on_state = plug_in

    def plug_in(state):
        if state.problem:
            assert state.state is State.WAITING
            fetching.hub.start()
            fetching.on_state = lambda state: None

    fetching.on_state = pull_the_plug
    assert fetching.run() == fetching.wanted.sha256
    assert fetching.problems == ["network_down"]
    assert fetching.states[-1].network_bytes < 1.5 * SIZE


def test_a_hub_that_cannot_be_asked_is_waited_for(fetching):
    def fail():
        if fetching.locations <= 3:
            raise NetworkDown(host="hub")

    fetching.before_locating = fail
    assert fetching.run() == fetching.wanted.sha256
    assert fetching.locations == 4


def test_a_limit_is_kept(fetching):
    fetching.limiter_bytes_per_s = 40 * MB
    begun_s = time.monotonic()
    fetching.run()
    assert time.monotonic() - begun_s > 0.9 * SIZE / (40 * MB) - 0.25


@pytest.mark.parametrize(
    "fault",
    [
        Fault(origin="cdn", delay_s=30),
        Fault(origin="cdn", stall_after_bytes=MB, stall_s=30),
        Fault(origin="cdn", bytes_per_s=20 * MB),
        Fault(origin="cdn", status=503),
        Fault(origin="cdn", redirect_to="/nowhere"),
    ],
    ids=["waiting for an answer", "silence", "downloading", "between two tries", "redirects"],
)
def test_a_cancel_is_answered_at_once(fetching, fault):
    fetching.timing = fetching.timing.scaled(10)
    fetching.hub.fault(fault)
    asked = []

    def is_there(state):
        asked[:] = [entry for entry in fetching.hub.log if entry.origin == "cdn"]
        return bool(asked) and (state.bytes_done > 0 or not fault.bytes_per_s)

    assert fetching.run_until(is_there) < 0.2


def test_a_cancelled_file_goes_on_where_it_was(fetching):
    fetching.hub.bytes_per_s_per_connection = 20 * MB
    fetching.run_until(lambda state: state.bytes_done > SIZE / 2)
    kept = fetching.states[-1].bytes_done
    fetching.hub.bytes_per_s_per_connection = 0
    fetching.states.clear()
    assert fetching.run() == fetching.wanted.sha256
    assert fetching.states[0].bytes_done >= kept
    assert fetching.states[-1].network_bytes <= SIZE - kept


def test_bytes_on_the_disk_never_become_fewer(fetching):
    for fault in (cut(times=2), Fault(origin="cdn", status=403, times=1)):
        fetching.hub.fault(fault)
    fetching.run()
    done = [state.bytes_done for state in fetching.states]
    assert done == sorted(done)


def test_the_end_of_a_slow_connection_is_shared(fetching):
    """The last 16 MB of two segments come over several connections."""
    fetching.timing = msgspec.structs.replace(fetching.timing, steal_s=0.1)
    fetching.hub.bytes_per_s_per_connection = 20 * MB
    assert fetching.run() == fetching.wanted.sha256
    asked = [entry.range for entry in fetching.hub.log if entry.origin == "cdn"]
    assert len(asked) > 2
    assert fetching.states[-1].network_bytes <= 1.1 * SIZE


def test_more_connections_are_faster(hub, tmp_path):
    """A server, or a long way, that limits each connection."""
    fetching = FileFetching(hub, tmp_path, Pattern(3 * SIZE))
    fetching.timing = msgspec.structs.replace(fetching.timing, steal_s=0.1)
    hub.bytes_per_s_per_connection = 25 * MB
    begun_s = time.monotonic()
    fetching.run()
    assert time.monotonic() - begun_s < 0.5 * 3 * SIZE / (25 * MB)


def test_downloading_is_said_while_it_is_so(fetching):
    fetching.hub.bytes_per_s_per_connection = 30 * MB
    fetching.run()
    assert sum(map(is_downloading, fetching.states)) > 5


def test_what_waits_for_the_persons_limit_is_downloading(hub, tmp_path):
    """A piece of the network's size takes longer than a connection may be silent."""
    fetching = FileFetching(hub, tmp_path, Pattern(300_000))
    fetching.limiter_bytes_per_s = 400_000
    fetching.run()
    states = [state.state for state in fetching.states]
    begun = states[states.index(State.DOWNLOADING) :]
    assert State.CONNECTING not in begun
