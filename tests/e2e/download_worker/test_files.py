"""Hashing and copying."""

import pathlib

import pytest

from app.domain import errors
from app.downloads.protocol import (
    Copied,
    Copy,
    FileProgress,
    Hash,
    Hashed,
    Stopped,
)
from tests.helpers.download_kit import DownloadWorker
from tests.helpers.hub.content import sha256_of
from tests.helpers.published import SMALL, content_of


@pytest.fixture
def big_file(tmp_path) -> pathlib.Path:
    """Takes long enough to hash or copy to be stopped: a hole takes no room."""
    path = tmp_path / "big.gguf"
    with path.open("wb") as file:
        file.truncate(4 << 30)
    return path


def run_hash(worker: DownloadWorker, path: pathlib.Path) -> int:
    return worker.ask(lambda i: Hash(request_id=i, path=str(path), is_urgent=True))


def run_copy(worker: DownloadWorker, source: pathlib.Path, target: pathlib.Path, **more) -> int:
    return worker.ask(lambda i: Copy(request_id=i, source=str(source), target=str(target), **more))


def first_progress(worker: DownloadWorker, request_id: int) -> None:
    worker._wait(
        lambda event: isinstance(event, FileProgress) and event.request_id == request_id, 20
    )


def test_a_hash_tells_what_the_file_looked_like(worker, tmp_path):
    path = tmp_path / "m.gguf"
    path.write_bytes(SMALL)
    request = run_hash(worker, path)
    assert worker.end_of(request) == Hashed(
        request_id=request, sha256=sha256_of(SMALL), bytes=300_000, mtime_ns=path.stat().st_mtime_ns
    )
    missing = worker.error_of(run_hash(worker, tmp_path / "none.gguf"))
    assert isinstance(missing, errors.ModelNotFound)


def test_a_cancelled_hash_ends_at_once(worker, big_file):
    request = run_hash(worker, big_file)
    first_progress(worker, request)
    worker.cancel(request)
    assert worker.end_of(request, limit_s=0.5) == Stopped(request_id=request)


def test_a_copy_is_checked_and_keeps_its_source(worker, tmp_path):
    source, target = tmp_path / "m.gguf", tmp_path / "new" / "n.gguf"
    source.write_bytes(SMALL)
    end = worker.end_of(run_copy(worker, source, target, sha256=sha256_of(SMALL)))
    assert isinstance(end, Copied)
    assert end.sha256 == content_of(source) == content_of(target)


def test_a_copy_of_another_content_than_expected_leaves_nothing(worker, tmp_path):
    source, target = tmp_path / "m.gguf", tmp_path / "new" / "n.gguf"
    source.write_bytes(b"else")
    error = worker.error_of(run_copy(worker, source, target, sha256=sha256_of(SMALL)))
    assert isinstance(error, errors.FileAltered)
    assert not list(target.parent.iterdir())


def test_nothing_is_overwritten_by_a_copy_or_a_move(worker, tmp_path):
    source, target = tmp_path / "m.gguf", tmp_path / "n.gguf"
    source.write_bytes(b"new")
    target.write_bytes(b"old")
    for keeps_source in (True, False):
        error = worker.error_of(run_copy(worker, source, target, keeps_source=keeps_source))
        assert isinstance(error, errors.TargetExists)
    assert (source.read_bytes(), target.read_bytes()) == (b"new", b"old")


def test_a_move_on_the_same_volume_renames(worker, tmp_path):
    source, target = tmp_path / "m.gguf", tmp_path / "new" / "n.gguf"
    source.write_bytes(b"x")
    inode = source.stat().st_ino
    worker.end_of(run_copy(worker, source, target, keeps_source=False))
    assert not source.exists()
    assert target.stat().st_ino == inode


def test_a_move_to_another_volume_copies_and_then_removes(worker, tmp_path, second_volume):
    source, target = tmp_path / "m.gguf", second_volume / "n.gguf"
    source.write_bytes(SMALL)
    end = worker.end_of(run_copy(worker, source, target, keeps_source=False))
    assert end.sha256 == content_of(target) == sha256_of(SMALL)
    assert not source.exists()


def test_a_cancelled_copy_leaves_the_source_and_nothing_else(worker, big_file, tmp_path):
    target = tmp_path / "new" / "n.gguf"
    request = run_copy(worker, big_file, target, keeps_source=True)
    first_progress(worker, request)
    worker.cancel(request)
    assert worker.end_of(request, limit_s=1) == Stopped(request_id=request)
    assert not list(target.parent.iterdir())
    assert big_file.exists()
