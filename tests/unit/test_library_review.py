"""What a review of the library found: files of others, of the person, and of the same name."""

import os

import pytest

from app.domain.errors import (
    AdoptedInFolder,
    BelongsToOther,
    CheckStopped,
    ModelFolderGone,
    ModelInUse,
    TargetExists,
)
from app.domain.library import Check, Origin
from app.services import model_library, transfers
from tests.helpers.library_desk import (
    FILES,
    REPOSITORY,
    LibraryDesk,
    answers,
    found_at,
    gguf,
    job_of,
    made_model,
)

PARTS = [f"T-0000{number}-of-00002.gguf" for number in (1, 2)]


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
    desk.library.came(job_of(FILES))
    desk.settle()
    return desk.only()


@pytest.fixture
def store(tmp_path):
    folder = tmp_path / "person/.lmstudio/models"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def _two_volumes(monkeypatch):
    monkeypatch.setattr(transfers, "_is_one_volume", lambda first, second: False)


def found_in(desk, place):
    got, on_end = answers()
    desk.library.find_in(place, on_end)
    desk.settle()
    return got[0]


def ready(desk, path):
    got, on_end = answers()
    desk.library.is_ready(path, on_end)
    desk.settle_with_worker()
    return got[0]


def test_a_folder_around_another_programs_place_is_not_made_ours(desk, tmp_path, store):
    for folder in (tmp_path / "person", store):
        desk.library.add_folder(folder)
        desk.settle()
        assert isinstance(desk.library.problem, BelongsToOther)


def test_another_programs_place_is_known_behind_a_link(desk, tmp_path, store):
    (tmp_path / "link").symlink_to(store)
    desk.library.add_folder(tmp_path / "link")
    desk.settle()
    assert isinstance(desk.library.problem, BelongsToOther)


@pytest.mark.parametrize("act", ["remove", "move"])
def test_a_file_behind_a_link_in_our_folder_is_left_alone(desk, tmp_path, store, act):
    path = desk.put("pub/M/x.gguf", folder=store)
    desk.own.mkdir(parents=True)
    (desk.own / "lm").symlink_to(store)
    (tmp_path / "other").mkdir()
    desk.refresh()
    arguments = [tmp_path / "other"] if act == "move" else []
    getattr(desk.library, act)(desk.only().id, *arguments)
    desk.settle()
    assert path.exists()
    assert desk.library.problem.facts["app"] == "LM Studio"


def test_a_file_that_is_shown_in_another_programs_place_is_that_programs(desk, tmp_path, store):
    path = desk.put("pub/M/x.gguf", folder=store)
    (tmp_path / "link.gguf").symlink_to(path)
    for place in (path, store, tmp_path / "link.gguf"):
        (found,) = found_in(desk, place)
        assert found.app == "LM Studio"
        desk.library.take_in(found, moves=True)
        desk.settle()
        assert isinstance(desk.library.problem, BelongsToOther)
    assert path.exists()


def test_an_adopted_model_in_a_models_folder_stays_adopted(desk, tmp_path):
    path = desk.put("sub/x.gguf", folder=tmp_path / "mine")
    desk.library.adopt(found_at(path))
    desk.library.add_folder(tmp_path / "mine")
    desk.settle()
    desk.library.remove(desk.only().id)
    desk.settle()
    assert isinstance(desk.library.problem, AdoptedInFolder)
    assert desk.only().origin is Origin.ADOPTED
    path.unlink()
    desk.library.remove(desk.only().id)
    desk.settle()
    assert desk.library.installed == ()


def test_a_file_that_came_to_the_target_meanwhile_stays(desk, tmp_path, tiny, monkeypatch):
    other = tmp_path / "b"
    other.mkdir()
    settle = transfers._settle

    def late(run):
        desk.put(f"{REPOSITORY}/mmproj-F16.gguf", b"precious", folder=other)
        settle(run)

    monkeypatch.setattr(transfers, "_settle", late)
    desk.library.move(tiny.id, other)
    desk.settle_with_worker()
    assert isinstance(desk.library.problem, TargetExists)
    assert (other / REPOSITORY / "mmproj-F16.gguf").read_bytes() == b"precious"
    assert all(file.path.exists() for file in tiny.all_files)


def test_only_what_this_run_removed_is_deleted_at_its_end(desk, tmp_path):
    paths = [desk.put(f"a/{name}/{name}.gguf") for name in "xyz"]
    ids = {model.path: model.id for model in desk.open().installed}
    other = LibraryDesk(tmp_path)
    other.library.remove(ids[paths[0]])
    other.settle()
    desk.refresh()
    for path in paths[1:]:
        desk.library.remove(ids[path])
    desk.settle()
    desk.library.bring_back(ids[paths[1]])
    desk.settle()
    desk.library.close()
    assert sorted(path.name for path in desk.own.rglob("*.gguf")) == ["x.gguf", "y.gguf"]


