"""What stands above the conversation: the sidebar's switch, the model, the main menu."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from app.domain.model_file import ModelFile
from app.ui.chat.model_chip import ModelChip
from app.ui.icon_button import IconButton
from app.ui.look.measures import measures

_ROOMY_PX = 420


class TopBar(QWidget):
    """Holds the parts; the window gives the buttons their meaning.

    Attributes:
        sidebar_button: Shows and hides the sidebar.
        chip: The model.
        menu_button: The main menu.
    """

    def __init__(self, models: list[ModelFile]) -> None:
        super().__init__()
        self.sidebar_button = IconButton("sidebarButton", "sidebar", self.tr("Sidebar"))
        self.chip = ModelChip(models)
        self.menu_button = IconButton("menuButton", "menu", self.tr("Menu"))
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(4)
        row.addWidget(self.sidebar_button)
        row.addWidget(self.chip)
        row.addStretch()
        row.addWidget(self.menu_button)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the model's name readable: the rest is in its tooltip."""
        super().resizeEvent(event)
        self.chip.show_room(has_room=self.width() >= measures().at_text_size(_ROOMY_PX))
