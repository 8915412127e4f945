"""Names that strangers chose."""

import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import UnsafeFileName
from app.domain.file_names import check_file_names, file_name_for, folded

PLAIN = "Mistral-Small-4-119B-Instruct-2603-UD-Q4_K_XL-00001-of-00002.gguf"


@pytest.mark.parametrize(
    "path",
    [
        PLAIN,
        f"UD-Q4_K_XL/{PLAIN}",
        "a b (1) [x] +,;=@~!#$%&'{}^.gguf",
        "modèle-é-日本語.gguf",
        "console.gguf",
        "com10.gguf",
        "a.b..c.gguf",
        "x" * 250 + ".gguf",
    ],
)
def test_what_publishers_write_is_accepted(path):
    check_file_names([path])


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../model.gguf",
        "a/../../model.gguf",
        "a/./model.gguf",
        "a//model.gguf",
        "a/",
        ".downloads/model.gguf",
        "C:/model.gguf",
        "C:model.gguf",
        "//server/share/model.gguf",
        "a\\..\\model.gguf",
        "model.gguf:stream",
        "nul",
        "NUL.gguf",
        "com1 .gguf",
        "LPT¹.gguf",
        "aux/model.gguf",
        "model.gguf.",
        "model.gguf ",
        " model.gguf",
        "folder./model.gguf",
        "a\nb.gguf",
        "a\0b.gguf",
        "a\x9bb.gguf",
        "gguf.\u202eexe",
        "\ud800.gguf",
        "a?.gguf",
        "x" * 251 + ".gguf",
        "é" * 126 + ".gguf",
        "x" * 300,
    ],
)
def test_what_leads_out_or_cannot_exist_is_refused(path):
    with pytest.raises(UnsafeFileName):
        check_file_names([path])


@pytest.mark.parametrize(
    "paths",
    [
        ["model.gguf", "MODEL.gguf"],
        ["a/model.gguf", "A/Model.gguf"],
        ["model.gguf", "model.gguf"],
        ["e\u0301.gguf", "\u00e9.gguf"],
        ["straße.gguf", "STRASSE.gguf"],
        ["a/b.gguf", "a"],
        ["a", "A/b.gguf"],
    ],
)
def test_two_names_for_one_place_are_refused(paths):
    with pytest.raises(UnsafeFileName):
        check_file_names(paths)


def test_two_files_may_share_a_folder():
    check_file_names(["a/1.gguf", "a/2.gguf", "b/1.gguf"])


def test_the_sentence_shows_a_long_name_shortened_and_without_control_characters():
    with pytest.raises(UnsafeFileName) as caught:
        check_file_names(["\x1b[2J" + "x" * 300])
    assert len(str(caught.value)) < 200
    assert "\x1b" not in str(caught.value)


@given(st.lists(st.text(st.characters(), max_size=12), min_size=1, max_size=6).map("/".join))
def test_an_accepted_path_stays_below_its_folder_on_every_system(path):
    try:
        check_file_names([path])
    except UnsafeFileName:
        return
    folders = [
        (pathlib.PurePosixPath("/models"), path),
        (pathlib.PureWindowsPath("C:/models"), path),
    ]
    for folder, relative in folders:
        joined = folder / relative
        assert joined.is_relative_to(folder)
        assert ".." not in joined.parts
        assert joined.parts == (*folder.parts, *relative.split("/"))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("A plain title", "A plain title.md"),
        ("", "Chat.md"),
        (" .. ", "Chat.md"),
        ("CON", "_CON.md"),
        ("aux.old", "_aux.old.md"),
        ("a/b\\c: d?", "a b c d.md"),
        ("\u202etxt.exe", "txt.exe.md"),
        ("line\r\nend\0\x1b", "line end.md"),
        ("half \ud800 an emoji", "half an emoji.md"),
        ("e\u0301", "é.md"),
        ("漢" * 300, "漢" * 66 + ".md"),
        ("x" * 199 + " tail", "x" * 199 + ".md"),
    ],
)
def test_a_title_becomes_a_name(title, name):
    assert file_name_for(title, ".md") == name


@given(st.lists(st.text(st.characters(codec=None), max_size=300), max_size=8))
def test_any_titles_become_safe_names_that_differ(titles):
    taken: set[str] = set()
    names = []
    for title in titles:
        names.append(file_name_for(title, ".docx", taken))
        taken.add(folded(names[-1]))
    check_file_names(names)
