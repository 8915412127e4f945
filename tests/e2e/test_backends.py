"""Backends in libraries of their own, as packaged builds have them."""

import json
import pathlib
import sys

import pytest

from app.cli import probe
from app.cli.doctor import in_words
from app.domain.errors import EngineMissing
from app.engine import client, probing
from app.engine.packs import environment_for
from app.engine.probing import probe_engine, set_up_engine
from app.services.diagnostics import examine
from app.settings.folders import folders_for
from tests.helpers.plugin_backends import plugin_command, write_backend


@pytest.fixture(autouse=True)
def notes(monkeypatch, tmp_path) -> pathlib.Path:
    """What the libraries write down; all processes are those of an engine without backends."""
    path = tmp_path / "notes"
    path.touch()
    root = str(pathlib.Path(__file__).parents[2])
    monkeypatch.setenv("CIERZO_TEST_NOTES", str(path))
    monkeypatch.setenv("PYTHONPATH", root)
    monkeypatch.setattr(probing, "worker_command", plugin_command)
    monkeypatch.setattr(client, "worker_command", plugin_command)
    return path


@pytest.fixture(scope="session")
def cpu_pack(tmp_path_factory) -> pathlib.Path:
    """A folder with the engine's real processor backend, compiled once."""
    folder = tmp_path_factory.mktemp("engine")
    write_backend(folder / "cpu" / "libggml-cpu-best.so", is_cpu=True, score=5)
    return folder / "cpu"


@pytest.fixture
def engine(monkeypatch, tmp_path, cpu_pack) -> pathlib.Path:
    """A packaged engine's folder, with the processor's backend only."""
    folder = tmp_path / "engine"
    folder.mkdir()
    (folder / "cpu").mkdir()
    for library in cpu_pack.iterdir():
        (folder / "cpu" / library.name).hardlink_to(library)
    monkeypatch.setenv("CIERZO_ENGINE", str(folder))
    return folder


def used(notes: pathlib.Path) -> list[str]:
    lines = notes.read_text().splitlines()
    return [line.removeprefix("use ") for line in lines if line.startswith("use ")]


def test_the_processor_s_library_is_found_and_works(engine, notes):
    setup = set_up_engine()
    assert [device.kind for device in setup.build.devices] == ["cpu"]
    assert used(notes) == ["libggml-cpu-best.so"]
    assert setup.cpu_problem is None


def test_a_model_answers_with_loaded_backends(engine, notes, run_engine, starter, monkeypatch):
    for name, value in set_up_engine().environment.items():
        monkeypatch.setenv(name, value)
    notes.write_text("")
    assert run_engine(starter).ask("Hi", max_tokens=3).text
    assert used(notes) == ["libggml-cpu-best.so"]


def test_the_best_variant_for_this_processor_is_taken(engine, notes):
    write_backend(engine / "cpu" / "libggml-cpu-weak.so", is_cpu=True, score=1)
    write_backend(engine / "cpu" / "libggml-cpu-unfit.so", is_cpu=True, score=0)
    set_up_engine()
    assert used(notes) == ["libggml-cpu-best.so"]


def test_the_gpu_s_library_comes_before_the_processor_s(engine, notes):
    pack = write_backend(engine / "vulkan" / "libggml-vulkan.so").parent
    probe_engine(environment=environment_for(engine, pack))
    assert used(notes) == ["libggml-vulkan.so", "libggml-cpu-best.so"]


def test_the_better_pack_is_tried_first(engine, notes):
    write_backend(engine / "vulkan" / "libggml-vulkan.so")
    write_backend(engine / "metal" / "libggml-metal.so")
    write_backend(engine / "cuda13" / "libggml-cuda.so")
    set_up_engine()
    assert [name for name in used(notes) if "cpu" not in name] == [
        "libggml-cuda.so",
        "libggml-metal.so",
        "libggml-vulkan.so",
    ]


def test_a_pack_without_a_card_leaves_the_processor(engine):
    write_backend(engine / "vulkan" / "libggml-vulkan.so")
    setup = set_up_engine()
    assert str(setup.cpu_problem) == (
        "Running on the CPU because Vulkan found no card that it can use."
    )
    assert str(engine / "vulkan") not in setup.environment["CIERZO_BACKENDS"]


def test_a_driver_that_crashes_when_it_is_loaded_leaves_the_processor(engine):
    write_backend(engine / "cuda13" / "libggml-cuda.so", at_load="crash")
    setup = set_up_engine()
    assert [device.kind for device in setup.build.devices] == ["cpu"]
    assert str(setup.cpu_problem) == "Running on the CPU because CUDA failed (signal SIGSEGV)."


def test_doctor_says_why_the_processor_does_the_work(engine, tmp_path):
    write_backend(engine / "cuda13" / "libggml-cuda.so", at_load="crash")
    checkup = examine(folders_for(tmp_path / "h"))
    assert checkup.is_healthy
    assert checkup.cpu_problem == "Running on the CPU because CUDA failed (signal SIGSEGV)."
    assert [skipped.backend for skipped in checkup.engine.skipped] == ["CUDA"]
    assert f"computing  {checkup.cpu_problem}" in list(in_words(checkup))


