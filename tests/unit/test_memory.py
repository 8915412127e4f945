import psutil

from app.hardware import memory
from app.hardware.memory import read_memory


def test_the_machine_itself(monkeypatch, tmp_path):
    monkeypatch.setattr(memory, "_CGROUP", tmp_path)
    read = read_memory()
    assert read.total_bytes == psutil.virtual_memory().total
    assert 0 < read.available_bytes <= read.total_bytes


def test_a_container_s_limit_counts(monkeypatch, tmp_path):
    monkeypatch.setattr(memory, "_CGROUP", tmp_path)
    (tmp_path / "memory.max").write_text("1000000\n")
    (tmp_path / "memory.current").write_text("400000\n")
    read = read_memory()
    assert (read.total_bytes, read.available_bytes) == (1_000_000, 600_000)
    (tmp_path / "memory.stat").write_text("anon 5\ninactive_file 300000\n")
    assert read_memory().available_bytes == 900_000
    (tmp_path / "memory.max").write_text("max\n")
    assert read_memory().total_bytes == psutil.virtual_memory().total
