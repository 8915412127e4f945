"""What of the installer for Windows can be checked without making one."""

import pathlib
import re
import struct
import sys

import pytest
from platformdirs.windows import Windows

from app.ui.application import APP_USER_MODEL_ID as IN_THE_PROGRAM
from release import pe
from release.authenticode import sign
from release.distribution import stamp
from release.project import PACKAGING, version
from release.windows_installer import APP_USER_MODEL_ID, LANGUAGES
from release.windows_launcher import file_version, version_resource
from release.windows_payload import payload_script

WINDOWS = PACKAGING / "windows"
SCRIPTS = sorted([WINDOWS / "setup.nsi", *WINDOWS.glob("*.nsh")])
_STRING = re.compile(r'LangString (\w+) \$\{LANG_(\w+)\} "(.*)"')


def texts(language: str) -> dict[str, str]:
    lines = (WINDOWS / "languages" / f"{language}.nsh").read_text(encoding="utf-8").splitlines()
    found = [_STRING.fullmatch(line) for line in lines]
    assert all(found), "one string per line"
    assert {line[2] for line in found if line} == {language.upper()}
    names = [line[1] for line in found if line]
    assert len(names) == len(set(names))
    return {line[1]: line[3] for line in found if line}


def test_every_sentence_is_there_in_all_languages():
    english = texts("English")
    script = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    assert set(re.findall(r"\$\(([A-Z_]+)\)", script)) - {"LICENCE"} == set(english)
    assert {path.stem for path in (WINDOWS / "languages").iterdir()} == set(LANGUAGES)
    assert re.findall(r"macro LANGUAGE (\w+)$", script, re.M)[1:] == list(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_says_the_same(language):
    spoken, english = texts(language), texts("English")
    assert set(spoken) == set(english)
    for name, text in spoken.items():
        marks = re.compile(r"\$[\w{}]+|\$\\\w")
        assert sorted(marks.findall(text)) == sorted(marks.findall(english[name])), name
        assert text.isascii() or language != "English", name
    if language != "English":
        same = {name for name in spoken if spoken[name] == english[name]}
        assert same <= {"LICENCE_TITLE"}, "nobody has translated it"  # French has the same word
    summary = (WINDOWS / "licence" / f"{language}.txt").read_text(encoding="utf-8")
    for part in (
        "Apache",
        "Qt",
        "LGPL 3",
        "llama.cpp",
        "MIT",
        "Python",
        "PyInstaller",
        "Microsoft",
    ):
        assert part in summary
    assert summary.endswith("\n\n"), "our own licence follows"


def test_the_folders_of_others_are_never_taken_whole():
    """Removed with all in it are only folders of our own names."""
    script = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    removed = set(re.findall(r"RMDir /r (.+)", script))
    assert removed == {
        '"$INSTDIR\\setup.new"',
        '"$INSTDIR\\setup.old"',
        '"${FOLDER}\\_internal"',
        '"${FOLDER}\\setup.new"',
        '"${FOLDER}\\setup.old"',
        '"${DATA_FOLDER}"',
    }


def test_it_says_where_the_program_keeps_its_data(monkeypatch):
    monkeypatch.setattr("platformdirs.windows.get_win_folder", lambda _name: "C:\\Local")
    script = (WINDOWS / "setup.nsi").read_text(encoding="utf-8")
    (folder,) = re.findall(r'define DATA_FOLDER "\$LOCALAPPDATA(.*?)"', script)
    place = Windows("Cierzo", appauthor=False).user_data_dir
    assert place.replace("/", "\\") == f"C:\\Local{folder}"


def test_the_shortcut_and_the_program_call_themselves_the_same():
    assert APP_USER_MODEL_ID == IN_THE_PROGRAM
    assert len(APP_USER_MODEL_ID) < 128
    assert " " not in APP_USER_MODEL_ID


def test_the_details_of_the_launcher_are_the_programs():
    words = version_resource("cierzo.exe", "Cierzo on the command line")
    numbers = file_version().replace(".", ",")
    assert re.fullmatch(r"\d+,\d+,\d+,\d+", numbers)
    assert f"FILEVERSION {numbers} PRODUCTVERSION {numbers}" in words
    for name, value in {
        "ProductName": "Cierzo",
        "ProductVersion": version(),
        "OriginalFilename": "cierzo.exe",
        "CompanyName": "The Cierzo developers",
    }.items():
        assert f'VALUE "{name}", "{value}"' in words


@pytest.fixture
def bundle(tmp_path) -> pathlib.Path:
    folder = tmp_path / "Cierzo"
    for name in ("Cierzo.exe", "cierzo-console.exe", "bin/cierzo.exe", "_internal/b$.dll"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(1000))
    stamp(folder / "_internal", "windows")
    return folder


def test_all_of_a_bundle_is_installed_by_names_that_are_nowhere(bundle):
    script = payload_script(bundle)
    assert str(bundle) not in script
    assert script.index('  File "Cierzo.exe"') < script.index('SetOutPath "${FOLDER}\\_internal"')
    assert "b$$.dll" in script
    size = 4000 + (bundle / "_internal" / "distribution.json").stat().st_size
    assert f"!define PAYLOAD_BYTES {size}\n" in script


@pytest.mark.parametrize("fault", ["extra.txt", "no launcher", "no stamp"])
def test_a_bundle_that_could_not_be_removed_again_is_refused(bundle, fault):
    if fault == "extra.txt":
        (bundle / fault).touch()
    elif fault == "no launcher":
        (bundle / "bin" / "cierzo.exe").unlink()
    else:
        (bundle / "_internal" / "distribution.json").unlink()
    with pytest.raises(ValueError, match=r"_internal|distribution"):
        payload_script(bundle)


def program(size: int) -> bytes:
    """The least that is a program: where the header is, and its mark."""
    content = bytearray(b"MZ" + bytes(size - 2))
    content[0x3C:0x40] = struct.pack("<I", 0x80)
    content[0x80:0x84] = b"PE\0\0"
    return bytes(content)


def test_a_checksum_is_the_sum_of_words_and_the_length():
    content = program(601)
    words = 0x5A4D + 0x80 + int.from_bytes(b"PE", "little")
    assert pe.checksum(content) == words % 0x10000 + words // 0x10000 + 601


def test_without_a_certificate_a_file_has_its_checksum_only(tmp_path):
    path = tmp_path / "setup.exe"
    path.write_bytes(program(600))
    assert not sign(path, {})
    content = path.read_bytes()
    assert len(content) == 600
    assert pe.written_checksum(content) == pe.checksum(content) != 0


def test_what_is_no_program_is_not_touched(tmp_path):
    path = tmp_path / "setup.exe"
    path.write_bytes(b"words" * 100)
    with pytest.raises(ValueError, match="not a program"):
        sign(path, {})


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"CIERZO_SIGN_CERTIFICATE": "a.pem"}, "CIERZO_SIGN_KEY"),
        ({"CIERZO_SIGN_DLIB": "a.dll"}, "CIERZO_SIGN_METADATA and CIERZO_SIGN_TIMESTAMP"),
    ],
)
def test_half_a_signature_is_none(tmp_path, given, missing):
    path = tmp_path / "setup.exe"
    path.write_bytes(program(600))
    with pytest.raises(ValueError, match=missing):
        sign(path, given)


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands for the tool")
def test_azure_signs_with_its_library_and_a_time(tmp_path, monkeypatch):
    tool = tmp_path / "signtool"
    tool.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/said\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    path = tmp_path / "Cierzo.exe"
    path.write_bytes(program(600))
    named = {"DLIB": "Azure.dll", "METADATA": "account.json", "TIMESTAMP": "time.example"}
    assert sign(path, {f"CIERZO_SIGN_{name}": value for name, value in named.items()})
    said = (tmp_path / "said").read_text().split("\n")
    assert said[:3] == ["sign", "/fd", "SHA256"]
    for option, value in {
        "/dlib": "Azure.dll",
        "/dmdf": "account.json",
        "/tr": "time.example",
    }.items():
        assert said[said.index(option) + 1] == value
    assert said[-2] == str(path)
