"""The licences that lie in a bundle are all there, and the program finds them."""

import json

import pytest

from release.components import components
from release.licences import write_licences

LINUX = "linux-x86_64"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    internal = tmp_path_factory.mktemp("bundle") / "_internal"
    (internal / "licences").mkdir(parents=True)
    (internal / "licences" / "of the last build.txt").touch()
    return write_licences(internal, LINUX)


@pytest.fixture(scope="module")
def index(folder):
    return json.loads((folder / "licences.json").read_text(encoding="utf-8"))


def test_every_component_is_in_the_index_with_a_text(folder, index):
    assert [row["name"] for row in index] == ["Cierzo", *(c.name for c in components(LINUX))]
    for row in index:
        assert (folder / row["file"]).stat().st_size > 500, row["name"]
        assert row["licence"]


def test_nothing_else_lies_there(folder, index):
    named = {row["file"] for row in index}
    assert {path.name for path in folder.iterdir()} - named == {
        "licences.json",
        "qt-swap.md",
    }


def test_several_texts_are_told_apart(folder):
    text = (folder / "qt.txt").read_text(encoding="utf-8")
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
    assert "GNU GENERAL PUBLIC LICENSE" in text
    assert [line for line in text.splitlines() if line in ("lgpl-3.0", "gpl-3.0")]
