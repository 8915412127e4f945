"""Asking the bundle whether it works where it is: the one test that runs on every system."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from release.project import COMMAND, NAME

# A cold start behind a virus scanner, and a model that is read for the first time.
_PATIENCE_S = 300


class SelfTestError(Exception):
    """The bundle found a fault, or could not even look for one."""


def program(dist: pathlib.Path, platform: str = sys.platform) -> pathlib.Path:
    """The bundle's program that answers on the terminal."""
    bundle = dist / "bundle"
    if platform == "darwin":
        return bundle / f"{NAME}.app" / "Contents" / "MacOS" / COMMAND
    if platform == "win32":
        return bundle / NAME / f"{COMMAND}-console.exe"
    return bundle / NAME / COMMAND


def self_test(path: pathlib.Path) -> dict[str, str]:
    """Run it with a home of its own, under a name that programs have stumbled over.

    Returns:
        What was checked, and what was found.

    Raises:
        SelfTestError: Something is wrong; the message says what.
    """
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder, "Zu Hause 家 🏠")
        command = [str(path), "--self-test", "--json", "--home", str(home)]
        result = subprocess.run(
            command,
            env=_environment(),
            capture_output=True,
            encoding="utf-8",
            timeout=_PATIENCE_S,
            check=False,
        )
    try:
        report = json.loads(result.stdout)
        checks = report["checks"]
    except (ValueError, KeyError, TypeError):
        reason = f"{path} ended with {result.returncode}:\n{result.stdout}{result.stderr}"
        raise SelfTestError(reason) from None
    if not report["ok"] or result.returncode:
        faults = [f"{name}: {check['detail']}" for name, check in checks.items() if not check["ok"]]
        raise SelfTestError("\n".join(faults) or f"{path} ended with {result.returncode}.")
    return {name: check["detail"] for name, check in checks.items()}


def _environment() -> dict[str, str]:
    """Ours, and a platform for Qt where there is no screen."""
    environment = dict(os.environ)
    if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & environment.keys():
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    return environment
