"""A bundle to be run, and places where programs have stumbled."""

import json
import os
import pathlib
import shutil
import subprocess

# For the eye: a name with spaces, of an East Asian script, with an emoji.
ODD_NAME = "Wind und Wetter 風 🌬"
# What a planted module leaves behind where it was run.
MARK = "was-run"
# Names of libraries that a bundle has itself.
_CARRIED = ("libQt6Core.so.6", "libffi.so.8", "libllama.so", "libggml.so", "libggml-base.so")
# Of the system, and of nobody.
OTHERS = ("libstdc++.so.6", "libvulkan.so.1", "libggml-evil.so", "libggml-cpu-evil.so")


def run_frozen(
    bundle: pathlib.Path, *arguments: object, **options: object
) -> subprocess.CompletedProcess[str]:
    """Run its program to the end, without a screen.

    Args:
        bundle: The folder with the program.
        arguments: Of the command line.
        options: For `subprocess.run`; `env` is added to the environment.
    """
    added = options.pop("env", {})
    assert isinstance(added, dict)
    return subprocess.run(
        [bundle / "cierzo", *map(str, arguments)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **added},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        **options,
    )


def self_test(bundle: pathlib.Path, *arguments: object, **options: object) -> dict[str, str]:
    """Run the self-test; what each check found, all of them good."""
    result = run_frozen(bundle, "--self-test", "--json", *arguments, **options)
    report = json.loads(result.stdout or "{}")
    faults = {name: c["detail"] for name, c in report.get("checks", {}).items() if not c["ok"]}
    assert (result.returncode, faults, result.stderr) == (0, {}, ""), result
    assert report["ok"]
    return {name: check["detail"] for name, check in report["checks"].items()}


def plant(folder: pathlib.Path, bundle: pathlib.Path, *libraries: str) -> None:
    """Put into a folder what a careless program would load from it.

    The libraries are real ones under names that are looked for; the modules leave a mark.
    """
    folder.mkdir()
    real = next((bundle / "_internal").glob("libkrb5support.so*"))
    for name in (*_CARRIED, *libraries):
        shutil.copy(real, folder / name)
    mark = folder / MARK
    for module in ("app", "llama_cpp", "msgspec", "sitecustomize", "usercustomize", "encodings"):
        text = f"open({str(mark)!r}, 'a').write({module!r})\n"
        (folder / f"{module}.py").write_text(text, encoding="utf-8")


def poison(folder: pathlib.Path) -> dict[str, str]:
    """Variables with which Python, Qt and the loader would look into a folder first."""
    return {
        "LD_LIBRARY_PATH": str(folder),
        "PYTHONPATH": str(folder),
        "PYTHONHOME": str(folder),
        "PYTHONSTARTUP": str(folder / "app.py"),
        "QT_PLUGIN_PATH": str(folder),
    }


def mapped_files(pid: int) -> set[pathlib.Path]:
    """Files that a process has mapped."""
    lines = pathlib.Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines()
    return {pathlib.Path(path) for line in lines if (path := line[73:]).startswith("/")}
