"""Where a model lies: layers, words, bars, colours."""

import itertools

import msgspec
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QToolTip

from app.domain.placement.values import Fit, MemoryPlan, Placement, Share, Wishes
from app.domain.units import format_bytes
from app.ui.look.theme import tokens
from app.ui.models.layer_strip import LayerStrip
from app.ui.models.layers import LayerRun, layer_runs, layers_words
from app.ui.models.memory_bar import MemoryBar
from app.ui.models.parts import Part, part_words, slices
from app.ui.models.placement_picture import PlacementPicture
from tests.helpers.fake_offers import GAMER, GIB, SMALL_4, WORKSTATION, plan

SMALL_4_BYTES = 53_700_000_000
CARD = Share(
    name="CUDA0",
    kind="gpu",
    total_bytes=12 * GIB,
    weights_bytes=4 * GIB,
    expert_bytes=3 * GIB,
    kv_bytes=GIB,
    compute_bytes=GIB // 2,
    free_bytes=2 * GIB,
)
RAM = Share(
    name="CPU", kind="cpu", total_bytes=64 * GIB, expert_bytes=40 * GIB, free_bytes=20 * GIB
)

# Machado, Oliveira and Fernandes 2009, severity 1.0, for linear RGB.
VISIONS = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
PARTS = [f"part_{part.value}" for part in Part if part is not Part.FREE]


def linear(colour: str) -> list[float]:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def lab(colour: str, vision: str) -> tuple[float, float, float]:
    rgb = linear(colour)
    seen = [sum(a * b for a, b in zip(row, rgb, strict=True)) for row in VISIONS[vision]]
    red, green, blue = (min(1.0, max(0.0, channel)) for channel in seen)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("is_dark", [False, True])
@pytest.mark.parametrize("vision", VISIONS)
def test_parts_can_be_told_apart_by_every_kind_of_eye(is_dark, vision):
    colours = tokens(is_dark=is_dark)
    for one, other in itertools.combinations(PARTS, 2):
        pair = zip(lab(colours[one], vision), lab(colours[other], vision), strict=True)
        assert sum((a - b) ** 2 for a, b in pair) ** 0.5 > 20, (one, other)


def test_layers_lie_where_llama_cpp_puts_them():
    """The output is the last GPU layer; the first layers stay on the processor."""
    assert layer_runs(Placement(context_tokens=1, gpu_layers=0), 3) == [
        LayerRun(first=0, last=2, gpu=None)
    ]
    assert layer_runs(Placement(context_tokens=1, gpu_layers=25), 36) == [
        LayerRun(first=0, last=11, gpu=None),
        LayerRun(first=12, last=35, gpu=0),
    ]
    assert layer_runs(Placement(context_tokens=1, gpu_layers=37, cpu_expert_layers=30), 36) == [
        LayerRun(first=0, last=29, gpu=0, is_split=True),
        LayerRun(first=30, last=35, gpu=0),
    ]


@pytest.mark.parametrize("gpu_layers", [-1, 0, 1, 7, 12, 13, 99])
@pytest.mark.parametrize("shares", [(), (1, 1), (3, 1), (0, 5), (1, 2, 3)])
def test_every_layer_is_somewhere_exactly_once(gpu_layers, shares):
    placement = Placement(
        context_tokens=1, gpu_layers=gpu_layers, cpu_expert_layers=5, layer_shares=shares
    )
    runs = layer_runs(placement, 12)
    counted = [layer for run in runs for layer in range(run.first, run.last + 1)]
    assert counted == list(range(12))
    assert all(run.gpu is None or 0 <= run.gpu < max(1, len(shares)) for run in runs)


def test_layers_are_said_in_words():
    runs = layer_runs(Placement(context_tokens=1, gpu_layers=25), 36)
    words = layers_words(runs, gpus=1, is_advanced=False)
    assert words == "Layers 0–11: processor · 12–35: graphics card"


def test_two_cards_are_numbered():
    placement = Placement(context_tokens=1, gpu_layers=5, layer_shares=(1, 1))
    words = layers_words(layer_runs(placement, 4), gpus=2, is_advanced=False)
    assert words == "Layers 0–2: graphics card 1 · 3: graphics card 2"


@pytest.mark.parametrize("share", [CARD, RAM])
@pytest.mark.parametrize("is_advanced", [False, True])
def test_a_share_is_cut_without_losing_a_byte(share, is_advanced):
    cut = slices(share, is_advanced=is_advanced)
    assert sum(piece.bytes for piece in cut) == share.total_bytes


def test_nobody_hears_of_experts_unasked():
    for share in (CARD, RAM):
        for piece in slices(share, is_advanced=False):
            assert "expert" not in part_words(piece.part, is_advanced=False).lower()
    parts = [piece.part for piece in slices(CARD, is_advanced=True)]
    assert [part_words(part, is_advanced=True) for part in parts][:2] == ["Weights", "Experts"]


