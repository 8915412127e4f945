"""The folder that an AppImage is made of; it runs as it is, too."""

import pathlib
import shutil

from release.desktop_files import write_share
from release.project import COMMAND, DESKTOP_ID, NAME, PACKAGING
from release.staging import stage_bundle


def build(dist: pathlib.Path) -> list[pathlib.Path]:
    """Make it of the bundle."""
    folder = dist / "appdir" / f"{NAME}.AppDir"
    shutil.rmtree(folder, ignore_errors=True)
    stage_bundle(dist / "bundle" / NAME, folder / "usr" / "lib" / COMMAND, "appimage")
    share = folder / "usr" / "share"
    # `cierzo` in the menu entry is what tools that integrate AppImages replace by its path.
    write_share(share)
    start = folder / "AppRun"
    shutil.copyfile(PACKAGING / "linux" / "AppRun", start)
    start.chmod(0o755)
    # Where such tools look first: the entry and the icon at the top.
    shutil.copyfile(
        share / "applications" / f"{DESKTOP_ID}.desktop", folder / f"{DESKTOP_ID}.desktop"
    )
    icon = folder / f"{DESKTOP_ID}.png"
    shutil.copyfile(share / "icons" / "hicolor" / "256x256" / "apps" / icon.name, icon)
    (folder / ".DirIcon").symlink_to(icon.name)
    return [folder]
