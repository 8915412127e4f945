"""How what was measured becomes the planner's machine."""

import pytest

from app.domain.device import Device, EngineBuild, EngineSetup, EngineSpeed, Skipped
from app.domain.errors import EngineMissing, MeasuredWhileBusy
from app.domain.placement.values import Rates
from app.services import this_pc
from app.services.this_pc import read_this_pc


def device(name: str, kind: str) -> Device:
    return Device(name=name, description=name, kind=kind, total_bytes=8 << 30, free_bytes=6 << 30)


DEVICES = (device("CPU", "cpu"), device("Vulkan0", "igpu"), device("CUDA0", "gpu"))
BUILD = EngineBuild(
    version="engine 1", features=(), devices=(*DEVICES, device("BLAS", "accel")), threads=4
)


def rates(bytes_per_s: float) -> Rates:
    return Rates(bytes_per_s={"q4_K": bytes_per_s}, node_s=1e-6)


class Pc:
    """What the probes find, and how often they were asked for the speed."""

    def __init__(self) -> None:
        self.setup = EngineSetup(build=BUILD, environment={"A": "b"})
        self.speeds = [EngineSpeed(rates={"CPU": rates(1e10)})]
        self.environments = []

    def set_up_engine(self) -> EngineSetup:
        return self.setup

    def measure_speed(self, *, environment) -> EngineSpeed:
        self.environments.append(environment)
        speed = self.speeds.pop(0)
        if isinstance(speed, Exception):
            raise speed
        return speed


@pytest.fixture
def pc(monkeypatch) -> Pc:
    pc = Pc()
    monkeypatch.setattr(this_pc, "set_up_engine", pc.set_up_engine)
    monkeypatch.setattr(this_pc, "measure_speed", pc.measure_speed)
    return pc


def test_graphics_are_told_apart_and_accelerators_left_out(pc, tmp_path):
    machine = read_this_pc(tmp_path).machine
    assert [(gpu.name, gpu.kind) for gpu in machine.gpus] == [("Vulkan0", "igpu"), ("CUDA0", "gpu")]
    assert machine.cpu.rates == rates(1e10)
    assert machine.gpus[1].rates is None
    assert machine.threads == 4


def test_the_speed_is_measured_once_with_the_backends_that_work(pc, tmp_path):
    read_this_pc(tmp_path)
    read_this_pc(tmp_path)
    assert pc.environments == [{"A": "b"}]


def test_nothing_is_written_where_that_is_not_allowed(pc, tmp_path):
    read_this_pc(tmp_path / "cache", may_write=False)
    assert not (tmp_path / "cache").exists()


def test_a_pc_that_was_busy_is_said_to_be_and_measured_once_more(pc, tmp_path):
    pc.speeds = [
        EngineSpeed(rates={"CPU": rates(2e9)}, others_cores=1.5),
        EngineSpeed(rates={"CPU": rates(1e10)}),
    ]
    busy = read_this_pc(tmp_path)
    assert isinstance(busy.problem, MeasuredWhileBusy)
    calm = read_this_pc(tmp_path)
    assert (calm.problem, calm.machine.cpu.rates) == (None, rates(1e10))
    assert read_this_pc(tmp_path) == calm, "now it is known"


def test_without_a_measurement_there_is_no_speed_and_a_reason(pc, tmp_path):
    pc.speeds = [EngineMissing(reason="did not answer within 60 seconds")]
    found = read_this_pc(tmp_path)
    assert found.machine.cpu.rates is None
    assert "did not answer within 60 seconds" in str(found.problem)


def test_without_an_engine_the_memory_is_known_all_the_same(pc, tmp_path):
    skipped = (Skipped(backend="the engine", reason="failed"),)
    pc.setup = EngineSetup(build=None, environment={}, skipped=skipped)
    found = read_this_pc(tmp_path)
    assert found.machine.cpu.total_bytes > 0
    assert str(found.problem) == "Running on the CPU because the engine failed."
