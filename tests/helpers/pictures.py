"""Picture files of every kind, also of the kinds that nobody should open."""

import io
import pathlib
import struct
import sys
import zlib

import pillow_heif
from PIL import Image

from app.domain.attachments import Source
from app.domain.picture_grid import PictureGrid
from app.media.client import PreparedPicture, prepare_picture

# As Pillow calls them -> as the app does.
FORMATS = {
    "PNG": "PNG",
    "JPEG": "JPEG",
    "MPO": "JPEG",
    "WEBP": "WebP",
    "AVIF": "AVIF",
    "GIF": "GIF",
    "BMP": "BMP",
    "TIFF": "TIFF",
    "HEIF": "HEIC",
}
PIXTRAL = PictureGrid(cell_px=28, longest_px=1540)

# A media worker in which one step is replaced.
_SABOTAGED = """
import os, signal, socket
from app.media.worker import main, picture
{}
raise SystemExit(main.run())
"""


def saved(image: Image.Image, format_: str, **options) -> bytes:
    """The content of a file."""
    if format_ == "HEIF":
        pillow_heif.register_heif_opener()
    file = io.BytesIO()
    image.save(file, format=format_, **options)
    return file.getvalue()


def flag(width_px: int = 120, height_px: int = 60) -> Image.Image:
    """A picture whose four quarters tell which way up it is: red, green, blue, white."""
    image = Image.new("RGB", (width_px, height_px), "white")
    half_x, half_y = width_px // 2, height_px // 2
    image.paste("red", (0, 0, half_x, half_y))
    image.paste("lime", (half_x, 0, width_px, half_y))
    image.paste("blue", (0, half_y, half_x, height_px))
    return image


def quarters(image: Image.Image) -> str:
    """The colours in the middle of the quarters, row after row."""
    names = {(1, 0, 0): "red", (0, 1, 0): "lime", (0, 0, 1): "blue", (1, 1, 1): "white"}
    spots = [
        (image.width * x // 4, image.height * y // 4) for x, y in ((1, 1), (3, 1), (1, 3), (3, 3))
    ]
    pixels = [image.convert("RGB").getpixel(spot) for spot in spots]
    return " ".join(names[tuple(round(value / 255) for value in pixel)] for pixel in pixels)


def png(width_px: int, height_px: int, rows: bytes = b"") -> bytes:
    """A PNG of one bit per pixel, whatever the rows hold."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width_px, height_px, 1, 0, 0, 0, 0)
    content = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + content


def bomb() -> bytes:
    """50,000 by 50,000 pixels, all zero: 300 MB in 1.4 MB."""
    return png(50_000, 50_000, bytes(50_000 * (1 + 50_000 // 8)))


def write(folder: pathlib.Path, name: str, data: bytes) -> pathlib.Path:
    """A file with that content."""
    path = folder / name
    path.write_bytes(data)
    return path


def sabotaged_worker(code: str) -> list[str]:
    """How to start a media worker that runs `code` before it begins."""
    return [sys.executable, "-c", _SABOTAGED.format(code)]


def prepare(data: bytes, **options) -> PreparedPicture:
    """Through the real process, as from the clipboard; nothing is written if not asked for."""
    options.setdefault("folder", None)
    return prepare_picture(Source(name="p", data=data), PIXTRAL, **options)
