"""Putting a release where people find it: as a draft, which a person looks at and publishes."""

import pathlib
import re
import shutil
import subprocess

from release import manifest, project, release_notes, sums
from release.distribution import Distribution, read_distribution

_WRITTEN_LAST = (manifest.NAME, sums.NAME)
_FOR_TESTS = "for-tests"


class NotReadyError(Exception):
    """Something has to be done before there can be a release."""


def check_tag(
    tag: str,
    *,
    version: str | None = None,
    path: pathlib.Path = release_notes.PATH,
    distribution: Distribution | None = None,
) -> list[str]:
    """Look whether this commit can become that release.

    Returns:
        What a maintainer should know: things that such a release lacks.

    Raises:
        NotReadyError: The tag is not of this version, or nobody wrote what changed.
    """
    version = version or project.version()
    if tag != f"v{version}":
        raise NotReadyError(f"The tag {tag} is not v{version}, which app/domain/version.py says.")
    if not release_notes.section(version, path):
        raise NotReadyError(f"{path.name} has no section for {version}.")
    distribution = distribution or read_distribution()
    lacking = {
        "update_url": "It will never look for updates and offers no runtime packs.",
        "update_key": "It will never look for updates and offers no runtime packs.",
        "source_offer_url": "Qt's source has to be offered under the LGPL; see docs/release.md.",
        "homepage": "Nothing in it says where it comes from.",
    }
    return [
        f"packaging/distribution.toml has no {name}. {reason}"
        for name, reason in lacking.items()
        if not getattr(distribution, name)
    ]


def check_glibc(dist: pathlib.Path) -> str:
    """Look whether what was built runs where the manifest says; return the glibc it needs.

    The machine that builds decides it: libraries want the versions of functions that it has.

    Raises:
        NotReadyError: It needs a newer one.
    """
    (package,) = dist.glob(f"{project.COMMAND}_*.deb")
    command = ["dpkg-deb", "--field", str(package), "Depends"]
    depends = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"\blibc6 \(>= ([\d.]+)\)", depends)
    needed = found[1] if found else "0"
    most = manifest.MINIMUM_SYSTEM["glibc"]
    if _numbers(needed) > _numbers(most):
        reason = f"{package.name} needs glibc {needed}, and releases promise {most}."
        raise NotReadyError(f"{reason} Build it on an older system.")
    return needed


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def collect(dist: pathlib.Path, folder: pathlib.Path) -> list[pathlib.Path]:
    """Copy what people download into a folder, under names that differ between systems.

    What each machine writes again for all of them is left out, as is what only tests need.
    """
    folder.mkdir(parents=True, exist_ok=True)
    copied = []
    for path in sorted(dist.iterdir()):
        is_ours = path.name in _WRITTEN_LAST or path.suffix == sums.SIGNATURE_SUFFIX
        if path.is_file() and not is_ours and _FOR_TESTS not in path.name:
            name = path.name.replace("sbom.", f"sbom-{project.target()}.")
            copied.append(pathlib.Path(shutil.copy2(path, folder / name)))
    return copied


def draft_command(tag: str, dist: pathlib.Path) -> list[str]:
    """The command that uploads what lies in the folder itself; the notes go to its input."""
    files = [str(path) for path in sorted(dist.iterdir()) if path.is_file()]
    title = f"{project.NAME} {tag.removeprefix('v')}"
    words = ["--draft", "--verify-tag", "--title", title, "--notes-file", "-"]
    return ["gh", "release", "create", tag, *words, *files]


def draft(tag: str, dist: pathlib.Path) -> None:
    """Make the draft; wants GitHub's command line and its token."""
    notes = release_notes.section(tag.removeprefix("v")) or ""
    subprocess.run(draft_command(tag, dist), input=notes, encoding="utf-8", check=True)
