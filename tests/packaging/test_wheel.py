"""The built wheel in an environment of its own: nothing is found in the checkout by accident."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile

import pytest

ROOT = pathlib.Path(__file__).parents[2]


def uv(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    program = os.environ.get("UV") or shutil.which("uv")
    assert program, "uv runs this project; see README.md"
    return subprocess.run(
        [program, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("dist")
    uv("build", "--wheel", "--offline", "--out-dir", folder)
    (path,) = folder.glob("cierzo-*.whl")
    return path


@pytest.fixture(scope="module")
def program(wheel, tmp_path_factory) -> pathlib.Path:
    """Install the wheel; the libraries come from this environment, ours does not."""
    environment = tmp_path_factory.mktemp("venv")
    venv.create(environment, with_pip=False)
    python = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
    uv("pip", "install", "--offline", "--no-deps", "--python", python, wheel)
    (site,) = environment.glob("lib/python*/site-packages")
    # A path line is added as it is: the editable install inside it is not followed.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python.with_name("cierzo")


def run(program: pathlib.Path, *arguments: object) -> dict:
    result = subprocess.run(
        [program, *map(str, arguments)],
        cwd=program.parent,
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    return json.loads(result.stdout)


def test_the_wheel_carries_its_data_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "app/data/models.toml" in names
    assert any(name.startswith("app/data/resources/icons/") for name in names)
    assert "app/data/resources/languages/de.po" in names
    folders = {name.split("/")[0] for name in names if not name.startswith("cierzo-")}
    assert folders == {"app"}


def test_doctor_and_ask_work(program, tmp_path):
    assert run(program, "doctor", "--json", "--home", tmp_path)["engine"]["devices"]
    answer = run(program, "ask", "--json", "--temperature", "0", "--max-tokens", "12", "Hi")
    assert answer["text"].startswith("Hello")


def test_it_is_the_wheel_that_runs(program):
    python = program.with_name("python")
    code = "import app, sys; print(app.__file__)"
    result = subprocess.run([python, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert str(ROOT) not in result.stdout
    assert sys.prefix not in result.stdout


def test_the_lock_is_what_the_project_resolves_to():
    """requirements.lock serves the installers; scripts/lock writes it."""
    exported = uv(
        "export",
        "--quiet",
        "--offline",
        "--no-default-groups",
        "--no-emit-project",
        "--no-header",
        "--no-annotate",
        "--format",
        "requirements-txt",
    ).stdout
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert lock == exported
    assert "://" not in lock
