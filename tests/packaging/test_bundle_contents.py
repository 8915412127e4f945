"""Everything in the bundle that was built is a known component with its licence beside it."""

import json

import pytest

from release.components import components
from release.inventory import frozen_packages, native_files, owners, unknown_packages
from release.project import NAME, target
from release.sbom import bill


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
