"""The files of the compiled engine: what is there, what they need, what they give away."""

import json
import pathlib
import re

import pytest
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile

from release.elf import newest_glibc

VARIANTS = {
    "alderlake",
    "cannonlake",
    "cascadelake",
    "cooperlake",
    "haswell",
    "icelake",
    "ivybridge",
    "piledriver",
    "sandybridge",
    "sapphirerapids",
    "skylakex",
    "sse42",
    "x64",
    "zen4",
}
# Of a bundle (`release/pruning.py`).
LEFT_OUT = {"cannonlake", "cooperlake"}
CORE = {"libggml-base.so", "libggml.so", "libllama.so", "libmtmd.so"}
OPENMP = "libgomp.so.1"
# Of the system, and there on every desktop but for the last, without which there is no such card.
SYSTEM = {"libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2"}
VULKAN = "libvulkan.so.1"


@pytest.fixture
def libraries(packaged_engine) -> list[pathlib.Path]:
    return sorted(packaged_engine.glob("*/*.so*"))


def tags(path: pathlib.Path, name: str) -> list[str]:
    with path.open("rb") as file:
        sections = ELFFile(file).iter_sections()
        dynamic = next(part for part in sections if isinstance(part, DynamicSection))
        return [getattr(tag, name[3:].lower()) for tag in dynamic.iter_tags(name)]


def test_there_is_a_variant_for_every_generation_of_processors(packaged_engine):
    names = {path.name for path in (packaged_engine / "cpu").iterdir()}
    compiled, left_out = ({f"libggml-cpu-{n}.so" for n in some} for some in (VARIANTS, LEFT_OUT))
    assert compiled - left_out <= names <= compiled


def test_each_other_library_is_there_once(packaged_engine):
    assert {path.name for path in (packaged_engine / "core").iterdir()} == {*CORE, OPENMP}
    assert [path.name for path in (packaged_engine / "vulkan").iterdir()] == ["libggml-vulkan.so"]


def test_nothing_of_the_system_is_needed_that_is_not_everywhere(libraries):
    needed = {name for path in libraries for name in tags(path, "DT_NEEDED")}
    assert needed <= {*SYSTEM, *CORE, OPENMP, VULKAN}
    assert all(
        VULKAN not in tags(path, "DT_NEEDED") for path in libraries if "vulkan" not in path.name
    )


def test_they_find_one_another_by_their_own_place_alone(libraries):
    ours = [path for path in libraries if path.name != OPENMP]
    assert {tuple(tags(path, "DT_RUNPATH")) for path in ours} == {("$ORIGIN:$ORIGIN/../core",)}
    assert not any(tags(path, "DT_RPATH") for path in libraries)


def test_where_they_were_compiled_is_nowhere_in_them(libraries):
    folders = re.compile(rb"cierzo-packaging|/home/|/root/|/tmp/|/build/")
    ours = [path for path in libraries if path.name != OPENMP]
    assert [path.name for path in ours if folders.search(path.read_bytes())] == []


def test_no_backend_of_the_network_is_among_them(libraries):
    assert not any("rpc" in path.name for path in libraries)
    assert not any(b"ggml_backend_rpc_init" in path.read_bytes() for path in libraries)


def test_the_description_is_true(packaged_engine, libraries):
    content = json.loads((packaged_engine / "engine.json").read_text())
    assert content["backends"] == ["cpu", "vulkan"]
    assert content["libc"] == newest_glibc(libraries)
    assert tuple(map(int, content["libc"].split("."))) <= (2, 36)
