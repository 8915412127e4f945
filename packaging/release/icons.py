"""The program's icon in every format that systems want, drawn from one SVG."""

import io
import pathlib
import struct

from PIL import Image
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from release.project import DESKTOP_ID, ROOT

SOURCE = ROOT / "resources" / "icons" / "cierzo.svg"
_HICOLOR_PX = (16, 22, 24, 32, 48, 64, 128, 256, 512)
_ICO_PX = (16, 20, 24, 32, 40, 48, 64, 256)
# Windows reads PNG in icons of this size only, everywhere.
_PNG_IN_ICO_PX = 256
# Apple's names of places by pixels; some sizes have one for plain and one for Retina screens.
_ICNS_TYPES = {
    16: ("icp4",),
    32: ("icp5", "ic11"),
    64: ("ic12",),
    128: ("ic07",),
    256: ("ic08", "ic13"),
    512: ("ic09", "ic14"),
    1024: ("ic10",),
}
# The drawing has the margin that Linux wants; on Apple's grid the ground takes 824 of 1024.
_GROUND_SHARE = 448 / 512
_MACOS_SHARE = (824 / 1024) / _GROUND_SHARE
# Small ones go to the edge: the ground ends between two pixels and its lines lie on whole ones.
_TO_THE_EDGE = 1 / _GROUND_SHARE
_SMALL_PX = 24


def render(side_px: int, *, share: float = 1.0) -> Image.Image:
    """Draw it.

    Args:
        side_px: Of the picture.
        share: Of the picture that the drawing takes, in its middle; above 1 its margin is cut off.
    """
    image = QImage(side_px, side_px, QImage.Format.Format_RGBA8888_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    side = side_px * share
    margin = (side_px - side) / 2
    painter = QPainter(image)
    QSvgRenderer(str(SOURCE)).render(painter, QRectF(margin, margin, side, side))
    painter.end()
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888)
    return Image.frombytes("RGBA", (side_px, side_px), bytes(plain.constBits()))


def write_pngs(hicolor: pathlib.Path) -> None:
    """Write one for each size, laid out as the icon theme hicolor is."""
    for side_px in _HICOLOR_PX:
        path = hicolor / f"{side_px}x{side_px}" / "apps" / f"{DESKTOP_ID}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        share = _TO_THE_EDGE if side_px <= _SMALL_PX else 1.0
        path.write_bytes(_png(render(side_px, share=share)))


def write_ico(path: pathlib.Path) -> None:
    """Write the icon for Windows."""
    pictures = [_in_ico(render(side_px, share=_TO_THE_EDGE)) for side_px in _ICO_PX]
    start = 6 + 16 * len(pictures)
    entries = b""
    for side_px, picture in zip(_ICO_PX, pictures, strict=True):
        side = side_px % 256  # 256 is written as 0
        entries += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(picture), start)
        start += len(picture)
    path.write_bytes(struct.pack("<HHH", 0, 1, len(pictures)) + entries + b"".join(pictures))


def write_icns(path: pathlib.Path) -> None:
    """Write the icon for macOS."""
    entries = b""
    for side_px, kinds in _ICNS_TYPES.items():
        picture = _png(render(side_px, share=_MACOS_SHARE))
        for kind in kinds:
            entries += kind.encode() + struct.pack(">I", 8 + len(picture)) + picture
    path.write_bytes(b"icns" + struct.pack(">I", 8 + len(entries)) + entries)


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _in_ico(picture: Image.Image) -> bytes:
    width, height = picture.size
    if width == _PNG_IN_ICO_PX:
        return _png(picture)
    # A bitmap from the bottom up with a mask behind it that 32-bit icons do not use.
    mask = bytes((width + 31) // 32 * 4 * height)
    header = struct.pack("<IiiHHIIiiII", 40, width, height * 2, 1, 32, 0, 0, 0, 0, 0, 0)
    rows = picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM).tobytes("raw", "BGRA")
    return header + rows + mask
