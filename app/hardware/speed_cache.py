"""What was measured, kept until the engine, the processor, a device or its driver changes."""

import contextlib
import pathlib

import msgspec

from app.domain.atomic_file import write_atomically
from app.domain.device import EngineBuild
from app.domain.placement.values import Rates
from app.domain.undecodable import UNDECODABLE

_NAME = "speed.json"
_MOST_BYTES = 1 << 20
# Raise it when something is measured in another way.
_VERSION = 1


class Speed(msgspec.Struct, frozen=True, kw_only=True):
    """How fast this PC is.

    Attributes:
        rates: By the devices' names.
        disk_bytes_per_s: Of files in no cache; None where that cannot be measured.
        copy_bytes_per_s: Of memory.
        is_disturbed: Other programs were at work meanwhile, so it may be faster than that.
    """

    rates: dict[str, Rates]
    disk_bytes_per_s: float | None
    copy_bytes_per_s: float
    is_disturbed: bool = False


class _Kept(msgspec.Struct, frozen=True):
    key: tuple[str, ...]
    speed: Speed


class SpeedCache:
    """The file in the cache folder; without a usable one it is measured again."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._path = folder / _NAME

    def find(self, build: EngineBuild) -> Speed | None:
        """What was measured with just that engine on just these devices."""
        try:
            if self._path.stat().st_size > _MOST_BYTES:
                return None
            kept = msgspec.json.decode(self._path.read_bytes(), type=_Kept)
        except (OSError, *UNDECODABLE):
            return None
        rates = kept.speed.rates.values()
        is_sound = all(rate > 0 for each in rates for rate in each.bytes_per_s.values())
        return kept.speed if kept.key == _key(build) and is_sound else None

    def keep(self, build: EngineBuild, speed: Speed) -> None:
        """Write it; a full disk only means that it is measured again."""
        content = msgspec.json.format(msgspec.json.encode(_Kept(_key(build), speed)), indent=2)
        with contextlib.suppress(OSError):
            write_atomically(self._path, content)


def _key(build: EngineBuild) -> tuple[str, ...]:
    devices = (
        f"{d.name}: {d.description}, {d.nvidia.driver if d.nvidia else 'no driver known'}"
        for d in build.devices
    )
    return (str(_VERSION), build.version, *build.features, f"{build.threads} threads", *devices)
