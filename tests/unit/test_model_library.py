"""The library service: real files, a worker that works when it is told."""

import os

import pytest

from app.domain.builds import BuildFile
from app.domain.downloads.jobs import Job
from app.domain.errors import (
    AlreadyInstalled,
    BelongsToOther,
    CheckStopped,
    DiskFailed,
    FileAltered,
    LibraryDiskFailed,
    LibraryUnreadable,
    ModelFolderGone,
    ModelInUse,
    NothingToAdopt,
    OfflineSwitchedOn,
    RepositoryUnknown,
)
from app.domain.library import Check, Origin
from app.downloads.protocol import Looked
from app.services import model_library
from app.services.library_values import LibraryWork
from tests.helpers.library_desk import (
    FILES,
    REPOSITORY,
    LibraryDesk,
    answers,
    gguf,
    job_of,
    made_model,
    sha256,
)


@pytest.fixture(autouse=True)
def _names(monkeypatch):
    """No process is started to look into made-up files."""
    monkeypatch.setattr(model_library, "header_name", lambda path: f"Called {path.stem}")


@pytest.fixture
def desk(tmp_path):
    return LibraryDesk(tmp_path, made_model(FILES))


@pytest.fixture
def tiny(desk):
    for name, content in FILES.items():
        desk.put(f"{REPOSITORY}/{name}", content)
    desk.refresh()
    return desk.only()


def test_nothing_is_installed_in_folders_that_are_not_there(desk):
    assert desk.library.installed == ()
    assert [folder.is_own for folder in desk.library.folders] == [True]


def test_a_model_is_listed_with_what_is_known_of_it(tiny):
    assert (tiny.name, tiny.build, tiny.size_bytes) == ("Tiny", "Q8_0", 128)


def test_an_unknown_model_is_called_as_it_calls_itself(desk):
    desk.put("mine/T.gguf")
    desk.refresh()
    assert desk.only().name == "Called T"


def test_a_model_is_looked_into_once(desk, monkeypatch):
    desk.put("mine/T.gguf")
    desk.refresh()
    monkeypatch.setattr(model_library, "header_name", pytest.fail)
    desk.open()
    assert desk.only().name == "Called T"


def test_a_damaged_index_is_told_of_and_made_again(tmp_path, desk, tiny):
    (tmp_path / "data" / "library.json").write_bytes(b"{")
    desk.refresh()
    assert isinstance(desk.library.problem, LibraryUnreadable)
    assert desk.only().id == tiny.id


def test_a_download_that_came_needs_no_check(desk, tiny):
    desk.library.came(job_of(FILES))
    desk.settle()
    assert [file.check for file in desk.only().all_files] == [Check.GOOD, Check.GOOD]
    assert desk.only().origin is Origin.DOWNLOADED


def test_verifying_tells_good_files(desk, tiny):
    desk.library.verify(tiny.id)
    desk.settle_with_worker()
    assert {file.check for file in desk.only().all_files} == {Check.GOOD}
    assert desk.library.works == {}


def test_verifying_shows_how_far_it_is(desk, tiny):
    desk.library.verify(tiny.id)
    assert desk.library.works == {
        tiny.id: LibraryWork(kind="verify", done_bytes=0, total_bytes=128)
    }


def test_one_model_is_verified_at_a_time_and_in_nobodys_way(desk, tiny):
    desk.put("other/U-Q8_0.gguf")
    desk.refresh()
    desk.library.verify_all()
    assert len(desk.library.works) == 2
    assert len(desk.worker.open) == 1
    desk.settle_with_worker()
    assert [asked[2] for asked in desk.worker.asked] == [False] * 3


def test_a_file_that_was_changed_is_told_of_by_verifying(desk, tiny):
    desk.library.came(job_of(FILES))
    desk.settle()
    tiny.path.write_bytes(gguf("x"))
    desk.refresh()
    desk.library.verify(tiny.id)
    desk.settle_with_worker()
    assert isinstance(desk.library.problem, FileAltered)
    assert desk.only().files[0].check is Check.WRONG


def test_a_verification_can_be_stopped(desk, tiny):
    desk.library.verify(tiny.id)
    desk.library.stop(tiny.id)
    assert desk.library.works == {}
    assert desk.worker.open == {}
    assert desk.library.problem is None


def test_a_disk_that_fails_while_verifying_is_told_of(desk, tiny):
    desk.library.verify(tiny.id)
    desk.worker.fail(DiskFailed(folder="x", reason="broken"))
    desk.settle()
    assert isinstance(desk.library.problem, LibraryDiskFailed)
    assert desk.library.works == {}


def test_an_unchanged_model_is_ready_at_once(desk, tiny):
    desk.library.came(job_of(FILES))
    desk.settle()
    got, on_end = answers()
    desk.library.is_ready(tiny.path, on_end)
    desk.settle()
    assert got == [None]
    assert desk.worker.asked == []


def test_a_model_that_the_library_does_not_know_is_ready(desk, tmp_path):
    got, on_end = answers()
    desk.library.is_ready(tmp_path / "mine.gguf", on_end)
    desk.settle()
    assert got == [None]


