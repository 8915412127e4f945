"""`cierzo chats export|import` as a person or a script uses it."""

import json
import os
import signal
import subprocess
import sys

import pytest

from app.exchange.writer_protocol import ExportFormat
from app.store.store import Store
from tests.helpers.command_line import CIERZO, CommandLine
from tests.helpers.exported import words_of
from tests.helpers.foreign_chats import (
    chatgpt_chat,
    lm_studio_chat,
    own_chat,
    own_file,
    write_json,
)


@pytest.fixture
def cierzo(tmp_path):
    return CommandLine(tmp_path)


@pytest.fixture
def home(cierzo, tmp_path):
    """A home with two chats of ours and one of ChatGPT."""
    ours = write_json(
        tmp_path / "ours.json",
        own_file(own_chat(), own_chat(key="2" * 32, title="Second"), folders=["Empty", "Work"]),
    )
    theirs = write_json(tmp_path / "conversations.json", [chatgpt_chat()])
    report = cierzo.json("chats", "import", ours, theirs, "--home", "h")
    assert report == {
        "program": "Cierzo, ChatGPT",
        "imported": 3,
        "already_here": 0,
        "skipped": {},
        "missing_attachments": 0,
    }
    return "h"


def test_import_says_what_came(cierzo, home, tmp_path):
    result = cierzo("chats", "import", "ours.json", "--home", home)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "0 chats from Cierzo, 2 already here\n"
    broken = own_file(own_chat(key="3" * 32), {"messages": 1}, {})
    write_json(tmp_path / "broken.json", broken)
    result = cierzo("chats", "import", "broken.json", "--home", home)
    assert result.stdout == "1 chat from Cierzo, 1 cannot be read, 1 without a message\n"


def test_import_takes_folders_of_other_programs(cierzo, tmp_path):
    write_json(tmp_path / "conversations" / "a.conversation.json", lm_studio_chat())
    report = cierzo.json("chats", "import", "conversations", "--home", "h")
    assert (report["program"], report["imported"]) == ("LM Studio", 1)
    assert report["missing_attachments"] == 1


@pytest.mark.parametrize("format_", ExportFormat)
def test_all_chats_in_every_format(cierzo, home, tmp_path, format_):
    result = cierzo("chats", "export", "--all", "--to", f"out.{format_}", "--home", home)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == f"3 chats: {tmp_path / f'out.{format_}'}\n"
    words = words_of(tmp_path / f"out.{format_}")
    for word in ("Ours", "Second", "Weather", "Zaragoza"):
        assert word in words


def test_what_was_exported_comes_back_in_an_empty_home(cierzo, home, tmp_path):
    cierzo("chats", "export", "--all", "--to", "all.json", "--home", home)
    assert cierzo.json("chats", "import", "all.json", "--home", "new")["imported"] == 3
    folders = []
    for name in (home, "new"):
        with Store(tmp_path / name / "data", reads_only=True) as store:
            folders.append(store.presets.folders())
    assert folders == [["Empty", "Work"]] * 2
    cierzo("chats", "export", "--all", "--to", "again.json", "--home", "new")
    first, second = (json.loads((tmp_path / n).read_text()) for n in ("all.json", "again.json"))
    assert first["chats"] == second["chats"]


def test_chats_by_name(cierzo, home, tmp_path):
    report = cierzo.json(
        "chats", "export", "weath", "2" * 32, "Weather", "--to", "out.md", "--home", home
    )
    assert report == {"target": str(tmp_path / "out.md"), "chats": 2, "files": 1, "names": []}
    words = words_of(tmp_path / "out.md")
    assert words.index("Weather") < words.index("Second")
    assert "Ours" not in words


def test_a_folder_gets_a_file_that_is_named_after_its_chat(cierzo, home, tmp_path):
    (tmp_path / "out").mkdir()
    cierzo("chats", "export", "Weather", "--to", "out", "--format", "html", "--home", home)
    cierzo("chats", "export", "--all", "--to", "out", "--format", "md", "--home", home)
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names[1] == "Weather.html"
    assert names[0].startswith("Cierzo chats 20")


