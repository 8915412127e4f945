"""A device that can compute, as the engine's registry sees it."""

import msgspec

from app.domain.errors import ComputingOnCpu
from app.domain.placement.values import Rates


class Nvidia(msgspec.Struct, frozen=True, kw_only=True):
    """What NVIDIA's driver knows about a device.

    Attributes:
        driver: Version, e.g. "580.65.06".
        compute_capability: E.g. "8.9".
        pci_id: As in `Device.id`.
        other_bytes: What other programs hold of its memory.
        power_limit_w: None where it has none.
    """

    driver: str
    compute_capability: str
    pci_id: str
    other_bytes: int
    power_limit_w: int | None = None


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the ggml device registry.

    Attributes:
        kind: "cpu", "gpu", "igpu" or "accel"; an "igpu" shares the RAM.
        free_bytes: At the moment of asking.
        id: PCI bus id, e.g. "0000:c1:00.0"; empty where there is none.
    """

    name: str
    description: str
    kind: str
    total_bytes: int
    free_bytes: int
    id: str = ""
    nvidia: Nvidia | None = None


class Skipped(msgspec.Struct, frozen=True, kw_only=True):
    """A backend that is not used, and why, as the end of "it is not used because …"."""

    backend: str
    reason: str


class EngineBuild(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine is made of and what it can compute on.

    Attributes:
        threads: How many compute on the processor if nobody says otherwise.
        skipped: Backends that could not be loaded.
        is_silent: The system refuses its native code the network, too; Python always does.
    """

    version: str
    features: tuple[str, ...]
    devices: tuple[Device, ...]
    threads: int = 1
    skipped: tuple[Skipped, ...] = ()
    is_silent: bool = False


class EngineSpeed(msgspec.Struct, frozen=True, kw_only=True):
    """How fast the devices are, by their names.

    Attributes:
        others_cores: How many cores other programs kept busy meanwhile; half a one spoils it.
    """

    rates: dict[str, Rates]
    others_cores: float = 0.0


class EngineSetup(msgspec.Struct, frozen=True, kw_only=True):
    """How the engine is started on this PC.

    Attributes:
        build: None if even asking the processor alone failed.
        environment: For every engine process, so that it finds the backends that work.
    """

    build: EngineBuild | None
    environment: dict[str, str]
    skipped: tuple[Skipped, ...] = ()

    @property
    def has_gpu(self) -> bool:
        """Whether there is anything but the processor."""
        return any(d.kind in ("gpu", "igpu") for d in (self.build.devices if self.build else ()))

    @property
    def cpu_problem(self) -> ComputingOnCpu | None:
        """Why there is no GPU; None where there is one or nothing failed."""
        if self.has_gpu or not self.skipped:
            return None
        reasons = "; ".join(f"{skipped.backend} {skipped.reason}" for skipped in self.skipped)
        return ComputingOnCpu(reason=reasons)
