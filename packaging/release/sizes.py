"""What takes how much of a bundle: `python -m release.sizes dist/bundle/Cierzo`."""

import fnmatch
import pathlib
import sys
from typing import NamedTuple

import zstandard

LIMIT_BYTES = 300_000_000
# As archives are compressed; the parts by themselves, so their sum is a little more.
_LEVEL = 12

# The first pattern that a path fits, as a shell's; paths are those in the bundle.
_PARTS = (
    ("The program and what is Python", ("cierzo*", "Cierzo*.exe", "_internal/base_library.zip")),
    ("Engine: Vulkan", ("_internal/llama/vulkan/*",)),
    ("Engine: the processor's variants", ("_internal/llama/cpu/*",)),
    ("Engine: core", ("_internal/llama/*", "_internal/llama_cpp/*", "_internal/libgomp*")),
    ("The self-test's model", ("_internal/self-test.gguf",)),
    ("ICU, for Qt", ("*/libicu*", "*/icu*.dll")),
    ("Qt and PySide6", ("_internal/PySide6/*", "_internal/shiboken6/*", "_internal/libx*")),
    ("NumPy with OpenBLAS", ("_internal/numpy*",)),
    ("Python's own libraries", ("_internal/python3*", "_internal/lib*")),
    ("Pictures: Pillow, HEIF", ("_internal/PIL/*", "_internal/pi*", "_internal/_pi*")),
    ("PDFium", ("_internal/pypdfium2*",)),
    ("Key store: cryptography", ("_internal/cryptography*",)),
    ("Fonts and formulas", ("_internal/font*", "_internal/zia*", "_internal/latex2mathml*")),
    ("Tokenisers", ("_internal/tiktoken*", "_internal/sentencepiece*", "_internal/regex*")),
    ("Words, icons, licences", ("_internal/resources/*", "_internal/licences/*")),
    ("Everything else", ("*",)),
)


class Part(NamedTuple):
    """One line of the table."""

    name: str
    files: list[pathlib.Path]

    @property
    def bytes(self) -> int:
        """On the disk."""
        return sum(path.stat().st_size for path in self.files)

    @property
    def compressed_bytes(self) -> int:
        """In an archive; takes a second for some megabytes."""
        compressor = zstandard.ZstdCompressor(level=_LEVEL).compressobj()
        size = sum(len(compressor.compress(path.read_bytes())) for path in self.files)
        return size + len(compressor.flush())


def bytes_of(folder: pathlib.Path) -> int:
    """All files of it; what is linked counts once."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def parts(bundle: pathlib.Path) -> list[Part]:
    """What it is made of, the largest first."""
    files: dict[str, list[pathlib.Path]] = {}
    for path in sorted(bundle.rglob("*")):
        if path.is_file() and not path.is_symlink():
            files.setdefault(_part_of(path.relative_to(bundle).as_posix()), []).append(path)
    return sorted((Part(*entry) for entry in files.items()), key=lambda part: -part.bytes)


def table(bundle: pathlib.Path) -> str:
    """The parts in megabytes, as lines of Markdown."""
    sizes = [(part.name, part.bytes, part.compressed_bytes) for part in parts(bundle)]
    sizes.append(("All", sum(row[1] for row in sizes), sum(row[2] for row in sizes)))
    rows = [f"| {name} | {raw / 1e6:.1f} | {packed / 1e6:.1f} |" for name, raw, packed in sizes]
    return "\n".join(["| part | MB on the disk | MB compressed |", "|---|--:|--:|", *rows])


def _part_of(path: str) -> str:
    return next(
        name
        for name, patterns in _PARTS
        if any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)
    )


if __name__ == "__main__":
    sys.stdout.write(table(pathlib.Path(sys.argv[1])) + "\n")