def test_a_file_for_each_chat(cierzo, home, tmp_path):
    (tmp_path / "out").mkdir()
    result = cierzo(
        "chats", "export", "--all", "--each", "--to", "out", "--format", "md", "--home", home
    )
    assert result.returncode == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "Ours.md",
        "Second.md",
        "Weather.md",
    ]


def test_thoughts_and_files_are_left_out(cierzo, home, tmp_path):
    cierzo(
        "chats",
        "export",
        "Ours",
        "--to",
        "o.json",
        "--no-thoughts",
        "--no-pictures",
        "--home",
        home,
    )
    text = (tmp_path / "o.json").read_text()
    assert "Hm" not in text
    assert '"data":"' not in text


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["export", "--to", "x.md"], 2, "--all"),
        (["export", "Weather", "--all", "--to", "x.md"], 2, "--all"),
        (["export", "--all", "--to", "x.doc"], 2, "--format"),
        (["export", "--all", "--to", "x", "--format", "doc"], 2, "doc"),
        (["export", "--all"], 2, "--to"),
        (["export", "nosuch", "--to", "x.md"], 3, "nosuch"),
        (["export", "e", "--to", "x.md"], 2, "several"),
        (["export", "--all", "--to", "none/x.md"], 3, "folder does not exist"),
        (["export", "--all", "--to", "none", "--each", "--format", "md"], 3, "none"),
        (["import", "none.json"], 3, "none.json"),
        (["import", "text"], 3, "holds no chats"),
        (["import"], 2, "FILE"),
    ],
)
def test_bad_use_is_one_line_and_an_exit_code(cierzo, home, tmp_path, arguments, code, word):
    (tmp_path / "text").write_text("hello")
    assert word in cierzo.refusal("chats", *arguments, "--home", home, code=code)
    assert not list(tmp_path.glob("x*"))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(cierzo, home, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    sentence = cierzo.refusal(
        "chats", "export", "--all", "--to", "locked/x.md", "--home", home, code=3
    )
    assert "cannot be written" in sentence


def test_what_came_before_a_file_that_fails_stays_and_is_said(cierzo, tmp_path):
    write_json(tmp_path / "good.json", own_file(own_chat()))
    (tmp_path / "bad.json").write_text("hello")
    result = cierzo("chats", "import", "good.json", "bad.json", "--home", "h")
    assert result.returncode == 3
    assert result.stdout == "1 chat from Cierzo\n"
    assert result.stderr.startswith("error: “bad.json” holds no chats")


def test_while_a_window_has_the_chats_open(cierzo, home, tmp_path):
    with Store(tmp_path / home / "data"):
        assert "Another Cierzo" in cierzo.refusal("chats", "import", "ours.json", "--home", home)
        result = cierzo("chats", "export", "--all", "--to", "out.md", "--home", home)
    assert result.returncode == 0
    assert "Weather" in words_of(tmp_path / "out.md")


def test_a_home_without_chats_stays_without(cierzo, tmp_path):
    result = cierzo("chats", "export", "--all", "--to", "out.md", "--home", "empty")
    assert (result.returncode, result.stdout) == (0, "There are no chats yet.\n")
    assert not (tmp_path / "empty").exists()
    assert not (tmp_path / "out.md").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_ends_an_import_and_keeps_what_came(tmp_path):
    chats = own_file(*(own_chat(key=f"{number:032x}") for number in range(3000)))
    write_json(tmp_path / "many.json", chats)
    process = subprocess.Popen(
        [*CIERZO, "chats", "import", "many.json", "--home", "h"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    data = tmp_path / "h" / "data"
    while not _count(data):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, b"")
    assert 0 < _count(data) < 3000
    assert not list((tmp_path / "h" / "cache").rglob("*"))


def _count(data) -> int:
    if not (data / "attachments").exists():
        return 0
    with Store(data, reads_only=True) as store:
        return len(store.chats.infos())
