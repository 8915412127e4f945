"""The queue of downloads, with a worker that does what the test says."""

import pytest

from app.domain.builds import BuildFile
from app.domain.downloads.folder import job_folder
from app.domain.downloads.jobs import Failure, State
from app.domain.errors import (
    Cancelled,
    DiskTooFull,
    DownloaderMissing,
    HubBusy,
    ModelFolderGone,
    OfflineSwitchedOn,
    WorkerBug,
    WrongBytes,
)
from app.downloads.protocol import Looked, Peeked
from app.services.download_jobs import read_jobs, write_job
from app.settings.model import Settings
from tests.helpers.downloads_desk import FILES, DownloadsDesk
from tests.helpers.downloads_desk import job_named as job
from tests.helpers.fake_download_client import traffic

C40 = "c" * 40


@pytest.fixture
def make(tmp_path):
    desks: list[DownloadsDesk] = []

    def make(settings: Settings | None = None) -> DownloadsDesk:
        desks.append(DownloadsDesk(tmp_path, settings))
        return desks[-1]

    yield make
    for desk in desks:
        desk.downloads.close()


@pytest.fixture
def desk(make):
    return make()


def test_a_job_is_kept_and_fetched(desk):
    shown = desk.downloads.add(job("a"))
    assert (shown.state, shown.bytes_total) == (State.QUEUED, 1000)
    assert desk.fetch("a").folder == job_folder(desk.models, "a")
    assert desk.kept("a").created_at
    assert desk.state("a") is State.CONNECTING


def test_what_the_worker_says_is_shown(desk):
    fetch = desk.run("a")
    fetch.say(job("a"), State.DOWNLOADING, 300)
    shown = desk.shown("a")
    assert (shown.state, shown.bytes_done, shown.bytes_per_s, shown.eta_s) == (
        State.DOWNLOADING,
        300,
        1e6,
        9.0,
    )
    fetch.say(job("a"), State.WAITING, 300, problem=HubBusy(host="hub", wait_s=9))
    assert isinstance(desk.shown("a").problem, HubBusy)


def test_what_is_done_never_goes_back(desk):
    fetch = desk.run("a")
    fetch.say(job("a"), State.DOWNLOADING, 300)
    fetch.say(job("a"), State.DOWNLOADING, 200)
    assert desk.shown("a").bytes_done == 300


def test_what_the_hub_said_is_kept_beside_what_the_person_wants(desk):
    fetch = desk.run("a")
    known = job("a", commit=C40, files=(*FILES, BuildFile(path="mmproj.gguf", bytes=5)))
    fetch.say(known, State.DOWNLOADING)
    desk.downloads.pause("a")
    fetch.stop()
    desk.settle(lambda: (kept := desk.kept("a")).is_paused and kept.commit == C40)
    assert desk.shown("a").bytes_total == 1005


def test_an_installed_one_is_told_and_stays_until_it_is_cleared(desk):
    desk.run("a").finish(job("a"))
    assert desk.installed == ["a"]
    assert (desk.state("a"), desk.shown("a").bytes_done) == (State.INSTALLED, 1000)
    desk.settle(lambda: desk.kept("a") is None)
    desk.downloads.clear_installed()
    assert desk.names == ""


def test_two_are_fetched_at_a_time_and_then_the_next(desk):
    first = desk.run("a", "b")
    desk.add("c")
    desk.settle(lambda: desk.kept("c"))
    assert desk.state("c") is State.QUEUED
    first.finish(job("b"))
    desk.fetch("c")
    assert desk.client.running == ["a", "c"]


def test_asking_twice_is_one_download(desk):
    desk.run("a")
    desk.add("a")
    assert desk.names == "a"
    assert len(desk.client.fetches) == 1


def test_an_installed_one_can_be_asked_for_again(desk):
    desk.run("a").finish(job("a"))
    desk.add("a")
    desk.fetch("a")
    assert desk.names == "a"


def test_pausing_is_shown_at_once_and_kept(desk):
    fetch = desk.run("a")
    desk.downloads.pause("a")
    assert desk.state("a") is State.PAUSED
    assert fetch.is_cancelled
    fetch.say(job("a"), State.DOWNLOADING, 500)
    assert desk.state("a") is State.PAUSED, "its last words change nothing"
    fetch.stop()
    desk.settle(lambda: desk.kept("a").is_paused)
    assert desk.client.running == []


