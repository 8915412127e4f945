"""What Windows shows of a program in its properties."""

import pathlib

from release.distribution import read_distribution
from release.project import NAME, version

# PyInstaller reads it as an expression of its own classes. 0x0409, 1200: English, UTF-16.
_RESOURCE = """\
VSVersionInfo(
  ffi=FixedFileInfo(
    filevers={numbers}, prodvers={numbers},
    mask=0x3F, flags=0x0, OS=0x40004, fileType=0x1, subtype=0x0, date=(0, 0)),
  kids=[
    StringFileInfo([StringTable("040904B0", [{strings}])]),
    VarFileInfo([VarStruct("Translation", [0x0409, 1200])]),
  ])
"""


def write_version_resource(folder: pathlib.Path, program: str) -> pathlib.Path:
    """Write it for a program of that name, without its suffix; return its path."""
    publisher = read_distribution().publisher
    strings = {
        "CompanyName": publisher,
        "FileDescription": NAME,
        "FileVersion": version(),
        "InternalName": program,
        "LegalCopyright": f"© {publisher}. Apache License 2.0.",
        "OriginalFilename": f"{program}.exe",
        "ProductName": NAME,
        "ProductVersion": version(),
    }
    path = folder / f"{program}.version.txt"
    structs = ", ".join(f"StringStruct({name!r}, {value!r})" for name, value in strings.items())
    text = _RESOURCE.format(numbers=_numbers(version()), strings=structs)
    path.write_text(text, encoding="utf-8")
    return path


def _numbers(dotted: str) -> tuple[int, ...]:
    """Windows wants four numbers."""
    numbers = [int("".join(filter(str.isdigit, part)) or 0) for part in dotted.split(".")]
    return tuple([*numbers, 0, 0, 0, 0][:4])
