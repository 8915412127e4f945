import json
import pathlib
import stat

import pytest

from app.domain.errors import FolderUnwritable, SettingsBroken, SettingsPartlyBroken
from app.settings.file import SettingsFile
from app.settings.folders import folders_for, is_writable
from app.settings.model import Settings, bounds_of, choices_of


def test_changes_survive_and_unknown_keys_stay(tmp_path):
    path = tmp_path / "config" / "settings.json"
    path.parent.mkdir()
    path.write_text('{"from_the_future": [1], "last_model": "x"}')
    settings = SettingsFile(path.parent)
    assert settings.load() is None
    assert settings.value.last_model == "x"
    settings.change(last_model="y")
    settings.write()
    assert json.loads(path.read_text())["from_the_future"] == [1]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = SettingsFile(path.parent)
    again.load()
    assert again.value.last_model == "y"


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[]"])
def test_a_broken_file_is_set_aside(tmp_path, content):
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    settings = SettingsFile(tmp_path)
    assert isinstance(settings.load(), SettingsBroken)
    assert settings.value.last_model == ""
    assert path.read_bytes() == content, "reading changes nothing"
    settings.change(last_model="x")
    settings.write()
    assert (tmp_path / "settings.broken.json").read_bytes() == content


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("last_model", 5),
        ("text_percent", 9000),
        ("text_percent", "large"),
        ("theme", "pink"),
        ("kept_bytes", -1),
        ("temperature", [0.5]),
        ("model_folders", "not a list"),
        ("language", "klingon"),
    ],
)
def test_a_value_that_cannot_be_costs_itself_alone(tmp_path, name, value):
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({name: value, "proxy": "http://localhost:1", "from_then": 1}))
    settings = SettingsFile(tmp_path)
    problem = settings.load()
    assert isinstance(problem, SettingsPartlyBroken)
    assert f" {name}." in str(problem)
    assert getattr(settings.value, name) == getattr(Settings(), name)
    assert settings.value.proxy == "http://localhost:1"
    settings.change(density="compact")
    settings.write()
    kept = json.loads(path.read_text())
    assert (kept["proxy"], kept["density"], kept["from_then"]) == (
        "http://localhost:1",
        "compact",
        1,
    )
    assert json.loads((tmp_path / "settings.broken.json").read_text())[name] == value


def test_bounds_and_choices_come_from_the_declaration():
    assert bounds_of("text_percent") == (80, 200)
    assert bounds_of("temperature") == (0, 5)
    assert choices_of("density") == ("comfortable", "compact")


def test_an_unwritable_folder_is_one_error_and_the_change_holds(tmp_path):
    (tmp_path / "file").touch()
    settings = SettingsFile(tmp_path / "file")
    settings.change(last_model="x")
    with pytest.raises(FolderUnwritable):
        settings.write()
    assert settings.value.last_model == "x"


def test_home_moves_everything(tmp_path):
    folders = dict(folders_for(tmp_path).items())
    assert set(folders) == {"config", "data", "cache", "logs"}
    assert all(path.is_relative_to(tmp_path) for path in folders.values())
    elsewhere = dict(folders_for(None).items())
    assert all(path.is_relative_to(pathlib.Path.home()) for path in elsewhere.values())


def test_writable_without_making_anything(tmp_path):
    assert is_writable(tmp_path / "a" / "b")
    assert not (tmp_path / "a").exists()
    (tmp_path / "file").touch()
    assert not is_writable(tmp_path / "file" / "below")
