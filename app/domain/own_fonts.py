"""The fonts that come with the program, as files; nothing of their packages' code is run."""

import importlib.util
import pathlib

# SIL Open Font License.
_SANS = ("fontpkg_inter", "Inter[opsz,wght].ttf", "Inter-Italic[opsz,wght].ttf")
_MONO = ("fontpkg_jetbrains_mono", "JetBrainsMono[wght].ttf", "JetBrainsMono-Italic[wght].ttf")


def own_font(*, is_mono: bool = False, is_italic: bool = False) -> pathlib.Path:
    """The file of a font.

    Raises:
        FileNotFoundError: The installation is incomplete.
    """
    package, upright, italic = _MONO if is_mono else _SANS
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise FileNotFoundError(package)
    path = pathlib.Path(found.origin).parent / "files" / (italic if is_italic else upright)
    if not path.is_file():
        raise FileNotFoundError(path.name)
    return path
