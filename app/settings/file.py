"""settings.json: read once, written atomically, never a reason not to start."""

import logging
import pathlib
import threading
from typing import Any

import msgspec

from app.domain.atomic_file import write_atomically
from app.domain.errors import FolderUnwritable, SettingsBroken, SettingsPartlyBroken
from app.domain.placement.values import Wishes
from app.domain.undecodable import UNDECODABLE
from app.settings.model import Settings, sound_values

log = logging.getLogger(__name__)

_NAME = "settings.json"
_BROKEN_NAME = "settings.broken.json"


class SettingsFile:
    """The settings and the file they are kept in.

    Keys that this version does not know (a newer one wrote them) are kept.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self._path = folder / _NAME
        self._unknown: dict[str, Any] = {}
        self._is_broken = False
        self._writing = threading.Lock()
        self.value = Settings()

    def load(self) -> SettingsBroken | SettingsPartlyBroken | FolderUnwritable | None:
        """Read the file; where that is impossible the defaults stay. Changes nothing on the disk.

        Returns:
            What to tell the person, None where there is nothing to tell.
        """
        try:
            raw = msgspec.json.decode(self._path.read_bytes(), type=dict[str, Any])
        except FileNotFoundError:
            return None
        except OSError as error:
            return FolderUnwritable(
                folder=str(self._path.parent), reason=error.strerror or "unknown"
            )
        except UNDECODABLE:
            self._is_broken = True
            return SettingsBroken(name=_BROKEN_NAME)
        known = set(Settings.__struct_fields__)
        self._unknown = {key: value for key, value in raw.items() if key not in known}
        # One value that was written by hand and is wrong costs itself, not all the others.
        sound, wrong = sound_values(raw)
        self.value = Settings(**sound)
        self._is_broken = bool(wrong)
        names = ", ".join(sorted(wrong))
        return SettingsPartlyBroken(names=names, name=_BROKEN_NAME) if wrong else None

    def change(self, **changes: str | float | tuple[str, ...] | dict[str, Wishes] | None) -> None:
        """Change settings for this run; `write` makes them last."""
        self.value = msgspec.structs.replace(self.value, **changes)

    def write_soon(self) -> None:
        """Write the file on a thread of its own: a full disk may take its time."""
        threading.Thread(target=self.write_if_possible, name="settings").start()

    def write_if_possible(self) -> None:
        """Write the file; what is in the way is logged."""
        try:
            with self._writing:
                self.write()
        except FolderUnwritable as error:
            log.warning("%s", error)

    def write(self) -> None:
        """Write the file, slowly and safely; a broken one is kept beside under another name.

        Raises:
            FolderUnwritable: It could not be written; the settings hold for this run.
        """
        content = msgspec.json.format(
            msgspec.json.encode({**self._unknown, **msgspec.to_builtins(self.value)}), indent=2
        )
        try:
            if self._is_broken:
                self._path.replace(self._path.with_name(_BROKEN_NAME))
                self._is_broken = False
            write_atomically(self._path, content)
        except OSError as error:
            raise FolderUnwritable(
                folder=str(self._path.parent), reason=error.strerror or "unknown"
            ) from None
