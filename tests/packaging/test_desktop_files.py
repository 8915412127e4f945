"""What desktops and shops of programs read, checked by their own tools."""

import configparser
import gzip
import os
import pathlib
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from app.cli.main import _parser
from release.changelog import debian_changelog, plain, read_releases
from release.desktop_files import write_share
from release.project import COMPONENT_ID, version
from tests.packaging.system_tool import tool

LANGUAGES = {"de", "es", "fr", "it", "zh_TW"}
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
GGUF = b"GGUF\x03\0\0\0" + bytes(64)


@pytest.fixture(scope="module")
def share(tmp_path_factory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("share")
    write_share(folder)
    return folder


@pytest.fixture
def entry(share) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, delimiters="=", strict=True)
    parser.optionxform = str  # type: ignore[method-assign,assignment]
    parser.read(share / "applications" / "cierzo.desktop", encoding="utf-8")
    return parser


def run(*command: object, **options: object) -> str:
    result = subprocess.run(
        [*map(str, command)], capture_output=True, text=True, check=False, **options
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


def test_the_menu_entry_is_valid(share):
    validate = tool("desktop-file-validate", "desktop-file-utils")
    assert run(validate, share / "applications" / "cierzo.desktop") == ""


def test_the_description_is_valid(share):
    appstream = tool("appstreamcli", "appstream")
    path = share / "metainfo" / f"{COMPONENT_ID}.metainfo.xml"
    run(appstream, "validate", "--no-net", path)


def test_every_word_of_the_menu_is_in_every_language(entry):
    for section in entry.sections():
        for key in ("GenericName", "Comment", "Keywords", "Name"):
            translated = {
                name[len(key) + 1 : -1] for name in entry[section] if name.startswith(f"{key}[")
            }
            is_name = (section, key) == ("Desktop Entry", "Name")
            assert translated == (LANGUAGES if key in entry[section] and not is_name else set())


def test_the_menu_starts_the_program_with_one_file_and_the_quick_question(entry):
    assert entry["Desktop Entry"]["Exec"] == "cierzo %f"  # it takes one
    assert entry["Desktop Entry"]["MimeType"] == "application/x-gguf;"
    assert entry["Desktop Action quick-question"]["Exec"] == "cierzo --quick"


def test_every_sentence_of_the_description_is_in_every_language(share):
    root = ET.parse(share / "metainfo" / f"{COMPONENT_ID}.metainfo.xml").getroot()
    said = [*root.findall("summary"), *root.findall("description//*")]
    words = [element for element in said if (element.text or "").strip()]
    english = [element for element in words if XML_LANG not in element.attrib]
    for language in LANGUAGES:
        assert sum(e.get(XML_LANG) == language for e in words) == len(english) > 4


def test_releases_are_those_of_the_changelog(share):
    root = ET.parse(share / "metainfo" / f"{COMPONENT_ID}.metainfo.xml").getroot()
    releases = root.findall("releases/release")
    assert [release.get("version") for release in releases] == [
        release.version for release in read_releases()
    ]
    assert releases[0].get("version") == version()
    items = [item.text for item in releases[0].findall("description/ul/li")]
    lines = [line for lines in read_releases()[0].changes.values() for line in lines]
    assert items == [plain(line) for line in lines]


def test_a_changelog_is_read_with_its_dates_and_folded_lines(tmp_path):
    path = tmp_path / "CHANGELOG.md"
    path.write_text(
        "# Changelog\n\nWords.\n\n## Unreleased\n\n## [1.2.0] - 2026-12-24\n\n### Added\n"
        "- One `thing`\n  that goes **on**.\n- Two.\n\n### Fixed\n- Three.\n"
    )
    (release,) = read_releases(path)
    assert (release.version, str(release.date)) == ("1.2.0", "2026-12-24")
    assert release.changes == {
        "Added": ["One `thing` that goes **on**.", "Two."],
        "Fixed": ["Three."],
    }
    assert plain(release.changes["Added"][0]) == "One thing that goes on."


def test_debians_tools_read_the_changelog(tmp_path):
    parse = tool("dpkg-parsechangelog", "dpkg-dev")
    path = tmp_path / "changelog"
    path.write_text(debian_changelog("cierzo"), encoding="utf-8")
    assert run(parse, "-l", path, "-S", "Version").strip() == version()


def test_a_model_file_is_known_by_its_content_and_its_name(share, tmp_path):
    """Read by Qt as file managers do, from this database alone."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mime").symlink_to(share / "mime")
    (tmp_path / "model.gguf").write_bytes(b"")
    (tmp_path / "unnamed").write_bytes(GGUF)
    (tmp_path / "letter.txt").write_bytes(b"GGU, said the cat.")
    code = (
        "import sys; from PySide6.QtCore import QMimeDatabase as D\n"
        "for path in sys.argv[1:]: print(D().mimeTypeForFile(path).name())"
    )
    paths = [tmp_path / name for name in ("model.gguf", "unnamed", "letter.txt")]
    environment = {"XDG_DATA_HOME": str(tmp_path / "data"), "XDG_DATA_DIRS": "/nowhere"}
    said = run(sys.executable, "-c", code, *paths, env=environment).split()
    assert said[:2] == ["application/x-gguf", "application/x-gguf"]
    assert said[2] != "application/x-gguf"


def test_the_file_type_is_accepted_by_the_database(share, tmp_path):
    update = tool("update-mime-database", "shared-mime-info")
    mime = tmp_path / "mime"
    (mime / "packages").mkdir(parents=True)
    (mime / "packages" / "cierzo.xml").write_bytes(
        (share / "mime" / "packages" / "cierzo.xml").read_bytes()
    )
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path)}
    assert run(update, mime, env=environment) == ""
    assert "application/x-gguf:*.gguf" in (mime / "globs").read_text()
    assert b"GGUF" in (mime / "magic").read_bytes()
    # Nothing makes it the default: that is in mimeapps.list, which is the person's.
    assert not [path for path in share.rglob("*") if "mimeapps" in path.name]


def test_the_manual_names_every_command(share):
    manual = gzip.decompress((share / "man" / "man1" / "cierzo.1.gz").read_bytes()).decode()
    (commands,) = (action for action in _parser()._actions if action.choices)
    for command in commands.choices:
        assert f"\n.B {command}\n" in manual or f"\n.BR {command} " in manual, command
