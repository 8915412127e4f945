"""Updates and runtime packs, wired together."""

from collections.abc import Callable

from app.domain.device import Device
from app.domain.distribution import Distribution
from app.engine.packs import engine_abi, engine_folder
from app.engine.runtime_packs import RUNTIMES_FOLDER
from app.hardware.system import this_system
from app.pipe.client import Post
from app.services.runtime_packs import RuntimePacks
from app.services.update_manifests import UpdateManifests
from app.services.updates import Updates
from app.services.url_fetches import UrlFetches
from app.settings.folders import Folders
from app.settings.model import Settings


class UpdateServices:
    """Lives on the owner's thread.

    Attributes:
        updates: Of the program.
        packs: For graphics cards.
    """

    def __init__(
        self,
        folders: Folders,
        distribution: Distribution,
        urls: UrlFetches,
        *,
        settings: Callable[[], Settings],
        post: Post,
    ) -> None:
        """Wire it; nothing is read and nothing fetched before `start`."""
        system, engine = this_system(), engine_folder()
        self._manifests = UpdateManifests(distribution, folders.data, urls, post=post)
        self.updates = Updates(
            distribution,
            self._manifests,
            urls,
            folder=folders.cache / "updates",
            system=system,
            may_look=lambda: settings().looks_for_updates and not settings().is_offline,
            post=post,
        )
        self.packs = RuntimePacks(
            self._manifests,
            urls,
            runtimes=folders.data / RUNTIMES_FOLDER,
            downloads=folders.cache / RUNTIMES_FOLDER,
            abi=engine_abi(engine) if engine else "",
            target=system.target,
            read_devices=_read_devices,
            post=post,
        )

    def start(self) -> None:
        """Look at what is there, and for updates if that is wanted and due."""
        self.packs.start()
        if self._manifests.is_published:
            self._manifests.start(self.updates.start)

    def close(self) -> None:
        """Stop everything; what was fetched stays for the next time."""
        self.updates.close()
        self.packs.close()
        self._manifests.close()


def _read_devices() -> tuple[Device, ...]:
    from app.engine.probing import set_up_engine

    build = set_up_engine().build
    return build.devices if build else ()
