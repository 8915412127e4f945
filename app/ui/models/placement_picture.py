"""The picture of where a model lies: a bar for each device, a legend, and the layers."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.placement.values import Machine, MemoryPlan, Share
from app.ui.models.flow_row import FlowRow
from app.ui.models.layer_strip import LayerStrip
from app.ui.models.layers import layer_runs, layers_words
from app.ui.models.memory_bar import MemoryBar, Swatch
from app.ui.models.parts import Part, part_words, slices
from app.ui.models.words import device_words
from app.ui.plain_text import ElidedLabel, PlainLabel, tooltip
from app.ui.quantities import format_bytes, listed, sentence

_BAR_PX = 20
_MARGIN_PX = 14


class PlacementPicture(QWidget):
    """Shows a `MemoryPlan`; screen readers get all of it in one paragraph."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("placementPicture")
        self.setAccessibleName(self.tr("Where the model lies"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._rows: list[_DeviceRow] = []
        self._devices = QVBoxLayout()
        self._devices.setSpacing(10)
        self._legend = _Legend()
        self._strip = LayerStrip()
        self._strip.setObjectName("layerStrip")
        self._layers = PlainLabel(kind="small", wraps=True)
        self._layers.setObjectName("layersText")
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN_PX, 12, _MARGIN_PX, 12)
        column.setSpacing(10)
        column.addLayout(self._devices)
        column.addWidget(self._legend)
        column.addSpacing(2)
        column.addWidget(self._strip)
        column.addWidget(self._layers)

    def show_plan(
        self, plan: MemoryPlan, machine: Machine, *, layers: int, is_advanced: bool
    ) -> None:
        """Draw this; `layers` is how many the model has, 0 where that is not known."""
        names = _device_names(plan, machine)
        while len(self._rows) < len(plan.shares):
            self._rows.append(_DeviceRow())
            self._devices.addWidget(self._rows[-1])
        for number, row in enumerate(self._rows):
            row.setVisible(number < len(plan.shares))
        sentences = []
        for row, share, (kind, model) in zip(self._rows, plan.shares, names, strict=False):
            row.show_share(share, kind, model, is_advanced=is_advanced)
            sentences.append(row.sentence())
        totals: dict[Part, int] = {}
        for share in plan.shares:
            for piece in slices(share, is_advanced=is_advanced):
                totals[piece.part] = totals.get(piece.part, 0) + piece.bytes
        self._legend.show_parts(totals, is_advanced=is_advanced)
        runs = layer_runs(plan.placement, layers) if layers else []
        gpus = sum(1 for share in plan.shares if share.kind in ("gpu", "igpu"))
        self._strip.show_runs(runs, gpus=gpus, is_advanced=is_advanced)
        self._strip.setVisible(bool(runs))
        words = layers_words(runs, gpus=gpus, is_advanced=is_advanced)
        self._layers.setText(words)
        self._layers.setVisible(bool(words))
        if words:
            sentences.append(sentence(words))
        self.setAccessibleDescription(" ".join(sentences))


def _device_names(plan: MemoryPlan, machine: Machine) -> list[tuple[str, str]]:
    """What each share's device is, and which model of it."""
    described = {gpu.name: gpu.description for gpu in machine.gpus}
    cards = [share.name for share in plan.shares if share.kind == "gpu"]
    named = []
    for share in plan.shares:
        is_one_of_many = share.kind == "gpu" and len(cards) > 1
        number = cards.index(share.name) + 1 if is_one_of_many else None
        named.append((device_words(share, number=number), described.get(share.name, "")))
    return named


class _DeviceRow(QWidget):
    """Name and numbers of one device above its bar."""

    def __init__(self) -> None:
        super().__init__()
        self._kind = PlainLabel(kind="strong")
        self._model = ElidedLabel(kind="small")
        self._numbers = PlainLabel(kind="small")
        self._numbers.setObjectName("deviceNumbers")
        self._bar = MemoryBar(_BAR_PX)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(8)
        head.addWidget(self._kind)
        head.addWidget(self._model, 1)
        head.addStretch()
        head.addWidget(self._numbers)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._bar)

    def show_share(self, share: Share, kind: str, model: str, *, is_advanced: bool) -> None:
        """Show one device."""
        self._kind.setText(kind)
        self._model.setText(model)
        self._model.setToolTip(tooltip(model))
        self._numbers.setText(self._say(share))
        is_over = share.kind != "disk" and share.free_bytes < 0
        self._numbers.setProperty("kind", "alarm" if is_over else "small")
        self._numbers.style().polish(self._numbers)
        self._bar.show_share(share, is_advanced=is_advanced)

    def sentence(self) -> str:
        """All of it for screen readers."""
        parts = listed(self._bar.segment_words(piece) for piece, _ in self._bar.segments())
        return sentence(f"{self._kind.text()} ({self._numbers.text()}): {parts}")

    def _say(self, share: Share) -> str:
        if share.kind == "disk":
            return self.tr("{bytes} read from it").format(bytes=format_bytes(share.model_bytes))
        total = format_bytes(share.total_bytes)
        if share.free_bytes < 0:
            return self.tr("{bytes} too much for {total}").format(
                bytes=format_bytes(-share.free_bytes), total=total
            )
        return self.tr("{free} of {total} stay free").format(
            free=format_bytes(share.free_bytes), total=total
        )


class _Legend(FlowRow):
    """Which colour is what, and how much of it there is over all devices."""

    def __init__(self) -> None:
        super().__init__(gap_px=14)
        self._labels: dict[Part, PlainLabel] = {}

    def show_parts(self, totals: dict[Part, int], *, is_advanced: bool) -> None:
        """Show these, in the order of the bars."""
        parts = [part for part in Part if part in totals]
        if parts != list(self._labels):
            self._labels = {part: PlainLabel(kind="small") for part in parts}
            self.show_members([_entry(part, label) for part, label in self._labels.items()])
        for part, label in self._labels.items():
            name = part_words(part, is_advanced=is_advanced)
            label.setText(f"{name} {format_bytes(totals[part])}")
        self.arrange()


def _entry(part: Part, label: PlainLabel) -> QWidget:
    entry = QWidget()
    row = QHBoxLayout(entry)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    row.addWidget(Swatch(part))
    row.addWidget(label)
    return entry
