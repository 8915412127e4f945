"""Whatever is written can be read, in every theme: WCAG AA, computed."""

import re

import pytest

from app.ui.look.stylesheet import STYLESHEET
from app.ui.look.theme import TOKENS, tokens
from app.ui.markdown.code_colours import CODE_COLOURS
from tests.helpers.contrast import contrast

COLUMNS = {
    "light": tokens(is_dark=False),
    "dark": tokens(is_dark=True),
    "light, high contrast": tokens(is_dark=False, is_strong=True),
    "dark, high contrast": tokens(is_dark=True, is_strong=True),
}
# Words that lie on a ground which another rule, a parent or a delegate draws.
INHERITED = {
    "text": ("page", "side", "surface", "bubble", "chosen", "hover", "line", "accent_soft"),
    "muted": ("page", "side", "surface", "bubble", "hover"),
    "accent": ("page", "side", "surface", "hover", "accent_soft"),
    "accent_hover": ("page", "surface", "accent_soft"),
    "on_accent": ("accent", "accent_hover"),
    "alarm": ("page", "surface", "alarm_soft", "alarm_line"),
}
# What is no text, but has to be seen to be used or understood.
PARTS = {
    "accent": ("page", "side", "surface", "bubble", "hover"),  # rings, ticks, the open chat's bar
    "muted": ("page", "side", "surface", "bubble", "hover"),  # icons, a switch that is off
    "field_edge": ("page", "side", "surface"),  # what shows where a field is
    "on_accent": ("accent", "accent_hover"),
    "alarm": ("page", "surface", "alarm_soft"),
    **{name: ("page", "surface") for name in TOKENS if name.startswith("part_")},
}
DISABLED = "faint"  # WCAG asks nothing of what cannot be used


def written_pairs() -> set[tuple[str, str]]:
    """Colour and ground of every rule that sets both."""
    found = set()
    for _, body in re.findall(r"([^{}]+)\{([^{}$]*(?:\$\{?\w+\}?[^{}$]*)*)\}", STYLESHEET):
        ink = re.search(r"(?<![-\w])color: \$(\w+)", body)
        ground = re.search(r"background: \$(\w+)", body)
        if ink and ground:
            found.add((ink[1], ground[1]))
        chosen = re.search(r"selection-color: \$(\w+)", body)
        below = re.search(r"selection-background-color: \$(\w+)", body)
        if chosen and below:
            found.add((chosen[1], below[1]))
    return found


def test_the_rules_are_found():
    assert {
        ("on_accent", "accent"),
        ("text", "hover"),
        ("accent", "accent_soft"),
    } <= written_pairs()


@pytest.mark.parametrize("column", COLUMNS)
def test_text_can_be_read(column):
    colours = COLUMNS[column]
    inherited = {(ink, ground) for ink, grounds in INHERITED.items() for ground in grounds}
    dim = {
        (ink, ground): round(contrast(colours[ink], colours[ground]), 2)
        for ink, ground in inherited | written_pairs()
        if ink != DISABLED and contrast(colours[ink], colours[ground]) < 4.5
    }
    assert dim == {}


@pytest.mark.parametrize("column", COLUMNS)
def test_parts_can_be_seen(column):
    colours = COLUMNS[column]
    dim = {
        (part, ground): round(contrast(colours[part], colours[ground]), 2)
        for part, grounds in PARTS.items()
        for ground in grounds
        if contrast(colours[part], colours[ground]) < 3
    }
    assert dim == {}


@pytest.mark.parametrize("column", COLUMNS)
def test_code_can_be_read(column):
    ground = COLUMNS[column]["code_ground"]
    inks = [pair["dark" in column] for pair in CODE_COLOURS.values()]
    inks += [COLUMNS[column][name] for name in ("text", "muted", "accent")]
    assert min(contrast(ink, ground) for ink in inks) >= 4.5


@pytest.mark.parametrize("column", [name for name in COLUMNS if "high" in name])
def test_high_contrast_is_more_than_enough(column):
    """AAA for all words, and lines between things can be seen."""
    colours = COLUMNS[column]
    assert min(contrast(colours[ink], colours["page"]) for ink in ("text", "muted", "accent")) >= 7
    assert min(contrast(colours[line], colours["page"]) for line in ("line", "edge")) >= 3


def test_no_two_themes_have_the_same_page():
    """What is painted by hand finds its column by it."""
    assert len(set(TOKENS["page"])) == len(TOKENS["page"])
