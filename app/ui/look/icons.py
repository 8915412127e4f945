"""Our own line icons, drawn in `resources/icons` and coloured by the palette."""

import functools

from PySide6.QtCore import QByteArray, QEvent, QObject, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap, QTransform
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QLabel

from app.domain.package_data import package_file
from app.ui.look.measures import measures

_AROUND_PX = 12  # of a button: its edge and its padding
_SCALES = (1, 2, 3)
_MIRRORED = "|mirrored"
# They point along a line, and lines may run the other way.
_POINTING = {"back", "chevron-left", "chevron-right", "sidebar"}
_LOOK_EVENTS = (
    QEvent.Type.EnabledChange,
    QEvent.Type.PaletteChange,
    QEvent.Type.StyleChange,
    QEvent.Type.DevicePixelRatioChange,
)


@functools.cache
def _source(name: str) -> str:
    return package_file(f"resources/icons/{name}.svg").read_text(encoding="utf-8")


@functools.lru_cache(maxsize=256)
def _pixmap(name: str, colour: str, side_px: int, scale: int) -> QPixmap:
    is_mirrored = name.endswith(_MIRRORED)
    coloured = _source(name.removesuffix(_MIRRORED)).replace("currentColor", colour)
    pixmap = QPixmap(side_px * scale, side_px * scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(coloured.encode())).render(
        painter, QRectF(0, 0, side_px * scale, side_px * scale)
    )
    painter.end()
    if is_mirrored:
        pixmap = pixmap.transformed(QTransform.fromScale(-1, 1))
    pixmap.setDevicePixelRatio(scale)
    return pixmap


def pixmap(name: str, colour: QColor, side_px: int, ratio: float = 1.0) -> QPixmap:
    """Draw an icon for a screen of that device pixel ratio."""
    return _pixmap(_directed(name), colour.name(), side_px, _scale(ratio))


def _directed(name: str) -> str:
    is_mirrored = name in _POINTING and QGuiApplication.isRightToLeft()
    return name + _MIRRORED if is_mirrored else name


def _scale(ratio: float) -> int:
    return next((scale for scale in _SCALES if scale >= ratio), _SCALES[-1])


def icon(
    name: str, role: QPalette.ColorRole, side_px: int = 20, mode: QIcon.Mode | None = None
) -> QIcon:
    """Make an icon in the colours that the palette has now, for the screens that are there now.

    It looks as it should only in `mode`; None is all of them.
    """
    scales = {_scale(screen.devicePixelRatio()) for screen in QGuiApplication.screens()}
    palette = QGuiApplication.palette()
    colours = {
        QIcon.Mode.Normal: palette.color(role).name(),
        QIcon.Mode.Disabled: palette.color(QPalette.ColorRole.Shadow).name(),
    }
    modes = tuple(colours.items()) if mode is None else ((mode, colours[mode]),)
    return _icon(_directed(name), modes, side_px, tuple(sorted(scales)))


@functools.lru_cache(maxsize=256)
def _icon(
    name: str, modes: tuple[tuple[QIcon.Mode, str], ...], side_px: int, scales: tuple[int, ...]
) -> QIcon:
    made = QIcon()
    for mode, colour in modes:
        for scale in scales:
            made.addPixmap(_pixmap(name, colour, side_px, scale), mode)
    return made


class IconFollower(QObject):
    """Redraws a button's icon whenever the theme changes."""

    def __init__(
        self, button: QAbstractButton, name: str, role: QPalette.ColorRole, side_px: int = 20
    ) -> None:
        super().__init__(button)
        self._button = button
        self._name = name
        self._role = role
        self._side_px = side_px
        self._draw()
        # Twenty events come to a new button, none of which is a change of its look.
        QTimer.singleShot(0, self, self._begin)
        measures().changed.connect(self._draw)

    def show(self, name: str) -> None:
        """Take another drawing."""
        self._name = name
        self._draw()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice a change of theme or of the button; consumes nothing."""
        if event.type() in _LOOK_EVENTS:
            self._draw()
        return False

    @Slot()
    def _begin(self) -> None:
        self._button.installEventFilter(self)
        self._draw()

    @Slot()
    def _draw(self) -> None:
        room_px = min(self._button.maximumWidth(), self._button.maximumHeight()) - _AROUND_PX
        side_px = max(self._side_px, min(measures().at_text_size(self._side_px), room_px))
        mode = QIcon.Mode.Normal if self._button.isEnabled() else QIcon.Mode.Disabled
        made = icon(self._name, self._role, side_px, mode)
        # Whatever is shown, hidden or moved elsewhere hears of a theme; most of it is none.
        if made.cacheKey() != self._button.icon().cacheKey():
            self._button.setIconSize(QSize(side_px, side_px))
            self._button.setIcon(made)


class Picture(QLabel):
    """An icon beside words that say the same."""

    def __init__(self, name: str, side_px: int, role: QPalette.ColorRole) -> None:
        super().__init__()
        self._name = name
        self._side_px = side_px
        self._role = role
        self.setFixedSize(side_px, side_px)
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() in _LOOK_EVENTS:
            self._draw()

    def _draw(self) -> None:
        colour = QGuiApplication.palette().color(self._role)
        self.setPixmap(pixmap(self._name, colour, self._side_px, self.devicePixelRatioF()))
