"""What NVIDIA's management library (NVML) says about its cards, where there is one."""

import importlib
import os
from typing import Any

from app.domain.device import Nvidia


def read_nvidia() -> list[Nvidia]:
    """Ask about every card; nothing without a card, a driver or the Python library."""
    try:
        nvml: Any = importlib.import_module("pynvml")
    except ImportError:
        return []
    try:
        nvml.nvmlInit()
    except nvml.NVMLError:
        return []
    try:
        driver = _text(nvml.nvmlSystemGetDriverVersion())
        handles = [nvml.nvmlDeviceGetHandleByIndex(i) for i in range(nvml.nvmlDeviceGetCount())]
        return [_read(nvml, handle, driver) for handle in handles]
    except nvml.NVMLError:
        return []
    finally:
        nvml.nvmlShutdown()


def _read(nvml: Any, handle: Any, driver: str) -> Nvidia:  # noqa: ANN401 - a library without types
    major, minor = nvml.nvmlDeviceGetCudaComputeCapability(handle)
    own_bytes = sum(
        process.usedGpuMemory or 0
        for process in nvml.nvmlDeviceGetComputeRunningProcesses(handle)
        if process.pid == os.getpid()
    )
    try:
        power_limit_w = round(nvml.nvmlDeviceGetEnforcedPowerLimit(handle) / 1000)
    except nvml.NVMLError:  # laptops and virtual cards have none
        power_limit_w = None
    return Nvidia(
        driver=driver,
        compute_capability=f"{major}.{minor}",
        pci_id=pci_id(_text(nvml.nvmlDeviceGetPciInfo(handle).busId)),
        other_bytes=max(0, nvml.nvmlDeviceGetMemoryInfo(handle).used - own_bytes),
        power_limit_w=power_limit_w,
    )


def pci_id(bus_id: str) -> str:
    """NVML's "00000000:C1:00.0" as ggml writes it: "0000:c1:00.0"."""
    domain, _, rest = bus_id.lower().partition(":")
    return f"{domain[-4:]}:{rest}"


def _text(value: str | bytes) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else value
