"""What the download worker does on a disk: room, names, hashes and copies."""

import asyncio
import errno
import hashlib
import os
import pathlib
import threading

import pytest

from app.domain import errors
from app.downloads.worker import copying, disk
from app.downloads.worker import install as installing
from app.downloads.worker.copying import CopyWish, copy_file
from app.downloads.worker.hashing import hash_file


def quiet(done_bytes: int, total_bytes: int) -> None:
    """Nobody asks."""


def test_room_is_counted_with_what_others_need_and_a_reserve(tmp_path, monkeypatch):
    usage = type("Usage", (), {"total": 100_000_000_000, "free": 10_000_000_000})
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda folder: usage)
    room = {"other_bytes": 3_000_000_000}
    disk.check_room(tmp_path, needed_bytes=5_000_000_000, **room)
    with pytest.raises(errors.DiskTooFull) as caught:
        disk.check_room(tmp_path, needed_bytes=5_000_000_001, **room)
    assert caught.value.facts == {"folder": str(tmp_path), "missing_bytes": 1}
    disk.check_room(tmp_path, needed_bytes=0, other_bytes=1 << 50)


def test_a_large_file_does_not_fit_on_fat32(tmp_path, monkeypatch):
    disk.check_file_size(tmp_path, 1 << 33)
    monkeypatch.setattr(disk, "file_system_of", lambda folder: "FAT32")
    disk.check_file_size(tmp_path, (1 << 32) - 1)
    with pytest.raises(errors.FileTooLargeForDisk):
        disk.check_file_size(tmp_path, 1 << 32)


def test_the_file_system_is_that_of_the_deepest_mount(tmp_path, monkeypatch):
    def partition(mountpoint: pathlib.Path, fstype: str) -> object:
        return type("Partition", (), {"mountpoint": str(mountpoint), "fstype": fstype})

    root = pathlib.Path(tmp_path.anchor)
    found = [partition(tmp_path, "vfat"), partition(root, "ext4"), partition(root / "no", "nfs")]
    monkeypatch.setattr(disk.psutil, "disk_partitions", lambda all: found)  # noqa: A006
    assert disk.file_system_of(tmp_path / "models") == "vfat"


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (errno.ENOSPC, errors.DiskTooFull),
        (errno.EDQUOT, errors.DiskTooFull),
        (errno.EROFS, errors.ModelFolderGone),
        (errno.ENOENT, errors.ModelFolderGone),
        (errno.EACCES, errors.ModelFolderGone),
        (errno.EFBIG, errors.FileTooLargeForDisk),
        (errno.EIO, errors.DiskFailed),
    ],
)
def test_what_the_system_says_of_a_disk_becomes_a_sentence(tmp_path, number, error):
    with pytest.raises(error), disk.disk_errors(tmp_path):
        raise OSError(number, os.strerror(number))


def test_a_file_system_without_links_renames_and_still_overwrites_nothing(tmp_path, monkeypatch):
    def refuse(self: pathlib.Path, source: pathlib.Path) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(pathlib.Path, "hardlink_to", refuse)
    source, target = tmp_path / "0.part", tmp_path / "new" / "m.gguf"
    source.write_bytes(b"x")
    installing.install(source, target, threading.Event())
    assert (target.read_bytes(), source.exists()) == (b"x", False)
    source.write_bytes(b"y")
    with pytest.raises(errors.TargetExists):
        installing.install(source, target, threading.Event())
    assert target.read_bytes() == b"x"


def test_a_file_that_changes_while_it_is_hashed_is_hashed_again(tmp_path):
    path = tmp_path / "m.gguf"
    path.write_bytes(bytes(3 << 20))
    changes = [b"changed"]

    def change(done_bytes: int, total_bytes: int) -> None:
        if changes:
            path.write_bytes(changes.pop())

    found = asyncio.run(hash_file(path, is_urgent=True, on_progress=change))
    assert found.sha256 == hashlib.sha256(b"changed").hexdigest()
    assert found.bytes == 7


def test_a_file_that_never_rests_is_given_up(tmp_path):
    path = tmp_path / "m.gguf"
    path.write_bytes(b"x")
    times_ns = iter(range(1, 100))

    def touch(done_bytes: int, total_bytes: int) -> None:
        os.utime(path, ns=(0, next(times_ns)))

    with pytest.raises(errors.FileAltered):
        asyncio.run(hash_file(path, is_urgent=True, on_progress=touch))


def test_a_copy_that_meets_a_full_disk_leaves_the_source_and_no_part(tmp_path, monkeypatch):
    source, target = tmp_path / "m.gguf", tmp_path / "new" / "n.gguf"
    source.write_bytes(bytes(3 << 20))

    def full(descriptor: int, data: memoryview) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(copying, "_write_all", full)
    wish = CopyWish(source=source, target=target)
    with pytest.raises(errors.DiskTooFull):
        asyncio.run(copy_file(wish, on_progress=quiet))
    assert source.exists()
    assert not list(target.parent.iterdir())


def test_a_copy_to_a_disk_without_room_is_not_begun(tmp_path, monkeypatch):
    usage = type("Usage", (), {"total": 10**12, "free": 10**9})
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda folder: usage)
    source, target = tmp_path / "m.gguf", tmp_path / "new" / "n.gguf"
    source.write_bytes(b"x")
    with pytest.raises(errors.DiskTooFull):
        asyncio.run(copy_file(CopyWish(source=source, target=target), on_progress=quiet))
    assert not list(target.parent.iterdir())
