"""Common prefixes, what stands for a picture, and snapshots on a disk that has no room."""

import ctypes
import hashlib
import os
import random
import shutil

import pytest

from app.domain.chat import Picture
from app.engine.worker.sequences import common_length, picture_entry
from app.engine.worker.snapshots import Snapshots

PLENTY_BYTES = 1 << 30
STATE = b"what llama.cpp would write"
ENTRIES = [1, 5, 3, -7]


@pytest.mark.parametrize("length", [0, 1, 4095, 4096, 4097, 8191, 8192, 8193, 20_000])
def test_the_common_length_is_exact(length):
    draw = random.Random(length)
    left = [draw.randrange(1000) for _ in range(length)]
    right = list(left)
    assert common_length(left, right) == length
    assert common_length(left, [*right, 1]) == common_length([*left, 1], right) == length
    assert common_length([*left, 1, 3], [*right, 2, 3]) == length
    for place in draw.sample(range(length), min(length, 20)):
        right[place] += 1
        assert common_length(left, right) == place
        right[place] -= 1


def picture(width_px: int, height_px: int, pixels: bytes) -> Picture:
    return Picture(
        sha256=hashlib.sha256(pixels).hexdigest(), width_px=width_px, height_px=height_px
    )


def test_what_stands_for_a_picture_is_no_token_and_fits_a_snapshot():
    entries = {picture_entry(picture(28, 28, bytes([i]) * 9)) for i in range(200)}
    assert len(entries) == 200
    assert -(2**63) <= min(entries) <= max(entries) < 0


def test_the_shape_of_a_picture_counts():
    assert picture_entry(picture(28, 56, b"white")) != picture_entry(picture(56, 28, b"white"))


def write(target: "ctypes.Array[ctypes.c_uint8]") -> int:
    ctypes.memmove(target, STATE, len(STATE))
    return len(STATE)


@pytest.fixture
def snapshots(tmp_path) -> Snapshots:
    return Snapshots(tmp_path / "kv", fingerprint="f", limit_bytes=PLENTY_BYTES)


def save(snapshots: Snapshots, chat: str = "a", write=write) -> bool:
    return snapshots.save(chat, None, ENTRIES, len(STATE), write)


def load(snapshots: Snapshots, chat: str = "a", *, most_entries: int = 10):
    read: list[bytes] = []

    def take(source, size: int) -> bool:
        read.append(bytes(source)[:size])
        return True

    return snapshots.load(chat, None, take, most_entries=most_entries), read


def test_what_is_saved_is_loaded(snapshots):
    assert save(snapshots)
    assert load(snapshots) == (ENTRIES, [STATE])


def test_one_chat_does_not_get_what_another_saved(snapshots):
    assert save(snapshots)
    assert load(snapshots, "b") == ([], [])


def test_a_state_that_is_refused_is_deleted(snapshots, tmp_path):
    save(snapshots)
    assert snapshots.load("a", None, lambda source, size: False, most_entries=10) == []
    assert list((tmp_path / "kv").iterdir()) == []


def test_one_of_a_larger_context_is_deleted_unread(snapshots, tmp_path):
    save(snapshots)
    assert load(snapshots, most_entries=len(ENTRIES) - 1) == ([], [])
    assert list((tmp_path / "kv").iterdir()) == []


def test_a_full_disk_is_left_alone(snapshots, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1 << 20))
    assert not save(snapshots)
    assert list((tmp_path / "kv").iterdir()) == []


def test_a_disk_that_fills_up_meanwhile_leaves_nothing(snapshots, tmp_path, monkeypatch):
    def refuse(*_arguments: int) -> None:
        raise OSError(28, "No space left on device")

    save(snapshots)
    monkeypatch.setattr(os, "posix_fallocate", refuse)
    assert not save(snapshots)
    assert [file.suffix for file in (tmp_path / "kv").iterdir()] == [".kv"]
    assert load(snapshots) == (ENTRIES, [STATE])


def test_a_state_that_is_cut_short_is_not_kept(snapshots, tmp_path):
    assert not save(snapshots, write=lambda target: len(STATE) - 1)
    assert list((tmp_path / "kv").iterdir()) == []
