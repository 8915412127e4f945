"""Backends for graphics cards that are fetched apart: offered, installed, removed.

Offered only where a card and its driver can use one, and fetched only after its licence was
accepted. Lives on the owner's thread; disk and probes are waited for on another.
"""

import contextlib
import pathlib
import shutil
import threading
from collections.abc import Callable, Iterable
from enum import StrEnum

import msgspec

from app.domain.device import Device
from app.domain.downloads.jobs import State
from app.domain.errors import AppError, Cancelled, PackDriverOld, PackInUse
from app.domain.updates import Pack, driver_in_the_way, pack_for
from app.downloads.protocol import UrlState
from app.engine.runtime_packs import BrokenPackError, check_pack
from app.pipe.client import Post
from app.services.pack_unpacking import unpack
from app.services.serial_work import SerialWork
from app.services.update_faults import said_of
from app.services.update_manifests import UpdateManifests
from app.services.url_fetches import UrlFetch, UrlFetches

_CLOSE_S = 2.0
# Names a pack that an update of the program made useless, until there is another.
_GONE = "pack-of-before"


class PackPhase(StrEnum):
    """What is being done."""

    RESTING = "resting"
    READING = "reading"
    LOOKING = "looking"
    DOWNLOADING = "downloading"
    UNPACKING = "unpacking"
    REMOVING = "removing"


class InstalledPack(msgspec.Struct, frozen=True, kw_only=True):
    """One that is there.

    Attributes:
        fault: Why it is not used, as the end of “it is not used because it …”; "" if it is whole.
    """

    name: str
    bytes: int = 0
    fault: str = ""


class PackState(msgspec.Struct, frozen=True, kw_only=True):
    """What the settings show.

    Attributes:
        card: The one that a pack is offered for.
        has_card: Whether there is any card of NVIDIA's; None before this PC was looked at.
        offer: None where there is none, or it is installed.
        was_removed: An update of the program took a pack away.
        done_bytes: While DOWNLOADING or UNPACKING.
        problem: What went wrong last, or what a download waits for.
        hint: What is in the way of an offer.
    """

    phase: PackPhase = PackPhase.RESTING
    card: str = ""
    has_card: bool | None = None
    offer: Pack | None = None
    installed: tuple[InstalledPack, ...] = ()
    was_removed: bool = False
    done_bytes: int = 0
    problem: AppError | None = None
    hint: AppError | None = None


