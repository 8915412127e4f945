"""A device that can compute, as the engine's registry sees it."""

import msgspec


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the ggml device registry.

    Attributes:
        kind: "cpu", "gpu", "igpu" or "accel".
        free_bytes: At the moment of asking.
    """

    name: str
    description: str
    kind: str
    total_bytes: int
    free_bytes: int


class EngineBuild(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine is made of and what it can compute on."""

    version: str
    features: tuple[str, ...]
    devices: tuple[Device, ...]