def test_a_model_is_ready_where_no_index_can_be_read(tmp_path):
    desk = LibraryDesk(tmp_path, made_model(FILES))
    path = desk.put("mine/T.gguf", folder=tmp_path / "elsewhere")
    data = tmp_path / "data"
    if data.exists():
        data.rename(tmp_path / "aside")
    data.touch()
    got, on_end = answers()
    desk.library.is_ready(path, on_end)
    desk.settle()
    assert got == [None]


def test_a_touched_model_is_hashed_first_and_then_ready(desk, tiny):
    desk.library.came(job_of(FILES))
    desk.settle()
    os.utime(tiny.path, ns=(1, 1))
    got, on_end = answers()
    desk.library.is_ready(tiny.path, on_end)
    desk.settle()
    assert got == []
    assert desk.worker.asked == [("hash", tiny.path.name, True)]
    desk.settle_with_worker()
    assert got == [None]
    desk.library.is_ready(tiny.path, on_end)
    desk.settle()
    assert len(desk.worker.asked) == 1


def test_an_altered_model_is_not_loaded_now_or_later(desk, tiny):
    desk.library.came(job_of(FILES))
    desk.settle()
    tiny.path.write_bytes(gguf("x"))
    got, on_end = answers()
    for _ in range(2):
        desk.library.is_ready(tiny.path, on_end)
        desk.settle_with_worker()
    assert [type(answer) for answer in got] == [FileAltered, FileAltered]
    assert len(desk.worker.asked) == 1


def test_a_changed_model_whose_hash_nobody_knows_is_accepted(desk):
    path = desk.put("mine/T.gguf")
    desk.refresh()
    path.write_bytes(gguf("another", 99))
    got, on_end = answers()
    desk.library.is_ready(path, on_end)
    desk.settle()
    assert got == [None]
    assert desk.worker.asked == []


def test_whoever_waits_for_a_check_hears_that_it_was_stopped(desk, tiny):
    desk.library.came(job_of(FILES))
    desk.settle()
    os.utime(tiny.path, ns=(1, 1))
    got, on_end = answers()
    desk.library.is_ready(tiny.path, on_end)
    desk.settle()
    desk.library.stop(tiny.id)
    assert isinstance(got[0], CheckStopped)


def test_an_urgent_check_does_not_wait_for_the_others(desk, tiny):
    desk.library.came(job_of(FILES))
    desk.settle()
    desk.put("other/U-Q8_0.gguf")
    desk.refresh()
    desk.library.verify_all()
    os.utime(tiny.path, ns=(1, 1))
    desk.library.is_ready(tiny.path, lambda error: None)
    desk.settle()
    assert ("hash", tiny.path.name, True) in desk.worker.asked


def test_a_removed_model_comes_back(desk, tiny):
    desk.library.came(job_of(FILES))
    desk.settle()
    before = desk.only()
    desk.library.remove(tiny.id)
    desk.settle()
    assert desk.library.installed == ()
    assert [model.id for model in desk.library.removed] == [tiny.id]
    desk.library.bring_back(tiny.id)
    desk.settle()
    assert (desk.only(), desk.library.removed) == (before, ())


def test_a_projector_that_another_build_needs_stays_when_one_is_removed(desk, tiny):
    desk.put(f"{REPOSITORY}/Tiny-Q4_0.gguf")
    desk.refresh()
    desk.library.remove(tiny.id)
    desk.settle()
    assert desk.only().projector.path.exists()


def test_the_model_in_use_is_neither_removed_nor_moved(desk, tiny, tmp_path):
    desk.in_use = tiny.path
    for act in (desk.library.remove, lambda i: desk.library.move(i, tmp_path)):
        act(tiny.id)
        desk.settle()
        assert isinstance(desk.library.problem, ModelInUse)
        assert tiny.path.exists()


def test_removed_models_are_deleted_at_the_end(desk, tiny):
    desk.library.remove(tiny.id)
    desk.settle()
    desk.library.close()
    assert not (desk.own / ".trash").exists()


def test_a_program_that_removed_nothing_deletes_nothing_at_its_end(desk, tiny):
    desk.library.remove(tiny.id)
    desk.settle()
    second = desk.open()
    second.close()
    assert (desk.own / ".trash").exists()


def test_the_trash_is_emptied_when_asked(desk, tiny):
    desk.library.remove(tiny.id)
    desk.library.empty_trash()
    desk.settle()
    assert desk.library.removed == ()
    assert not (desk.own / ".trash").exists()


def test_a_model_on_a_drive_that_is_away_is_not_removed(desk, tmp_path):
    drive = tmp_path / "drive"
    desk.put("a/b/T.gguf", folder=drive)
    desk.library.add_folder(drive)
    desk.settle()
    drive.rename(tmp_path / "unplugged")
    desk.refresh()
    desk.library.remove(desk.only().id)
    desk.settle()
    assert isinstance(desk.library.problem, ModelFolderGone)
    assert not drive.exists()


