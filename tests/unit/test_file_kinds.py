"""What a file's name says about it."""

import pytest

from app.media.file_kinds import (
    DOCUMENT_SUFFIXES,
    PICTURE_SUFFIXES,
    FileKind,
    kind_of_file,
    kind_of_text,
)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.PNG", FileKind.PICTURE),
        ("a.heic", FileKind.PICTURE),
        ("report.pdf", FileKind.DOCUMENT),
        ("a.tar.md", FileKind.DOCUMENT),
        ("Makefile", FileKind.DOCUMENT),
        (".gitignore", FileKind.DOCUMENT),
        ("a.unheard-of", FileKind.DOCUMENT),
        ("", FileKind.DOCUMENT),
        ("film.MP4", None),
        ("model.gguf", None),
        ("a.zip", None),
    ],
)
def test_who_opens_a_file(name, kind):
    assert kind_of_file(name) is kind


def test_nobody_claims_the_same_suffix():
    assert not set(PICTURE_SUFFIXES) & set(DOCUMENT_SUFFIXES)
    assert len(set(DOCUMENT_SUFFIXES)) == len(DOCUMENT_SUFFIXES)
    for suffix in (*PICTURE_SUFFIXES, *DOCUMENT_SUFFIXES):
        assert suffix == suffix.lower()
        assert suffix.startswith(".")
        assert kind_of_file(f"a{suffix}") is not None


def test_what_people_call_a_text():
    assert kind_of_text("a.py") == "Python"
    assert kind_of_text("A.RS") == "Rust"
    assert kind_of_text("LICENSE") == "Text"
