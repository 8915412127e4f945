"""What the engine says of this PC, and what is made of it when it does not."""

import sys

import pytest

from app.domain.errors import EngineMissing
from app.domain.quants import QUANTS
from app.engine import probing
from app.engine.probing import measure_speed, probe_engine, set_up_engine
from app.hardware.memory import read_memory

CRASH = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
HANG = "import signal; signal.pause()"
GARBAGE = "print('{\"version\": [')"


def program(source: str) -> list[str]:
    return [sys.executable, "-c", source]


@pytest.fixture
def start_instead(monkeypatch):
    """Start that Python source in place of the engine."""

    def replace(source: str) -> None:
        monkeypatch.setattr(probing, "worker_command", lambda role: program(source))

    return replace


def test_the_processor_is_a_device_with_the_machine_s_memory():
    (cpu,) = [d for d in probe_engine().devices if d.kind == "cpu"]
    assert cpu.name == "CPU"
    assert cpu.description
    assert cpu.total_bytes >= read_memory().total_bytes


def test_the_engine_s_number_of_threads_is_told():
    assert probe_engine().threads >= 1


def test_a_development_build_needs_no_setup():
    setup = set_up_engine()
    assert setup.build.devices
    assert (setup.environment, setup.skipped, setup.cpu_problem) == ({}, (), None)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (CRASH, r"failed \(signal SIGSEGV\)"),
        (HANG, "did not answer within 1 seconds"),
        (GARBAGE, "gave an answer that makes no sense"),
        ("raise SystemExit(3)", r"failed \(exit code 3\)"),
    ],
)
def test_a_probe_that_fails_says_how(source, reason, start_instead):
    start_instead(source)
    with pytest.raises(EngineMissing, match=reason):
        probe_engine(timeout_s=1.0)


@pytest.mark.parametrize("source", [CRASH, GARBAGE])
def test_a_setup_that_fails_altogether_is_no_error(source, start_instead):
    start_instead(source)
    setup = set_up_engine()
    assert setup.build is None
    assert str(setup.cpu_problem).startswith("Running on the CPU because the search for devices ")


def test_a_linked_driver_that_crashes_is_hidden(monkeypatch):
    """Its cards are, which is all that can be done about a driver that is linked in."""
    real = probing.worker_command
    crash = f"import os, sys\nif 'GGML_DISABLE_VULKAN' not in os.environ:\n {CRASH}\n"
    go_on = f"os.execv(sys.executable, {real('--engine-probe')!r})"
    monkeypatch.setattr(probing, "worker_command", lambda role: program(crash + go_on))
    setup = set_up_engine()
    assert [device.kind for device in setup.build.devices] == ["cpu"]
    assert "failed (signal SIGSEGV)" in str(setup.cpu_problem)


def test_a_program_that_cannot_be_started_is_missing(monkeypatch):
    monkeypatch.setattr(probing, "worker_command", lambda role: ["/no/such/program"])
    with pytest.raises(EngineMissing, match="could not be started"):
        probe_engine()


@pytest.fixture(scope="module")
def rates():
    """The processor's, measured once: it takes seconds."""
    return measure_speed().rates["CPU"]


def test_the_processor_s_speed_is_measured_for_every_common_format(rates):
    assert {"q4_K", "q6_K", "q5_K", "q8_0", "q4_0", "f16"} <= set(rates.bytes_per_s)
    assert set(rates.bytes_per_s) <= {quant.name for quant in QUANTS}
    assert all(1e7 < rate < 1e13 for rate in rates.bytes_per_s.values())
    assert 1e-8 < rates.node_s < 1e-2
    assert 0 <= rates.row_s < 1e-4
    assert rates.flops_per_s > 1e8


def test_formats_that_take_more_work_are_slower(rates):
    assert rates.bytes_per_s["iq2_xxs"] < rates.bytes_per_s["q8_0"]
