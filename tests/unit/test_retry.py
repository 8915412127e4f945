from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.downloads.retry import Backoff, Move, move_for, server_wait_s


@pytest.mark.parametrize(
    ("statuses", "move"),
    [
        ((408, 425, 500, 502, 504, 599), Move.AGAIN),
        ((429, 503), Move.SLOW_DOWN),
        ((400, 401, 403, 404, 410, 416, 451), Move.LOCATE),
    ],
)
def test_a_status_has_its_move(statuses, move):
    assert {move_for(status) for status in statuses} == {move}


def test_the_waits_double_up_to_half_a_minute():
    backoff = Backoff(0.5, 30.0, lambda: 1.0)
    assert [backoff.failed() for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    backoff.reset()
    assert backoff.failed() == 0.5


@given(st.integers(0, 5000), st.floats(0, 1))
def test_a_wait_is_never_too_long_or_nothing(failures, random):
    backoff = Backoff(0.5, 30.0, lambda: random)
    backoff.failures = failures
    assert 0.25 <= backoff.failed() <= 30


def test_a_server_may_say_seconds():
    assert server_wait_s("120", "") == 120
    assert server_wait_s("0", "") == 0
    assert server_wait_s("999999999999", "") == 600


def test_a_server_may_say_when():
    now = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)
    assert server_wait_s("Sun, 22 Nov 2026 10:00:30 GMT", "", now) == 30
    assert server_wait_s("Sun, 22 Nov 2026 09:00:00 GMT", "", now) == 0


def test_the_servers_clock_counts_not_ours():
    date, later = "Sun, 22 Nov 2026 10:00:00 GMT", "Sun, 22 Nov 2026 10:00:20 GMT"
    assert server_wait_s(later, date, datetime(1999, 1, 1, tzinfo=UTC)) == 20


@given(st.text(max_size=40))
def test_whatever_a_server_says_is_no_defect_of_ours(text):
    wait_s = server_wait_s(text, text)
    assert wait_s is None or 0 <= wait_s <= 600
