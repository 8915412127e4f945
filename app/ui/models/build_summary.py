"""One build in three lines: how it fits, how fast it is, and what it takes where."""

from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.placement.values import Fit, MemoryPlan, Share
from app.services.offers import BuildOffer
from app.ui.catalogue_text import catalogue_text
from app.ui.look.icons import Picture
from app.ui.models.memory_bar import MemoryBar
from app.ui.models.words import (
    changes_words,
    device_words,
    download_words,
    fit_words,
    part_of_words,
    speed_words,
)
from app.ui.plain_text import ElidedLabel, PlainLabel, tooltip
from app.ui.quantities import format_bytes, sentence

_BAR_PX = 6
_ICON_PX = 16
_BAR_GAP_PX = 16
_STACKED_GAP_PX = 6
_NARROWEST_BAR_PX = 170


class BuildSummary(QWidget):
    """The build that a card speaks of."""

    def __init__(self) -> None:
        super().__init__()
        self._name = ElidedLabel(kind="strong")
        self._name.setObjectName("buildName")
        self._size = PlainLabel(kind="small")
        self._size.setObjectName("buildSize")
        self._fits = Picture("check", _ICON_PX, QPalette.ColorRole.Highlight)
        self._fails = Picture("alert", _ICON_PX, QPalette.ColorRole.BrightText)
        self._fit = PlainLabel(wraps=True)
        self._fit.setObjectName("buildFit")
        self._speed = PlainLabel(kind="muted", wraps=True)
        self._speed.setObjectName("buildSpeed")
        self._warning = PlainLabel(kind="alarm", wraps=True)
        self._warning.setObjectName("buildWarning")
        self._bars = _MiniBars()
        self._arrange()

    def show_build(self, build: BuildOffer, *, has_gpu: bool) -> None:
        """Show this build with its own plan."""
        self._name.setText(build.id)
        self._name.setToolTip(tooltip(f"{build.id}\n{build.repository}"))
        size = download_words(build)
        is_installed = build.path is not None
        words = self.tr("{size}, on this PC") if is_installed else self.tr("{size} to download")
        self._size.setText(size if build.bytes is None else words.format(size=size))
        self._warning.setText(catalogue_text(build.warning))
        self._warning.setVisible(bool(build.warning))
        self._show_plan(build.plan, has_gpu=has_gpu)

    def words(self) -> str:
        """All of it for screen readers."""
        parts = (self._name, self._size, self._fit, self._speed, self._warning)
        return ", ".join(part.text() for part in parts if part.text())

    def _show_plan(self, plan: MemoryPlan | None, *, has_gpu: bool) -> None:
        can_run = plan is not None and plan.fit is not Fit.NO
        self._fits.setVisible(can_run and plan is not None and plan.fit is not Fit.DISK)
        self._fails.setVisible(plan is not None and plan.fit in (Fit.NO, Fit.DISK))
        self._bars.setVisible(can_run)
        if plan is None:
            self._fit.setText(self.tr("What it needs is not known before it is downloaded."))
            self._speed.clear()
        else:
            self._fit.setText(fit_words(plan.fit, has_gpu=has_gpu))
            speed = speed_words(plan.tokens_per_s) if can_run else ""
            speed = speed[:1].upper() + speed[1:]
            given_up = changes_words(plan.changes) if can_run else ""
            self._speed.setText(f"{sentence(speed)} {given_up}".strip() if given_up else speed)
            self._bars.show_shares(plan.shares)
        self._speed.setVisible(bool(self._speed.text()))

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._name)
        head.addWidget(self._size)
        head.addStretch(1)
        fit = QHBoxLayout()
        fit.setSpacing(6)
        fit.addWidget(self._fits)
        fit.addWidget(self._fails)
        fit.addWidget(self._fit, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(fit)
        column.addWidget(self._speed)
        column.addWidget(self._warning)
        column.addSpacing(4)
        column.addWidget(self._bars)


class _MiniBars(QWidget):
    """A thin bar for each device that the model uses, side by side where there is room."""

    def __init__(self) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(_BAR_GAP_PX)
        self._bars: list[_MiniBar] = []
        self._used = 0

    def show_shares(self, shares: tuple[Share, ...]) -> None:
        """Show those that hold something of the model."""
        used = [share for share in shares if share.model_bytes]
        cards = [share.name for share in used if share.kind == "gpu"]
        while len(self._bars) < len(used):
            self._bars.append(_MiniBar())
            self._row.addWidget(self._bars[-1], 1)
        for place, bar in enumerate(self._bars):
            bar.setVisible(place < len(used))
        for bar, share in zip(self._bars, used, strict=False):
            is_one_of_many = share.kind == "gpu" and len(cards) > 1
            number = cards.index(share.name) + 1 if is_one_of_many else None
            bar.show_share(share, device_words(share, number=number))
        self._used = len(used)
        self._turn()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stack them where their words would not fit."""
        super().resizeEvent(event)
        self._turn()

    def _turn(self) -> None:
        is_narrow = self.width() < self._used * (_NARROWEST_BAR_PX + _BAR_GAP_PX)
        side = QBoxLayout.Direction.LeftToRight
        self._row.setDirection(QBoxLayout.Direction.TopToBottom if is_narrow else side)
        self._row.setSpacing(_STACKED_GAP_PX if is_narrow else _BAR_GAP_PX)


class _MiniBar(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._words = ElidedLabel(kind="small")
        self._bar = MemoryBar(_BAR_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self._words)
        column.addWidget(self._bar)

    def show_share(self, share: Share, device: str) -> None:
        """Say what the model takes of one device, and draw it."""
        taken = format_bytes(share.model_bytes)
        if share.kind != "disk":
            taken = part_of_words(share.model_bytes, share.total_bytes)
        words = self.tr("{device}: {taken}").format(device=device, taken=taken)
        self._words.setText(words)
        self._words.setToolTip(tooltip(words))
        self._bar.show_share(share)
