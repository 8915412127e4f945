import itertools
import os

import msgspec
import pytest

from app.domain.device import Device, EngineBuild, Nvidia
from app.domain.placement.values import Rates
from app.hardware import disk_speed
from app.hardware.disk_speed import copy_bytes_per_s, disk_bytes_per_s
from app.hardware.speed_cache import Speed, SpeedCache

NVIDIA = Nvidia(driver="580.1", compute_capability="8.9", pci_id="0000:01:00.0", other_bytes=0)
CARD = Device(
    name="CUDA0", description="A card", kind="gpu", total_bytes=1, free_bytes=1, nvidia=NVIDIA
)
BUILD = EngineBuild(version="engine 1", features=("AVX = 1",), devices=(CARD,), threads=2)
SPEED = Speed(
    rates={"CPU": Rates(bytes_per_s={"q4_K": 2e10}, node_s=1e-6, row_s=1e-8, flops_per_s=1e11)},
    disk_bytes_per_s=1e9,
    copy_bytes_per_s=1e10,
)


@pytest.fixture
def cache(tmp_path) -> SpeedCache:
    return SpeedCache(tmp_path / "cache")


def replaced(**changes) -> EngineBuild:
    return msgspec.structs.replace(BUILD, **changes)


def test_what_was_measured_is_found_again(cache):
    cache.keep(BUILD, SPEED)
    assert cache.find(BUILD) == SPEED


def test_nothing_is_found_where_nothing_was_measured(cache):
    assert cache.find(BUILD) is None


@pytest.mark.parametrize(
    "other",
    [
        replaced(version="engine 2"),
        replaced(features=("AVX2 = 1",)),
        replaced(threads=4),
        replaced(devices=()),
        replaced(devices=(msgspec.structs.replace(CARD, description="Another card"),)),
        replaced(
            devices=(
                msgspec.structs.replace(
                    CARD, nvidia=msgspec.structs.replace(NVIDIA, driver="590.2")
                ),
            )
        ),
    ],
)
def test_another_engine_processor_card_or_driver_is_measured_again(other, cache):
    cache.keep(BUILD, SPEED)
    assert cache.find(other) is None


def test_how_much_memory_is_free_does_not_matter(cache):
    cache.keep(BUILD, SPEED)
    assert cache.find(replaced(devices=(msgspec.structs.replace(CARD, free_bytes=0),))) == SPEED


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"key": [], "speed": 1}'])
def test_a_broken_cache_is_measured_again(content, cache, tmp_path):
    cache.keep(BUILD, SPEED)
    (tmp_path / "cache/speed.json").write_bytes(content)
    assert cache.find(BUILD) is None


def test_absurd_numbers_are_measured_again(cache):
    rates = {"CPU": Rates(bytes_per_s={"q4_K": -1.0}, node_s=1e-6)}
    cache.keep(BUILD, msgspec.structs.replace(SPEED, rates=rates))
    assert cache.find(BUILD) is None


def test_the_cache_is_private(cache, tmp_path):
    cache.keep(BUILD, SPEED)
    assert (tmp_path / "cache/speed.json").stat().st_mode & 0o777 == 0o600


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / "file").touch()
    SpeedCache(tmp_path / "file").keep(BUILD, SPEED)


def test_the_disk_is_measured_with_a_file_that_is_gone_afterwards(tmp_path):
    rate = disk_bytes_per_s(None, tmp_path / "cache")
    assert rate > 1e5
    assert list((tmp_path / "cache").iterdir()) == []


def test_the_disk_is_measured_with_a_large_file_if_there_is_one(tmp_path):
    model = tmp_path / "model.gguf"
    with model.open("wb") as file:
        file.write(os.urandom(1 << 20) * 64)
    assert disk_bytes_per_s(model, tmp_path / "never") > 1e5
    assert not (tmp_path / "never").exists()
    assert model.stat().st_size == 64 << 20


def test_a_file_that_is_small_or_gone_is_not_used(tmp_path):
    (tmp_path / "small").write_bytes(b"1")
    for name in ("small", "gone"):
        assert disk_bytes_per_s(tmp_path / name, tmp_path / "cache") > 1e5


def test_a_folder_that_cannot_be_written_has_no_speed(tmp_path):
    (tmp_path / "file").touch()
    assert disk_bytes_per_s(None, tmp_path / "file") is None


def test_a_system_that_always_caches_has_no_disk_speed(tmp_path, monkeypatch):
    monkeypatch.delattr(os, "posix_fadvise")
    monkeypatch.setattr(disk_speed.sys, "platform", "win32")
    assert disk_bytes_per_s(None, tmp_path) is None


def test_memory_is_copied_faster_than_any_disk_reads():
    assert copy_bytes_per_s() > 1e8


def test_memory_is_copied_in_pieces_between_which_the_window_lives(monkeypatch):
    """It stood still for a tenth of a second: Python's lock was held for a whole copy."""
    clock = itertools.count()
    monkeypatch.setattr(disk_speed.time, "perf_counter", lambda: next(clock))
    copied_bytes = disk_speed._COPY_BYTES * disk_speed._COPIES
    copy_bytes_per_s()
    pieces = next(clock) // 2
    assert copied_bytes / pieces <= 1 << 20


def test_of_two_measurements_the_better_one_counts_for_each_figure():
    """Other programs can only make a device look slower."""
    early = Rates(bytes_per_s={"q4_K": 1e10, "f16": 3e10}, node_s=2e-6, row_s=1e-8)
    late = Rates(
        bytes_per_s={"q4_K": 2e10, "q8_0": 1e10}, node_s=3e-6, row_s=5e-9, flops_per_s=1e11
    )
    assert (
        early.best_of(late)
        == late.best_of(early)
        == Rates(
            bytes_per_s={"q4_K": 2e10, "f16": 3e10, "q8_0": 1e10},
            node_s=2e-6,
            row_s=5e-9,
            flops_per_s=1e11,
        )
    )
