"""What libraries need, read from real ones, and the packages that this comes to."""

import pathlib
import subprocess
import sysconfig

import pytest

from release.dependencies import (
    UnknownLibraryError,
    debian_packages,
    dependencies_of,
    rpm_capabilities,
)
from release.elf import Needs, elf_files, system_needs
from tests.packaging.stub_bundle import LIBRARIES, make_stub_bundle
from tests.packaging.system_tool import tool

QT = pathlib.Path(sysconfig.get_path("purelib"), "PySide6", "Qt", "lib")


def needs(**libraries: set[str]) -> Needs:
    made = Needs()
    for name, versions in libraries.items():
        made.libraries[name.replace("_so_", ".so.")] |= versions
    return made


def linker_says(path: pathlib.Path) -> set[str]:
    text = subprocess.run(
        [tool("readelf", "binutils"), "--dynamic", "--wide", path],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    lines = [line for line in text.splitlines() if "(NEEDED)" in line]
    return {line.partition("[")[2].rstrip("]") for line in lines}


@pytest.mark.parametrize(
    "path", [LIBRARIES / "libggml-base.so", QT / "libQt6Gui.so.6"], ids=lambda path: path.name
)
def test_a_library_needs_what_binutils_say(path):
    assert set(system_needs([path], carried=[]).libraries) == linker_says(path)


def test_what_the_bundle_carries_is_not_asked_of_the_system():
    files = [QT / "libQt6DBus.so.6", QT / "libQt6Core.so.6"]
    alone = system_needs(files[:1], carried=[])
    together = system_needs(files, carried=files)
    assert {"libQt6Core.so.6", "libdbus-1.so.3"} <= set(alone.libraries)
    assert "libQt6Core.so.6" not in together.libraries
    assert "libdbus-1.so.3" in together.libraries
    assert together.highest("libc.so.6")["GLIBC"].startswith("2.")


def test_versions_are_compared_as_numbers_and_private_ones_are_left_out():
    found = needs(libc_so_6={"GLIBC_2.4", "GLIBC_2.34", "GLIBC_2.9", "GLIBC_PRIVATE"})
    assert found.highest("libc.so.6") == {"GLIBC": "2.34"}


def test_only_elf_files_are_read(tmp_path):
    (tmp_path / "text.so").write_text("no library")
    (tmp_path / "empty.so").write_bytes(b"")
    assert elf_files(tmp_path) == []


def test_packages_of_debian_with_their_lowest_versions():
    found = needs(
        **{"libstdc++_so_6": {"GLIBCXX_3.4.9", "GLIBCXX_3.4.30", "CXXABI_1.3.13"}},
        libc_so_6={"GLIBC_2.34"},
        libm_so_6={"GLIBC_2.38"},
        libgcc_s_so_1={"GCC_3.0", "GCC_4.2.0"},
        libEGL_so_1=set(),
    )
    assert debian_packages(found) == [
        "libc6 (>= 2.38)",
        "libegl1",
        "libgcc-s1 (>= 4.2.0)",
        "libstdc++6 (>= 12)",
    ]


def test_relative_relocations_need_a_loader_that_knows_them():
    found = needs(libc_so_6={"GLIBC_2.17", "GLIBC_ABI_DT_RELR"})
    assert debian_packages(found) == ["libc6 (>= 2.36)"]


def test_a_library_without_a_package_is_named():
    with pytest.raises(UnknownLibraryError, match=r"libodd\.so\.7"):
        debian_packages(needs(libodd_so_7=set()))


def test_rpm_asks_for_libraries_and_symbol_versions():
    assert rpm_capabilities(needs(libc_so_6={"GLIBC_2.4", "GLIBC_2.34"})) == [
        "libc.so.6()(64bit)",
        "libc.so.6(GLIBC_2.34)(64bit)",
    ]


def test_a_graphics_backend_only_recommends_its_loader(tmp_path):
    """And no driver: which one there is belongs to the person's PC."""
    bundle = make_stub_bundle(tmp_path)
    folder = bundle / "_internal" / "llama" / "vulkan"
    folder.mkdir()
    compiler = tool("cc", "gcc")
    loader = tmp_path / "libvulkan.so.1"
    command = [compiler, "-shared", "-x", "c", "/dev/null", "-o"]
    subprocess.run([*command, loader, "-Wl,-soname,libvulkan.so.1"], check=True)
    backend = folder / "libggml-vulkan.so"
    subprocess.run(
        [*command, backend, "-Wl,--no-as-needed", "-x", "none", loader, "-lc"], check=True
    )
    found = dependencies_of(bundle)
    assert found.debian_recommends == ["libvulkan1"]
    assert found.rpm_recommends == ["libvulkan.so.1()(64bit)"]
    assert any(package.startswith("libc6 (>= 2.") for package in found.debian)
    assert not [package for package in found.debian if "vulkan" in package or "nvidia" in package]
