"""The program's own icon, as windows, tray and notifications show it."""

import functools

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.domain.package_data import package_file

# Of title bars, trays, docks, and of the same on screens of twice the density.
_SIDES_PX = (16, 24, 32, 48, 64, 128)
# Small ones are drawn to the edge, without the margin (448 of 512 is the ground).
_SMALL_PX = 24
_TO_THE_EDGE = 512 / 448


@functools.cache
def app_icon() -> QIcon:
    """Draw it once in the sizes that systems ask for."""
    renderer = QSvgRenderer(str(package_file("resources/icons/cierzo.svg")))
    icon = QIcon()
    for side_px in _SIDES_PX:
        drawn_px = side_px * (_TO_THE_EDGE if side_px <= _SMALL_PX else 1.0)
        margin_px = (side_px - drawn_px) / 2
        pixmap = QPixmap(side_px, side_px)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(margin_px, margin_px, drawn_px, drawn_px))
        painter.end()
        icon.addPixmap(pixmap)
    return icon
