"""What ships is known, under a licence that allows it, and carries that licence's text."""

import pathlib
import re
from importlib import metadata

import pytest
from PySide6.QtCore import qVersion

from release import components as subject
from release.components import TEXTS, ComponentError, components, facts, is_allowed
from release.inventory import owners, unknown_packages
from release.lock import LOCK, read_lock

LINUX = "linux-x86_64"
SYSTEMS = {"linux", "windows", "macos", "cuda"}
FACTS = pathlib.Path(__file__).parents[1] / "facts"
NATIVES = (FACTS / "natives_of_a_linux_bundle.txt").read_text(encoding="utf-8").split()
REGISTRIES = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian\.org")


@pytest.fixture(scope="module")
def shipped() -> tuple[subject.Component, ...]:
    return components(LINUX)


def test_everything_in_the_lock_ships_with_its_licence(shipped):
    of_lock = {component.lock.name: component for component in shipped if component.lock}
    assert set(of_lock) == set(read_lock(LINUX))
    assert {name for name, c in of_lock.items() if c.version != metadata.version(name)} == set()


def test_every_text_says_something(shipped):
    short = [c.name for c in shipped if sum(len(text) for _, text in c.texts) < 500]
    assert short == []


def test_one_file_has_one_text(shipped):
    """Components that share a file say the same."""
    texts = {}
    for component in shipped:
        assert texts.setdefault(component.text_name, component.texts) == component.texts


def test_the_libraries_of_a_bundle_are_all_known(shipped):
    found = owners(NATIVES, shipped)
    assert set(found) == set(NATIVES)
    assert found["PySide6/Qt/lib/libQt6Core.so.6"].name == "Qt"
    assert found["PySide6/QtCore.abi3.so"].name == "PySide6_Essentials"


def test_nothing_is_named_that_is_not_there(shipped):
    found = owners(NATIVES, shipped).values()
    missing = {c.name for c in shipped if c.files and not c.is_built_in and c not in found}
    # For words in pictures, which is left out of the bundle.
    assert missing == {"Brotli", "FreeType", "HarfBuzz", "Little CMS", "libpng"}


OTHER_SYSTEMS = {
    "windows": {
        "Cierzo.exe": "PyInstaller's launcher",
        "python311.dll": "CPython",
        "_ssl.pyd": "CPython",
        "VCRUNTIME140.dll": "Microsoft Visual C++ runtime",
        "PySide6/vccorlib140.dll": "Microsoft Visual C++ runtime",
        "numpy.libs/msvcp140-a4c2229bdc2a.dll": "Microsoft Visual C++ runtime",
        "libcrypto-3.dll": "OpenSSL",
        "libffi-8.dll": "libffi",
        "PySide6/Qt6Core.dll": "Qt",
        "PySide6/plugins/platforms/qwindows.dll": "Qt",
        "PySide6/plugins/styles/qmodernwindowsstyle.dll": "Qt",
        "libheif-75127e764628.dll": "libheif",
        "libstdc++-6-110c9d51f08f.dll": "GCC runtime libraries",
        "libwinpthread-1-1be1ab2940d5.dll": "winpthreads of mingw-w64",
        "numpy.libs/libscipy_openblas64_-9e3e5a4229c1.dll": "OpenBLAS",
        "pypdfium2_raw/pdfium.dll": "PDFium",
        "llama/core/llama.dll": "llama.cpp",
        "llama/cpu/ggml-cpu-haswell.dll": "ggml",
    },
    "macos": {
        "cierzo": "PyInstaller's launcher",
        "Python.framework/Versions/3.12/Python": "CPython",
        "python3.12/lib-dynload/_ssl.cpython-312-darwin.so": "CPython",
        "libcrypto.3.dylib": "OpenSSL",
        "PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore": "Qt",
        "PySide6/Qt/plugins/platforms/libqcocoa.dylib": "Qt",
        "pi_heif/.dylibs/libheif.1.23.0.dylib": "libheif",
        "PIL/.dylibs/libz.1.3.1.zlib-ng.dylib": "zlib-ng",
        "PIL/.dylibs/libwebpmux.3.dylib": "libwebp",
        "pypdfium2_raw/libpdfium.dylib": "PDFium",
        "llama/core/libggml-metal.dylib": "ggml",
    },
}


@pytest.mark.parametrize("system", OTHER_SYSTEMS)
def test_libraries_of_other_systems_are_known(system):
    """As their wheels name them."""
    lock = read_lock(f"{system}-x86_64")
    parts = [part for part in facts()["parts"] if system in part.get("systems", [system])]
    found = owners(OTHER_SYSTEMS[system], [subject._part(part, lock, system) for part in parts])
    assert {name: owner.name for name, owner in found.items()} == OTHER_SYSTEMS[system]


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/lib/libQt6Charts.so.6",
        "PySide6/Qt/lib/libQt6VirtualKeyboard.so.6",
        "PySide6/Qt6DataVisualization.dll",
        "PySide6/QtCharts.abi3.so",
        "PySide6/QtGraphs.pyd",
        "PySide6/Qt/lib/QtHttpServer.framework/Versions/A/QtHttpServer",
    ],
)
def test_a_module_of_qt_that_is_not_used_is_refused(shipped, name):
    with pytest.raises(ComponentError, match="modules of Qt"):
        owners([name], shipped)


