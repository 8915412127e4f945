"""`bench`, as a person runs it: words to paste, a picture, and what is in the way of both."""

import contextlib
import getpass
import json
import pathlib
import shutil
import signal
import struct
import subprocess
from xml.etree import ElementTree as ET

import psutil
import pytest

from app.cli.main import run
from app.services.this_pc import read_this_pc
from tests.helpers.command_line import CIERZO, CommandLine
from tests.helpers.tiny_models import chain, write_scripted

_PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def home(measured, tmp_path) -> pathlib.Path:
    """One in which this PC's speed is known."""
    shutil.copytree(measured, tmp_path / "home/cache")
    return tmp_path / "home"


@pytest.fixture
def cierzo(home, tmp_path):
    line = CommandLine(tmp_path)

    def bench(*arguments: object):
        return line("bench", "--home", home, "--runs", "1", *arguments)

    bench.refusal = lambda *words, code=3: line.refusal(
        "bench", "--home", home, "--runs", "1", *words, code=code
    )
    return bench


def test_a_measurement_is_told_in_lines_to_paste_and_drawn(cierzo, tmp_path):
    result = cierzo("--picture", "speed.png")
    assert (result.returncode, result.stderr) == (0, "")
    title, writes, reads, exchange, machine, how = result.stdout.splitlines()
    assert title.startswith("SmolLM2 135M")
    assert "Cierzo" in title
    for line, word in ((writes, "decode"), (reads, "prefill"), (exchange, "600 tokens")):
        assert word in line
        assert ", predicted " in line
    assert "cores" in machine or "1 core" in machine
    assert "1 run" in how
    for private in (str(pathlib.Path.home()), str(tmp_path), f"{getpass.getuser()} "):
        assert private not in result.stdout
    png = (tmp_path / "speed.png").read_bytes()
    assert png.startswith(_PNG)
    assert struct.unpack(">II", png[16:24]) == (1280, 720)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "speed.png"]


def test_the_same_as_json_with_a_drawing_that_stays_sharp(cierzo, tmp_path):
    result = cierzo("--picture", "speed.SVG", "--json")
    assert (result.returncode, result.stderr) == (0, "")
    report = json.loads(result.stdout)
    assert report["model"] == "SmolLM2 135M"
    assert report["runs"] == 1
    figures = {figure["name"]: figure for figure in report["results"]}
    assert set(figures) == {"decode", "prefill", "exchange"}
    assert figures["decode"]["unit"] == "tokens/s"
    for figure in figures.values():
        assert figure["median"] > 0
        assert figure["ratio_to"] == pytest.approx(figure["median"] / figure["predicted"])
    root = ET.parse(tmp_path / "speed.SVG").getroot()
    assert "SmolLM2 135M" in "".join(root.itertext())


def test_a_picture_that_cannot_be_is_refused_before_anything_is_measured(cierzo, tmp_path):
    (tmp_path / "there.png").write_text("mine")
    (tmp_path / "dangling.svg").symlink_to("nowhere")
    (tmp_path / "file").write_text("no folder")
    # With a model that is missing, so that whatever looks at it first says something else.
    model = ("--model", "missing.gguf", "--picture")
    assert "“there.png” cannot be written (it is there already)" in cierzo.refusal(
        *model, "there.png"
    )
    assert "it is there already" in cierzo.refusal(*model, "dangling.svg")
    assert "its folder does not exist" in cierzo.refusal(*model, "no/such/speed.png")
    assert "its folder does not exist" in cierzo.refusal(*model, "file/speed.png")
    assert "its folder does not exist" in cierzo.refusal(*model, "/proc/speed.png")
    assert "cannot be written (File name too long)" in cierzo.refusal(*model, "x" * 300 + ".png")
    assert "neither in .png nor in .svg" in cierzo.refusal(*model, "speed.jpg", code=2)
    assert "neither in .png nor in .svg" in cierzo.refusal(*model, "speed", code=2)
    assert (tmp_path / "there.png").read_text() == "mine"


def test_a_model_that_cannot_be_measured_says_why_and_leaves_no_picture(cierzo, tmp_path):
    (tmp_path / "words.gguf").write_text("no model")
    sentence = cierzo.refusal("--model", "words.gguf", "--picture", "speed.png")
    assert "“words.gguf” is not a GGUF model file" in sentence
    assert "There is no model “none”" in cierzo.refusal("--model", "none")
    assert not (tmp_path / "speed.png").exists()


def test_a_model_that_does_not_fit_is_not_even_loaded(home, capsys, monkeypatch):
    import msgspec

    pc = read_this_pc(home / "cache")
    cpu = msgspec.structs.replace(pc.machine.cpu, total_bytes=1 << 20, free_bytes=1 << 20)
    small = msgspec.structs.replace(pc, machine=msgspec.structs.replace(pc.machine, cpu=cpu))
    monkeypatch.setattr("app.cli.bench.read_this_pc", lambda *args, **options: small)
    monkeypatch.setattr(
        "app.cli.bench.SpeedTrial.must_measure", lambda *args: pytest.fail("loaded")
    )
    monkeypatch.setattr("app.cli.main.configure_logging", lambda **options: None)
    assert run(["bench", "--home", str(home)]) == 3
    assert "1 MiB are free" in capsys.readouterr().err


def test_a_model_that_says_nothing_has_no_speed(cierzo, tmp_path):
    write_scripted(tmp_path / "silent.gguf", chain("[/INST]", "</s>"))
    assert "“silent” ends its answers before" in cierzo.refusal("--model", "silent.gguf")


def test_ctrl_c_ends_it_with_130_and_without_a_word(home, tmp_path):
    process = subprocess.Popen(
        [*CIERZO, "bench", "--home", home, "--runs", "1000", "--picture", "speed.png"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    with process:
        try:
            seen = psutil.Process(process.pid)
            while not any("--engine-worker" in " ".join(cmdline(c)) for c in seen.children()):
                assert process.poll() is None
            process.send_signal(signal.SIGINT)
            output = process.communicate(timeout=30)
        finally:
            process.kill()
    assert (process.returncode, output) == (130, ("", ""))
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def cmdline(child: psutil.Process) -> list[str]:
    with contextlib.suppress(psutil.Error):
        return child.cmdline()
    return []
