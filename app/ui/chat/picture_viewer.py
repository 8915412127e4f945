"""The pictures of a chat, one at a time and large."""

import pathlib
import shutil

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QKeySequence, QPalette
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.attachments import Detail, PictureAttachment
from app.domain.errors import ExportRefused, PictureMissing
from app.domain.picture_grid import PictureGrid
from app.services.attachments import Attachments
from app.ui.chat.picture_canvas import PictureCanvas
from app.ui.chat.picture_words import picture_name, size_words
from app.ui.chat.thumbnail import decoded, pixels
from app.ui.error_text import error_text
from app.ui.icon_button import IconButton
from app.ui.markdown.background import background
from app.ui.plain_text import PlainLabel

_WINDOW_SHARE = 0.9
# For pictures whose pixels are gone, as after a restart: as large as any model here sees them.
_GRID = PictureGrid(cell_px=28, longest_px=1540)
_STEPS = {
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_PageDown: 1,
    Qt.Key.Key_PageUp: -1,
}


class PictureViewer(QDialog):
    """The arrows go on, Space zooms (then they move it and Page Down goes on), Escape closes."""

    def __init__(
        self,
        parent: QWidget,
        pictures: list[PictureAttachment],
        place: int,
        attachments: Attachments,
    ) -> None:
        """Show the one at `place`; `attachments` opens what is not open any more."""
        super().__init__(parent)
        self.setObjectName("pictureDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._pictures = pictures
        self._place = place
        self._attachments = attachments
        self._image = QImage()
        self._canvas = PictureCanvas()
        self._words = PlainLabel(kind="small", wraps=True)
        self._words.setObjectName("pictureWords")
        make = self._button
        self._back = make("previousPictureButton", "chevron-left", self.tr("Previous picture"))
        self._on = make("nextPictureButton", "chevron-right", self.tr("Next picture"))
        self._zoom = make("zoomButton", "expand", self.tr("Full size (Space)"))
        self._zoom.setCheckable(True)
        self._copy = make("copyPictureButton", "copy", self.tr("Copy the picture (Ctrl+C)"))
        self._save = make("savePictureButton", "download", self.tr("Save a copy…"))
        self._arrange()
        self._back.clicked.connect(lambda: self._step(-1))
        self._on.clicked.connect(lambda: self._step(1))
        self._zoom.toggled.connect(self._show_size)
        self._copy.clicked.connect(self._copy_picture)
        self._save.clicked.connect(self._ask_where)
        self.resize((parent.size() * _WINDOW_SHARE).expandedTo(self.minimumSizeHint()))
        self._show()
        self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def shown(self) -> PictureAttachment:
        """The picture on the screen."""
        return self._pictures[self._place]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go on, zoom, copy."""
        if step := _STEPS.get(Qt.Key(event.key())):
            self._step(step)
        elif event.key() == Qt.Key.Key_Space and self._zoom.isEnabled():
            self._zoom.toggle()
        elif event.matches(QKeySequence.StandardKey.Copy) and self._copy.isEnabled():
            self._copy_picture()
        else:
            super().keyPressEvent(event)

    def _step(self, places: int) -> None:
        if 0 <= self._place + places < len(self._pictures):
            self._place += places
            self._show()

    def _show(self) -> None:
        """Show the picture of this place; until it is open, the small one in its place."""
        attachment = self.shown
        name = picture_name(attachment)
        if len(self._pictures) > 1:
            name = self.tr("{name}, {number} of {count}").format(
                name=name, number=self._place + 1, count=len(self._pictures)
            )
        self.setWindowTitle(attachment.name)
        self.setAccessibleName(name)
        self._canvas.setAccessibleName(name)
        self._back.setEnabled(self._place > 0)
        self._on.setEnabled(self._place < len(self._pictures) - 1)
        self._zoom.setChecked(False)
        try:
            image = pixels(attachment.picture) if attachment.picture else None
        except PictureMissing:
            image = None
        if image is not None:
            words = self.tr("As the model sees it: {size}").format(size=size_words(attachment))
            self._show_image(image, words)
            return
        self._show_image(decoded(attachment.thumbnail_png), self.tr("Opening…"))
        self._attachments.open(
            attachment.source, _GRID, Detail.FULL, on_end=lambda end: self._opened(attachment, end)
        )

    def _opened(self, attachment: PictureAttachment, end: PictureAttachment | Exception) -> None:
        if attachment is not self.shown:
            return
        if isinstance(end, Exception) or end.picture is None:
            self._words.setText(error_text(end if isinstance(end, Exception) else PictureMissing()))
            return
        try:
            self._show_image(pixels(end.picture), size_words(attachment))
        except PictureMissing as error:
            self._words.setText(error_text(error))

    def _show_image(self, image: QImage, words: str) -> None:
        self._image = image
        self._canvas.show_image(image)
        self._copy.setEnabled(not image.isNull())
        self._words.setText(words)
        self._show_zoom()

    @Slot(bool)
    def _show_size(self, is_full: bool) -> None:
        self._canvas.show_size(is_full=is_full)
        self._show_zoom()

    def _show_zoom(self) -> None:
        self._zoom.setEnabled(self._zoom.isChecked() or self._canvas.can_grow())

    @Slot()
    def _copy_picture(self) -> None:
        QGuiApplication.clipboard().setImage(self._image)
        self._words.setText(self.tr("Copied"))

    @Slot()
    def _ask_where(self) -> None:
        dialog = QFileDialog(self, self.tr("Save a copy"))
        dialog.setObjectName("savePictureDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        source, image = self.shown.source, self._image
        suffix = "" if pathlib.PurePath(source.name).suffix else ".png"
        dialog.selectFile(source.name + suffix)

        def save(chosen: str) -> None:
            target = pathlib.Path(chosen)

            def work() -> Exception | None:
                return _write_copy(target, source.path, source.data, image)

            background("pictures").ask(work, lambda end: self._saved(target.name, end), self)

        dialog.fileSelected.connect(save)
        dialog.open()

    def _saved(self, name: str, end: Exception | None) -> None:
        words = self.tr("Saved as “{name}”").format(name=name)
        self._words.setText(error_text(end) if end else words)

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self._back)
        row.addWidget(self._on)
        row.addWidget(self._words, 1)
        for button in (self._zoom, self._copy, self._save):
            row.addWidget(button)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(10)
        column.addWidget(self._canvas, 1)
        column.addLayout(row)

    def _button(self, name: str, icon: str, label: str) -> IconButton:
        return IconButton(name, icon, label, role=QPalette.ColorRole.ButtonText)


def _write_copy(target: pathlib.Path, path: str, data: bytes, image: QImage) -> Exception | None:
    """Write what was attached; of a picture whose file is gone what is shown. On a thread."""
    try:
        if data:
            target.write_bytes(data)
        elif path and pathlib.Path(path).is_file():
            shutil.copyfile(path, target)
        elif not image.save(str(target)):
            return PictureMissing()
    except OSError as error:
        return ExportRefused(name=target.name, reason=error.strerror or "")
    return None
