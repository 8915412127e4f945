import pytest

from app.domain.downloads.pace import Pace

MB = 10**6


def run(pace, seconds, bytes_per_s, *, begin_s=0.0, begin_bytes=0):
    for i in range(int(seconds * 5) + 1):
        pace.add(begin_s + i / 5, begin_bytes + int(bytes_per_s * i / 5))


def test_a_steady_speed_is_known_at_once():
    pace = Pace()
    run(pace, 0.4, 3 * MB)
    assert pace.bytes_per_s == pytest.approx(3 * MB, rel=0.01)


def test_nothing_is_said_of_nothing():
    pace = Pace()
    assert (pace.bytes_per_s, pace.eta_s(5)) == (None, None)
    pace.add(1.0, 0)
    assert (pace.bytes_per_s, pace.eta_s(5)) == (None, None)


def test_a_change_of_speed_shows_within_seconds():
    pace = Pace()
    run(pace, 20, MB)
    run(pace, 8, 4 * MB, begin_s=20, begin_bytes=20 * MB)
    assert 3 * MB < pace.bytes_per_s < 4 * MB


def test_the_time_left_is_hidden_for_three_seconds():
    pace = Pace()
    run(pace, 2.8, MB)
    assert pace.eta_s(60 * MB) is None
    run(pace, 1, MB, begin_s=3.0, begin_bytes=3 * MB)
    assert pace.eta_s(60 * MB) == pytest.approx(60, rel=0.02)


def test_the_time_left_does_not_follow_every_hiccup():
    pace = Pace()
    run(pace, 24, MB)
    run(pace, 1, 0, begin_s=24, begin_bytes=24 * MB)
    assert pace.eta_s(60 * MB) == pytest.approx(60, rel=0.1)


def test_no_time_is_left_to_tell_where_nothing_comes():
    pace = Pace()
    run(pace, 40, 0)
    assert (pace.bytes_per_s, pace.eta_s(MB)) == (0, None)


def test_a_sleep_of_the_pc_is_no_slowness():
    pace = Pace()
    run(pace, 20, 5 * MB)
    run(pace, 1, 5 * MB, begin_s=3620, begin_bytes=100 * MB)
    assert pace.bytes_per_s == pytest.approx(5 * MB, rel=0.01)
    assert pace.eta_s(MB) is None
