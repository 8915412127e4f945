"""One answer that scrolls when it is longer than its place."""

from PySide6.QtCore import QCoreApplication, Slot

from app.ui.markdown.reading_pane import ReadingPane

_BOTTOM_PX = 8


class AnswerPane(ReadingPane):
    """Follows what is being written as long as its end is in sight."""

    def __init__(self) -> None:
        label = QCoreApplication.translate("AnswerPane", "Answer")
        super().__init__("quickAnswerPane", "quickAnswer", label)

    def clear(self) -> None:
        """Show nothing."""
        self.text.replace_text("")
        self.lay_out()

    def append(self, words: str) -> None:
        """Show more."""
        self.text.append_text(words)
        self.lay_out()

    def settle(self) -> None:
        """Nothing follows."""
        self.text.settle()
        self.lay_out()

    @Slot()
    def lay_out(self) -> None:
        """The same, without losing sight of the end."""
        bar = self.verticalScrollBar()
        follows = bar.value() >= bar.maximum() - _BOTTOM_PX
        super().lay_out()
        if follows:
            bar.setValue(bar.maximum())
