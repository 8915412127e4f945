"""One folder of the person's, and a way to look into it."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.ui.about.source import Place
from app.ui.about.words import kept_words
from app.ui.buttons import push_button
from app.ui.library.words import breakable, short_path
from app.ui.look.measures import MEDIUM_PX, SMALL_PX, TIGHT_PX
from app.ui.open_folder import open_folder
from app.ui.plain_text import PlainLabel
from app.ui.turning_line import TurningLine

_NARROW_PX = 420


class PlaceRow(QFrame):
    """What lies there, where that is, a button."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.setObjectName("folderRow")
        self._place = place
        name = kept_words(place.kept)
        path = PlainLabel(breakable(short_path(place.folder)), kind="small", wraps=True)
        path.setObjectName("placePath")
        self._nothing = PlainLabel(self.tr("Nothing is there yet."), kind="small", wraps=True)
        self._nothing.setObjectName("placeEmpty")
        self._nothing.hide()
        self._open = push_button("openPlaceButton", self.tr("Open folder"), "link")
        self._open.setAccessibleName(self.tr("Open the folder: {name}").format(name=name))
        self._open.setAutoDefault(False)
        self._open.clicked.connect(self._look)
        words = QVBoxLayout()
        words.setSpacing(TIGHT_PX)
        for part in (PlainLabel(name, kind="strong", wraps=True), path, self._nothing):
            words.addWidget(part)
        self._row = TurningLine(_NARROW_PX)
        self._row.addLayout(words, 1)
        self._row.addWidget(self._open, 0, Qt.AlignmentFlag.AlignLeading)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(MEDIUM_PX, SMALL_PX, SMALL_PX, SMALL_PX)
        whole.addLayout(self._row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the button where there is room."""
        super().resizeEvent(event)
        self._row.fit(self.width())

    @Slot()
    def _look(self) -> None:
        self._nothing.setVisible(not open_folder(self._place.folder))
