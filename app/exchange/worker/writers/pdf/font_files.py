"""Fonts of the person's system, for letters that those that come with the program do not know."""

import os
import pathlib
import sys
from collections.abc import Iterator

# What systems usually have, best first, for letters that our two do not know. Fonts whose glyphs
# are coloured pictures are of no use here.
_SYSTEM_NAMES = (
    "NotoNaskhArabic-Regular.ttf",
    "NotoSansArabic-Regular.ttf",
    "NotoSansHebrew-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "NotoSansBengali-Regular.ttf",
    "NotoSansTamil-Regular.ttf",
    "NotoSansThai-Regular.ttf",
    "NotoSansMath-Regular.ttf",
    "NotoSansSymbols-Regular.ttf",
    "NotoSansSymbols2-Regular.ttf",
    "NotoEmoji-Regular.ttf",
    "NotoEmoji[wght].ttf",
    "DejaVuSans.ttf",
    "seguisym.ttf",
    "seguiemj.ttf",
    "arial.ttf",
    "Arial.ttf",
    "segoeui.ttf",
    "Nirmala.ttc",
    "Nirmala.ttf",
    "LeelawUI.ttf",
    "Geeza Pro.ttf",
    "GeezaPro.ttc",
    "Apple Symbols.ttf",
    "Arial Unicode.ttf",
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "NotoSansCJKjp-Regular.otf",
    "NotoSansCJKkr-Regular.otf",
    "SourceHanSans.ttc",
    "msyh.ttc",
    "YuGothR.ttc",
    "msgothic.ttc",
    "malgun.ttf",
    "simsun.ttc",
    "PingFang.ttc",
    "Hiragino Sans GB.ttc",
    "AppleSDGothicNeo.ttc",
    "STHeiti Light.ttc",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "DroidSansFallbackFull.ttf",
    "FreeSans.ttf",
    "FreeSerif.ttf",
)
_MOST_FILES = 30_000


def system_fonts() -> list[pathlib.Path]:
    """Those of the usual fonts that this system has, best first."""
    found: dict[str, pathlib.Path] = {}
    for count, path in enumerate(_files()):
        if path.name in _SYSTEM_NAMES:
            found.setdefault(path.name, path)
        if count > _MOST_FILES:
            break
    return [found[name] for name in _SYSTEM_NAMES if name in found]


def _files() -> Iterator[pathlib.Path]:
    for folder in _folders():
        for parent, _, names in os.walk(folder):
            for name in names:
                yield pathlib.Path(parent, name)


def _folders() -> list[pathlib.Path]:
    home = pathlib.Path.home()
    if sys.platform == "win32":
        windows = pathlib.Path(os.environ.get("WINDIR", "C:/Windows"))
        return [windows / "Fonts", home / "AppData/Local/Microsoft/Windows/Fonts"]
    if sys.platform == "darwin":
        library = pathlib.Path("/Library/Fonts")
        return [pathlib.Path("/System/Library/Fonts"), library, home / "Library/Fonts"]
    shared = [pathlib.Path("/usr/share/fonts"), pathlib.Path("/usr/local/share/fonts")]
    return [*shared, home / ".local/share/fonts", home / ".fonts"]
