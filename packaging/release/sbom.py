"""The software bill of materials: CycloneDX 1.6, the same for every build of a commit."""

import datetime as dt
import hashlib
import pathlib
import uuid
from collections.abc import Iterable, Mapping

from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component as BomComponent
from cyclonedx.model.component import ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from release.components import Component, ComponentError, components
from release.inventory import frozen_packages, native_files, owners, present
from release.licences import text_file
from release.project import (
    COMPONENT_ID,
    NAME,
    commit,
    source_date_epoch,
    target,
    version,
)

# Names the serial numbers: the same commit and target always have the same one.
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, COMPONENT_ID)
_LOCK_WORDS = "SHA-256 of each file that requirements.lock allows for it"


def build(dist: pathlib.Path) -> list[pathlib.Path]:
    """Write ``sbom.cdx.json`` for ``bundle/Cierzo``.

    Raises:
        ComponentError: The bundle has something that is no known component, or the bill is not as
            the schema wants it.
    """
    path = dist / "sbom.cdx.json"
    bundle = dist / "bundle" / NAME
    text = bill(bundle, target(), packages=frozen_packages(bundle))
    path.write_text(text, encoding="utf-8")
    return [path]


def bill(bundle: pathlib.Path, built_for: str, *, packages: Iterable[str]) -> str:
    """Say what a bundle has in it, with the hash of each native file, as JSON.

    Args:
        bundle: The folder with the program.
        built_for: As `release.project.target` says it.
        packages: The Python packages in it.
    """
    files = native_files(bundle)
    of = owners(files, components(built_for))
    shipped = present(components(built_for), of, packages)
    bom = Bom(serial_number=uuid.uuid5(_NAMESPACE, f"{commit()} {built_for}"), version=1)
    bom.metadata.timestamp = dt.datetime.fromtimestamp(source_date_epoch(), dt.UTC)
    bom.metadata.component = program = BomComponent(
        name=NAME,
        version=version(),
        type=ComponentType.APPLICATION,
        bom_ref="cierzo",
        licenses=[LicenseExpression("Apache-2.0")],
    )
    for component in shipped:
        own = {name: files[name] for name, owner in of.items() if owner == component}
        bom.components.add(_entry(component, own))
    bom.register_dependency(program, bom.components)
    return _checked(JsonV1Dot6(bom).output_as_string(indent=1) + "\n")


def _entry(component: Component, files: Mapping[str, pathlib.Path]) -> BomComponent:
    reference = text_file(component).removesuffix(".txt")
    locked = component.lock
    purl = PackageURL("pypi", None, locked.name, locked.version) if locked else None
    entry = BomComponent(
        name=component.name,
        version=component.version or None,
        type=ComponentType.LIBRARY,
        bom_ref=str(purl) if purl else f"{reference}:{component.name}",
        purl=purl,
        licenses=[LicenseExpression(component.licence)],
        description=component.note or None,
        components=[_file(name, path) for name, path in files.items()],
    )
    if component.source:
        source = XsUri(component.source)
        entry.external_references.add(ExternalReference(type=ExternalReferenceType.VCS, url=source))
    if locked:
        entry.external_references.add(
            ExternalReference(
                type=ExternalReferenceType.DISTRIBUTION,
                url=XsUri(str(purl)),
                comment=_LOCK_WORDS,
                hashes=_hashes(locked.hashes),
            )
        )
    return entry


def _file(name: str, path: pathlib.Path) -> BomComponent:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return BomComponent(
        name=name, type=ComponentType.FILE, bom_ref=f"file:{name}", hashes=_hashes([digest])
    )


def _hashes(digests: Iterable[str]) -> list[HashType]:
    return [HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in digests]


def _checked(text: str) -> str:
    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise ComponentError(f"the bill of materials is not as its schema wants it: {error!r}")
    return text
