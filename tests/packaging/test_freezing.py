"""The steps around PyInstaller: what goes into a bundle, and how it begins."""

import ast
import os
import pathlib
import shutil

import pytest

from release.debugging import drop_debugging
from release.foreign_modules import dependencies, modules_of_others
from release.project import NAME, version
from release.pruning import forbidden_in, prune, reason_against
from release.sizes import parts, table
from release.version_resource import write_version_resource
from start import give_back, lay_aside

LLAMA = "llama/vulkan/libggml-vulkan.so"


@pytest.mark.parametrize(
    "path",
    [
        *("libstdc++.so.6", "numpy.libs/libgcc_s.so.1", "llama/core/libvulkan.so.1"),
        *("libreadline.so.8", "python3.11/lib-dynload/readline.cpython-311-x86_64-linux-gnu.so"),
        *("libglib-2.0.so.0", "libX11.so.6", "libsystemd.so.0", "libz.so.1", "libtinfo.so.6"),
        *("PySide6/QtQml.abi3.so", "PySide6/Qt/lib/libQt6Quick.so.6", "PySide6/Qt6Charts.dll"),
        *("PySide6/Qt/lib/libQt6VirtualKeyboard.so.6", "PySide6/Qt/lib/QtPdf.framework"),
        *("PySide6/Qt/plugins/platformthemes/libqgtk3.so", "PySide6/plugins/tls/qschannel.dll"),
        *("PySide6/Qt/plugins/platforms/libqeglfs.so", "PySide6/opengl32sw.dll"),
        *("PySide6/Qt/translations/qtbase_ja.qm", "PySide6/Qt/translations/qt_help_de.qm"),
        *("PySide6\\Qt6Quick.dll", "llama_cpp_python-0.3.36.dist-info/uv_cache.json"),
    ],
)
def test_it_stays_out(path):
    assert reason_against(path)


@pytest.mark.parametrize(
    "path",
    [
        *("libxcb-cursor.so.0", "libssl.so.3", "libpython3.12.so.1.0", "numpy.libs/libquadmath.so"),
        *("PySide6/Qt/lib/libQt6XcbQpa.so.6", "PySide6/Qt/lib/libicudata.so.73", LLAMA),
        *("PySide6/QtWidgets.abi3.so", "PySide6/QtWidgets.pyd", "PySide6/Qt6Widgets.dll"),
        *("PySide6/Qt/plugins/platforms/libqxcb.so", "PySide6/plugins/platforms/qwindows.dll"),
        *("PySide6/Qt/plugins/platforms/libqcocoa.dylib", "PySide6/Qt/lib/QtGui.framework"),
        *("PySide6/Qt/translations/qtbase_zh_TW.qm", "keyring-25.7.0.dist-info/METADATA"),
    ],
)
def test_it_comes_along(path):
    assert not reason_against(path)


def test_links_are_not_taken_and_what_slips_in_is_found(tmp_path):
    entries = [
        ("libQt6Core.so.6", "PySide6/Qt/lib/libQt6Core.so.6", "SYMLINK"),
        ("libQt6Qml.so.6", "/usr/lib/libQt6Qml.so.6", "BINARY"),
        ("models.toml", "/src/models.toml", "DATA"),
    ]
    assert prune(entries) == entries[-1:]
    (tmp_path / "libvulkan.so.1").touch()
    (tmp_path / "models.toml").touch()
    assert [path for path, _ in forbidden_in(tmp_path)] == ["libvulkan.so.1"]


def test_tools_of_this_environment_are_no_part_of_the_program():
    foreign = set(modules_of_others())
    assert {"pytest", "mypy", "cv2", "lxml", "docx", "gguf", "PyInstaller"} <= foreign
    assert not foreign & {"app", "PySide6", "llama_cpp", "numpy", "keyring", "PIL", "yaml"}
    assert "llama-cpp-python" in dependencies()


def started(before: str = "", **others: str) -> dict[str, str]:
    """The environment of a process that PyInstaller's starter began."""
    path = {"LD_LIBRARY_PATH": "/opt/cierzo/_internal"}
    if before:
        path["LD_LIBRARY_PATH"] += f":{before}"
        path["LD_LIBRARY_PATH_ORIG"] = before
    return {"HOME": "/home/me", "_PYI_APPLICATION_HOME_DIR": "/opt/cierzo", **path, **others}


def test_other_programs_get_the_environment_that_was_there():
    environment = started()
    assert not lay_aside(environment)
    give_back(environment)
    assert environment == {"HOME": "/home/me"}


def test_folders_of_other_libraries_are_for_other_programs_alone():
    environment = started("/opt/theirs")
    assert lay_aside(environment)
    assert not {"LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG"} & set(environment)
    # Of the process that is started then.
    environment = {**environment, **started()}
    assert not lay_aside(environment)
    give_back(environment)
    assert environment == {"HOME": "/home/me", "LD_LIBRARY_PATH": "/opt/theirs"}


def test_windows_shows_what_the_program_is(tmp_path):
    text = write_version_resource(tmp_path, "cierzo-console").read_text(encoding="utf-8")
    assert isinstance(ast.parse(text.strip(), mode="eval").body, ast.Call)
    for words in (f"'{NAME}'", f"'{version()}'", "'cierzo-console.exe'", "Apache License 2.0"):
        assert words in text
    numbers = (*(int(part) for part in version().split(".")), 0)
    assert f"filevers={numbers}, prodvers={numbers}" in text


def test_the_table_of_sizes_has_every_file_once(tmp_path):
    for name in ("cierzo", f"_internal/{LLAMA}", "_internal/numpy/x.so", "_internal/unknown.dat"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 1000)
    made = parts(tmp_path)
    assert [part.bytes for part in made] == [1000] * 4
    assert "| Engine: Vulkan | 0.0 | 0.0 |" in table(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="ELF files are of Linux")
def test_what_was_patched_for_its_wheel_is_not_stripped(tmp_path):
    import numpy as np

    core = pathlib.Path(np.__file__).parent / "_core"
    (patched,) = core.glob("_multiarray_umath*.so")
    shutil.copy(patched, tmp_path)
    drop_debugging(tmp_path)
    assert (tmp_path / patched.name).read_bytes() == patched.read_bytes()