def test_a_model_is_checked_however_its_path_is_written(desk, tmp_path, tiny, monkeypatch):
    tiny.path.write_bytes(gguf("x"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.gguf").symlink_to(tiny.path)
    for path in (tiny.path.relative_to(tmp_path), tmp_path / "link.gguf"):
        assert ready(desk, path) is not None


def test_a_model_is_in_use_however_its_path_is_written(desk, tmp_path, tiny, monkeypatch):
    monkeypatch.chdir(tmp_path)
    desk.in_use = tiny.path.relative_to(tmp_path)
    desk.library.remove(tiny.id)
    desk.settle()
    assert isinstance(desk.library.problem, ModelInUse)
    desk.library.used(desk.in_use)
    desk.settle()
    assert desk.only().last_used_at


@pytest.mark.parametrize("old", [gguf("OLD"), gguf("OLD", 65)])
def test_a_download_is_known_where_it_came_and_not_where_files_have_its_names(desk, tmp_path, old):
    before = desk.put(f"{REPOSITORY}/Tiny-Q8_0.gguf", old)
    desk.put(f"{REPOSITORY}/mmproj-F16.gguf", FILES["mmproj-F16.gguf"])
    for path in (before, before.with_name("mmproj-F16.gguf")):
        os.utime(path, ns=(1, 1))
    second = tmp_path / "second"
    for name, content in FILES.items():
        desk.put(f"{REPOSITORY}/{name}", content, folder=second)
    desk.library.add_folder(second)
    desk.settle()
    desk.library.came(job_of(FILES))
    desk.settle()
    origins = {model.path: model.origin for model in desk.library.installed}
    assert origins[before] is Origin.IMPORTED
    assert origins[second / REPOSITORY / "Tiny-Q8_0.gguf"] is Origin.DOWNLOADED


def test_a_check_that_ran_while_a_newer_build_came_says_nothing_of_it(desk):
    old = {**FILES, "Tiny-Q8_0.gguf": gguf("OLD")}
    for name, content in old.items():
        desk.put(f"{REPOSITORY}/{name}", content)
    desk.library.came(job_of(old))
    desk.settle()
    desk.library.verify(desk.only().id)
    desk.put(f"{REPOSITORY}/Tiny-Q8_0.gguf", FILES["Tiny-Q8_0.gguf"])
    desk.library.came(job_of(FILES))
    desk.settle_with_worker()
    assert desk.only().files[0].check is Check.GOOD
    assert desk.library.problem is None


def test_what_was_read_of_a_file_that_changed_meanwhile_is_not_believed(desk, tiny):
    desk.library.verify(tiny.id)
    _, (work, on_end) = desk.worker.open.popitem()
    end = work()
    os.utime(tiny.path, ns=(5, 5))
    on_end(end)
    desk.settle_with_worker()
    assert desk.only().files[0].check is Check.UNKNOWN


@pytest.mark.usefixtures("_two_volumes")
def test_a_model_that_a_question_opened_meanwhile_is_not_moved(desk, tiny, tmp_path):
    other = tmp_path / "b"
    other.mkdir()
    desk.library.move(tiny.id, other)
    desk.settle()
    desk.in_use = tiny.path
    desk.settle_with_worker()
    assert isinstance(desk.library.problem, ModelInUse)
    assert all(file.path.exists() for file in tiny.all_files)
    assert [path for path in other.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("part", PARTS)
def test_what_a_move_left_half_done_can_be_removed(desk, part):
    path = desk.put(f"o/n/{part}")
    desk.refresh()
    assert not desk.only().is_there
    desk.library.remove(desk.only().id)
    desk.settle()
    assert (desk.library.installed, path.exists()) == ((), False)


def test_parts_of_killed_copies_are_deleted_after_a_day(desk):
    old, young = (desk.put(f"imported/x/.{digit * 16}.part") for digit in "ab")
    mine = desk.put("imported/x/.mine.part")
    for path in (old, mine):
        os.utime(path, ns=(1, 1))
    desk.open()
    assert [path.exists() for path in (old, young, mine)] == [False, True, True]


def test_models_of_one_name_are_imported_into_folders_of_their_own(desk, tmp_path):
    for name in "AB":
        desk.put(f"{name}/model.gguf", gguf(name), folder=tmp_path / "mine")
    for found in found_in(desk, tmp_path / "mine"):
        desk.library.take_in(found, moves=False)
    assert len(desk.library.works) == 2
    desk.settle_with_worker()
    paths = sorted(str(model.path.relative_to(desk.own)) for model in desk.library.installed)
    assert paths == ["imported/model-2/model.gguf", "imported/model/model.gguf"]
    assert desk.library.problem is None


def test_a_projector_that_two_imports_share_is_copied_once(tmp_path):
    files = {**FILES, "Tiny-Q4_0.gguf": gguf("q", 80)}
    desk = LibraryDesk(tmp_path, made_model(files))
    for name, content in files.items():
        desk.put(name, content, folder=tmp_path / "mine")
    for found in found_in(desk, tmp_path / "mine"):
        desk.library.take_in(found, moves=False)
    desk.settle_with_worker()
    assert [asked[1] for asked in desk.worker.asked].count("mmproj-F16.gguf") == 1
    assert {model.build for model in desk.library.installed} == {"Q8_0", "Q4_0"}
    assert desk.library.problem is None


def test_builds_that_share_a_projector_move_one_after_the_other(desk, tiny, tmp_path):
    desk.put(f"{REPOSITORY}/Tiny-Q4_0.gguf")
    desk.refresh()
    other = tmp_path / "b"
    other.mkdir()
    for model in desk.library.installed:
        desk.library.move(model.id, other)
    desk.settle_with_worker()
    assert desk.library.problem is None
    assert list(desk.own.rglob("*.gguf")) == []
    assert len(list(other.rglob("*.gguf"))) == 3


def test_an_import_that_waits_can_be_stopped(desk, tmp_path):
    for name in "AB":
        path = desk.put(f"{name}.gguf", gguf(name), folder=tmp_path / "mine")
        desk.library.take_in(found_at(path), moves=False)
    waiting = list(desk.library.works)[1]
    desk.library.stop(waiting)
    desk.settle_with_worker()
    assert [model.path.name for model in desk.library.installed] == ["A.gguf"]


def test_a_file_of_the_persons_own_may_become_another(desk):
    path = desk.put("o/n/T.gguf")
    desk.refresh()
    desk.library.verify(desk.only().id)
    desk.settle_with_worker()
    path.write_bytes(gguf("newer", 70))
    assert ready(desk, path) is None
    assert desk.only().files[0].check is Check.GOOD
    assert ready(desk, path) is None
    assert len(desk.worker.asked) == 2


def test_a_file_of_the_persons_own_is_used_though_verifying_found_it_changed(desk):
    path = desk.put("o/n/T.gguf")
    for content in (gguf("old"), gguf("newer", 70)):
        path.write_bytes(content)
        desk.refresh()
        desk.library.verify(desk.only().id)
        desk.settle_with_worker()
    assert ready(desk, path) is None


def test_a_known_file_stays_altered_though_the_person_put_it_there(desk):
    path = desk.put(f"{REPOSITORY}/Tiny-Q8_0.gguf", FILES["Tiny-Q8_0.gguf"])
    desk.refresh()
    desk.library.verify(desk.only().id)
    desk.settle_with_worker()
    path.write_bytes(gguf("altered", 70))
    assert ready(desk, path) is not None


def test_whoever_asks_again_takes_a_running_check_over(desk, tiny):
    os.utime(tiny.path, ns=(1, 1))
    (first, on_first), (second, on_second) = answers(), answers()
    for on_end in (on_first, on_second):
        desk.library.is_ready(tiny.path, on_end)
        desk.settle()
    desk.settle_with_worker()
    assert len(desk.worker.asked) == 1
    assert isinstance(first[0], CheckStopped)
    assert second == [None]


def test_an_empty_folder_where_models_were_is_a_drive_that_is_away(desk, tmp_path):
    drive = tmp_path / "usb"
    for name, content in FILES.items():
        desk.put(f"{REPOSITORY}/{name}", content, folder=drive)
    desk.library.add_folder(drive)
    desk.settle()
    desk.library.came(job_of(FILES))
    desk.settle()
    (drive / "acme").rename(tmp_path / "away")
    desk.refresh()
    assert not desk.only().is_there
    assert [folder.is_there for folder in desk.library.folders] == [True, False]
    desk.library.remove(desk.only().id)
    desk.settle()
    assert isinstance(desk.library.problem, ModelFolderGone)
    (tmp_path / "away").rename(drive / "acme")
    desk.refresh()
    assert desk.only().origin is Origin.DOWNLOADED
    assert desk.only().files[0].sha256