def test_resuming_before_the_worker_has_stopped_goes_on_after_that(desk):
    fetch = desk.run("a")
    desk.downloads.pause("a")
    desk.downloads.resume("a")
    assert desk.client.running == []
    fetch.stop()
    assert desk.fetch("a") is not fetch


def test_pausing_while_it_is_being_prepared_fetches_nothing(desk):
    desk.add("a")
    desk.settle(lambda: desk.state("a") is State.CONNECTING)
    desk.downloads.pause("a")
    desk.settle(lambda: desk.kept("a").is_paused)
    desk.downloads.resume("a")
    desk.fetch("a")
    assert len(desk.client.fetches) == 1


def test_pausing_one_lets_the_next_go_on(desk):
    desk.run("a", "b")
    desk.add("c")
    desk.settle(lambda: desk.kept("c"))
    desk.downloads.pause("a")
    desk.client.open("a").stop()
    desk.fetch("c")


def test_all_can_be_paused_and_resumed(desk):
    desk.run("a", "b")
    desk.downloads.pause_all()
    assert {desk.state("a"), desk.state("b")} == {State.PAUSED}
    for name in "ab":
        desk.client.open(name).stop()
    desk.downloads.resume_all()
    desk.fetch("a")
    desk.fetch("b")


def test_cancelling_deletes_what_is_there_after_the_fetch_is_over(desk):
    fetch = desk.run("a")
    desk.downloads.cancel("a")
    assert desk.names == ""
    assert desk.kept("a"), "the worker has its files open"
    fetch.stop()
    desk.settle(lambda: not fetch.folder.exists())


def test_a_part_that_is_kept_is_gone_on_with(desk):
    fetch = desk.run("a")
    desk.downloads.cancel("a", keeps_part=True)
    fetch.stop()
    desk.settle(lambda: desk.kept("a").is_dismissed)
    desk.downloads.start()
    assert desk.names == ""
    desk.add("a")
    desk.fetch("a")
    assert not desk.kept("a").is_dismissed


def test_asking_again_while_it_is_being_cancelled_begins_anew(desk):
    fetch = desk.run("a")
    desk.downloads.cancel("a")
    desk.add("a")
    assert desk.state("a") is State.QUEUED
    fetch.stop()
    assert desk.fetch("a") is not fetch


def test_what_waits_in_the_queue_can_be_cancelled(desk):
    desk.run("a", "b")
    desk.add("c")
    desk.settle(lambda: desk.kept("c"))
    desk.downloads.cancel("c")
    desk.settle(lambda: desk.kept("c") is None)
    assert desk.names == "ab"


def test_the_first_in_the_queue_are_fetched_after_a_move(desk):
    desk.run("a", "b")
    desk.add("c")
    desk.settle(lambda: desk.kept("c"))
    desk.downloads.move("c", 0)
    assert desk.names == "cab"
    assert desk.state("b") is State.QUEUED or desk.client.open("b").is_cancelled
    desk.client.open("b").stop()
    desk.fetch("c")
    desk.settle(lambda: [one.job.id for one in read_jobs(desk.folders)] == ["c", "a", "b"])


def test_a_failure_is_kept_and_the_next_goes_on(desk):
    desk.run("a", "b")
    desk.client.open("a").end(WrongBytes(name="t.gguf"))
    shown = desk.shown("a")
    assert shown.state is State.FAILED
    assert isinstance(shown.problem, WrongBytes)
    desk.settle(lambda: desk.kept("a").failure)
    assert desk.kept("a").failure == Failure(code="wrong_bytes", facts={"name": "t.gguf"})


def test_resuming_takes_a_failure_away(desk):
    desk.run("a").end(WrongBytes(name="t.gguf"))
    desk.downloads.resume("a")
    assert desk.shown("a").problem is None
    desk.fetch("a")
    assert desk.kept("a").failure is None


def test_a_failed_one_goes_on_where_the_person_wants_it_now(desk, tmp_path):
    desk.run("a").end(DiskTooFull(folder="x", missing_bytes=5))
    desk.download_folder = tmp_path / "roomy"
    desk.folders = (desk.models, desk.download_folder)
    desk.downloads.resume("a")
    fetch = desk.fetch("a")
    assert fetch.folder == job_folder(tmp_path / "roomy", "a")
    assert not job_folder(desk.models, "a").exists()


