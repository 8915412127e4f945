"""The bundle once more as a package of another kind; hard links, so that it costs no room."""

import os
import pathlib
import shutil

from release.distribution import stamp
from release.project import source_date_epoch


def stage_bundle(bundle: pathlib.Path, target: pathlib.Path, kind: str) -> None:
    """Link the bundle to `target`, which says of itself that it is of that kind."""
    shutil.copytree(bundle, target, symlinks=True, copy_function=_link)
    internal = target / "_internal"
    # Written anew, not over: the old one is a link to the bundle's.
    (internal / "distribution.json").unlink(missing_ok=True)
    stamp(internal, kind)
    # nfpm takes the times of files as they are; the bundle's become the same, which harms nobody.
    now = source_date_epoch()
    for path in target.rglob("*"):
        os.utime(path, (now, now), follow_symlinks=False)


def _link(source: str, target: str) -> None:
    os.link(source, target, follow_symlinks=False)