def test_a_folder_is_added_and_forgotten_with_its_models(desk, tmp_path):
    other = tmp_path / "other"
    path = desk.put("a/b/T.gguf", folder=other)
    desk.library.add_folder(other)
    desk.settle()
    assert desk.only().path == path
    desk.library.use_for_downloads(other)
    desk.settle()
    assert [folder.is_download_folder for folder in desk.library.folders] == [False, True]
    assert desk.library.folders[1].models_bytes == 64
    desk.library.forget_folder(other)
    desk.settle()
    assert desk.library.installed == ()
    assert path.exists()
    assert desk.settings.download_folder == ""


def test_a_folder_that_is_not_there_is_not_added(desk, tmp_path):
    desk.library.add_folder(tmp_path / "none")
    desk.settle()
    assert isinstance(desk.library.problem, ModelFolderGone)


def test_another_programs_folder_is_not_made_ours(desk, tmp_path):
    folder = tmp_path / "person/.lmstudio/models"
    folder.mkdir(parents=True)
    desk.library.add_folder(folder)
    desk.settle()
    assert isinstance(desk.library.problem, BelongsToOther)
    assert desk.settings.model_folders == ()


def test_other_programs_models_are_found_and_recognised_until_they_are_adopted(desk, tmp_path):
    store = tmp_path / "person/.lmstudio/models"
    desk.put("acme/Tiny-GGUF/Tiny-Q8_0.gguf", FILES["Tiny-Q8_0.gguf"], folder=store)
    got, on_end = answers()
    desk.library.find_elsewhere(on_end)
    desk.settle()
    ((found,),) = got
    assert (found.app, found.model_id, found.build) == ("LM Studio", "tiny", "Q8_0")
    desk.library.adopt(found)
    desk.library.find_elsewhere(on_end)
    desk.settle()
    desk.library.find_elsewhere(on_end)
    desk.settle()
    assert got[-1] == ()


def test_a_folder_without_models_is_said_to_be_one(desk, tmp_path):
    (tmp_path / "empty").mkdir()
    got, on_end = answers()
    desk.library.find_in(tmp_path / "empty", on_end)
    desk.settle()
    assert isinstance(got[0], NothingToAdopt)


def test_a_model_that_is_installed_is_not_found_again(desk, tiny):
    got, on_end = answers()
    desk.library.find_in(tiny.path, on_end)
    desk.settle()
    assert isinstance(got[0], AlreadyInstalled)


def looked(files: dict[str, bytes]) -> Looked:
    listed = tuple(
        BuildFile(path=path, bytes=len(content), sha256=sha256(content))
        for path, content in files.items()
    )
    return Looked(request_id=0, commit="d" * 40, files=listed)


def test_a_build_that_was_published_again_is_told_of(desk, tiny):
    desk.library.came(job_of(FILES))
    desk.settle()
    desk.answers[REPOSITORY] = looked({**FILES, "Tiny-Q8_0.gguf": gguf("newer", 80)})
    got, on_end = answers()
    desk.library.newer_builds(on_end)
    (newer,) = got[0].found
    assert (newer.installed.id, newer.job.commit, newer.job.build) == (tiny.id, "d" * 40, "Q8_0")
    assert [file.path for file in newer.job.files] == list(FILES)


def test_a_build_that_is_the_newest_is_not_told_of(desk, tiny):
    desk.answers[REPOSITORY] = looked(FILES)
    got, on_end = answers()
    desk.library.newer_builds(on_end)
    assert (got[0].found, got[0].asked, got[0].failed) == ((), 1, ())


def test_nobody_is_asked_about_a_folder_that_only_looks_like_a_repository(desk):
    desk.put("my/secrets/T.gguf")
    desk.refresh()
    got, on_end = answers()
    desk.library.newer_builds(on_end)
    assert desk.looked == []
    assert got[0].asked == 0


def test_a_repository_that_is_gone_does_not_hide_the_others_news(tmp_path):
    desk = LibraryDesk(tmp_path, made_model(FILES))
    desk.put(f"{REPOSITORY}/Tiny-Q8_0.gguf", FILES["Tiny-Q8_0.gguf"])
    desk.put("gone/G/G-Q8_0.gguf")
    job = Job(
        id="g",
        name="G",
        model_id="gone/G",
        build="Q8_0",
        repository="gone/G",
        files=(BuildFile(path="G-Q8_0.gguf"),),
    )
    desk.library.came(job)
    desk.settle()
    desk.answers["gone/G"] = RepositoryUnknown(repository="gone/G")
    desk.answers[REPOSITORY] = looked({"Tiny-Q8_0.gguf": gguf("newer", 80)})
    got, on_end = answers()
    desk.library.newer_builds(on_end)
    assert [newer.job.repository for newer in got[0].found] == [REPOSITORY]
    assert [type(error) for error in got[0].failed] == [RepositoryUnknown]


def test_nothing_is_said_to_be_newest_where_nobody_could_be_asked(desk, tiny):
    desk.answers[REPOSITORY] = OfflineSwitchedOn()
    got, on_end = answers()
    desk.library.newer_builds(on_end)
    assert isinstance(got[0].failed[0], OfflineSwitchedOn)
