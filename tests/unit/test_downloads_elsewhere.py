"""The queue of downloads where other processes work on the same folders."""

import msgspec
import pytest
from filelock import FileLock

from app.domain.downloads.folder import Wish, installed_path, job_folder
from app.domain.downloads.jobs import State
from app.domain.errors import DownloadElsewhere, ModelFolderGone
from app.services.download_jobs import ask, write_job
from tests.helpers.downloads_desk import FILES, DownloadsDesk
from tests.helpers.downloads_desk import job_named as job


@pytest.fixture
def desk(tmp_path):
    desk = DownloadsDesk(tmp_path)
    yield desk
    desk.downloads.close()


@pytest.fixture
def held(desk):
    """A job that another Cierzo works on; gives its lock."""
    write_job(desk.models, job("a"))
    lock = FileLock(job_folder(desk.models, "a") / "lock")
    with lock:
        desk.downloads.start()
        yield lock


def test_what_another_cierzo_works_on_is_shown_and_left_alone(desk, held):
    shown = desk.shown("a")
    assert shown.is_elsewhere
    assert isinstance(shown.problem, DownloadElsewhere)
    desk.add("b")
    desk.fetch("b")
    assert desk.client.running == ["b"]


def test_its_progress_is_followed(desk, held):
    journal = {"done": {"0": [400, 1]}}
    (job_folder(desk.models, "a") / "0.json").write_bytes(msgspec.json.encode(journal))
    desk.settle(lambda: desk.shown("a").bytes_done == 400)


def test_it_is_gone_on_with_when_the_other_one_ends(desk, held):
    held.release()
    desk.fetch("a")
    assert not desk.shown("a").is_elsewhere


def test_pausing_it_leaves_a_wish_and_it_stays_paused(desk, held):
    desk.downloads.pause("a")
    wish = job_folder(desk.models, "a") / Wish.PAUSE
    desk.settle(wish.exists)
    wish.unlink()
    held.release()
    desk.settle(lambda: desk.state("a") is State.PAUSED)
    desk.settle(lambda: desk.kept("a").is_paused)
    assert desk.client.fetches == []


def test_cancelling_it_leaves_a_wish(desk, held):
    desk.downloads.cancel("a")
    desk.settle((job_folder(desk.models, "a") / Wish.CANCEL).exists)
    held.release()
    desk.settle(lambda: desk.names == "")
    assert desk.kept("a") is None


def test_what_the_other_one_installed_is_told(desk, held):
    path = installed_path(desk.models, job("a"), FILES[0])
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x" * 1000)
    (job_folder(desk.models, "a") / "job.json").unlink()
    desk.settle(lambda: desk.installed == ["a"])
    assert desk.state("a") is State.INSTALLED


def test_what_the_worker_finds_held_is_elsewhere(desk):
    fetch = desk.run("a")
    with FileLock(fetch.folder / "lock"):
        fetch.end(DownloadElsewhere())
        assert desk.shown("a").is_elsewhere
    desk.fetch("a")


def test_another_process_pauses_what_we_work_on(desk):
    fetch = desk.run("a")
    with FileLock(fetch.folder / "lock"):
        assert ask(desk.models, "a", Wish.PAUSE)
    fetch.stop("pause")
    assert desk.state("a") is State.PAUSED
    desk.settle(lambda: desk.kept("a").is_paused)
    desk.downloads.resume("a")
    desk.fetch("a")


def test_another_process_cancels_what_we_work_on(desk):
    fetch = desk.run("a")
    fetch.stop("cancel")
    assert desk.names == ""
    desk.settle(lambda: not fetch.folder.exists())


@pytest.mark.parametrize("is_wish", [True, False])
def test_another_process_resumes_what_we_paused(desk, is_wish):
    fetch = desk.run("a")
    desk.downloads.pause("a")
    fetch.stop()
    desk.settle(lambda: desk.kept("a").is_paused)
    if is_wish:
        (fetch.folder / Wish.RESUME).touch()
    else:
        write_job(desk.models, msgspec.structs.replace(desk.kept("a"), is_paused=False))
    assert desk.fetch("a")


def test_another_process_pauses_what_waits_in_our_queue(desk):
    desk.run("a", "b")
    desk.add("c")
    desk.settle(lambda: desk.kept("c"))
    ask(desk.models, "c", Wish.PAUSE)
    desk.settle(lambda: desk.state("c") is State.PAUSED)


def test_another_process_removes_what_we_paused(desk):
    fetch = desk.run("a")
    desk.downloads.pause("a")
    fetch.stop()
    desk.settle(lambda: desk.kept("a").is_paused)
    ask(desk.models, "a", Wish.CANCEL)
    desk.settle(lambda: desk.names == "")


def test_a_job_of_another_process_is_found_by_another_start(desk):
    desk.run("a")
    write_job(desk.models, job("b", order=7))
    desk.downloads.start()
    assert desk.names == "ab"
    desk.fetch("b")


def test_a_drive_that_is_unplugged_changes_nothing_of_what_is_paused(desk, tmp_path):
    fetch = desk.run("a")
    desk.downloads.pause("a")
    fetch.stop()
    desk.settle(lambda: desk.kept("a").is_paused)
    desk.models.rename(tmp_path / "unplugged")
    desk.downloads.start()
    desk.downloads.resume("a")
    desk.settle(lambda: desk.state("a") is State.FAILED)
    assert isinstance(desk.shown("a").problem, ModelFolderGone)
    (tmp_path / "unplugged").rename(desk.models)
    desk.downloads.resume("a")
    desk.fetch("a")
