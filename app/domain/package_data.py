"""Files that come with the program, found alike in a checkout, a wheel and a frozen bundle."""

import pathlib
import sys

_PACKAGE = pathlib.Path(__file__).resolve().parent.parent


def package_file(relative: str) -> pathlib.Path:
    """Return the path of a file such as ``models.toml`` or ``resources/icons/send.svg``.

    A wheel and a bundle carry them inside the package, a checkout beside it.

    Raises:
        FileNotFoundError: The installation is incomplete.
    """
    roots = [_PACKAGE / "data", _PACKAGE.parent]
    if bundle := getattr(sys, "_MEIPASS", None):
        roots.insert(0, pathlib.Path(bundle))
    for root in roots:
        if (path := root / relative).exists():
            return path
    raise FileNotFoundError(relative)
