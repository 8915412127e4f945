"""How this copy was installed and whether it looks for updates, for `doctor`."""

from enum import StrEnum

import msgspec

from app.domain.distribution import Distribution, Kind, read_distribution
from app.settings.file import SettingsFile
from app.settings.folders import Folders


class UpdateSwitch(StrEnum):
    """Whether this copy looks for updates."""

    ON = "on"
    OFF = "off"
    NONE = "none"  # nobody publishes any for it


class InstallationCheck(msgspec.Struct, frozen=True, kw_only=True):
    """Part of what `cierzo doctor --json` prints."""

    kind: Kind
    updates: UpdateSwitch


def examine_installation(
    folders: Folders, distribution: Distribution | None = None
) -> InstallationCheck:
    """Read what the bundle and the settings say."""
    distribution = distribution or read_distribution()
    file = SettingsFile(folders.config)
    file.load()
    switch = UpdateSwitch.ON if file.value.looks_for_updates else UpdateSwitch.OFF
    is_published = bool(distribution.update_url and distribution.update_key)
    has_updates = is_published and distribution.kind is not Kind.CHECKOUT
    return InstallationCheck(
        kind=distribution.kind, updates=switch if has_updates else UpdateSwitch.NONE
    )