def test_a_folder_that_cannot_be_written_is_a_sentence(desk):
    desk.models.write_text("in the way")
    desk.add("a")
    desk.settle(lambda: desk.state("a") is State.FAILED)
    assert isinstance(desk.shown("a").problem, ModelFolderGone)
    desk.models.unlink()
    desk.downloads.resume("a")
    desk.fetch("a")


def test_a_worker_that_keeps_dying_is_no_failure_of_the_job(desk, make):
    desk.run("a").end(DownloaderMissing(reason="x"))
    assert isinstance(desk.shown("a").problem, DownloaderMissing)
    desk.downloads.close()
    again = make()
    again.downloads.start()
    again.fetch("a")


def test_a_defect_of_the_worker_is_told_and_shown(desk):
    fetch = desk.run("a")
    with pytest.raises(WorkerBug):
        fetch.end(WorkerBug("report"))
    assert desk.state("a") is State.FAILED


def test_a_dying_worker_is_shown_as_connecting(desk):
    desk.run("a").say(job("a"), State.DOWNLOADING, 10)
    desk.client.on_restart()
    assert desk.state("a") is State.CONNECTING


def test_the_next_start_goes_on_with_what_is_not_paused(desk, make):
    desk.run("a", "b")
    desk.downloads.pause("a")
    desk.client.open("a").stop()
    desk.settle(lambda: desk.kept("a").is_paused)
    desk.downloads.close()
    assert desk.client.is_closed
    again = make()
    again.downloads.start()
    assert (again.names, again.state("a")) == ("ab", State.PAUSED)
    again.fetch("b")
    assert again.client.running == ["b"]


def test_a_failure_outlives_the_program(desk, make):
    desk.run("a").end(WrongBytes(name="t.gguf"))
    desk.downloads.close()
    again = make()
    again.downloads.start()
    assert isinstance(again.shown("a").problem, WrongBytes)


@pytest.mark.parametrize("facts", [{}, {"name": "{x"}])
def test_a_failure_that_makes_no_sentence_is_forgotten(desk, facts):
    write_job(desk.models, job("a", failure=Failure(code="disk_too_full", facts=facts)))
    desk.downloads.start()
    assert desk.shown("a").problem is None
    desk.fetch("a")


def test_changes_are_told_five_times_a_second_at_most(desk):
    fetch = desk.run("a")
    before = len(desk.told)
    for count in range(50):
        fetch.say(job("a"), State.DOWNLOADING, count)
    assert len(desk.told) <= before + 1
    desk.settle(lambda: desk.told[-1][0].bytes_done == 49)
    assert len(desk.told) <= before + 2


def test_nothing_is_told_when_nothing_changed(desk):
    desk.run("a").end(WrongBytes(name="t.gguf"))
    desk.settle(lambda: desk.kept("a").failure)
    desk.settle(lambda: desk.told[-1] == desk.downloads.downloads)
    before = len(desk.told)
    desk.downloads.start()
    for _ in range(6):  # looks go on while something stands still
        desk.posted.get(timeout=20)()
    assert len(desk.told) == before


# -- settings ----------------------------------------------------------------------------------


def test_offline_stops_everything_and_says_why(desk):
    desk.run("a", "b")
    desk.add("c")
    desk.change(is_offline=True)
    assert desk.client.running == []
    for name in "abc":
        assert desk.state(name) is State.WAITING
        assert isinstance(desk.shown(name).problem, OfflineSwitchedOn)
    for name in "ab":
        desk.client.open(name).stop()
    assert desk.state("a") is State.WAITING
    desk.change(is_offline=False)
    desk.fetch("b")
    assert desk.state("c") is State.QUEUED


def test_offline_at_the_start_fetches_nothing(make):
    desk = make(Settings(is_offline=True))
    desk.add("a")
    desk.settle(lambda: desk.kept("a"))
    desk.downloads.start()
    assert desk.state("a") is State.WAITING
    assert desk.client.fetches == []


def test_pausing_offline_and_resuming_waits_for_the_switch(desk):
    desk.change(is_offline=True)
    desk.add("a")
    desk.downloads.pause("a")
    assert desk.state("a") is State.PAUSED
    desk.downloads.resume("a")
    assert desk.state("a") is State.WAITING


