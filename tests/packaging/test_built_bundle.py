"""The bundle that packaging/build made: where it is put, what lies around it, made once more."""

import contextlib
import hashlib
import os
import pathlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator

import psutil
import pytest

from release import bundle as step
from release.sizes import LIMIT_BYTES, bytes_of
from tests.helpers.frozen import (
    MARK,
    ODD_NAME,
    OTHERS,
    mapped_files,
    plant,
    poison,
    self_test,
)

pytestmark = pytest.mark.timeout(600)

NOBODY = 65534
# What a person may have that does not belong to the bundle: the system's libraries, fonts, caches.
SYSTEM = ("/usr", "/lib", "/lib64", "/etc", "/dev", "/proc", "/var/cache", "/memfd:", "/tmp/.gl")


@pytest.fixture(scope="module")
def bundle(artefacts) -> pathlib.Path:
    return (artefacts / "bundle" / "Cierzo").resolve()


@pytest.fixture
def odd_place(bundle) -> pathlib.Path:
    """A copy that everybody may read, in a folder with an odd name."""
    with tempfile.TemporaryDirectory(prefix="cierzo-") as folder:
        root = pathlib.Path(folder)
        root.chmod(0o755)
        place = root / ODD_NAME
        shutil.copytree(bundle, place / "Cierzo", copy_function=link)
        yield place


def link(source: str, target: str) -> None:
    """Copies take 300 MB; another file system cannot have links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def test_it_works(bundle):
    found = self_test(bundle)
    assert "CPU" in found["backends"]


def test_it_works_in_a_read_only_folder_with_an_odd_name(odd_place):
    """As somebody who may not write there; only the administrator may write everywhere."""
    with tempfile.TemporaryDirectory(prefix="cierzo-home-") as folder:
        home = pathlib.Path(folder)
        is_root = os.geteuid() == 0
        if is_root:
            os.chown(home, NOBODY, NOBODY)
        for path in (odd_place, *odd_place.rglob("*")):
            path.chmod(path.stat().st_mode & ~0o222)
        try:
            places = {"HOME": folder, "TMPDIR": folder}
            user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if is_root else {}
            self_test(odd_place / "Cierzo", cwd="/", env=places, **user)
        finally:
            for path in (odd_place, *odd_place.rglob("*")):
                path.chmod(path.stat().st_mode | 0o200)


def mapped_while_it_runs(process: subprocess.Popen) -> Iterator[set[pathlib.Path]]:
    """What it and its workers have in memory, again and again."""
    while process.poll() is None:
        with contextlib.suppress(psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
            for each in (root := psutil.Process(process.pid), *root.children(recursive=True)):
                yield mapped_files(each.pid)


def test_no_process_loads_a_library_from_the_current_folder(bundle, tmp_path):
    planted, poisoned, home = (tmp_path / name for name in ("planted", "poisoned", "home"))
    plant(planted, bundle, *OTHERS)
    plant(poisoned, bundle, *OTHERS)
    model = bundle / "_internal" / step.SELF_TEST_MODEL
    words = ("ask", "--model", model, "--temperature", "0", "--max-tokens", "1900", "Hi")
    with subprocess.Popen(
        [bundle / "cierzo", "--home", home, *words],
        cwd=planted,
        env={**os.environ, **poison(poisoned)},
        stdout=subprocess.PIPE,
    ) as process:
        # All the time: a model that small has answered before one can look.
        seen = set().union(*mapped_while_it_runs(process))
        assert process.stdout.read(1), "it answers, so everything was loaded"
    ours = {path for path in seen if path.is_relative_to(bundle)}
    assert any(path.name.startswith("libggml-cpu") for path in ours)
    theirs = {path for path in seen - ours if not str(path).startswith(SYSTEM)}
    assert theirs <= {model}
    assert not [folder for folder in (planted, poisoned) if (folder / MARK).exists()]


def test_the_window_loads_nothing_from_the_current_folder(bundle, tmp_path):
    planted, poisoned = tmp_path / "planted", tmp_path / "poisoned"
    plant(planted, bundle, *OTHERS)
    plant(poisoned, bundle, *OTHERS)
    with subprocess.Popen(
        [bundle / "cierzo", "--home", tmp_path / "home"],
        cwd=planted,
        env={**os.environ, **poison(poisoned), "QT_QPA_PLATFORM": "offscreen"},
    ) as process:
        try:
            while not any("platforms" in path.parts for path in mapped_files(process.pid)):
                with pytest.raises(subprocess.TimeoutExpired):
                    process.wait(0.05)
            seen = mapped_files(process.pid)
        finally:
            process.kill()
    assert not {path for path in seen if path.is_relative_to(tmp_path / "planted")}
    assert not {path for path in seen if path.is_relative_to(tmp_path / "poisoned")}
    assert not [folder for folder in (planted, poisoned) if (folder / MARK).exists()]


def test_it_is_made_the_same_once_more(bundle, tmp_path):
    again = step.make_bundle(bundle / "_internal" / "llama", into=tmp_path)
    assert sums(again) == sums(bundle)


def sums(folder: pathlib.Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_it_is_no_larger_than_promised(bundle):
    assert bytes_of(bundle) <= LIMIT_BYTES


def test_there_are_several_variants_to_choose_from(bundle):
    assert len(list((bundle / "_internal/llama/cpu").iterdir())) > 1