class RuntimePacks:
    """Packs for the engine of this copy.

    Attributes:
        state: The current `PackState`.
        on_change: Called after every change of it.
        on_engine_change: Called when the engine finds other backends from now on.
    """

    def __init__(
        self,
        manifests: UpdateManifests,
        urls: UrlFetches,
        *,
        runtimes: pathlib.Path,
        downloads: pathlib.Path,
        abi: str,
        target: str,
        read_devices: Callable[[], Iterable[Device]],
        post: Post,
    ) -> None:
        """Wire it; nothing happens before `start`.

        Args:
            manifests: Names the packs that there are.
            urls: Fetches them.
            runtimes: Where they are installed: ABI/NAME.
            downloads: Where they come to first.
            abi: Of our engine; "" where it takes no packs.
            target: What this copy was built for.
            read_devices: Looks at this PC; takes seconds, is called on a thread.
            post: Runs a function on the owner's thread.
        """
        self.on_change: Callable[[], None] = lambda: None
        self.on_engine_change: Callable[[], None] = lambda: None
        self.state = PackState()
        self._manifests = manifests
        self._urls = urls
        self._runtimes = runtimes
        self._downloads = downloads
        self._abi = abi
        self._target = target
        self._read_devices = read_devices
        self._post = post
        self._work: SerialWork[AppError] = SerialWork("runtime-packs", AppError, post=post)
        self._devices: tuple[Device, ...] = ()
        self._fetch: UrlFetch | None = None
        self._stop = threading.Event()
        manifests.watchers.append(self._offer)

    @property
    def is_offered(self) -> bool:
        """Whether this copy takes packs and somebody publishes them."""
        return bool(self._abi) and self._manifests.is_published

    def start(self) -> None:
        """Remove what belongs to another engine, and see what is there."""
        if self._abi:
            self._work.do(lambda: _tidy(self._runtimes, self._abi), self._tidied)

    def read_pc(self) -> None:
        """Find out which cards there are; once."""
        if self.is_offered and self.state.has_card is None and self._rests:
            self._set(phase=PackPhase.READING)
            self._work.do(lambda: tuple(self._read_devices()), self._took_devices)

    def look(self) -> None:
        """Fetch the list of packs anew."""
        if self._rests:
            self._set(phase=PackPhase.LOOKING, problem=None)
            self._manifests.look(self._looked)

    def install(self) -> None:
        """Fetch what is offered and install it; the person has accepted its licence."""
        pack = self.state.offer
        if not pack or not self._rests:
            return
        self._stop.clear()
        self._set(phase=PackPhase.DOWNLOADING, done_bytes=0, problem=None)
        self._fetch = self._urls.fetch(
            pack,
            self._archive(pack),
            why=f"runtime pack {pack.name}",
            on_state=self._follow,
            on_end=lambda end: self._fetched(pack, end),
        )

    def cancel(self) -> None:
        """Stop; what was fetched stays for the next time."""
        self._stop.set()
        if self._fetch:
            self._urls.cancel(self._fetch)

    def remove(self, name: str) -> None:
        """Delete a pack; the engine goes on without it."""
        if self._rests:
            self._set(phase=PackPhase.REMOVING, problem=None)
            folder = self._runtimes / self._abi / name
            marker = self._runtimes / _GONE
            self._work.do(lambda: _remove(folder, marker), self._changed)

    def close(self) -> None:
        """Stop everything; what was fetched stays."""
        self._stop.set()
        self._work.close(patience_s=_CLOSE_S)

    @property
    def _rests(self) -> bool:
        return self.state.phase is PackPhase.RESTING

    def _archive(self, pack: Pack) -> pathlib.Path:
        return self._downloads / f"{pack.abi}-{pack.name}.tar"

    def _tidied(self, removed: bool | AppError) -> None:
        self._set(was_removed=removed is True)
        self._list()

    def _took_devices(self, devices: tuple[Device, ...] | AppError) -> None:
        self._devices = () if isinstance(devices, AppError) else devices
        has_card = any(device.nvidia for device in self._devices)
        self._set(phase=PackPhase.RESTING, has_card=has_card)
        self._offer()

    def _looked(self, error: AppError | None) -> None:
        self._set(phase=PackPhase.RESTING, problem=error and said_of(error))

    def _offer(self) -> None:
        """Find out what the list has for this PC."""
        manifest = self._manifests.manifest
        cards = {device.nvidia: device for device in self._devices if device.nvidia}
        if manifest is None or not self.is_offered:
            return
        found = pack_for(manifest, abi=self._abi, target=self._target, cards=cards)
        blocked = driver_in_the_way(manifest, abi=self._abi, target=self._target, cards=cards)
        names = [pack.name for pack in self.state.installed if not pack.fault]
        is_new = found is not None and found[0].name not in names
        hint = None
        if blocked and not found:
            minimum, driver = blocked[0].minimum_driver, blocked[1].driver
            hint = PackDriverOld(minimum=minimum, driver=driver)
        self._set(
            offer=found[0] if found and is_new else None,
            card=cards[found[1]].description if found else "",
            hint=hint,
        )

    def _follow(self, state: UrlState) -> None:
        is_waiting = state.state is State.WAITING
        problem = said_of(state.problem) if state.problem and is_waiting else None
        self._set(done_bytes=state.bytes_done, problem=problem)

    def _fetched(self, pack: Pack, end: object) -> None:
        self._fetch = None
        if isinstance(end, Exception):
            self._set(phase=PackPhase.RESTING, problem=said_of(end))
            return
        self._set(phase=PackPhase.UNPACKING, done_bytes=0, problem=None)
        archive, target = self._archive(pack), self._runtimes / pack.abi / pack.name
        marker = self._runtimes / _GONE

        def work() -> bool:
            try:
                unpack(archive, target, pack, stop=self._stop, on_progress=self._unpacks)
            except Cancelled:
                return False
            with contextlib.suppress(OSError):
                archive.unlink()
                marker.unlink(missing_ok=True)
            return True

        self._work.do(work, self._changed)

    def _unpacks(self, done_bytes: int) -> None:
        """Runs on the thread."""
        self._post(lambda: self._set(done_bytes=done_bytes))

    def _changed(self, end: bool | AppError) -> None:
        problem = end if isinstance(end, AppError) else None
        self._set(phase=PackPhase.RESTING, problem=problem)
        self._list()
        if end is True:
            self._set(was_removed=False)
            self.on_engine_change()

    def _list(self) -> None:
        folder = self._runtimes / self._abi
        self._work.do(lambda: _installed(folder), self._listed)

    def _listed(self, installed: tuple[InstalledPack, ...] | AppError) -> None:
        if not isinstance(installed, AppError):
            self._set(installed=installed)
            self._offer()

    def _set(self, **changes: object) -> None:
        self.state = msgspec.structs.replace(self.state, **changes)
        self.on_change()


def _tidy(runtimes: pathlib.Path, abi: str) -> bool:
    """Delete packs of other engines; whether the person has to fetch theirs again."""
    marker = runtimes / _GONE
    with contextlib.suppress(OSError):
        for folder in list(runtimes.iterdir()) if runtimes.is_dir() else []:
            if folder.is_dir() and folder.name != abi:
                shutil.rmtree(folder, ignore_errors=True)
                marker.touch()
            elif folder.name == abi:
                for left in folder.glob(".*.new"):
                    shutil.rmtree(left, ignore_errors=True)
    return marker.exists()


def _installed(folder: pathlib.Path) -> tuple[InstalledPack, ...]:
    if not folder.is_dir():
        return ()
    packs = (path for path in sorted(folder.iterdir()) if path.is_dir())
    return tuple(_look_at(pack) for pack in packs if not pack.name.startswith("."))


def _look_at(pack: pathlib.Path) -> InstalledPack:
    try:
        return InstalledPack(name=pack.name, bytes=check_pack(pack).bytes)
    except BrokenPackError as broken:
        return InstalledPack(name=pack.name, fault=broken.reason)


def _remove(folder: pathlib.Path, marker: pathlib.Path) -> bool:
    """Move it away and delete it: nothing is left half.

    Raises:
        PackInUse: The system keeps it.
    """
    away = folder.with_name(f".{folder.name}.new")
    try:
        folder.rename(away)
        shutil.rmtree(away)
        marker.unlink(missing_ok=True)
    except OSError as error:
        raise PackInUse(reason=error.strerror or type(error).__name__) from None
    return True
