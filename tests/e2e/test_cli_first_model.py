"""The command line on a PC without any model."""

import json
import shutil

import pytest

from tests.helpers.command_line import CommandLine
from tests.helpers.tiny_model import write_tiny_llama
from tests.helpers.without_starter import hide_starter, publish_starter

NAME = "smollm2-135m-instruct"


@pytest.fixture
def cierzo(tmp_path, hub, measured, starter, monkeypatch):
    hide_starter(monkeypatch, tmp_path / "hiding")
    publish_starter(hub, starter.path)
    home = tmp_path / "h"
    (home / "config").mkdir(parents=True)
    (home / "config/settings.json").write_text(json.dumps({"hub_endpoint": hub.url}))
    shutil.copytree(measured, home / "cache")
    return CommandLine(tmp_path)


def test_it_says_what_to_do_and_then_it_works(cierzo, tmp_path):
    home = ("--home", tmp_path / "h")
    assert f"`cierzo models download {NAME}`" in cierzo.refusal("ask", "Hi", *home)
    assert f"`cierzo models download {NAME}`" in cierzo.refusal("ask", "--model", NAME, "x", *home)
    assert cierzo("doctor", *home).returncode == 0
    assert cierzo.json("models", "list", "--installed", *home) == []
    fetched = cierzo("models", "download", NAME, *home)
    assert (fetched.returncode, fetched.stderr) == (0, "")
    assert fetched.stdout.splitlines()[-1].startswith("SmolLM2 135M Q4_1: installed")
    answer = cierzo.json("ask", "--temperature", "0", "--max-tokens", "12", "Hi", *home)
    assert answer["model"] == "SmolLM2 135M"
    assert answer["text"].startswith("Hello")
    (listed,) = cierzo.json("models", "list", "--installed", *home)
    assert (listed["id"], listed["builds"][0]["installed"]) == (NAME, True)
    again = cierzo("models", "download", NAME, *home)
    assert (again.returncode, again.stderr) == (0, "")
    assert "“Q8_0”" in cierzo.refusal("models", "download", NAME, "--build", "Q8_0", *home)


def test_without_a_name_an_installed_model_answers(cierzo, tmp_path):
    folder = tmp_path / "h/data/models/acme/Tiny-GGUF"
    folder.mkdir(parents=True)
    write_tiny_llama(folder / "Tiny-Q4_K_M.gguf")
    answer = cierzo.json("ask", "--max-tokens", "3", "Hi", "--home", tmp_path / "h")
    assert answer["model"]