def test_doctor_without_any_backend_says_that_the_engine_does_not_start(engine, tmp_path):
    (engine / "cpu" / "libggml-cpu-best.so").unlink()
    checkup = examine(folders_for(tmp_path / "h"))
    assert not checkup.is_healthy
    assert checkup.engine_error.startswith("The engine could not be started (")


def test_a_driver_that_crashes_when_it_starts_leaves_the_processor(engine):
    write_backend(engine / "vulkan" / "libggml-vulkan.so", at_start="crash")
    setup = set_up_engine()
    assert setup.build.devices
    assert "Vulkan failed (signal SIGSEGV)" in str(setup.cpu_problem)


def test_a_driver_that_hangs_leaves_the_processor(engine):
    write_backend(engine / "vulkan" / "libggml-vulkan.so", at_start="hang")
    setup = set_up_engine(timeout_s=5.0)
    assert setup.build.devices
    assert "Vulkan did not answer within 5 seconds" in str(setup.cpu_problem)


def test_a_missing_library_of_the_driver_is_named(engine):
    write_backend(engine / "cuda13" / "libggml-cuda.so", needs="driver-of-nobody")
    setup = set_up_engine()
    assert setup.build.devices
    assert "CUDA cannot be loaded" in str(setup.cpu_problem)
    assert "libdriver-of-nobody.so" in str(setup.cpu_problem)


def test_a_damaged_library_leaves_the_processor(engine):
    (engine / "vulkan").mkdir()
    (engine / "vulkan" / "libggml-vulkan.so").write_bytes(b"not a library")
    setup = set_up_engine()
    assert setup.build.devices
    assert "Vulkan cannot be loaded" in str(setup.cpu_problem)


def test_a_library_of_another_version_leaves_the_processor(engine):
    write_backend(engine / "vulkan" / "libggml-vulkan.so", version=1)
    setup = set_up_engine()
    assert setup.build.devices
    assert "Vulkan does not work on this PC or with this version" in str(setup.cpu_problem)


def test_what_a_driver_prints_is_no_answer(engine, notes):
    write_backend(engine / "vulkan" / "libggml-vulkan.so", at_load="print", at_start="print")
    setup = set_up_engine()
    assert setup.build.devices
    assert "libggml-vulkan.so" in used(notes)


def test_what_lies_in_the_current_folder_is_never_loaded(engine, notes, tmp_path, monkeypatch):
    trap = tmp_path / "downloads"
    for name in ("libggml-cpu.so", "libggml-cpu-evil.so", "libggml-vulkan.so", "libggml-rpc.so"):
        write_backend(trap / name, is_cpu="cpu" in name, score=99)
    monkeypatch.chdir(trap)
    monkeypatch.setenv("GGML_BACKEND_PATH", str(trap / "libggml-rpc.so"))
    assert set_up_engine().build.devices
    assert "evil" not in notes.read_text()
    assert "libggml-rpc" not in notes.read_text()
    assert used(notes) == ["libggml-cpu-best.so"]


@pytest.mark.parametrize("folders", ["", "relative/cpu", "/no/such/folder/cpu"])
def test_without_a_processor_s_library_nothing_is_searched_for(
    folders, notes, tmp_path, monkeypatch
):
    trap = tmp_path / "downloads"
    write_backend(trap / "relative/cpu/libggml-cpu.so", is_cpu=True)
    write_backend(trap / "libggml-cpu.so", is_cpu=True)
    monkeypatch.chdir(trap)
    with pytest.raises(EngineMissing):
        probe_engine(environment={"CIERZO_BACKENDS": folders})
    assert notes.read_text() == ""


def test_without_a_processor_s_library_the_setup_says_so(engine):
    for library in (engine / "cpu").iterdir():
        library.unlink()
    setup = set_up_engine()
    assert setup.build is None
    assert [skipped.backend for skipped in setup.skipped] == ["the engine"]


def test_the_command_line_shows_what_each_backend_finds(engine, notes, monkeypatch, capsys):
    write_backend(engine / "vulkan" / "libggml-vulkan.so")
    write_backend(engine / "cuda13" / "libggml-cuda.so", at_load="crash")
    monkeypatch.setattr(sys, "argv", ["cierzo", "--probe", "cpu,vulkan,cuda13,hip"])
    assert probe.run() == 3
    found = json.loads(capsys.readouterr().out)
    assert [device["name"] for device in found["cpu"]["devices"]] == ["CPU"]
    problems = {name: backend["problem"] for name, backend in found.items()}
    assert problems == {
        "cpu": None,
        "vulkan": "found no device that it can use",
        "cuda13": "failed (signal SIGSEGV)",
        "hip": "is not part of this build",
    }
