"""Removing and moving models never costs a person a file that they did not give away."""

import pytest

from app.domain.atomic_file import rename_new
from app.domain.errors import LibraryDiskFailed
from app.library import trash
from app.library.index import Contents
from app.library.recognise import Recogniser
from app.library.stock import look_into, take_stock
from tests.helpers.library_desk import gguf

PARTS = [f"T-0000{number}-of-00003.gguf" for number in (1, 2, 3)]


def put(path, content=b"mine"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.fixture
def model(tmp_path):
    for name in PARTS:
        put(tmp_path / "acme/T" / name, gguf(name))
    return take_stock(Contents(), look_into([tmp_path]), Recogniser([])).installed[0]


def names(folder):
    return sorted(path.name for path in folder.rglob("*.gguf"))


@pytest.mark.parametrize(
    "name", ["Notes/day.md", "0123456789abcdef/day.md", "entry.json/entry.json"]
)
def test_what_a_person_keeps_in_a_folder_of_that_name_stays(tmp_path, name):
    mine = put(tmp_path / ".trash" / name)
    trash.purge(tmp_path)
    assert mine.exists()


def test_a_link_in_the_trash_is_not_followed(tmp_path):
    mine = put(tmp_path / "mine/entry.json")
    link = tmp_path / "models/.trash/0123456789abcdef"
    link.parent.mkdir(parents=True)
    link.symlink_to(mine.parent)
    trash.purge(tmp_path / "models")
    assert mine.exists()
    assert link.exists()


def test_only_what_is_named_is_deleted(tmp_path, model):
    trash.put(model, tmp_path, kept=())
    trash.purge(tmp_path, only={"0123456789abcdef"})
    assert len(trash.entries(tmp_path)) == 1
    trash.purge(tmp_path, only={model.id})
    assert trash.entries(tmp_path) == []


def test_a_young_removal_stays_though_its_drive_has_another_path_now(tmp_path, model):
    trash.put(model, tmp_path, kept=())
    moved = tmp_path.with_name("moved")
    tmp_path.rename(moved)
    trash.purge(moved, older_than_s=600)
    assert names(moved) == PARTS


def test_a_removal_and_its_way_back_that_both_fail_lose_nothing(tmp_path, model, monkeypatch):
    rename, calls = trash._rename, []

    def refuse(source, target):
        calls.append(source)
        if len(calls) in (3, 4):
            raise PermissionError(13, "Permission denied")
        rename(source, target)

    monkeypatch.setattr(trash, "_rename", refuse)
    with pytest.raises(LibraryDiskFailed):
        trash.put(model, tmp_path, kept=())
    assert names(tmp_path) == PARTS
    (entry,) = trash.entries(tmp_path)
    trash.bring_back(entry, tmp_path)
    assert names(tmp_path / "acme") == PARTS


def test_files_that_are_gone_do_not_keep_the_rest_of_a_model(tmp_path, model):
    model.files[0].path.unlink()
    trash.put(model, tmp_path, kept=())
    assert names(tmp_path / "acme") == []
    (entry,) = trash.entries(tmp_path)
    trash.bring_back(entry, tmp_path)
    assert names(tmp_path / "acme") == PARTS[1:]


def test_a_model_without_any_file_leaves_nothing_in_the_trash(tmp_path, model):
    for file in model.files:
        file.path.unlink()
    trash.put(model, tmp_path, kept=())
    assert not (tmp_path / ".trash").exists()


def test_a_file_that_came_meanwhile_is_not_overwritten(tmp_path):
    pairs = [(put(tmp_path / name), tmp_path / "to" / name) for name in "ab"]
    put(pairs[1][1], b"precious")
    with pytest.raises(FileExistsError):
        trash.move_all(pairs)
    assert pairs[1][1].read_bytes() == b"precious"
    assert all(source.exists() for source, _ in pairs)


def test_a_file_system_without_hard_links_overwrites_nothing_either(tmp_path, monkeypatch):
    def refuse(self, target):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(type(tmp_path), "hardlink_to", refuse)
    source, target = put(tmp_path / "a"), put(tmp_path / "b", b"precious")
    with pytest.raises(FileExistsError):
        rename_new(source, target)
    assert target.read_bytes() == b"precious"
    rename_new(source, tmp_path / "c")
    assert (tmp_path / "c").read_bytes() == b"mine"


def test_a_link_is_moved_as_a_link(tmp_path):
    put(tmp_path / "a")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    rename_new(tmp_path / "link", tmp_path / "moved")
    assert (tmp_path / "moved").readlink() == tmp_path / "a"
    assert not (tmp_path / "link").is_symlink()
