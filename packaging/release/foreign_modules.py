"""Which modules of this environment belong to the program, and which to those who work on it."""

import re
from importlib import metadata

from release.project import ROOT

_LOCK = ROOT / "requirements.lock"
_NAME = re.compile(r"^([\w.-]+)==", re.MULTILINE)


def dependencies() -> set[str]:
    """Names of the distributions that the program needs, on whatever system, normalised."""
    return {_normal(name) for name in _NAME.findall(_LOCK.read_text(encoding="utf-8"))}


def modules_of_others() -> list[str]:
    """Modules that are installed here and are no dependency of the program.

    Libraries import what they find if it is there; so tools for tests would slip into a bundle.
    """
    ours = dependencies() | {"cierzo"}
    return sorted(
        module
        for module, owners in metadata.packages_distributions().items()
        if not ours & {_normal(owner) for owner in owners}
    )


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
