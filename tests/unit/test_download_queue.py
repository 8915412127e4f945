"""The queue's rules."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.downloads.jobs import Download, Job, State
from app.domain.downloads.queue import (
    MOST_ACTIVE,
    TRANSITIONS,
    choose_running,
    may_become,
    move,
    stands_still,
)

Q, C, D, W = State.QUEUED, State.CONNECTING, State.DOWNLOADING, State.WAITING
V, P, F, I = State.VERIFYING, State.PAUSED, State.FAILED, State.INSTALLED  # noqa: E741
MOVING = {Q, C, D, W, V}
ALLOWED = {
    **{state: set(State) for state in MOVING},
    P: {P, Q},
    F: {F, Q, P},
    I: {I, Q},
}


def download(name: str, state=Q, *, repository="", is_elsewhere=False, is_dismissed=False):
    return Download(
        job=Job(
            id=name,
            name=name,
            model_id=name,
            build="Q4_K_M",
            repository=repository or f"acme/{name}",
            is_dismissed=is_dismissed,
        ),
        state=state,
        is_elsewhere=is_elsewhere,
    )


@pytest.mark.parametrize(("now", "then"), list(itertools.product(State, State)))
def test_each_pair_of_states_is_allowed_or_not(now, then):
    assert may_become(now, then) is (then in ALLOWED[now])


def test_every_state_can_be_left():
    assert set(TRANSITIONS) == set(State)
    assert all(Q in then for state, then in TRANSITIONS.items() if state is not Q)


@pytest.mark.parametrize("state", State)
def test_only_what_moves_is_run(state):
    running = choose_running([download("a", state)], is_offline=False)
    assert running == (("a",) if state in MOVING else ())


def test_the_first_two_run():
    queue = [download(name) for name in "abcd"]
    assert choose_running(queue, is_offline=False) == ("a", "b")


def test_an_earlier_one_that_is_resumed_takes_the_place_of_a_later_one():
    queue = [download("a", P), download("b", D), download("c", D)]
    assert choose_running(queue, is_offline=False) == ("b", "c")
    queue[0] = download("a", Q)
    assert choose_running(queue, is_offline=False) == ("a", "b")


def test_what_others_do_or_nobody_wants_takes_no_place():
    queue = [
        download("a", D, is_elsewhere=True),
        download("b", is_dismissed=True),
        download("c", F),
        download("d"),
        download("e"),
    ]
    assert choose_running(queue, is_offline=False) == ("d", "e")


def test_two_builds_of_one_repository_do_not_run_together():
    queue = [
        download("a", repository="Acme/Tiny-GGUF"),
        download("b", repository="acme/tiny-gguf"),
        download("c"),
    ]
    assert choose_running(queue, is_offline=False) == ("a", "c")


def test_nothing_runs_offline():
    assert choose_running([download("a"), download("b", D)], is_offline=True) == ()


@pytest.mark.parametrize(
    ("moved", "position", "expected"),
    [("c", 0, "cab"), ("a", 1, "bac"), ("a", 99, "bca"), ("b", -5, "bac"), ("b", 1, "abc")],
)
def test_moving(moved, position, expected):
    assert "".join(move("abc", moved, position)) == expected


STATES = st.sampled_from(State)
DOWNLOADS = st.lists(
    st.builds(
        lambda state, repository, is_elsewhere: (state, repository, is_elsewhere),
        STATES,
        st.sampled_from(["acme/a", "acme/b", "acme/c"]),
        st.booleans(),
    ),
    max_size=8,
).map(
    lambda rows: [
        download(str(place), state, repository=repository, is_elsewhere=is_elsewhere)
        for place, (state, repository, is_elsewhere) in enumerate(rows)
    ]
)


@given(DOWNLOADS)
def test_no_place_is_left_empty_while_somebody_could_take_it(queue):
    running = choose_running(queue, is_offline=False)
    taken = {one.job.repository for one in queue if one.is_elsewhere}
    moving = [
        one
        for one in queue
        if not stands_still(one) and (one.job.repository not in taken or one.state is not Q)
    ]
    repositories = {one.job.repository for one in moving}
    assert len(running) == min(MOST_ACTIVE, len(repositories))
    assert list(running) == sorted(running, key=int)
    if moving:
        assert running[0] == moving[0].job.id


def test_a_repository_that_another_process_works_on_is_taken():
    there = download("a", D, repository="acme/x", is_elsewhere=True)
    here = [download("b", repository="Acme/X"), download("c")]
    assert choose_running([there, *here], is_offline=False) == ("c",)


def test_what_runs_is_not_stopped_for_another_process():
    there = download("a", D, repository="acme/x", is_elsewhere=True)
    assert choose_running([there, download("b", D, repository="acme/x")], is_offline=False) == (
        "b",
    )
