"""Jobs on the disk."""

import os
import pathlib
from datetime import datetime

import msgspec
import pytest
from filelock import FileLock

from app.domain.builds import BuildFile
from app.domain.downloads.folder import (
    Wish,
    installed_path,
    job_folder,
    journal_path,
    missing_bytes,
    part_path,
)
from app.domain.downloads.jobs import Failure, Job
from app.services.download_jobs import (
    Gone,
    ask,
    keep_job,
    look_at,
    missing_of,
    read_job,
    read_jobs,
    remove_job,
    rewrite_job,
    write_job,
)

FILES = (BuildFile(path="a-1.gguf", bytes=1000), BuildFile(path="sub/b.gguf", bytes=500))


def job(name: str = "a", **facts) -> Job:
    return Job(
        id=name, name=name, model_id=name, build="Q", repository="acme/tiny", files=FILES, **facts
    )


def keep_part(models: pathlib.Path, place: int, done: dict, *, name: str = "a") -> None:
    folder = job_folder(models, name)
    part_path(folder, place).write_bytes(b"x" * sum(count for count, _ in done.values()))
    journal_path(folder, place).write_bytes(
        msgspec.json.encode({"version": 1, "name": "n", "bytes": 9, "sha256": "", "done": done})
    )


def install(models: pathlib.Path, one: Job, file: BuildFile) -> None:
    path = installed_path(models, one, file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * file.bytes)


@pytest.fixture
def models(tmp_path):
    folder = tmp_path / "models"
    folder.mkdir()
    return folder


@pytest.fixture
def kept(models):
    write_job(models, job())
    return job()


@pytest.fixture
def held(models, kept):
    with FileLock(job_folder(models, "a") / "lock"):
        yield kept


def test_what_is_written_is_read(models):
    write_job(models, job(commit="c" * 40, failure=Failure(code="wrong_bytes", facts={"n": 1})))
    (kept,) = read_jobs([models])
    assert kept.job == job(commit="c" * 40, failure=Failure(code="wrong_bytes", facts={"n": 1}))
    assert (kept.models_folder, kept.bytes_done, kept.is_held) == (models, 0, False)


def test_the_queue_has_the_order_of_all_folders(models, tmp_path):
    write_job(models, job("a", order=2))
    write_job(tmp_path / "other", job("b", order=1))
    write_job(models, job("c", order=1, created_at="2026"))
    found = read_jobs([models, tmp_path / "missing", tmp_path / "other"])
    assert [one.job.id for one in found] == ["b", "c", "a"]


def test_the_same_job_in_two_folders_is_one(models, tmp_path, kept):
    write_job(tmp_path / "other", kept)
    assert [one.models_folder for one in read_jobs([models, tmp_path / "other"])] == [models]


@pytest.mark.parametrize("content", [b"", b"{", b'{"id": 3}', b"\xff", b"[]", b'{"id": "b"}'])
def test_a_damaged_job_is_put_aside(models, kept, content, expected_log):
    path = job_folder(models, "a") / "job.json"
    path.write_bytes(content)
    assert read_jobs([models]) == ()
    assert path.with_name("job.json.broken").read_bytes() == content
    assert os.fspath(models) not in expected_log.text


def test_a_job_in_anothers_folder_is_damaged(models, kept, expected_log):
    job_folder(models, "a").rename(job_folder(models, "b"))
    assert read_jobs([models]) == ()


def test_a_job_that_was_put_aside_goes_on_when_it_is_asked_for_again(models, kept, expected_log):
    (job_folder(models, "a") / "job.json").write_bytes(b"{")
    keep_part(models, 0, {0: (70, 1)})
    read_jobs([models])
    keep_job(job(), models, [])
    assert read_jobs([models])[0].bytes_done == 70


def test_a_newer_version_is_left_alone(models, kept):
    path = job_folder(models, "a") / "job.json"
    content = b'{"version": 2, "something": "new"}'
    path.write_bytes(content)
    assert read_jobs([models]) == ()
    assert path.read_bytes() == content


def test_what_is_there_is_summed_up(models, kept):
    keep_part(models, 0, {0: (300, 1), 16777216: (20, 2)})
    install(models, kept, FILES[1])
    assert read_jobs([models])[0].bytes_done == 820


def test_a_damaged_journal_counts_as_nothing(models, kept):
    journal_path(job_folder(models, "a"), 0).write_bytes(b'{"done": 3}')
    assert read_jobs([models])[0].bytes_done == 0


def test_what_is_missing_is_what_is_not_on_the_disk(models, kept):
    assert missing_bytes(models, kept) == 1500
    install(models, kept, FILES[1])
    assert missing_bytes(models, kept) == 1000
    part_path(job_folder(models, "a"), 0).write_bytes(os.urandom(1000))
    assert missing_bytes(models, kept) == 0


def test_only_jobs_on_the_same_drive_need_its_room(models, kept, tmp_path):
    assert missing_of([(models, kept), (tmp_path / "unplugged", kept)], models) == 1500


def test_who_holds_a_job_is_seen(models, held):
    assert read_job(models, "a").is_held
    assert look_at(models, held).is_held


