"""Boxes in rows, as words in a paragraph."""

from collections.abc import Iterable

from PySide6.QtCore import QRect, QSize


def flow(sizes: Iterable[QSize], width: int, gap_px: int) -> tuple[list[QRect], QSize]:
    """Place boxes from left to right and begin a row where one does not fit.

    Returns:
        Their places, and the size of all of them together.
    """
    places: list[QRect] = []
    x = y = row = widest = 0
    for size in sizes:
        if x and x + size.width() > width:
            x, y, row = 0, y + row + gap_px, 0
        places.append(QRect(x, y, size.width(), size.height()))
        row = max(row, size.height())
        widest = max(widest, x + size.width())
        x += size.width() + gap_px
    return places, QSize(widest, y + row)
