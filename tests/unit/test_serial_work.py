import queue
import threading

import pytest

from app.services.serial_work import SerialWork


@pytest.fixture
def posted():
    return queue.SimpleQueue()


@pytest.fixture
def work(posted):
    work = SerialWork("test-work", OSError, post=posted.put)
    yield work
    work.close(patience_s=5)


def test_work_is_done_in_order_on_another_thread(work, posted):
    threads: list[str] = []
    results: list[int] = []

    def job(number: int) -> int:
        threads.append(threading.current_thread().name)
        return number

    for number in range(3):
        work.do(lambda number=number: job(number), results.append)
    for _ in range(3):
        posted.get(timeout=20)()
    assert results == [0, 1, 2]
    assert set(threads) == {"test-work"}


def test_an_error_of_the_disk_is_a_result(work, posted):
    results: list = []

    def fail() -> None:
        raise PermissionError("no")

    work.do(fail, results.append)
    posted.get(timeout=20)()
    assert isinstance(results[0], PermissionError)


def test_a_defect_is_raised_on_the_owners_thread(work, posted):
    work.do(lambda: 1 // 0, lambda result: None)
    with pytest.raises(ZeroDivisionError):
        posted.get(timeout=20)()


def test_what_is_done_soon_is_there_on_return(work):
    results: list[int] = []
    work.do_soon(lambda: 7, results.append, patience_s=20)
    assert results == [7]


def test_what_takes_longer_comes_later(work, posted):
    results: list[int] = []
    gate = threading.Event()
    work.do_soon(lambda: gate.wait(20) and 7, results.append, patience_s=0.01)
    assert results == []
    gate.set()
    posted.get(timeout=20)()
    posted.get(timeout=20)()
    assert results == [7]


def test_closing_finishes_what_is_there_and_hands_nothing_over(work, posted):
    done: list[int] = []
    work.do(lambda: done.append(1), lambda result: done.append(2))
    work.close(patience_s=20)
    posted.get(timeout=20)()
    assert done == [1]
