"""Pictures as a vision model gets them: pixels on its grid, the same for the same seed."""

import hashlib
import pathlib
import random

from app.domain.chat import Message, Picture, PicturePart, Role, TextPart

CELL_PX = 28


def picture(
    columns: int,
    rows: int,
    *,
    seed: int = 1,
    cell_px: int = CELL_PX,
    folder: pathlib.Path | None = None,
) -> Picture:
    """A noisy picture of that many cells; in a file where there is a folder for it."""
    width_px, height_px = columns * cell_px, rows * cell_px
    pixels = random.Random(seed).randbytes(width_px * height_px * 3)
    return of_pixels(pixels, width_px, height_px, folder=folder)


def of_pixels(
    pixels: bytes, width_px: int, height_px: int, *, folder: pathlib.Path | None = None
) -> Picture:
    """A picture with these pixels."""
    sha256 = hashlib.sha256(pixels).hexdigest()
    path = ""
    if folder:
        file = folder / f"{sha256}.rgb"
        file.write_bytes(pixels)
        path, pixels = str(file), b""
    return Picture(sha256=sha256, width_px=width_px, height_px=height_px, path=path, data=pixels)


def show(text: str, *pictures: Picture) -> Message:
    """A person's message with pictures before the words."""
    return Message(Role.USER, (*(PicturePart(shown) for shown in pictures), TextPart(text)))
