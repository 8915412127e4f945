"""The licences that lie in a bundle are all there, and the program finds them."""

import json
import sys

import pytest

from app.domain.distribution import Kind, read_distribution
from app.services.licences import read_licences
from release.components import components
from release.distribution import stamp
from release.licences import write_licences
from release.project import commit

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


def test_a_bundle_says_what_it_was_built_from(tmp_path, monkeypatch):
    """What is stamped is what the program reads."""
    stamp(tmp_path, "deb")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    read = read_distribution()
    assert (read.kind, read.commit) == (Kind.DEB, commit())


def test_the_program_reads_what_lies_there(folder, monkeypatch):
    monkeypatch.setattr(sys, "_MEIPASS", str(folder.parent), raising=False)
    licences = read_licences()
    assert licences.qt_swap.startswith("# How to replace Qt")
    qt = next(entry for entry in licences.entries if entry.name == "Qt")
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in licences.text_of(qt)
