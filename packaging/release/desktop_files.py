"""What a desktop reads of the program: menu entry, description, file type, icons, man page."""

import datetime as dt
import gzip
import pathlib
import shutil
from xml.sax.saxutils import escape

from release import icons
from release.changelog import Release, plain, read_releases
from release.distribution import read_distribution
from release.project import (
    COMMAND,
    COMPONENT_ID,
    DESKTOP_ID,
    PACKAGING,
    source_date_epoch,
    version,
)
from release.template import fill

_LINUX = PACKAGING / "linux"


def write_share(folder: pathlib.Path, *, command: str = COMMAND) -> None:
    """Write all of it.

    Args:
        folder: Will be laid out as /usr/share is.
        command: What the menu runs, quoted as desktop entries want it.
    """
    texts = {
        f"applications/{DESKTOP_ID}.desktop": fill(_LINUX / "cierzo.desktop", COMMAND=command),
        f"metainfo/{COMPONENT_ID}.metainfo.xml": _metainfo(),
        f"mime/packages/{DESKTOP_ID}.xml": fill(_LINUX / "cierzo-mime.xml"),
    }
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    manual = folder / "man" / "man1" / f"{COMMAND}.1.gz"
    manual.parent.mkdir(parents=True, exist_ok=True)
    write_gzip(manual, _manual())
    hicolor = folder / "icons" / "hicolor"
    icons.write_pngs(hicolor)
    scalable = hicolor / "scalable" / "apps" / f"{DESKTOP_ID}.svg"
    scalable.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(icons.SOURCE, scalable)


def write_gzip(path: pathlib.Path, text: str) -> None:
    """Write it compressed, as Debian wants what lies below /usr/share/doc and man."""
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _manual() -> str:
    date = dt.datetime.fromtimestamp(source_date_epoch(), dt.UTC)
    return fill(_LINUX / "cierzo.1", DATE=f"{date:%Y-%m-%d}", VERSION=version())


def _metainfo() -> str:
    about = read_distribution()
    homepage = f'  <url type="homepage">{escape(about.homepage)}</url>' if about.homepage else ""
    return fill(
        _LINUX / "metainfo.xml",
        COMPONENT_ID=COMPONENT_ID,
        DESKTOP_ID=DESKTOP_ID,
        DEVELOPER_ID=COMPONENT_ID.rpartition(".")[0],
        PUBLISHER=escape(about.publisher),
        HOMEPAGE=homepage,
        RELEASES="\n".join(_release(release) for release in read_releases()),
    )


def _release(release: Release) -> str:
    parts = []
    for heading, lines in release.changes.items():
        items = "\n".join(f"          <li>{escape(plain(line))}</li>" for line in lines)
        parts.append(f"        <p>{heading}:</p>\n        <ul>\n{items}\n        </ul>\n")
    return (
        f'    <release version="{release.version}" date="{release.date}">\n'
        f"      <description>\n{''.join(parts)}      </description>\n    </release>"
    )
