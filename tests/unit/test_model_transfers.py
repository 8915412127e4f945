"""Adopting, importing and moving models: real files, a worker that works when it is told."""

import pytest

from app.domain.errors import (
    AlreadyInstalled,
    BelongsToOther,
    DiskFailed,
    FileAltered,
    LibraryDiskFailed,
    TargetExists,
)
from app.domain.library import Check, Found, Origin
from app.services import model_library, transfers
from app.services.library_values import LibraryWork
from tests.helpers.library_desk import (
    COMMIT,
    FILES,
    REPOSITORY,
    LibraryDesk,
    found_at,
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


def test_an_adopted_model_is_used_where_it_is(desk, tmp_path):
    path = desk.put("Tiny-Q8_0.gguf", FILES["Tiny-Q8_0.gguf"], folder=tmp_path / "elsewhere")
    desk.library.adopt(found_at(path, "LM Studio"))
    desk.settle()
    model = desk.only()
    assert (model.path, model.origin, model.app) == (path, Origin.ADOPTED, "LM Studio")
    assert (model.model_id, model.build) == ("tiny", "Q8_0")


def test_a_model_is_adopted_once(desk, tmp_path):
    path = desk.put("T.gguf", folder=tmp_path / "elsewhere")
    for _ in range(2):
        desk.library.adopt(found_at(path))
        desk.settle()
    assert isinstance(desk.library.problem, AlreadyInstalled)
    assert len(desk.library.installed) == 1


def test_removing_an_adopted_model_only_forgets_it(desk, tmp_path):
    path = desk.put("T.gguf", folder=tmp_path / "elsewhere")
    desk.library.adopt(found_at(path, "Ollama"))
    desk.settle()
    desk.library.remove(desk.only().id)
    desk.settle()
    assert (desk.library.installed, desk.library.removed) == ((), ())
    assert path.exists()


def test_an_adopted_model_is_not_moved(desk, tmp_path):
    path = desk.put("T.gguf", folder=tmp_path / "elsewhere")
    desk.library.adopt(found_at(path, "Ollama"))
    desk.settle()
    desk.library.move(desk.only().id, desk.own)
    assert isinstance(desk.library.problem, BelongsToOther)


def test_arrivals_are_checked_by_themselves_where_that_is_wanted(tmp_path):
    desk = LibraryDesk(tmp_path, made_model(FILES), checks_arrivals=True)
    path = desk.put("sha256-x.gguf", FILES["Tiny-Q8_0.gguf"], folder=tmp_path / "elsewhere")
    desk.library.adopt(found_at(path))
    desk.settle_with_worker()
    assert desk.worker.asked == [("hash", path.name, False)]
    assert (desk.only().name, desk.only().files[0].check) == ("Tiny", Check.GOOD)


def test_a_download_that_came_is_not_checked_again(tmp_path):
    desk = LibraryDesk(tmp_path, made_model(FILES), checks_arrivals=True)
    for name, content in FILES.items():
        desk.put(f"{REPOSITORY}/{name}", content)
    desk.library.came(job_of(FILES))
    desk.settle_with_worker()
    assert desk.worker.asked == []


def test_an_imported_copy_lies_where_a_download_would(desk, tmp_path):
    path = desk.put("Tiny-Q8_0.gguf", FILES["Tiny-Q8_0.gguf"], folder=tmp_path / "elsewhere")
    desk.library.take_in(found_at(path, "LM Studio"), moves=False)
    desk.settle_with_worker()
    assert desk.only().path == desk.own / REPOSITORY / "Tiny-Q8_0.gguf"
    assert (desk.only().origin, desk.only().files[0].check) == (Origin.IMPORTED, Check.GOOD)
    assert path.exists()


def test_an_unknown_model_is_imported_under_a_safe_name(desk, tmp_path):
    blob = desk.put("blobs/sha256-1", folder=tmp_path / "ollama")
    found = Found(app="Ollama", name="odd/name:1b", files=(blob,), size_bytes=64)
    desk.library.take_in(found, moves=False)
    desk.settle_with_worker()
    assert desk.only().path == desk.own / "imported/odd-name-1b/odd-name-1b.gguf"
    assert (desk.only().name, desk.only().repository) == ("odd/name:1b", "")


def test_a_moved_import_on_one_volume_is_a_rename(desk, tmp_path):
    path = desk.put("T.gguf", folder=tmp_path / "elsewhere")
    desk.library.take_in(found_at(path), moves=True)
    desk.settle()
    assert desk.worker.asked == []
    assert not path.exists()
    assert desk.only().path == desk.own / "imported/T/T.gguf"


def test_a_known_model_is_read_before_it_is_renamed(desk, tmp_path):
    path = desk.put("Tiny-Q8_0.gguf", FILES["Tiny-Q8_0.gguf"], folder=tmp_path / "elsewhere")
    desk.library.take_in(found_at(path), moves=True)
    desk.settle()
    assert path.exists()
    desk.settle_with_worker()
    assert desk.worker.asked == [("hash", path.name, True)]
    assert (desk.only().files[0].check, path.exists()) == (Check.GOOD, False)


def test_what_another_program_keeps_is_never_moved(desk, tmp_path):
    path = desk.put("T.gguf", folder=tmp_path / "elsewhere")
    desk.library.take_in(found_at(path, "Jan"), moves=True)
    desk.settle()
    assert isinstance(desk.library.problem, BelongsToOther)
    assert path.exists()


def test_an_import_of_a_corrupt_copy_of_a_known_model_fails(desk, tmp_path):
    path = desk.put("Tiny-Q8_0.gguf", gguf("x"), folder=tmp_path / "elsewhere")
    desk.library.take_in(found_at(path), moves=False)
    desk.settle_with_worker()
    assert isinstance(desk.library.problem, FileAltered)
    assert desk.library.installed == ()


def test_an_import_that_is_stopped_leaves_nothing(desk, tmp_path):
    parts = [
        desk.put(f"T-Q8_0-0000{n}-of-00002.gguf", folder=tmp_path / "elsewhere") for n in (1, 2)
    ]
    found = Found(app="Jan", name="T", files=tuple(parts), size_bytes=128)
    desk.library.take_in(found, moves=False)
    desk.settle()
    desk.worker.work()
    desk.settle()
    (work_id,) = desk.library.works
    desk.library.stop(work_id)
    desk.settle()
    assert (desk.library.installed, desk.library.works) == ((), {})
    assert desk.library.problem is None
    assert all(part.exists() for part in parts)


def test_nothing_is_overwritten_by_an_import(desk, tiny, tmp_path):
    path = desk.put("Tiny-Q8_0.gguf", FILES["Tiny-Q8_0.gguf"], folder=tmp_path / "elsewhere")
    desk.library.take_in(found_at(path), moves=False)
    desk.settle()
    assert isinstance(desk.library.problem, TargetExists)


def test_a_model_moves_to_another_folder_with_all_that_is_known(desk, tiny, tmp_path):
    desk.library.came(job_of(FILES))
    desk.library.used(tiny.path)
    other = tmp_path / "other"
    other.mkdir()
    desk.library.move(tiny.id, other)
    desk.settle()
    model = desk.only()
    assert [file.path for file in model.all_files] == [other / REPOSITORY / name for name in FILES]
    assert (model.origin, model.commit) == (Origin.DOWNLOADED, COMMIT)
    assert {file.check for file in model.all_files} == {Check.GOOD}
    assert model.last_used_at
    assert not (desk.own / "acme").exists()
    assert desk.settings.model_folders == (str(other),)


@pytest.fixture
def _two_volumes(monkeypatch):
    monkeypatch.setattr(transfers, "_is_one_volume", lambda first, second: False)


@pytest.mark.usefixtures("_two_volumes")
def test_a_move_to_another_volume_copies_and_checks_before_anything_goes(desk, tiny, tmp_path):
    desk.library.came(job_of(FILES))
    desk.settle()
    other = tmp_path / "other"
    other.mkdir()
    desk.library.move(tiny.id, other)
    desk.settle()
    assert desk.library.works[tiny.id] == LibraryWork(kind="move", done_bytes=0, total_bytes=128)
    desk.worker.work()
    desk.settle()
    assert all(file.path.exists() for file in tiny.all_files)
    desk.settle_with_worker()
    assert desk.worker.asked == [("copy", name, sha256(content)) for name, content in FILES.items()]
    assert desk.only().path.is_relative_to(other)
    assert not tiny.path.exists()


@pytest.mark.usefixtures("_two_volumes")
@pytest.mark.parametrize("done", [0, 1])
def test_a_move_that_fails_leaves_the_model_where_it_was(desk, tiny, tmp_path, done):
    other = tmp_path / "other"
    other.mkdir()
    desk.library.move(tiny.id, other)
    desk.settle()
    for _ in range(done):
        desk.worker.work()
    desk.worker.fail(DiskFailed(folder="other", reason="full"))
    desk.settle()
    assert isinstance(desk.library.problem, LibraryDiskFailed)
    assert desk.only().id == tiny.id
    assert [path for path in other.rglob("*") if path.is_file()] == []


def test_a_projector_that_another_build_needs_is_copied_by_a_move(desk, tiny, tmp_path):
    desk.put(f"{REPOSITORY}/Tiny-Q4_0.gguf")
    desk.refresh()
    other = tmp_path / "other"
    other.mkdir()
    desk.library.move(tiny.id, other)
    desk.settle_with_worker()
    assert len([model for model in desk.library.installed if model.projector.path.exists()]) == 2


def test_a_move_onto_a_file_that_is_there_is_refused(desk, tiny, tmp_path):
    other = tmp_path / "other"
    desk.put(f"{REPOSITORY}/Tiny-Q8_0.gguf", b"mine", folder=other)
    desk.library.move(tiny.id, other)
    desk.settle()
    assert isinstance(desk.library.problem, TargetExists)
    assert tiny.path.exists()