@pytest.mark.parametrize(
    ("wish", "is_paused", "has_failure"), [(Wish.PAUSE, True, True), (Wish.RESUME, False, False)]
)
def test_a_wish_is_obeyed_once_where_nobody_works(models, wish, is_paused, has_failure):
    write_job(models, job(is_paused=not is_paused, failure=Failure(code="wrong_bytes")))
    (job_folder(models, "a") / wish).touch()
    (one,) = read_jobs([models])
    assert (one.job.is_paused, one.job.failure is not None) == (is_paused, has_failure)
    assert read_jobs([models])[0].job == one.job
    assert not (job_folder(models, "a") / wish).exists()


def test_a_wish_to_cancel_removes_all_of_it(models, kept):
    keep_part(models, 0, {0: (70, 1)})
    (job_folder(models, "a") / Wish.CANCEL).touch()
    assert read_jobs([models]) == ()
    assert not job_folder(models, "a").parent.exists()


def test_a_wish_for_a_held_job_is_left_to_its_holder(models, held):
    assert ask(models, "a", Wish.PAUSE)
    assert (job_folder(models, "a") / Wish.PAUSE).exists()
    assert not read_job(models, "a").job.is_paused


def test_the_last_wish_counts(models, held):
    ask(models, "a", Wish.CANCEL)
    ask(models, "a", Wish.RESUME)
    left = [wish for wish in Wish if (job_folder(models, "a") / wish).exists()]
    assert left == [Wish.RESUME]


def test_a_wish_for_a_job_that_nobody_holds_is_done_at_once(models, kept):
    assert not ask(models, "a", Wish.PAUSE)
    assert read_job(models, "a").job.is_paused


def test_keeping_goes_on_with_what_lies_in_another_folder(models, tmp_path):
    other = tmp_path / "other"
    write_job(other, job(commit="c" * 40, is_dismissed=True, failure=Failure(code="wrong_bytes")))
    keep_part(other, 0, {0: (70, 1)})
    kept = keep_job(job(order=3), models, [models, other])
    assert (kept.models_folder, kept.bytes_done) == (other, 70)
    assert kept.job == job(order=3, commit="c" * 40)
    assert read_jobs([models, other])[0].job == kept.job


def test_what_has_not_begun_moves_to_where_it_is_wanted(models, tmp_path):
    write_job(tmp_path / "other", job(failure=Failure(code="disk_too_full")))
    kept = keep_job(job(), models, [tmp_path / "other"])
    assert kept.models_folder == models
    assert not job_folder(tmp_path / "other", "a").exists()


def test_a_held_job_is_not_changed(models, held):
    before = (job_folder(models, "a") / "job.json").read_bytes()
    assert keep_job(job(order=9), models, []).is_held
    assert (job_folder(models, "a") / "job.json").read_bytes() == before


def test_a_removed_job_is_not_written_again(models, kept):
    remove_job(models, "a")
    rewrite_job(models, kept)
    assert read_jobs([models]) == ()


def test_why_a_job_is_gone(models, kept, tmp_path):
    remove_job(models, "a")
    assert look_at(models, kept) is Gone.REMOVED
    assert look_at(tmp_path / "unplugged", kept) is Gone.UNREACHABLE
    install(models, kept, FILES[0])
    assert look_at(models, kept) is Gone.REMOVED
    install(models, kept, FILES[1])
    assert look_at(models, kept) is Gone.INSTALLED


def test_what_an_interrupted_removal_left_goes_when_it_is_old(models, kept):
    keep_part(models, 0, {0: (70, 1)})
    folder = job_folder(models, "a")
    (folder / "job.json").unlink()
    read_jobs([models])
    assert folder.exists(), "somebody may be making it"
    os.utime(folder, (0, 0))
    read_jobs([models])
    assert not folder.exists()


def state_of(models: pathlib.Path) -> dict[str, bytes | None]:
    return {str(path): path.read_bytes() if path.is_file() else None for path in models.rglob("*")}


def test_a_look_changes_nothing(models):
    write_job(models, job("paused"))
    (job_folder(models, "paused") / Wish.PAUSE).touch()
    write_job(models, job("cancelled"))
    (job_folder(models, "cancelled") / Wish.CANCEL).touch()
    write_job(models, job("broken"))
    (job_folder(models, "broken") / "job.json").write_text("{broken")
    orphan = job_folder(models, "orphan")
    orphan.mkdir()
    os.utime(orphan, (1, 1))
    before = state_of(models)
    (found,) = read_jobs([models], only_looks=True)
    assert (found.job.id, found.job.is_paused) == ("paused", True)
    assert state_of(models) == before


class TestAnUpdateOfTheSameSize:
    @pytest.fixture
    def update(self, models) -> Job:
        one = job(replaces=("0" * 64,), created_at="2026-11-22T00:00:00+00:00")
        write_job(models, one)
        for file in FILES:
            install(models, one, file)
        return one

    def date(self, models, update, seconds_later: int) -> None:
        created_s = datetime.fromisoformat(update.created_at).timestamp()
        for file in FILES:
            os.utime(installed_path(models, update, file), (created_s + seconds_later,) * 2)

    def test_what_it_replaces_is_not_counted(self, models, update):
        self.date(models, update, -60)
        assert read_job(models, "a").bytes_done == 0
        assert missing_bytes(models, update) == 1500

    def test_what_came_since_is_counted(self, models, update):
        self.date(models, update, 60)
        remove_job(models, "a")
        assert look_at(models, update) is Gone.INSTALLED
