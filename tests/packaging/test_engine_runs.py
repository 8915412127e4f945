"""The real worker and probe on the compiled engine, through CIERZO_ENGINE as in a bundle."""

import json
import pathlib
import shutil
import subprocess

import msgspec
import pytest

from app.domain.device import EngineBuild
from app.engine.packs import environment_for
from app.engine.probing import set_up_engine
from app.pipe.command import worker_command
from tests.helpers.command_line import CIERZO
from tests.helpers.engine_runner import EngineRunner
from tests.helpers.plugin_backends import write_backend

PROCESSOR = pathlib.Path("/proc/cpuinfo").read_text(encoding="ascii")
# What a processor with AVX2 must not end up with.
WEAK = {"x64", "sse42", "sandybridge", "ivybridge", "piledriver"}


@pytest.fixture
def engine(packaged_engine, monkeypatch) -> pathlib.Path:
    """The engine, chosen as a person who compiled one would."""
    monkeypatch.setenv("CIERZO_ENGINE", str(packaged_engine))
    monkeypatch.setenv("PYTHONPATH", str(pathlib.Path(__file__).parents[2]))
    return packaged_engine


@pytest.fixture
def on_the_processor(engine, monkeypatch) -> pathlib.Path:
    """Every engine process uses the processor only, and numpy finds out by itself which it is."""
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment_for(engine, None).items():
        monkeypatch.setenv(name, value)
    return engine


def mapped(runner: EngineRunner) -> set[pathlib.Path]:
    """The engine's libraries in the worker's memory."""
    lines = pathlib.Path(f"/proc/{runner.client.pid}/maps").read_text().splitlines()
    paths = {pathlib.Path(line.split(maxsplit=5)[5]) for line in lines if "/" in line}
    return {path for path in paths if path.name.startswith(("libggml", "libllama", "libmtmd"))}


def under_qemu(processor: str, role: str) -> list[str]:
    qemu = shutil.which("qemu-x86_64")
    assert qemu, "Other processors are tried with qemu: apt-get install qemu-user"
    return [qemu, "-cpu", processor, *worker_command(role)]


def test_the_probe_finds_the_processor_and_the_pack_is_judged(engine):
    setup = set_up_engine()
    assert setup.build.devices[-1].kind == "cpu"
    assert setup.environment["LLAMA_CPP_LIB_PATH"] == str(engine / "core")
    assert setup.has_gpu or [skipped.backend for skipped in setup.skipped] == ["Vulkan"]


def test_the_starter_model_answers_with_the_best_variant(on_the_processor, run_engine, starter):
    runner = run_engine(starter)
    assert runner.ask("Hi", max_tokens=12).text.startswith("Hello")
    (variant,) = {path.stem for path in mapped(runner) if path.name.startswith("libggml-cpu")}
    assert not ("avx2" in PROCESSOR and variant.removeprefix("libggml-cpu-") in WEAK), variant


def test_nothing_but_the_engine_s_own_libraries_is_loaded(
    on_the_processor, run_engine, starter, tmp_path, monkeypatch
):
    """Neither those of the current folder nor those of the Python package."""
    trap, notes = tmp_path / "downloads", tmp_path / "notes"
    for kind in ("cpu", "cpu-haswell", "cpu-evil", "blas", "cuda", "rpc", "vulkan"):
        write_backend(trap / f"libggml-{kind}.so", is_cpu=kind.startswith("cpu"), score=99)
    for path in (*on_the_processor.glob("core/*"), *on_the_processor.glob("cpu/*zen4*")):
        shutil.copy(path, trap / path.name)
    monkeypatch.setenv("CIERZO_TEST_NOTES", str(notes))
    # OpenCV, which Mistral's reference brings along, has the loader look into the current folder.
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    monkeypatch.setenv("GGML_BACKEND_PATH", str(trap / "libggml-rpc.so"))
    monkeypatch.chdir(trap)
    runner = run_engine(starter)
    assert runner.ask("Hi", max_tokens=2).text
    assert not notes.exists()
    assert {path.parent for path in mapped(runner)} == {
        on_the_processor / "core",
        on_the_processor / "cpu",
    }


def test_a_pack_that_was_cut_short_is_passed_over(engine, tmp_path, monkeypatch):
    """The system kills the process that opens it."""
    damaged = tmp_path / "llama"
    shutil.copytree(engine, damaged)
    library = damaged / "vulkan" / "libggml-vulkan.so"
    library.write_bytes(library.read_bytes()[:100_000])
    monkeypatch.setenv("CIERZO_ENGINE", str(damaged))
    setup = set_up_engine()
    assert [device.kind for device in setup.build.devices] == ["cpu"]
    assert str(setup.cpu_problem) == "Running on the CPU because Vulkan failed (signal SIGBUS)."


def test_the_command_line_probes_it(engine):
    result = subprocess.run(
        [*CIERZO, "--probe", "cpu"], capture_output=True, text=True, timeout=60, check=True
    )
    assert json.loads(result.stdout)["cpu"]["devices"][0]["kind"] == "cpu"


@pytest.mark.parametrize(
    ("processor", "variant"),
    [("Nehalem", "sse42"), ("SandyBridge", "sandybridge"), ("Haswell", "haswell")],
)
def test_an_older_processor_gets_what_it_can_run(on_the_processor, processor, variant):
    command = under_qemu(processor, "--engine-probe")
    result = subprocess.run(command, capture_output=True, timeout=100, check=True)
    build = msgspec.json.decode(result.stdout, type=EngineBuild)
    assert [device.kind for device in build.devices] == ["cpu"]
    assert ("AVX = 1" in " ".join(build.features)) == (variant != "sse42")
    assert f"libggml-cpu-{variant}.so".encode() in result.stderr


@pytest.mark.timeout(300)
def test_the_starter_model_answers_without_avx(on_the_processor, run_engine, starter):
    runner = run_engine(starter, threads=1, context_tokens=512)
    plan = runner.client._plan
    argv = under_qemu("Nehalem", "--engine-worker")
    runner.client._plan = msgspec.structs.replace(plan, argv=argv)
    asked = runner.start("Hi", max_tokens=1)
    runner.wait(lambda: asked.ends, timeout_s=280)
    assert asked.text == "Hello"


def test_a_processor_that_is_too_old_gets_a_sentence():
    for role in ("--version", "--engine-probe"):
        result = subprocess.run(
            under_qemu("Penryn", role), capture_output=True, text=True, timeout=60, check=False
        )
        assert result.returncode == 3
        assert "processor is too old for Cierzo: it lacks SSE4.2, POPCNT." in result.stderr
        assert result.stderr.count("\n") == 1


@pytest.mark.timeout(400)
def test_a_card_of_vulkan_answers(engine, run_engine, starter, monkeypatch):
    """A processor that plays one, which ggml has to be told to take."""
    monkeypatch.setenv("GGML_VK_VISIBLE_DEVICES", "0")
    setup = set_up_engine(timeout_s=90)
    assert setup.has_gpu, (
        f"{setup.cpu_problem}; a card is played by Mesa: "
        "apt-get install libvulkan1 mesa-vulkan-drivers"
    )
    for name, value in setup.environment.items():
        monkeypatch.setenv(name, value)
    runner = run_engine(starter, threads=1, context_tokens=512)
    asked = runner.start("Hi", max_tokens=2)
    runner.wait(lambda: asked.ends, timeout_s=300)
    assert asked.text.startswith("Hello")
    assert engine / "vulkan" / "libggml-vulkan.so" in mapped(runner)
    placement = runner.service.state.loaded.placement
    assert placement.gpu_layers, placement