def test_the_limit_is_told_at_once(desk):
    desk.change(download_bytes_per_s=5000)
    assert desk.client.limits == [0, 5000]


@pytest.mark.parametrize(
    "changes", [{"hub_endpoint": "mirror"}, {"proxy": "socks5://p:1"}, {"token": "hf_x"}]
)
def test_another_network_begins_anew(desk, changes):
    fetch = desk.run("a")
    desk.tokens.token = changes.pop("token", "")
    desk.change(**changes)
    desk.settle(lambda: fetch.is_cancelled)
    fetch.stop()
    network = desk.fetch("a").network
    settings = desk.settings
    assert network.endpoint == settings.hub_endpoint
    assert (network.proxy, network.token) == (settings.proxy, desk.tokens.token)


def test_other_settings_disturb_nothing(desk):
    desk.run("a")
    desk.change(read_ahead="off")
    desk.add("b")
    desk.fetch("b")
    assert desk.client.running == ["a", "b"]


def test_a_failed_one_stays_failed_when_settings_change(desk):
    desk.run("a").end(WrongBytes(name="t.gguf"))
    desk.change(is_offline=True)
    assert desk.state("a") is State.FAILED


def test_traffic_is_one_line_in_the_list(desk):
    fetch = desk.run("a")
    for _ in range(3):
        desk.client.on_traffic(fetch.handle, traffic(fetch.handle, 70))
    fetch.finish(job("a"))
    (line,) = desk.network_log.read()
    assert (line.host, line.why, line.bytes) == ("cdn", "acme: file", 210)


def test_the_second_job_knows_what_the_first_still_needs(desk):
    desk.run("a")
    desk.add("b")
    assert desk.fetch("b").other_bytes == 1000


# -- looks -------------------------------------------------------------------------------------


def test_a_repository_is_looked_at_with_the_token(desk):
    desk.tokens.token = "hf_x"
    ends: list = []
    desk.downloads.look("acme/tiny", ends.append)
    desk.settle(lambda: desk.client.looks)
    network, repository, revision, on_end = desk.client.looks[0]
    on_end(Looked(request_id=1, commit=C40, files=()))
    assert (network.token, repository, revision) == ("hf_x", "acme/tiny", "main")
    assert ends[0].commit == C40


def test_nothing_is_looked_at_offline(make):
    desk = make(Settings(is_offline=True))
    ends: list = []
    desk.downloads.look("acme/tiny", ends.append)
    desk.downloads.peek("acme/tiny", C40, "t.gguf", 9, ends.append)
    assert ends == [], "never before it returns"
    desk.settle(lambda: len(ends) == 2)
    assert all(isinstance(end, OfflineSwitchedOn) for end in ends)
    assert not desk.client.looks


def test_a_peek_is_a_private_file_that_is_gone_at_the_end(desk):
    ends: list = []
    desk.downloads.peek("acme/tiny", C40, "t.gguf", 64, ends.append)
    desk.settle(lambda: desk.client.peeks)
    target = desk.client.peeks[0]["target"]
    target.write_bytes(b"GGUF")
    desk.client.peeks[0]["on_end"](Peeked(request_id=1, path=str(target)))
    assert ends == [target]
    desk.downloads.close()
    assert not target.parent.exists()


def test_offline_ends_looks_and_peeks_that_are_under_way(desk):
    ends: list = []
    desk.downloads.look("acme/tiny", ends.append)
    desk.downloads.peek("acme/tiny", C40, "t.gguf", 9, ends.append)
    desk.settle(lambda: desk.client.looks and desk.client.peeks)
    desk.change(is_offline=True)
    assert [type(end) for end in ends] == [OfflineSwitchedOn] * 2
    assert desk.client.cancelled == [1001, 2001]
    desk.client.looks[0][3](Cancelled())
    assert len(ends) == 2


def test_offline_that_was_switched_on_before_the_key_store_answered_counts(desk):
    ends: list = []
    desk.downloads.look("acme/tiny", ends.append)
    desk.settings = Settings(is_offline=True)
    desk.settle(lambda: ends)
    assert isinstance(ends[0], OfflineSwitchedOn)
    assert not desk.client.looks
