"""What decides where programs keep their files."""

import os
import pathlib
import sys
from collections.abc import Mapping

import msgspec


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """A person's system, as a program sees it that is started on it.

    Attributes:
        platform: As `sys.platform` says it.
        root: Of the file system, where services that belong to nobody keep their files.
    """

    home: pathlib.Path
    variables: Mapping[str, str]
    platform: str
    root: pathlib.Path = pathlib.Path("/")

    def folder(self, variable: str) -> pathlib.Path | None:
        """The folder that an environment variable names; None where it names no absolute one."""
        text = self.variables.get(variable, "").strip().strip("\"'")
        return as_folder(text, self.home)

    @property
    def data(self) -> pathlib.Path:
        """Where programs keep their data: Roaming, Application Support, XDG_DATA_HOME."""
        if self.platform == "win32":
            return self.folder("APPDATA") or self.home / "AppData" / "Roaming"
        if self.platform == "darwin":
            return self.home / "Library" / "Application Support"
        return self.folder("XDG_DATA_HOME") or self.home / ".local" / "share"

    @property
    def local_data(self) -> pathlib.Path:
        """The same; on Windows the one that stays on this PC."""
        if self.platform == "win32":
            return self.folder("LOCALAPPDATA") or self.home / "AppData" / "Local"
        return self.data

    @property
    def config(self) -> pathlib.Path:
        """Where Qt's INI files and XDG programs are configured."""
        if self.platform == "win32":
            return self.folder("APPDATA") or self.home / "AppData" / "Roaming"
        return self.folder("XDG_CONFIG_HOME") or self.home / ".config"


def here() -> Surroundings:
    """This system and the person who started us."""
    return Surroundings(home=pathlib.Path.home(), variables=os.environ, platform=sys.platform)


def as_folder(text: str, home: pathlib.Path) -> pathlib.Path | None:
    """Read an absolute path that a person or a program wrote; `~` is `home`."""
    if not text or "\0" in text:
        return None
    if text == "~" or text.startswith(("~/", "~\\")):
        return home / text[2:]
    path = pathlib.Path(text)
    return path if path.is_absolute() else None
