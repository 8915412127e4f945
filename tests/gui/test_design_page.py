"""The page that describes the design has everything that there is, and shows it."""

import pathlib
import pkgutil
import re
from importlib import import_module

import pytest

import app.ui.look
from app.ui.look.theme import TOKENS, Sizes

DOCS = pathlib.Path(__file__).parent.parent.parent / "docs"
PAGE = (DOCS / "design.md").read_text(encoding="utf-8")
PICTURES = sorted((DOCS / "pictures").iterdir())
STEPS = [
    name
    for module in pkgutil.iter_modules(app.ui.look.__path__)
    for name in vars(import_module(f"app.ui.look.{module.name}"))
    if re.fullmatch(r"[A-Z]\w*_PX", name)
]


@pytest.mark.parametrize("name", [*TOKENS, *Sizes.__struct_fields__, *STEPS])
def test_every_token_is_told(name):
    assert f"`{name}`" in PAGE


def test_every_picture_is_shown_and_every_one_that_is_shown_is_there():
    shown = re.findall(r"\]\(pictures/([^)]+)\)", PAGE)
    assert sorted(shown) == [picture.name for picture in PICTURES]


def test_every_screen_is_shown_in_light_and_in_dark():
    themes = {"light": set(), "dark": set()}
    for picture in PICTURES:
        name, _, theme = picture.stem.rpartition("-")
        themes[theme].add(name)
    assert themes["light"] == themes["dark"] != set()


def test_the_pictures_are_small():
    sizes_bytes = [picture.stat().st_size for picture in PICTURES]
    assert max(sizes_bytes) <= 60_000
    assert sum(sizes_bytes) <= 2_500_000
