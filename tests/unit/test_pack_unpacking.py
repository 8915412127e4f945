"""Unpacking runtime packs: real archives, most of them hostile."""

import errno
import os
import pathlib
import tarfile
import threading

import msgspec
import pytest

from app.domain.errors import Cancelled, PackRefused, UpdateDiskFailed, UpdateDiskFull
from app.services import pack_unpacking
from app.services.pack_unpacking import unpack
from tests.helpers.publisher import ABI, LISTED_PACK, archive_of, archive_with, contents_of, pack_of

FILES = {"libggml-cuda.so": b"library" * 1000, "LICENSE-NVIDIA.txt": b"licence"}
WHOLE = pack_of(FILES)


class Unpacked:
    """A place for packs, and what a pack may be."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.target = folder / "runtimes" / ABI / "cuda13"
        self.stop = threading.Event()
        self.progress: list[int] = []
        self.pack = LISTED_PACK

    def unpack(self, archive: bytes):
        path = self.folder / "pack.tar"
        path.write_bytes(archive)
        return unpack(
            path, self.target, self.pack, stop=self.stop, on_progress=self.progress.append
        )

    def refuse(self, archive: bytes) -> str:
        with pytest.raises(PackRefused) as refused:
            self.unpack(archive)
        assert not self.target.exists()
        assert [path.name for path in self.folder.rglob("*") if path.is_file()] == ["pack.tar"]
        return refused.value.facts["reason"]


@pytest.fixture
def place(tmp_path) -> Unpacked:
    return Unpacked(tmp_path)


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "", size: int = 0):
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.size = kind, link, size
    return made, b"x" * size


@pytest.mark.parametrize("mode", ["w:xz", "w:gz", "w:bz2", "w"])
def test_a_pack_is_unpacked_whole(place, mode):
    archive = archive_of({"pack.json": contents_of(FILES), **FILES}, mode=mode)
    contents = place.unpack(archive)
    assert {file.path for file in contents.files} == set(FILES)
    there = {path.name: path.read_bytes() for path in place.target.iterdir()}
    assert there == {"pack.json": contents_of(FILES), **FILES}
    assert place.progress[-1] == sum(map(len, there.values()))
    assert [path.name for path in place.target.parent.iterdir()] == ["cuda13"]


def test_folders_inside_are_made(place):
    files = {"lib/libggml-cuda.so": b"x", "lib/more/libcublas.so": b"y"}
    folders = [member(name, tarfile.DIRTYPE) for name in (".", "lib", "lib/more")]
    regular = {"pack.json": contents_of(files), **files}
    listed = [(member(path, size=len(data))[0], data) for path, data in regular.items()]
    place.unpack(archive_with([*folders, *listed]))
    assert (place.target / "lib" / "more" / "libcublas.so").read_bytes() == b"y"


def test_a_pack_takes_the_place_of_a_broken_one(place):
    place.target.mkdir(parents=True)
    (place.target / "left").touch()
    place.unpack(WHOLE)
    assert not (place.target / "left").exists()


@pytest.mark.parametrize(
    "name",
    [
        "../evil.so",
        "a/../../evil.so",
        "/tmp/evil.so",
        "..\\evil.so",
        "C:evil.so",
        "libggml.so:stream",
        "..",
    ],
)
def test_nothing_is_written_outside_of_the_folder(place, name):
    assert place.refuse(archive_with([member(name, size=3)])) == (
        "it holds a file outside its folder"
    )
    assert not (place.folder / "evil.so").exists()


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_are_refused(place, kind):
    archive = archive_with([member("libggml-cuda.so", kind, "/etc/passwd")])
    assert place.refuse(archive) == "there is a link or a device in it"


def test_a_link_to_a_folder_and_a_file_through_it_are_refused(place):
    outside = place.folder / "outside"
    outside.mkdir()
    archive = archive_with([member("lib", tarfile.SYMTYPE, str(outside)), member("lib/x", size=1)])
    assert place.refuse(archive) == "there is a link or a device in it"
    assert not list(outside.iterdir())


def test_a_bomb_is_refused_before_it_is_on_the_disk(place):
    archive = archive_with([member("libggml-cuda.so", size=50_000_000)])
    assert len(archive) < 100_000
    assert place.refuse(archive) == "it is larger than it should be"
    assert not place.progress


def test_so_are_thousands_of_files(place):
    archive = archive_with([member(f"f{number}") for number in range(1500)])
    assert place.refuse(archive) == "it holds a file twice"


@pytest.mark.parametrize("second", ["libggml-cuda.so", "LIBGGML-CUDA.SO", "./libggml-cuda.so"])
def test_a_file_that_is_there_twice_is_refused(place, second):
    archive = archive_with([member("libggml-cuda.so", size=1), member(second, size=1)])
    assert place.refuse(archive) == "it holds a file twice"


def test_a_file_with_another_hash_is_refused(place):
    files = {**FILES, "libggml-cuda.so": b"LIBRARY" * 1000}
    archive = archive_of({"pack.json": contents_of(FILES), **files})
    assert place.refuse(archive) == "a file in it is damaged"


@pytest.mark.parametrize("files", [{}, {**FILES, "more.so": b"x"}, {"other.so": b"x"}])
def test_other_files_than_it_says_are_refused(place, files):
    archive = archive_of({"pack.json": contents_of(FILES), **files})
    assert place.refuse(archive) == "it holds other files than it says"


@pytest.mark.parametrize("contents", [None, b"", b"{}", b"[" * 5000, b"\xff"])
def test_a_pack_that_does_not_say_what_it_holds_is_refused(place, contents):
    files = FILES if contents is None else {"pack.json": contents, **FILES}
    assert place.refuse(archive_of(files)) == "it does not say what belongs to it"


@pytest.mark.parametrize("other", [{"abi": "other"}, {"name": "cuda12"}, {"target": "linux-arm64"}])
def test_a_pack_of_another_engine_is_refused(place, other):
    assert place.refuse(pack_of(FILES, **other)) == "it belongs to another engine"


@pytest.mark.parametrize(
    "archive", [b"", b"no archive", WHOLE[: len(WHOLE) // 2], b"\xfd7zXZ\0" + b"\0" * 100]
)
def test_what_is_no_archive_is_refused(place, archive):
    assert place.refuse(archive) in (
        "it cannot be unpacked",
        "it does not say what belongs to it",
    )


def test_a_stop_leaves_nothing_and_the_old_pack(place):
    place.unpack(WHOLE)
    place.stop.set()
    with pytest.raises(Cancelled):
        place.unpack(WHOLE)
    assert [path.name for path in place.target.parent.iterdir()] == ["cuda13"]
    assert (place.target / "libggml-cuda.so").exists()


def test_without_room_nothing_is_unpacked(place):
    place.pack = msgspec.structs.replace(place.pack, unpacked_bytes=1 << 36)
    disk = os.statvfs(place.folder)
    if disk.f_bavail * disk.f_frsize > 1 << 36:
        pytest.skip("this disk has room for 64 GiB")
    with pytest.raises(UpdateDiskFull):
        place.unpack(WHOLE)
    assert not list(place.target.parent.iterdir())


def test_a_disk_that_fills_up_meanwhile_leaves_nothing(place, monkeypatch):
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pack_unpacking.os, "fsync", full)
    with pytest.raises(UpdateDiskFull):
        place.unpack(WHOLE)
    assert not list(place.target.parent.iterdir())


def test_a_folder_that_cannot_be_made_is_named(place):
    (place.folder / "runtimes").touch()
    with pytest.raises(UpdateDiskFailed):
        place.unpack(WHOLE)