@pytest.mark.parametrize(
    "name",
    [
        "libreadline.so.8",
        "libgobject-2.0.so.0",
        "pillow.libs/libimagequant-0d1f.so.0",
        "PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so",
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "somebody/extension.cpython-311-x86_64-linux-gnu.so",
    ],
)
def test_a_library_that_nobody_looked_up_is_refused(shipped, name):
    with pytest.raises(ComponentError, match=re.escape(name)):
        owners([name], shipped)


def test_a_package_that_does_not_ship_is_noticed(shipped):
    fine = {
        "app",
        "json",
        "_sysconfigdata__linux_x86_64-linux-gnu",
        "numpy",
        "PIL",
        "jaraco",
        "pyimod02_importers",
        "pyi_rth_inspect",
    }
    assert unknown_packages(fine, shipped) == set()
    assert unknown_packages({*fine, "pytest", "cv2"}, shipped) == {"pytest", "cv2"}


@pytest.mark.parametrize("licence", ["MIT", "GPL-3.0-only OR MIT", "(MIT OR Foo) AND Zlib"])
def test_allowed_licences(licence):
    assert is_allowed(licence)


@pytest.mark.parametrize(
    "licence",
    ["GPL-3.0-or-later", "AGPL-3.0-only", "MIT AND GPL-2.0-only", "LicenseRef-Proprietary"],
)
def test_other_licences_are_refused(licence):
    assert not is_allowed(licence)


def changed(monkeypatch, tmp_path, old: str, new: str) -> None:
    """Have another lock."""
    text = LOCK.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "requirements.lock"
    path.write_text(text.replace(old, new), encoding="utf-8")
    monkeypatch.setattr(subject, "read_lock", lambda target: read_lock(target, path))


def test_a_lock_that_names_another_version_is_noticed(monkeypatch, tmp_path):
    changed(monkeypatch, tmp_path, "anyio==4.16.0", "anyio==4.17.0")
    with pytest.raises(ComponentError, match=r"anyio is 4\.17\.0 .* 4\.16\.0 here"):
        components(LINUX)


def test_a_lock_that_names_something_new_is_noticed(monkeypatch, tmp_path):
    changed(monkeypatch, tmp_path, "anyio==4.16.0", "another==1.0 \\\nanyio==4.16.0")
    with pytest.raises(ComponentError, match=r"another is in .* not installed"):
        components(LINUX)


def test_parts_are_looked_up_again_with_another_version():
    part = next(part for part in facts()["parts"] if part["name"] == "libheif")
    lock = read_lock(LINUX)
    assert subject._part(part, lock, "linux").version == "1.23.0"
    with pytest.raises(ComponentError, match="look again"):
        subject._part({**part, "within": "pi-heif==0.1"}, lock, "linux")


def test_a_part_of_a_licence_that_is_not_allowed_is_refused(monkeypatch):
    monkeypatch.setitem(facts()["distributions"], "anyio", {"licence": "GPL-3.0-only"})
    with pytest.raises(ComponentError, match=r"anyio: GPL-.* is not allowed"):
        components(LINUX)


def test_what_is_kept_by_hand_has_no_slips_of_the_pen():
    keys = {"name", "version", "version_of", "within", "licence", "texts", "text_of", "source"}
    for part in facts()["parts"]:
        assert set(part) <= keys | {"note", "systems", "files", "built_into"}, part["name"]
        assert ("version" in part) != ("version_of" in part), part["name"]
        assert set(part.get("systems", ())) <= SYSTEMS, part["name"]
        assert is_allowed(part["licence"]), part["name"]
    names = [part["name"] for part in facts()["parts"]]
    assert len(names) == len(set(names))


def test_every_text_that_is_kept_is_carried_by_something():
    known = [*facts()["parts"], *facts()["distributions"].values()]
    used = {name for one in known for name in one.get("texts", ())}
    assert used == {path.name for path in TEXTS.iterdir()}
    for path in TEXTS.iterdir():
        assert not REGISTRIES.search(path.read_text(encoding="utf-8")), path.name


def test_every_licence_that_is_allowed_is_needed(shipped):
    said = " AND ".join([*(c.licence for c in shipped), *(p["licence"] for p in facts()["parts"])])
    words = set(re.split(r" (?:AND|OR) |[()]", said))
    assert set(facts()["allowed"]) - words == set()


def test_qt_is_of_the_version_that_is_named(shipped):
    (qt,) = (component for component in shipped if component.name == "Qt")
    assert qt.version == qVersion()
