"""How the engine of the packages is compiled, kept and laid out; compiles three lines of C."""

import json
import pathlib
import shutil
import subprocess
import tarfile

import pytest

from release import engine, engine_source
from release.engine import built_engine, plan
from release.engine_flags import cmake_targets, default_backends, flags
from release.engine_source import abi, cache_folder, locked
from release.vulkan_tools import VulkanMissing, header_version

CORE = ("libggml.so", "libggml-base.so", "libllama.so", "libmtmd.so")
BUILT = {
    "cpu": (*CORE, "libggml-cpu-x64.so", "libggml-cpu-haswell.so"),
    "vulkan": ("libggml-base.so", "libggml-vulkan.so"),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> pathlib.Path:
    path = tmp_path_factory.mktemp("library") / "any.so"
    source = b"#include <unistd.h>\nint any(void) { return getpid(); }\n"
    command = ["cc", "-shared", "-fPIC", "-xc", "-", "-o", path]
    subprocess.run(command, input=source, check=True)
    return path


@pytest.fixture
def compiled(monkeypatch, library) -> list[str]:
    """What was compiled, in place of compiling it."""
    done: list[str] = []

    def compile_library(backend: str, build: pathlib.Path) -> None:
        (build / "bin").mkdir(parents=True)
        for name in BUILT[backend]:
            shutil.copy(library, build / "bin" / name)
        (build / "bin" / "vulkan-shaders-gen").touch()
        done.append(backend)

    monkeypatch.setattr(engine, "_compile", compile_library)
    monkeypatch.setattr(engine, "target", lambda: "linux-x86_64")
    monkeypatch.setattr(engine, "vulkan_version", lambda: "Vulkan 1.4")
    return done


def names(folder: pathlib.Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_layout_is_what_the_app_looks_for(compiled):
    core = {f"core/{name}" for name in (*CORE, "libgomp.so.1")}
    variants = {"cpu/libggml-cpu-x64.so", "cpu/libggml-cpu-haswell.so"}
    assert names(built_engine()) == {
        *core,
        *variants,
        "vulkan/libggml-vulkan.so",
        "engine.json",
    }


def test_the_engine_says_what_it_is(compiled):
    content = json.loads((built_engine() / "engine.json").read_text())
    assert content["abi"] == abi()
    assert content["version"] == locked()[0]
    assert content["backends"] == ["cpu", "vulkan"]
    assert content["target"] == "linux-x86_64"
    assert "-DGGML_VULKAN=ON" in content["flags"]["vulkan"]
    assert content["tools"]["vulkan"][-1] == "Vulkan 1.4"
    assert content["libc"].startswith("2.")


def test_nothing_is_compiled_twice(compiled):
    alone = built_engine(["cpu"])
    both = built_engine(["cpu", "vulkan"])
    assert compiled == ["cpu", "vulkan"]
    assert (built_engine(["cpu"]), built_engine()) == (alone, both)
    assert compiled == ["cpu", "vulkan"]
    assert not (alone / "vulkan").exists()


def test_other_flags_and_other_compilers_are_another_engine(compiled, monkeypatch):
    first = built_engine(["cpu"])
    monkeypatch.setattr(engine, "flags", lambda target, backend: ("-DGGML_LTO=ON",))
    second = built_engine(["cpu"])
    monkeypatch.setattr(engine, "_first_line", lambda compiler: f"{compiler} 99")
    third = built_engine(["cpu"])
    assert len({first, second, third}) == 3
    assert compiled == ["cpu"] * 3


def test_a_newer_vulkan_does_not_compile_the_processor_s_part_again(compiled, monkeypatch):
    built_engine()
    monkeypatch.setattr(engine, "vulkan_version", lambda: "Vulkan 1.5")
    built_engine()
    assert compiled == ["cpu", "vulkan", "vulkan"]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OSError])
def test_what_was_interrupted_is_not_taken_for_an_engine(compiled, monkeypatch, interruption):
    real, copied = shutil.copy2, []

    def copy_two(source, target):
        copied.append(source)
        if len(copied) > 2:
            raise interruption
        return real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copy2", copy_two)
        with pytest.raises(interruption):
            built_engine(["cpu"])
    (folder,) = cache_folder().glob("engine/parts")
    assert not [path for path in folder.iterdir() if path.is_dir()]
    shutil.rmtree(cache_folder() / "engine" / "build")
    assert {path.name for path in (built_engine(["cpu"]) / "core").iterdir()} >= set(CORE)


def test_a_build_that_stopped_goes_on_in_its_folder(compiled, monkeypatch):
    folders: list[pathlib.Path] = []

    def stop(backend, build):
        build.mkdir(parents=True, exist_ok=True)
        folders.append(build)
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "_compile", stop)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            built_engine(["cpu"])
    assert folders[0] == folders[1]
    assert folders[0].is_dir()


