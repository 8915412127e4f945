"""The bundle on a system that lacks what no bundle brings along: one sentence, and no abort."""

import os
import subprocess

import pytest

from app.ui.system_packages import packages_of
from tests.helpers.hidden_library import command_without


@pytest.mark.parametrize("library", ["libEGL.so.1", "libGL.so.1", "libX11.so.6"])
def test_what_is_missing_is_named_with_its_packages(artefacts, tmp_path, library):
    program = artefacts / "bundle" / "Cierzo" / "cierzo"
    hiding = tmp_path / "hiding"
    hiding.mkdir()
    before = command_without(library, hiding)
    if before is None:
        pytest.skip("this system lets nobody hide a file")
    screens = ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in screens}
    result = subprocess.run(
        [*before, program, "--home", tmp_path / "h"],
        env={**environment, "DISPLAY": ":4711"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 3, result
    (line,) = result.stderr.splitlines()
    assert f" {library}" in line
    assert f"Debian and Ubuntu: {packages_of(library).debian}" in line
    assert f"Fedora: {packages_of(library).fedora}" in line
