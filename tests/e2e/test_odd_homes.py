"""Folders of a newer version, and folders that nothing can be written to: the real window."""

import json
import shutil
import subprocess
import sys

import pytest

from app.domain.errors import ChatsTooNew
from app.settings.folders import folders_for
from app.store.store import Store
from tests.helpers.damage import make_newer
from tests.helpers.person import person

__all__ = ["person"]


@pytest.fixture
def newer(tmp_path):
    """Folders that a newer version has written to."""
    folders = folders_for(tmp_path / "data")
    Store(folders.data).close()
    make_newer(folders.data / "chats.db")
    folders.config.mkdir(parents=True)
    settings = {"from_the_future": [1, 2], "theme": "dark", "text_percent": 125}
    (folders.config / "settings.json").write_text(json.dumps(settings))
    return folders


def said(me) -> str:
    me.wait(lambda: me.seen("errorText"))
    return me.seen("errorText")[0].text()


def test_chats_and_settings_of_a_newer_version_stay_as_they_are(newer, person):
    before = (newer.data / "chats.db").read_bytes()
    me = person(is_open=False)
    assert said(me) == str(ChatsTooNew())
    assert "of a newer Cierzo" in me.labels(me.find("notKeptNotice"))
    me.ask_shortly("Hi")
    me.program.close()
    assert (newer.data / "chats.db").read_bytes() == before
    settings = json.loads((newer.config / "settings.json").read_text())
    assert (settings["from_the_future"], settings["text_percent"]) == ([1, 2], 125)


@pytest.mark.parametrize("kind", ["a file in place of the folder", "read-only", "full"])
def test_a_first_start_where_nothing_can_be_written(tmp_path, person, expected_log, kind):
    """One sentence, and a chat all the same."""
    folder = tmp_path / "disk"
    if kind.startswith("a file"):
        folder.touch()
        words = "cannot be used"
    else:
        words = {"read-only": "read-only", "full": "The disk is full"}[kind]
        mount(folder, is_read_only=kind == "read-only")
    try:
        me = person(home="disk/home")
        assert words in said(me)
        me.ask_shortly("Hi")
        assert me.answers()
        me.program.close()
    finally:
        if folder.is_dir():
            subprocess.run(["umount", "-l", folder], check=True)


def mount(folder, *, is_read_only: bool) -> None:
    """A disk of its own, full or read-only."""
    folder.mkdir()
    option = "ro" if is_read_only else "size=64k"
    command = ["mount", "-t", "tmpfs", "-o", option, "none", folder]
    if sys.platform != "linux" or not shutil.which("mount"):
        pytest.skip("disks are made by Linux")
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this user may not make a disk")
    if not is_read_only:
        with pytest.raises(OSError, match="No space"):
            (folder / "large").write_bytes(bytes(1 << 20))
