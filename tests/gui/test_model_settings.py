"""What can be changed about a build on the Models page: build, memory, context, measured search."""

import pathlib

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.domain.placement.values import Wishes
from app.ui.look.theme import tokens
from tests.helpers.fake_offers import CATALOGUE, GIB, LAPTOP, build

EIGHT = ("ministral-3-8b", "Q4_K_M")
SMALL = ("mistral-small-4", "UD-Q3_K_XL")


def test_builds_are_listed_when_they_are_unfolded(models):
    desk = models()
    assert desk.card("Small 4").findChild(QWidget, "buildTable") is None
    desk.unfold("Small 4", "buildsFold")
    table = desk.part("Small 4", "buildTable")
    rows = [
        [table.item(row, column).text() for column in range(6)] for row in range(table.rowCount())
    ]
    assert [row[0] for row in rows] == [
        "IQ1_S · has a fault",
        "UD-IQ2_M",
        "UD-Q3_K_XL · best",
        "MXFP4_MOE",
        "Q4_K_M",
        "Q8_0",
    ]
    assert rows[3][1] == "about 61.6 GiB"
    assert all(row[4] != "–" for row in rows)


def test_another_build_can_be_looked_at(models, qtbot):
    desk = models()
    desk.unfold("Small 4", "buildsFold")
    table = desk.part("Small 4", "buildTable")
    assert table.currentRow() == 2
    table.setFocus()
    for _ in range(2):
        qtbot.keyClick(table, Qt.Key.Key_Up)
    assert desk.text("Small 4", "buildName") == "IQ1_S"
    assert "nonsense" in desk.text("Small 4", "buildWarning")
    desk.offers.on_change()
    assert desk.text("Small 4", "buildName") == "IQ1_S"


def test_folding_keeps_the_keyboard_in_the_card(models):
    desk = models()
    desk.unfold("Small 4", "buildsFold")
    desk.part("Small 4", "buildTable").setFocus()
    desk.unfold("Small 4", "buildsFold")
    assert desk.part("Small 4", "buildsFold").hasFocus()


# Settings


def test_the_slider_prices_at_once_and_is_kept(models, qtbot):
    desk = models()
    desk.unfold("Small 4")
    slider = desk.part("Small 4", "reserveSlider")
    before = desk.part("Small 4", "placementPicture").accessibleDescription()
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    after = desk.part("Small 4", "placementPicture").accessibleDescription()
    assert before != after
    assert desk.text("Small 4", "reserveText") == "1 GiB more than usual"
    assert desk.offers.kept[SMALL] == Wishes(reserve_bytes=GIB)


def test_dragging_keeps_nothing_before_it_is_let_go(models):
    desk = models()
    desk.unfold("Small 4")
    slider = desk.part("Small 4", "reserveSlider")
    before = desk.text("Small 4", "buildSpeed")
    slider.setSliderDown(True)
    slider.setValue(20)
    desk.offers.on_change()
    assert desk.offers.kept == {}
    assert desk.text("Small 4", "buildSpeed") != before
    assert slider.value() == 20
    slider.setSliderDown(False)
    assert desk.offers.kept[SMALL] == Wishes(reserve_bytes=5 * GIB)


def test_without_a_graphics_card_the_slider_says_why_not(models):
    desk = models(LAPTOP)
    desk.unfold("8B")
    slider = desk.part("8B", "reserveSlider")
    assert not slider.isEnabled()
    assert "no graphics card" in desk.text("8B", "reserveReason")
    assert slider.accessibleDescription() == desk.text("8B", "reserveReason")


def test_a_larger_context_takes_more(models):
    desk = models()
    desk.unfold("8B")
    assert "hold 32,768 tokens, about 80 pages." in desk.text("8B", "contextText")
    menu = desk.part("8B", "contextChoice").menu()
    menu.aboutToShow.emit()
    offered = {action.text(): action for action in menu.actions()}
    assert "Automatic (32,768)" in offered
    assert "4,096 tokens" in offered
    assert "262,144 tokens · tight" in offered
    offered["262,144 tokens · tight"].trigger()
    assert desk.offers.kept[EIGHT] == Wishes(context_tokens=262_144)
    assert desk.text("8B", "buildFit") != "Fits on the graphics card"


