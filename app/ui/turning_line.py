"""Things side by side where there is room, and below one another where there is not."""

from PySide6.QtWidgets import QBoxLayout

from app.ui.look.measures import measures


class TurningLine(QBoxLayout):
    """Its owner says in `resizeEvent` how wide it is."""

    def __init__(self, narrow_px: int = 0, *, gap_px: int = 8, narrow_gap_px: int = 4) -> None:
        """Below `narrow_px`, at the system's size of text, it stands upright."""
        super().__init__(QBoxLayout.Direction.LeftToRight)
        self._narrow_px = narrow_px
        self._gaps_px = (gap_px, narrow_gap_px)
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(gap_px)

    def fit(self, width_px: int) -> bool:
        """Turn to where there is room; whether it stands upright."""
        return self._turn(is_narrow=width_px < measures().at_text_size(self._narrow_px))

    def fit_content(self, width_px: int) -> bool:
        """The same, where what is in it says how much room it needs."""
        items = [self.itemAt(place) for place in range(self.count())]
        needed_px = sum(item.sizeHint().width() for item in items if item)
        gaps_px = self._gaps_px[False] * (len(items) - 1)
        return self._turn(is_narrow=width_px < needed_px + gaps_px)

    def _turn(self, *, is_narrow: bool) -> bool:
        directions = QBoxLayout.Direction
        direction = directions.TopToBottom if is_narrow else directions.LeftToRight
        # Even the same spacing asks for another layout, which asks here again: for ever.
        if direction != self.direction():
            self.setDirection(direction)
            self.setSpacing(self._gaps_px[is_narrow])
        return is_narrow
