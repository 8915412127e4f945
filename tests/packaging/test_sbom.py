"""The bill of materials: valid, the same twice, with the hash of every library."""

import hashlib
import json

import pytest

from release.components import ComponentError
from release.sbom import bill

LINUX = "linux-x86_64"
PACKAGES = {"app", "numpy", "PIL", "json"}
QT = "PySide6/Qt/lib/libQt6Core.so.6"


@pytest.fixture
def bundle(tmp_path):
    """A program with one library and one text."""
    root = tmp_path / "Cierzo"
    (root / "_internal" / QT).parent.mkdir(parents=True)
    (root / "_internal" / QT).write_bytes(b"\x7fELF not really")
    (root / "_internal" / "models.toml").write_text("# no program")
    (root / "cierzo").write_bytes(b"\x7fELF")
    return root


def test_a_bill_names_everything_and_what_was_hashed(bundle):
    text = bill(bundle, LINUX, packages=PACKAGES)
    read = json.loads(text)
    assert (read["bomFormat"], read["specVersion"]) == ("CycloneDX", "1.6")
    assert read["metadata"]["component"]["name"] == "Cierzo"
    named = {component["name"]: component for component in read["components"]}
    assert {"numpy", "pillow", "Qt", "STIX Two Math", "OpenSSL"} <= set(named)
    # Installed here, but not in that bundle.
    assert not {"msgspec", "libheif", "PyInstaller"} & set(named)
    (library,) = named["Qt"]["components"]
    assert library["name"] == QT
    digest = hashlib.sha256(b"\x7fELF not really").hexdigest()
    assert library["hashes"] == [{"alg": "SHA-256", "content": digest}]
    assert named["numpy"]["purl"].startswith("pkg:pypi/numpy@")
    assert named["numpy"]["externalReferences"][0]["hashes"]
    assert text == bill(bundle, LINUX, packages=PACKAGES)


def test_no_bill_is_written_of_what_nobody_knows(bundle):
    (bundle / "_internal" / "libreadline.so.8").write_bytes(b"\x7fELF")
    with pytest.raises(ComponentError, match=r"libreadline\.so\.8"):
        bill(bundle, LINUX, packages=PACKAGES)
