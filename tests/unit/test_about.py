"""What is read of this copy: of a checkout, and of a bundle."""

import json
import sys

import pytest

from app.domain.distribution import Kind
from app.services.about import read_about
from app.services.licences import InstalledLicences, PackagedLicences, read_licences
from app.services.unfolding import unfolded


@pytest.fixture
def bundle(tmp_path, monkeypatch):
    """A folder that a frozen program would find its files in."""
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    return tmp_path


def test_a_bundle_says_what_it_is(bundle):
    said = {"kind": "windows", "commit": "ab" * 20, "source_offer_url": "https://source.example"}
    (bundle / "distribution.json").write_text(json.dumps(said))
    (bundle / "CHANGELOG.md").write_text(
        "# Changelog\n\nThe format.\n\n## 2.0\n- New\n  and long.\n"
    )
    facts = read_about()
    assert facts.distribution.kind is Kind.WINDOWS
    assert facts.changes == "## 2.0\n- New and long."
    assert "(windows, commit abababababab)" in facts.details


def test_a_packaged_engine_says_what_it_is(bundle, monkeypatch):
    (bundle / "llama" / "cpu").mkdir(parents=True)
    engine = {
        "abi": "llama-cpp-python-0.3.36-0123456789ab",
        "version": "0.3.36",
        "backends": ["cpu"],
    }
    (bundle / "llama" / "engine.json").write_text(json.dumps(engine))
    monkeypatch.setenv("CIERZO_ENGINE", str(bundle / "llama"))
    assert "Engine llama-cpp-python-0.3.36-0123456789ab, cpu" in read_about().details
    (bundle / "llama" / "engine.json").write_text("{damaged")
    assert "Engine llama-cpp-python 0." in read_about().details


def test_a_checkout_has_its_changes():
    facts = read_about()
    assert facts.distribution.kind is Kind.CHECKOUT
    assert facts.changes.startswith("## ")


def test_a_bundle_carries_its_licences(bundle):
    folder = bundle / "licences"
    folder.mkdir()
    row = {"name": "zlib", "version": "1.3", "licence": "Zlib", "file": "zlib.txt"}
    (folder / "licences.json").write_text(json.dumps([row]))
    (folder / "zlib.txt").write_text("As is.")
    (folder / "qt-swap.md").write_text("# How")
    licences = read_licences()
    assert isinstance(licences, PackagedLicences)
    assert [licences.text_of(entry) for entry in licences.entries] == ["As is."]
    assert licences.qt_swap == "# How"


def test_a_checkout_lists_what_is_installed_around_it():
    licences = read_licences()
    assert isinstance(licences, InstalledLicences)
    assert licences.entries[0].name == "cierzo"
    by_name = {entry.name: entry for entry in licences.entries}
    assert {"numpy", "PySide6_Essentials", "requests", "markdown-it-py"} <= set(by_name)
    # What only developers need does not come along.
    assert not {"pytest", "ruff", "pyinstaller"} & set(by_name)
    assert by_name["numpy"].licence == "BSD License"
    assert "NumPy Developers" in licences.text_of(by_name["numpy"])
    assert [entry.name for entry in licences.entries if not entry.licence] == []


def test_lines_that_an_editor_ended_are_joined():
    text = """\
# Head
One
line.

- An item
  of two lines
- another
1. first
   and more

| a | b |
|---|---|
| c | d |
After it.

```
code
 stays
```
End
of it."""
    assert (
        unfolded(text)
        == """\
# Head
One line.

- An item of two lines
- another
1. first and more

| a | b |
|---|---|
| c | d |
After it.

```
code
 stays
```
End of it."""
    )
