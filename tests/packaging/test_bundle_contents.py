"""Everything in the bundle that was built is a known component with its licence beside it."""

import json
import os
import pathlib
import shutil
import subprocess

import pytest

from release.components import components
from release.inventory import frozen_packages, native_files, owners, unknown_packages
from release.project import NAME, target
from release.sbom import bill

QT_CORE = "PySide6/Qt/lib/libQt6Core.so.6"
# What Qt says of how it was built.
BUILD = b"shared (dynamic) release build"
CHANGED = b"shared (dynamic) CHANGED build"


@pytest.fixture(scope="module")
def bundle(artefacts):
    return artefacts / "bundle" / NAME


@pytest.fixture(scope="module")
def shipped():
    return components(target())


def test_every_library_is_a_known_component(bundle, shipped):
    found = owners(native_files(bundle), shipped)
    assert len(found) > 100


def test_every_package_is_a_known_component(bundle, shipped):
    names = frozen_packages(bundle)
    assert {"app", "msgspec", "huggingface_hub"} <= names
    assert unknown_packages(names, shipped) == set()


def test_every_component_has_its_licence_in_it(bundle, shipped):
    folder = bundle / "_internal" / "licences"
    index = json.loads((folder / "licences.json").read_text(encoding="utf-8"))
    assert {c.name for c in shipped} <= {row["name"] for row in index}
    for row in index:
        assert (folder / row["file"]).stat().st_size > 500, row["name"]


def test_the_bill_of_materials_is_of_this_bundle(artefacts, bundle):
    written = (artefacts / "sbom.cdx.json").read_text(encoding="utf-8")
    assert written == bill(bundle, target(), packages=frozen_packages(bundle))


def test_a_qt_that_somebody_changed_takes_the_place_of_ours(bundle, tmp_path):
    """As docs/qt-swap.md says."""
    changed = tmp_path / NAME
    shutil.copytree(bundle, changed, copy_function=_link)
    library = changed / "_internal" / QT_CORE
    built = library.read_bytes()
    assert built.count(BUILD) == 1
    library.unlink()
    assert not _opens_a_window(changed, tmp_path)
    library.write_bytes(built.replace(BUILD, CHANGED))
    assert _opens_a_window(changed, tmp_path)


def _link(source: str, target: str) -> None:
    """Copies take 250 MB; another file system cannot have links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _opens_a_window(folder: pathlib.Path, home: pathlib.Path) -> bool:
    result = subprocess.run(
        [folder / "cierzo", "--self-test", "--json", "--home", home / "home"],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    return bool(json.loads(result.stdout)["checks"]["window"]["ok"])