def test_a_home_with_a_space_in_its_name_is_good_enough_and_not_told(tmp_path, monkeypatch):
    source, build = tmp_path / "Anna Maria" / "source", tmp_path / "Anna Maria" / "build"
    source.mkdir(parents=True)
    (source / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.14)\nproject(any C CXX)\n"
        "add_library(llama SHARED ${CMAKE_SOURCE_DIR}/any.c)\n"
        "add_library(mtmd SHARED ${CMAKE_SOURCE_DIR}/any.cpp)\n"
    )
    (source / "any.c").write_text("const char *where(void) { return __FILE__; }\n")
    (source / "any.cpp").write_text('extern "C" const char *here() { return __FILE__; }\n')
    monkeypatch.setattr(engine, "source", lambda: source)
    engine._compile("cpu", build)
    for name in ("llama", "mtmd"):
        content = (build / f"lib{name}.so").read_bytes()
        assert b"llama.cpp/any.c" in content
        assert b"Anna Maria" not in content


@pytest.mark.parametrize(
    "target", ["linux-x86_64", "linux-aarch64", "windows-x86_64", "macos-arm64"]
)
@pytest.mark.parametrize("backend", ["cpu", "vulkan", "metal", "cuda13"])
def test_no_build_depends_on_its_machine_or_can_be_reached_from_outside(target, backend):
    given = flags(target, backend)
    assert {"-DGGML_NATIVE=OFF", "-DGGML_RPC=OFF", "-DGGML_BACKEND_DL=ON"} <= set(given)
    assert str(pathlib.Path.home()) not in " ".join(given)
    if (target, backend) == ("windows-x86_64", "cuda13"):
        assert "-DCMAKE_CXX_COMPILER=cl" in given
        return
    for language in ("C", "CXX"):
        (words,) = (flag for flag in given if flag.startswith(f"-DCMAKE_{language}_FLAGS="))
        assert "{source}=" in words
        assert "{build}=" in words


def test_each_system_has_the_backends_of_its_cards():
    assert default_backends("linux-x86_64") == ("cpu", "vulkan")
    assert default_backends("windows-x86_64") == ("cpu", "vulkan")
    assert default_backends("macos-arm64") == ("cpu", "metal")
    assert cmake_targets("cuda13") == ("ggml-cuda",)
    with pytest.raises(KeyError):
        flags("linux-x86_64", "opencl")
    with pytest.raises(KeyError):
        flags("plan9-x86_64", "cpu")


def test_only_libraries_beside_a_library_are_looked_for():
    assert "-DCMAKE_INSTALL_RPATH=$ORIGIN;$ORIGIN/../core" in flags("linux-x86_64", "cpu")
    mac = "-DCMAKE_INSTALL_RPATH=@loader_path;@loader_path/../core"
    assert mac in flags("macos-arm64", "cpu")


def test_the_engine_s_source_is_the_one_that_is_locked():
    version, sha256 = locked()
    pyproject = (engine_source.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'"llama-cpp-python=={version}"' in pyproject
    assert abi() == f"llama-cpp-python-{version}-{sha256[:12]}"


def test_another_archive_is_refused():
    path = cache_folder() / "sdist" / f"llama_cpp_python-{locked()[0]}.tar.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"something else")
    with pytest.raises(ValueError, match="is not the archive of requirements"):
        engine_source.source()
    assert not (cache_folder() / "source" / abi()).exists()


def test_git_and_the_rest_of_the_archive_stay_in_it(tmp_path):
    tree = tmp_path / "package-1"
    for name in ("vendor/llama.cpp/CMakeLists.txt", "vendor/llama.cpp/.git", ".git/HEAD", "x.py"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).touch()
    with tarfile.open(tmp_path / "package.tar.gz", "w:gz") as tar:
        tar.add(tree, "package-1")
    engine_source.unpack(tmp_path / "package.tar.gz", tmp_path / "out")
    assert names(tmp_path / "out") == {"package-1/vendor/llama.cpp/CMakeLists.txt"}


def test_headers_tell_their_version(tmp_path):
    header = tmp_path / "vulkan_core.h"
    header.write_text(
        "#define VK_HEADER_VERSION 309\n"
        "#define VK_HEADER_VERSION_COMPLETE VK_MAKE_API_VERSION(0, 1, 4, VK_HEADER_VERSION)\n"
    )
    assert header_version(header) == (1, 4, 309)
    header.write_text("")
    with pytest.raises(VulkanMissing):
        header_version(header)


def test_the_plan_begins_with_the_processor(compiled):
    assert list(plan(["vulkan"])) == ["cpu", "vulkan"]
