"""From folders, index and catalogue to the list of what is installed."""

import os
import pathlib

import msgspec
import pytest

from app.domain.builds import BuildFile
from app.domain.catalogue import BadFile
from app.domain.downloads.jobs import Job
from app.domain.errors import FolderUnwritable, LibraryUnreadable
from app.domain.library import Check, Origin
from app.library.changes import changes_of
from app.library.index import NAME, Contents, Facts, Known, LibraryIndex, read_index
from app.library.recognise import Content, Recogniser
from app.library.scan import walk
from app.library.stock import downloaded, look_into, take_stock
from tests.helpers.library_desk import COMMIT, REPOSITORY, gguf, made_model, sha256


def put(path: pathlib.Path, content: bytes) -> pathlib.Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def stock(*folders, contents=None, models=()):
    return take_stock(contents or Contents(), look_into(folders), Recogniser(models))


def test_hidden_folders_parts_and_other_files_are_not_models(tmp_path):
    for path in (".downloads/j/0.gguf", ".trash/x/y.gguf", "a/b/0.part", "a/b/README.md"):
        put(tmp_path / path, gguf("m"))
    put(tmp_path / "a/b/empty.gguf", b"")
    assert walk(tmp_path) == ()


def test_a_folder_that_links_to_itself_is_walked_once(tmp_path):
    put(tmp_path / "a/b/T-Q8_0.gguf", gguf("m"))
    (tmp_path / "a/b/loop").symlink_to(tmp_path)
    assert [file.inside for file in walk(tmp_path)] == ["a/b/T-Q8_0.gguf"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_folder_that_may_not_be_read_is_skipped(tmp_path):
    put(tmp_path / "closed/n/T.gguf", gguf("m"))
    put(tmp_path / "open/n/T.gguf", gguf("m"))
    (tmp_path / "closed").chmod(0)
    assert [file.inside for file in walk(tmp_path)] == ["open/n/T.gguf"]
    (tmp_path / "closed").chmod(0o700)


def test_a_dangling_link_is_no_model(tmp_path):
    (tmp_path / "a.gguf").symlink_to(tmp_path / "gone")
    assert walk(tmp_path) == ()


def test_a_thousand_files_are_one_look(tmp_path):
    for number in range(1000):
        put(tmp_path / f"o/n{number % 40}/T{number}-Q8_0.gguf", b"GGUF")
    assert len(stock(tmp_path).installed) == 1000


def test_a_model_of_the_catalogue_has_its_name_build_and_commit(tmp_path):
    files = {"Tiny-Q8_0.gguf": gguf("m"), "mmproj-F16.gguf": gguf("p")}
    for path, content in files.items():
        put(tmp_path / REPOSITORY / path, content)
    (model,) = stock(tmp_path, models=[made_model(files)]).installed
    assert (model.name, model.model_id, model.build) == ("Tiny", "tiny", "Q8_0")
    assert (model.repository, model.commit) == (REPOSITORY, COMMIT)
    assert model.projector is not None


def test_a_set_in_a_subfolder_is_one_model_with_the_projector_above_it(tmp_path):
    names = [f"Q8_0/T-Q8_0-0000{number}-of-00002.gguf" for number in (1, 2)]
    for name in (*names, "mmproj-F16.gguf"):
        put(tmp_path / "acme/T-GGUF" / name, gguf(name))
    (model,) = stock(tmp_path).installed
    assert [file.path.name for file in model.files] == [name[5:] for name in names]
    assert (model.name, model.build, model.model_id) == ("T-Q8_0", "Q8_0", "acme/T-GGUF")
    assert model.projector is not None


def test_a_set_that_lacks_a_part_is_listed_as_not_there(tmp_path):
    put(tmp_path / "a/b/T-Q8_0-00001-of-00002.gguf", gguf("1"))
    (model,) = stock(tmp_path).installed
    assert not model.is_there


def test_a_set_that_a_download_is_just_putting_there_is_not_listed(tmp_path):
    put(tmp_path / "a/b/T-Q8_0-00001-of-00002.gguf", gguf("1"))
    files = tuple(BuildFile(path=f"T-Q8_0-0000{n}-of-00002.gguf") for n in (1, 2))
    job = Job(id="j", name="T", model_id="a/b", build="Q8_0", repository="a/b", files=files)
    put(tmp_path / ".downloads/j/job.json", msgspec.json.encode(job))
    assert stock(tmp_path).installed == ()


def test_a_damaged_job_hides_nothing(tmp_path):
    put(tmp_path / "a/b/T-Q8_0-00001-of-00002.gguf", gguf("1"))
    put(tmp_path / ".downloads/j/job.json", b"{")
    assert len(stock(tmp_path).installed) == 1


def test_a_file_of_another_hash_is_not_the_catalogues_and_is_warned_of(tmp_path):
    model = made_model({"Tiny-Q8_0.gguf": gguf("published")})
    path = put(tmp_path / REPOSITORY / "Tiny-Q8_0.gguf", gguf("other one"))
    known = Facts(bytes=64, mtime_ns=path.stat().st_mtime_ns, sha256=sha256(gguf("other one")))
    contents = Contents(files={str(path): known})
    (found,) = stock(tmp_path, contents=contents, models=[model]).installed
    assert found.model_id == REPOSITORY
    assert "not what was published" in found.warning


def test_a_known_bad_file_is_warned_of(tmp_path):
    content = gguf("bad")
    bad = BadFile(name="Tiny-*.gguf", bytes=64, reason="Do not use it.")
    model = made_model({"Tiny-Q8_0.gguf": content}, bad_files=(bad,))
    put(tmp_path / "mine" / "Tiny-Q8_0.gguf", content)
    assert stock(tmp_path, models=[model]).installed[0].warning == "Do not use it."


def test_a_file_with_another_name_is_recognised_by_its_hash():
    recogniser = Recogniser([made_model({"Tiny-Q8_0.gguf": gguf("m")})])
    blob = Content(name="sha256-x", bytes=64, sha256=sha256(gguf("m")))
    assert recogniser.recognise([blob]).build.id == "Q8_0"
    assert recogniser.recognise([Content(name="sha256-x", bytes=64)]) is None


def test_the_index_remembers_when_a_file_was_first_seen(tmp_path):
    path = put(tmp_path / "a/b/T.gguf", gguf("m"))
    facts = stock(tmp_path).contents.files[str(path)]
    assert (facts.bytes, facts.mtime_ns, facts.check) == (
        64,
        path.stat().st_mtime_ns,
        Check.UNKNOWN,
    )


def test_a_model_that_was_deleted_by_hand_is_forgotten(tmp_path):
    path = put(tmp_path / "a/b/T.gguf", gguf("m"))
    before = stock(tmp_path).contents
    path.unlink()
    after = stock(tmp_path, contents=before)
    assert after.installed == ()
    assert after.contents.files == {}


def test_models_on_a_drive_that_is_away_stay_in_the_list(tmp_path):
    drive = tmp_path / "drive"
    put(drive / "a/b/T.gguf", gguf("m"))
    before = stock(drive).contents
    drive.rename(tmp_path / "unplugged")
    (model,) = stock(drive, contents=before).installed
    assert not model.is_there
    assert model.size_bytes == 64


def test_models_of_a_folder_that_was_forgotten_are_not_listed(tmp_path):
    put(tmp_path / "one/a/b/T.gguf", gguf("m"))
    before = stock(tmp_path / "one").contents
    assert stock(tmp_path / "two", contents=before).installed == ()


def test_the_model_that_was_used_last_stands_first(tmp_path):
    for name in ("A", "B"):
        put(tmp_path / f"o/{name}/{name}.gguf", gguf(name))
    path = str(tmp_path / "o/B/B.gguf")
    contents = Contents(models={path: Known(files=(path,), last_used_at="2026")})
    assert [m.name for m in stock(tmp_path, contents=contents).installed] == ["B", "A"]


def test_a_download_is_known_with_its_hashes(tmp_path):
    put(tmp_path / "acme/T/T-Q8_0.gguf", gguf("m"))
    put(tmp_path / "acme/T/mmproj-F16.gguf", gguf("p"))
    files = tuple(
        BuildFile(path=path, bytes=64, sha256=sha256(gguf(name)))
        for path, name in (("T-Q8_0.gguf", "m"), ("mmproj-F16.gguf", "p"))
    )
    job = Job(
        id="j",
        name="T",
        model_id="acme/T",
        build="Q8_0",
        repository="acme/T",
        commit=COMMIT,
        files=files,
    )
    contents = downloaded(Contents(), job, [tmp_path / "none", tmp_path])
    (model,) = stock(tmp_path, contents=contents).installed
    assert (model.name, model.commit, model.origin) == ("T", COMMIT, Origin.DOWNLOADED)
    assert [file.check for file in model.all_files] == [Check.GOOD, Check.GOOD]


def test_a_changed_file_has_to_be_checked_and_one_without_a_hash_has_not(tmp_path):
    hashed, plain = (put(tmp_path / f"{name}.gguf", gguf(name)) for name in "hp")
    old = {
        str(path): Facts(bytes=1, mtime_ns=1, sha256=claim)
        for path, claim in ((hashed, sha256(gguf("h"))), (plain, ""))
    }
    models = {file: Known(files=(file,)) for file in old}
    contents = Contents(files=old, models=models)
    assert [file.path for file in changes_of(contents, hashed, is_published=bool).files] == [hashed]
    assert changes_of(contents, plain, is_published=bool).files == ()


def test_the_index_is_written_and_read(tmp_path):
    index, files = LibraryIndex(tmp_path / "data"), {"/a": Facts(bytes=1, mtime_ns=2)}
    index.change(lambda contents: msgspec.structs.replace(contents, files=files))
    assert read_index(tmp_path / "data").files == files


def test_a_change_is_made_to_what_another_process_wrote(tmp_path):
    first, second = LibraryIndex(tmp_path), LibraryIndex(tmp_path)
    for index, name in ((first, "/a"), (second, "/b"), (first, "/c")):
        index.change(
            lambda contents, name=name: msgspec.structs.replace(
                contents, files={**contents.files, name: Facts(bytes=1, mtime_ns=1)}
            )
        )
    assert set(read_index(tmp_path).files) == {"/a", "/b", "/c"}


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b'{"version": 9}'])
def test_a_damaged_or_newer_index_is_kept_aside(tmp_path, content):
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(LibraryUnreadable):
        read_index(tmp_path)
    contents, damage = LibraryIndex(tmp_path).change(lambda contents: contents)
    assert isinstance(damage, LibraryUnreadable)
    assert contents == Contents()
    assert (tmp_path / "library.broken.json").read_bytes() == content


def test_an_index_that_cannot_be_written_is_told_of(tmp_path):
    (tmp_path / "data").write_bytes(b"a file")
    with pytest.raises(FolderUnwritable):
        LibraryIndex(tmp_path / "data").change(lambda contents: contents)
