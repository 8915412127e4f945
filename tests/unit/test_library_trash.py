"""Removing models, and taking it back."""

import pytest

from app.domain.errors import LibraryDiskFailed, TargetExists
from app.library import trash
from app.library.import_names import safe_name
from app.library.index import Contents
from app.library.recognise import Recogniser
from app.library.stock import look_into, take_stock
from tests.helpers.library_desk import gguf


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def installed(folder):
    return take_stock(Contents(), look_into([folder]), Recogniser([])).installed


@pytest.fixture
def model(tmp_path):
    for name in ("T-Q8_0-00001-of-00002.gguf", "T-Q8_0-00002-of-00002.gguf", "mmproj-F16.gguf"):
        put(tmp_path / "acme/T" / name, gguf(name))
    return installed(tmp_path)[0]


def test_a_removed_model_is_gone_with_its_empty_folders(tmp_path, model):
    trash.put(model, tmp_path, kept=())
    assert installed(tmp_path) == ()
    assert not (tmp_path / "acme").exists()


def test_a_removed_model_comes_back_as_it_was(tmp_path, model):
    trash.put(model, tmp_path, kept=())
    (entry,) = trash.entries(tmp_path)
    trash.bring_back(entry, tmp_path)
    assert installed(tmp_path) == (model,)
    assert trash.entries(tmp_path) == []


def test_a_file_that_another_model_needs_stays(tmp_path, model):
    trash.put(model, tmp_path, kept=[model.projector.path])
    assert model.projector.path.exists()
    (entry,) = trash.entries(tmp_path)
    trash.bring_back(entry, tmp_path)
    assert installed(tmp_path) == (model,)


def test_nothing_is_overwritten_by_what_comes_back(tmp_path, model):
    trash.put(model, tmp_path, kept=())
    put(model.path, b"newer")
    with pytest.raises(TargetExists):
        trash.bring_back(trash.entries(tmp_path)[0], tmp_path)
    assert model.path.read_bytes() == b"newer"
    assert len(trash.entries(tmp_path)) == 1


def test_a_removal_that_fails_half_way_leaves_the_model_whole(tmp_path, model, monkeypatch):
    renamed = []

    def rename(source, target):
        if len(renamed) == 2 and ".trash" in target.parts:
            raise PermissionError(13, "Permission denied")
        renamed.append(target)
        source.rename(target)

    monkeypatch.setattr(trash, "_rename", rename)
    with pytest.raises(LibraryDiskFailed):
        trash.put(model, tmp_path, kept=())
    assert installed(tmp_path) == (model,)
    assert trash.entries(tmp_path) == []


def test_what_was_left_by_a_kill_in_the_middle_comes_back_too(tmp_path, model):
    trash.put(model, tmp_path, kept=())
    home = tmp_path / ".trash" / model.id / "files"
    last = model.files[1].path
    put(last, (home / last.relative_to(tmp_path)).read_bytes())
    (home / last.relative_to(tmp_path)).unlink()
    trash.bring_back(trash.entries(tmp_path)[0], tmp_path)
    assert [file.path for file in installed(tmp_path)[0].files] == [f.path for f in model.files]


def test_old_removals_are_deleted_and_young_ones_stay(tmp_path, model):
    trash.put(model, tmp_path, kept=())
    trash.purge(tmp_path, older_than_s=600)
    assert len(trash.entries(tmp_path)) == 1
    trash.purge(tmp_path)
    assert not (tmp_path / ".trash").exists()


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 100_000])
def test_a_damaged_entry_is_nothing_to_bring_back(tmp_path, content):
    put(tmp_path / ".trash/x/entry.json", content)
    assert trash.entries(tmp_path) == []


def test_an_entry_that_leads_out_of_the_folder_is_not_followed(tmp_path, model):
    trash.put(model, tmp_path, kept=())
    entry = tmp_path / ".trash" / model.id / "entry.json"
    entry.write_bytes(entry.read_bytes().replace(str(tmp_path).encode(), b"/elsewhere"))
    assert trash.entries(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("mistral-small:24b", "mistral-small-24b"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "_CON"),
        ("a" * 300, "a" * 100),
        (" . ", "model"),
        ("x\0y", "x-y"),
    ],
)
def test_imported_models_have_names_that_every_system_can_have(name, safe):
    assert safe_name(name) == safe
