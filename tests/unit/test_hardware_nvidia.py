"""NVIDIA's library is not in the tests' machines: a stand-in speaks as it is documented."""

import os
import sys
from types import SimpleNamespace

import pytest

from app.engine.worker.nvidia import pci_id, read_nvidia


class NvmlError(Exception):
    pass


class Library:
    """NVML with one card; attributes may be replaced."""

    NVMLError = NvmlError

    def __init__(self) -> None:
        self.is_open = False

    def nvmlInit(self):  # noqa: N802
        self.is_open = True

    def nvmlShutdown(self):  # noqa: N802
        self.is_open = False

    nvmlSystemGetDriverVersion = staticmethod(lambda: "580.65.06")  # noqa: N815
    nvmlDeviceGetCount = staticmethod(lambda: 1)  # noqa: N815
    nvmlDeviceGetHandleByIndex = staticmethod(lambda index: index)  # noqa: N815
    nvmlDeviceGetCudaComputeCapability = staticmethod(lambda card: (8, 9))  # noqa: N815
    nvmlDeviceGetEnforcedPowerLimit = staticmethod(lambda card: 285_000)  # noqa: N815
    nvmlDeviceGetPciInfo = staticmethod(  # noqa: N815
        lambda card: SimpleNamespace(busId="00000000:C1:00.0")
    )
    nvmlDeviceGetMemoryInfo = staticmethod(lambda card: SimpleNamespace(used=900))  # noqa: N815
    nvmlDeviceGetComputeRunningProcesses = staticmethod(  # noqa: N815
        lambda card: [
            SimpleNamespace(pid=os.getpid(), usedGpuMemory=300),
            SimpleNamespace(pid=1, usedGpuMemory=None),
        ]
    )


@pytest.fixture
def library(monkeypatch) -> Library:
    library = Library()
    monkeypatch.setitem(sys.modules, "pynvml", library)
    return library


def refuse(*arguments):
    raise NvmlError


def test_a_card_is_described(library):
    (card,) = read_nvidia()
    assert (card.driver, card.compute_capability) == ("580.65.06", "8.9")
    assert (card.pci_id, card.power_limit_w) == ("0000:c1:00.0", 285)
    assert not library.is_open


def test_what_this_process_holds_is_not_other_programs(library):
    assert read_nvidia()[0].other_bytes == 600


def test_older_libraries_give_bytes(library):
    library.nvmlSystemGetDriverVersion = lambda: b"470.1"
    assert read_nvidia()[0].driver == "470.1"


def test_a_card_without_a_power_limit(library):
    library.nvmlDeviceGetEnforcedPowerLimit = refuse
    assert read_nvidia()[0].power_limit_w is None


def test_without_a_driver_there_are_no_cards(library):
    library.nvmlInit = refuse
    assert read_nvidia() == []


def test_a_driver_that_fails_half_way_tells_nothing_and_is_closed(library):
    library.nvmlDeviceGetMemoryInfo = refuse
    assert read_nvidia() == []
    assert not library.is_open


def test_without_the_library_there_are_no_cards(monkeypatch):
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert read_nvidia() == []


def test_a_bus_id_is_written_as_ggml_does():
    assert pci_id("00000001:0A:1F.7") == "0001:0a:1f.7"