@pytest.fixture
def picture(qtbot, _dressed) -> PlacementPicture:
    made = PlacementPicture()
    qtbot.addWidget(made)
    made.resize(640, 300)
    made.show_plan(
        plan(GAMER, SMALL_4_BYTES, SMALL_4, Wishes()), GAMER, layers=36, is_advanced=False
    )
    made.show()
    qtbot.waitExposed(made)
    return made


def texts(widget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def test_a_screen_reader_gets_everything_in_one_paragraph(picture):
    said = picture.accessibleDescription()
    shares = plan(GAMER, SMALL_4_BYTES, SMALL_4, Wishes()).shares
    for share in shares:
        for piece in slices(share, is_advanced=False):
            assert part_words(piece.part, is_advanced=False) in said
            assert format_bytes(piece.bytes) in said
    assert "Layers 0–32: graphics card, parts in memory · 33–35: graphics card." in said
    assert "expert" not in said.lower()
    assert picture.accessibleName()


def test_experts_are_named_in_the_advanced_view(picture):
    picture.show_plan(
        plan(GAMER, SMALL_4_BYTES, SMALL_4, Wishes()), GAMER, layers=36, is_advanced=True
    )
    assert any(text.startswith("Experts ") for text in texts(picture))
    assert "experts in memory" in picture.accessibleDescription()


def test_the_picture_follows_a_smaller_number_of_devices(picture):
    two = plan(WORKSTATION, SMALL_4_BYTES, SMALL_4, Wishes())
    picture.show_plan(two, WORKSTATION, layers=36, is_advanced=False)
    assert {"Graphics card 1", "Graphics card 2", "Memory"} <= set(texts(picture))
    picture.show_plan(
        plan(GAMER, SMALL_4_BYTES, SMALL_4, Wishes()), GAMER, layers=36, is_advanced=False
    )
    assert "Graphics card" in texts(picture)
    assert "Graphics card 2" not in texts(picture)


def test_what_does_not_fit_is_said_and_shown(picture):
    over = msgspec.structs.replace(CARD, weights_bytes=10 * GIB, free_bytes=-3 * GIB)
    shown = MemoryPlan(
        placement=Placement(context_tokens=4096),
        fit=Fit.NO,
        shares=(over,),
        kv_bytes=GIB,
        comfortable_tokens=0,
    )
    picture.show_plan(shown, GAMER, layers=0, is_advanced=False)
    assert f"{format_bytes(3 * GIB)} too much for {format_bytes(12 * GIB)}" in texts(picture)
    assert not picture.findChild(LayerStrip).isVisible()
    assert picture.grab().width()


def test_a_segment_says_its_size_under_the_pointer(picture, qtbot):
    bar = picture.findChild(MemoryBar)
    piece, place = bar.segments()[0]
    at = QPoint(round(place.center().x()), 4)
    QApplication.sendEvent(bar, QHelpEvent(QEvent.Type.ToolTip, at, bar.mapToGlobal(at)))
    qtbot.waitUntil(lambda: format_bytes(piece.bytes) in QToolTip.text())
    assert "Model" in QToolTip.text()
    QToolTip.hideText()


def test_a_layer_says_where_it_lies_under_the_pointer(picture):
    strip = picture.findChild(LayerStrip)
    assert strip.words_at(0) == "Layer 0: graphics card, parts in memory"
    assert strip.words_at(strip.width() + 5) == "Layer 35: graphics card"


@pytest.mark.usefixtures("_dressed")
def test_segments_are_as_long_as_they_are_large(qtbot):
    bar = MemoryBar(20)
    qtbot.addWidget(bar)
    bar.resize(1000, 20)
    bar.show_share(CARD)
    places = {piece.part: place for piece, place in bar.segments()}
    assert places[Part.WEIGHTS].width() == pytest.approx(1000 * 7 / 12, rel=0.03)
    assert sum(place.width() for place in places.values()) == pytest.approx(1000)


@pytest.mark.usefixtures("_dressed")
def test_the_smallest_part_can_still_be_seen(qtbot):
    bar = MemoryBar(20)
    qtbot.addWidget(bar)
    bar.resize(300, 20)
    bar.show_share(msgspec.structs.replace(RAM, compute_bytes=1))
    assert min(place.width() for _, place in bar.segments()) >= 3


def test_colours_change_with_the_theme(picture, qapp):
    bar = picture.findChild(MemoryBar)
    _, place = bar.segments()[0]
    at = QPoint(round(place.center().x()), bar.height() // 2)
    for scheme, is_dark in ((Qt.ColorScheme.Dark, True), (Qt.ColorScheme.Light, False)):
        qapp.styleHints().colorSchemeChanged.emit(scheme)
        drawn = bar.grab().toImage().pixelColor(at).name()
        assert drawn == tokens(is_dark=is_dark)["part_weights"]
