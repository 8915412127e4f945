"""What goes with the draft, as chips above its words."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QActionGroup, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.attachments import Detail, DocumentAttachment, PictureAttachment
from app.ui.chat.document_words import can_be_divided, document_name, document_size_words
from app.ui.chat.draft_attachments import DraftItem
from app.ui.chat.picture_words import detail_words, picture_name, size_words
from app.ui.chat.thumbnail import thumbnail
from app.ui.flow import flow
from app.ui.icon_button import IconButton
from app.ui.look.icons import pixmap
from app.ui.look.pulse import Pulse
from app.ui.plain_text import ElidedLabel, tooltip

_CHIP = QSize(308, 56)
_THUMBNAIL = QSize(40, 40)
_BUTTON_PX = 28
_GAP_PX = 8
_ICON_PX = 26
_MOST_HEIGHT_PX = 2 * _CHIP.height() + _GAP_PX + _CHIP.height() // 2


class AttachmentRow(QScrollArea):
    """Shows the attachments of one draft; scrolls where there are many.

    Signals:
        removed: An item's id.
        detail_chosen: A picture's id and the `Detail`.
        pages_requested: A document's id, of which the person wants to choose pages.
    """

    removed = Signal(int)
    detail_chosen = Signal(int, object)
    pages_requested = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("attachmentRow")
        self.setAccessibleName(self.tr("Attachments of this question"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._content = QWidget()
        self.setWidget(self._content)
        self.viewport().setAutoFillBackground(False)
        self._content.setAutoFillBackground(False)
        self._chips: list[AttachmentChip] = []
        self.hide()

    def show_items(self, items: list[DraftItem]) -> None:
        """Show these in place of those before; what is still there keeps its chip."""
        old = {chip.item_id: chip for chip in self._chips}
        self._chips = []
        for item in items:
            chip = old.pop(item.item_id, None)
            if chip is None:
                chip = AttachmentChip(item.item_id, self._content)
                chip.removed.connect(self.removed)
                chip.detail_chosen.connect(self.detail_chosen)
                chip.pages_requested.connect(self.pages_requested)
                chip.show()
            chip.show_item(item)
            self._chips.append(chip)
        for chip in old.values():
            chip.hide()
            chip.deleteLater()
        self.setVisible(bool(self._chips))
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Begin rows where the width demands it."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        width = self.width()
        size = QSize(min(_CHIP.width(), width), _CHIP.height())
        places, whole = flow([size] * len(self._chips), width, _GAP_PX)
        for chip, place in zip(self._chips, places, strict=True):
            chip.setGeometry(place)
        self._content.resize(width, whole.height())
        self.setFixedHeight(min(whole.height(), _MOST_HEIGHT_PX))


class AttachmentChip(QFrame):
    """One picture or document: what the model gets of it, how much of it, and a cross.

    Attributes:
        item_id: Of the `DraftItem`.

    Signals:
        removed, pages_requested: Its id.
        detail_chosen: Its id and the `Detail`.
    """

    removed = Signal(int)
    detail_chosen = Signal(int, object)
    pages_requested = Signal(int)

    def __init__(self, item_id: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("attachmentChip")
        self.item_id = item_id
        self._shown: DraftItem | None = None
        self._image = QLabel()
        self._image.setFixedSize(_THUMBNAIL)
        self._pulse = Pulse()
        self._name = ElidedLabel()
        self._size = ElidedLabel(kind="small")
        self._size.setObjectName("attachmentSize")
        for words in (self._name, self._size):
            # All of the room, so that the chips of one column look alike.
            words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._detail = self._button("detailButton", "chevron-down")
        self._detail.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self._detail)
        self._details = QActionGroup(self._menu)
        for detail in Detail:
            action = self._details.addAction(detail_words(detail))
            action.setCheckable(True)
            action.setData(detail)
            action.triggered.connect(
                lambda _, detail=detail: self.detail_chosen.emit(self.item_id, detail)
            )
            self._menu.addAction(action)
        self._detail.setMenu(self._menu)
        self._pages = self._button("choosePagesOfButton", "sliders")
        self._pages.setToolTip(self.tr("Choose pages…"))
        self._pages.clicked.connect(lambda: self.pages_requested.emit(self.item_id))
        self._remove = self._button("removeAttachmentButton", "close")
        self._remove.clicked.connect(lambda: self.removed.emit(self.item_id))
        self._arrange()

    def show_item(self, item: DraftItem) -> None:
        """Show how far it is."""
        if item == self._shown:
            return
        self._shown = item
        attachment, name = item.attachment, item.source.name
        self._name.setText(name)
        self._name.setToolTip(tooltip(name))
        self._pulse.setVisible(attachment is None)
        self._image.setVisible(attachment is not None)
        self._detail.setVisible(not item.is_document)
        self._detail.setEnabled(attachment is not None)
        self._pages.setVisible(False)
        if isinstance(attachment, PictureAttachment):
            self._show_picture(attachment)
        elif isinstance(attachment, DocumentAttachment):
            self._show_document(attachment, item.tokens)
        else:
            self._size.setText(self.tr("Opening…"))
            self.setAccessibleName(self.tr("{name}, being opened").format(name=name))
        words = detail_words(item.detail)
        self._detail.setAccessibleName(
            self.tr("Detail of {name}: {detail}").format(name=name, detail=words)
        )
        self._detail.setToolTip(words)
        self._remove.setAccessibleName(self.tr("Remove {name}").format(name=name))
        self._remove.setToolTip(self.tr("Remove"))
        for action in self._details.actions():
            action.setChecked(action.data() == item.detail)

    def _show_picture(self, attachment: PictureAttachment) -> None:
        self._size.setText(size_words(attachment))
        self.setAccessibleName(picture_name(attachment))
        ratio = self.devicePixelRatioF()
        self._image.setPixmap(thumbnail(attachment.thumbnail_png, _THUMBNAIL, ratio, fills=True))

    def _show_document(self, document: DocumentAttachment, tokens: int | None) -> None:
        self._size.setText(document_size_words(document, tokens))
        self.setAccessibleName(document_name(document, tokens))
        muted = self.palette().color(QPalette.ColorRole.PlaceholderText)
        self._image.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._image.setPixmap(pixmap("document", muted, _ICON_PX, self.devicePixelRatioF()))
        self._pages.setVisible(can_be_divided(document))
        self._pages.setAccessibleName(self.tr("Choose pages of {name}").format(name=document.name))

    def _arrange(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addStretch()
        words.addWidget(self._name)
        words.addWidget(self._size)
        words.addStretch()
        left = QWidget()
        left.setFixedSize(_THUMBNAIL)
        slot = QHBoxLayout(left)
        slot.setContentsMargins(0, 0, 0, 0)
        slot.addWidget(self._image)
        slot.addWidget(self._pulse, 0, Qt.AlignmentFlag.AlignCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 4, 0)
        row.setSpacing(0)
        row.addWidget(left)
        row.addSpacing(10)
        row.addLayout(words, 1)
        row.addSpacing(4)
        row.addWidget(self._detail)
        row.addWidget(self._pages)
        row.addWidget(self._remove)

    def _button(self, name: str, icon: str) -> IconButton:
        return IconButton(name, icon, side_px=_BUTTON_PX, icon_px=16)
