import pathlib

import psutil
import pytest

from app.hardware import memory
from app.hardware.memory import read_memory

V2 = ("memory.max", "memory.current")
V1 = ("memory.limit_in_bytes", "memory.usage_in_bytes")


@pytest.fixture
def root(monkeypatch, tmp_path) -> pathlib.Path:
    monkeypatch.setattr(memory, "_ROOT", tmp_path)
    return tmp_path


def write(path: pathlib.Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def limit(root: pathlib.Path, group: str, most: str, used: int, names=V2) -> None:
    for name, value in zip(names, (most, used), strict=True):
        write(root / "sys/fs/cgroup" / group / name, f"{value}\n")


def read() -> tuple[int, int]:
    found = read_memory()
    return found.total_bytes, found.available_bytes


def test_the_machine_itself(root):
    total, available = read()
    assert total == psutil.virtual_memory().total
    assert 0 < available <= total


def test_this_process_really_has_memory():
    total, available = read()
    assert 0 < available <= total <= psutil.virtual_memory().total


def test_a_container_s_limit_counts(root):
    write(root / "proc/self/cgroup", "0::/\n")
    limit(root, "", "1000000", 400_000)
    assert read() == (1_000_000, 600_000)


def test_a_group_s_cache_is_given_back(root):
    write(root / "proc/self/cgroup", "0::/\n")
    limit(root, "", "1000000", 400_000)
    write(root / "sys/fs/cgroup/memory.stat", "anon 5\ninactive_file 300000\n")
    assert read() == (1_000_000, 900_000)


def test_no_limit_is_none(root):
    write(root / "proc/self/cgroup", "0::/user\n")
    limit(root, "user", "max", 400_000)
    assert read()[0] == psutil.virtual_memory().total


def test_the_limit_of_the_process_s_own_group_counts(root):
    write(root / "proc/self/cgroup", "0::/user.slice/app.scope\n")
    limit(root, "user.slice/app.scope", "1000000", 100_000)
    limit(root, "other.slice", "5", 5)
    assert read() == (1_000_000, 900_000)


def test_the_tightest_of_nested_limits_counts_for_size_and_for_room(root):
    write(root / "proc/self/cgroup", "0::/user.slice/app.scope\n")
    limit(root, "user.slice/app.scope", "1000000", 100_000)
    limit(root, "user.slice", "3000000", 2_800_000)
    assert read() == (1_000_000, 200_000)


def test_a_limit_that_throttles_counts_too(root):
    write(root / "proc/self/cgroup", "0::/app\n")
    limit(root, "app", "max", 100_000)
    write(root / "sys/fs/cgroup/app/memory.high", "1000000\n")
    assert read() == (1_000_000, 900_000)


def test_a_container_that_is_told_its_path_outside_sees_its_limit_at_the_root(root):
    write(root / "proc/self/cgroup", "0::/../docker/0123\n")
    limit(root, "", "1000000", 400_000)
    assert read() == (1_000_000, 600_000)


def test_the_older_kind_of_groups(root):
    write(root / "proc/self/cgroup", "9:name=systemd:/x\n4:memory:/box/inner\n0::/\n")
    unlimited = "9223372036854771712"
    limit(root, "memory", unlimited, 10**12, names=V1)
    limit(root, "memory/box", "2000000", 600_000, names=V1)
    limit(root, "memory/box/inner", unlimited, 500_000, names=V1)
    write(root / "sys/fs/cgroup/memory/box/memory.stat", "total_inactive_file 100000\n")
    assert read() == (2_000_000, 1_500_000)


def test_more_used_than_allowed_leaves_nothing(root):
    write(root / "proc/self/cgroup", "0::/\n")
    limit(root, "", "1000000", 1_400_000)
    assert read() == (1_000_000, 0)


def test_a_system_without_groups(root):
    write(root / "proc/self/cgroup", "nonsense")
    assert read()[0] == psutil.virtual_memory().total