def test_the_precision_of_the_conversation_is_explained(models):
    desk = models()
    desk.unfold("8B")
    assert desk.text("8B", "kvText").startswith("Full:")
    quarter = desk.part("8B", "kvSwitch").children()[-1]
    quarter.click()
    assert desk.offers.kept[EIGHT] == Wishes(kv_type="q4_0")
    assert desk.text("8B", "kvText").startswith("Quarter:")


def test_advanced_people_write_numbers(models, qtbot):
    desk = models()
    desk.unfold("Small 4")
    desk.unfold("Small 4", "advancedFold")
    field = desk.part("Small 4", "expertLayersField")
    assert field.placeholderText() == "Automatic (33)"
    qtbot.keyClicks(field, "99")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert desk.offers.kept[SMALL] == Wishes(cpu_expert_layers=36)
    assert field.text() == "36"


def test_a_dense_model_has_no_field_for_experts(models):
    desk = models()
    desk.unfold("8B")
    desk.unfold("8B", "advancedFold")
    assert desk.part("8B", "gpuLayersField").isVisible()
    assert not desk.part("8B", "expertLayersField").isVisible()


def test_back_to_automatic_forgets_all_but_what_is_not_set_here(models):
    desk = models()
    desk.offers.kept[SMALL] = Wishes(kept_bytes=GIB, kv_type="q8_0", gpu_layers=3, threads=2)
    desk.unfold("Small 4")
    desk.part("Small 4", "automaticButton").click()
    assert desk.offers.kept[SMALL] == Wishes(kept_bytes=GIB)
    assert desk.part("Small 4", "automaticButton").isHidden()


# The search for the best setting


def test_what_is_not_installed_is_not_measured(models):
    desk = models()
    desk.unfold("Small 4")
    assert desk.part("Small 4", "tuneButton").isHidden()
    assert desk.text("Small 4", "tuningText").startswith("Once it is on this PC")


def test_a_search_shows_progress_result_and_the_way_back(models):
    desk = models()
    desk.unfold("8B")
    desk.part("8B", "tuneButton").click()
    assert desk.offers.tuned == EIGHT
    desk.offers.tuning_step(5, 41.2)
    assert desk.part("8B", "tuningProgress").value() == 5
    assert "Step 5 of 12" in desk.text("8B", "tuningText")
    assert "best so far: 41" in desk.text("8B", "tuningText")
    desk.offers.tuning_ends(28.4, 46.9)
    assert desk.part("8B", "tuningProgress").isHidden()
    said = desk.text("8B", "tuningText").replace("\u2060", "")
    assert said == "Before 28 tokens/s, now 47 tokens/s: 1.7 times as fast."
    desk.part("8B", "undoTuningButton").click()
    assert desk.part("8B", "undoTuningButton").isHidden()
    assert EIGHT not in desk.offers.kept


def test_a_search_can_be_stopped(models):
    desk = models()
    desk.unfold("8B")
    desk.part("8B", "tuneButton").click()
    desk.part("8B", "stopTuningButton").click()
    assert desk.offers.tuning is None
    assert desk.part("8B", "tuneButton").isEnabled()


def test_one_model_is_measured_at_a_time(models):
    installed = msgspec.structs.replace(
        CATALOGUE[1][0],
        builds=(build("Q4_K_M", 14_330_000_000, path=pathlib.Path("/models/24b.gguf")),),
    )
    desk = models(catalogue=((installed, CATALOGUE[1][1]), CATALOGUE[2]))
    desk.unfold("24B")
    desk.unfold("8B")
    desk.part("8B", "tuneButton").click()
    assert not desk.part("24B", "tuneButton").isEnabled()
    assert "one at a time" in desk.text("24B", "tuningText")


def test_the_table_follows_the_theme(models, qapp):
    desk = models()
    desk.unfold("Small 4", "buildsFold")
    table = desk.part("Small 4", "buildTable")
    light = table.item(0, 0).foreground().color().name()
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    dark = table.item(0, 0).foreground().color().name()
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert (light, dark) == (tokens(is_dark=False)["alarm"], tokens(is_dark=True)["alarm"])
    assert table.currentRow() == 2
