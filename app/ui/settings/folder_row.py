"""One models folder."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.ui.buttons import push_button
from app.ui.library.source import FolderState
from app.ui.library.words import breakable, free_words, short_path
from app.ui.models.flow_row import FlowRow
from app.ui.plain_text import PlainLabel
from app.ui.quantities import format_bytes
from app.ui.turning_line import TurningLine

_NARROW_PX = 420


class FolderRow(QFrame):
    """Where it is, what lies in it, and what it is for.

    Signals:
        use_requested: Download into it from now on.
        forget_requested: Have one less.
    """

    use_requested = Signal()
    forget_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("folderRow")
        self._path = PlainLabel(kind="strong", wraps=True)
        self._path.setObjectName("folderPath")
        self._facts = PlainLabel(kind="small", wraps=True)
        self._facts.setObjectName("folderFacts")
        self._missing = PlainLabel(kind="alarm", wraps=True)
        self._missing.setText(self.tr("Not there now. Plug its drive in."))
        self._missing.setObjectName("folderMissing")
        self._gets = PlainLabel(self.tr("Gets downloads"), kind="tag")
        self._gets.setIndent(0)  # the padding is the stylesheet's
        self._gets.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._use = push_button("useFolderButton", self.tr("Download into this one"), "link")
        self._forget = push_button("forgetFolderButton", self.tr("Forget"), "link")
        self._forget.setToolTip(self.tr("Its models leave the list; the files stay"))
        self._use.clicked.connect(self.use_requested)
        self._forget.clicked.connect(self.forget_requested)
        words = QVBoxLayout()
        words.setSpacing(3)
        for part in (self._path, self._facts, self._missing):
            words.addWidget(part)
        tools = FlowRow(gap_px=4)
        tools.show_members((self._gets, self._use, self._forget))
        row = self._row = TurningLine(_NARROW_PX)
        row.addLayout(words, 1)
        row.addWidget(tools, 0, Qt.AlignmentFlag.AlignVCenter)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 10, 12, 10)
        whole.addLayout(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the tools where there is room."""
        super().resizeEvent(event)
        self._row.fit(self.width())

    def show_folder(self, folder: FolderState) -> None:
        """Show it as it is now."""
        path = short_path(folder.path)
        facts = [self.tr("Models: {size}").format(size=format_bytes(folder.models_bytes))]
        if free := free_words(folder.free_bytes):
            facts.append(free)
        if folder.is_own:
            facts.insert(0, self.tr("Cierzo's own"))
        self._path.setText(breakable(path))
        self._facts.setText(" · ".join(facts))
        self._facts.setVisible(folder.is_there)
        self._missing.setVisible(not folder.is_there)
        self._gets.setVisible(folder.is_download_folder)
        self._use.setVisible(not folder.is_download_folder and folder.is_there)
        self._forget.setVisible(not folder.is_own)
        self._use.setAccessibleName(self.tr("Download into {folder}").format(folder=path))
        self._forget.setAccessibleName(self.tr("Forget {folder}").format(folder=path))
        self.setAccessibleName(path)
        self.setAccessibleDescription(" ".join(facts))
