"""The installer for Windows: on Windows the real one, elsewhere one with a stub, for tests."""

import os
import pathlib
import shutil
import subprocess
import sys

from PIL import Image

from release.authenticode import sign, sign_bundle
from release.distribution import read_distribution
from release.icons import render, write_ico
from release.project import NAME, PACKAGING, ROOT, source_date_epoch, version
from release.windows_launcher import file_version
from release.windows_payload import payload_script, windows_payload

# Must be what app/ui/application.py tells Windows.
APP_USER_MODEL_ID = "Cierzo.Cierzo"
STARTER = "SmolLM2-135M-Instruct.Q4_1.gguf"
LANGUAGES = ("English", "German", "French", "Spanish", "Italian", "TradChinese")
_WINDOWS = PACKAGING / "windows"
# Of the picture beside the last page, twice as large as on a screen of 100 %.
_SIDEBAR_PX = (328, 628)
_SIDEBAR_COLOUR = "#eef5f3"


def build(dist: pathlib.Path) -> list[pathlib.Path]:
    """Make the installer from ``dist/bundle/Cierzo``, signed where there is a certificate.

    Raises:
        FileNotFoundError: A tool is missing; the message names its package.
        CalledProcessError: One failed; its words are on stderr.
    """
    folder = dist / "build" / "windows-setup"
    folder.mkdir(parents=True, exist_ok=True)
    write_ico(folder / "cierzo.ico")
    _write_sidebar(folder / "sidebar.bmp")
    bundle = windows_payload(dist, folder / "cierzo.ico")
    sign_bundle(bundle)
    (folder / "payload.nsh").write_text(payload_script(bundle), encoding="utf-8")
    for language in LANGUAGES:
        _write_licence(folder, language)
    setup = dist / installer_name()
    _compile(bundle, folder, setup)
    sign(setup)
    return [setup]


def installer_name() -> str:
    """Its file's name; nobody can take one without a program in it for a release."""
    kind = "setup" if sys.platform == "win32" else "stub-for-tests-setup"
    return f"{NAME}-{version()}-windows-x86_64-{kind}.exe"


def _stub(folder: pathlib.Path) -> str:
    """Which kind of program setup itself is: of 64 bits where NSIS can make one.

    NSIS' own releases for Windows cannot; theirs of 32 bits runs on every Windows that ours does.
    """
    script = ("Target amd64-unicode", "OutFile probe.exe", "Section", "SectionEnd")
    command = ["makensis", "-V0", *(f"-X{line}" for line in script)]
    probe = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    (folder / "probe.exe").unlink(missing_ok=True)
    return "x86-unicode" if probe.returncode else "amd64-unicode"


def _compile(bundle: pathlib.Path, folder: pathlib.Path, setup: pathlib.Path) -> None:
    if shutil.which("makensis") is None:
        raise FileNotFoundError("makensis is missing; install the package nsis")
    distribution = read_distribution()
    defines = {
        "STUB": _stub(folder),
        "VERSION": version(),
        "FILE_VERSION": file_version(),
        "PUBLISHER": distribution.publisher,
        "HOMEPAGE": distribution.homepage,
        "APP_ID": APP_USER_MODEL_ID,
        "STARTER": STARTER,
        "SOURCE": _WINDOWS.as_posix(),
        "GENERATED": folder.as_posix(),
        "ICON": str(folder / "cierzo.ico"),
        "SIDEBAR": str(folder / "sidebar.bmp"),
        "OUT": str(setup),
        "PYTHON": sys.executable,
    }
    command = ["makensis", "-V2", "-WX", "-NOCD", "-INPUTCHARSET", "UTF8"]
    command += [f"-D{name}={value}" for name, value in defines.items()]
    environment = {
        **os.environ,
        "SOURCE_DATE_EPOCH": str(source_date_epoch()),
        "PYTHONPATH": str(PACKAGING),  # for the command that signs the uninstaller
        "LC_ALL": "C.UTF-8",
    }
    subprocess.run([*command, str(_WINDOWS / "setup.nsi")], cwd=bundle, env=environment, check=True)


def _write_sidebar(path: pathlib.Path) -> None:
    width, height = _SIDEBAR_PX
    picture = Image.new("RGB", _SIDEBAR_PX, _SIDEBAR_COLOUR)
    icon = render(width // 2)
    picture.paste(icon, ((width - icon.width) // 2, height // 5), icon)
    picture.save(path)


def _write_licence(folder: pathlib.Path, language: str) -> None:
    """What is under which licence in the person's language, then the text of ours."""
    summary = (_WINDOWS / "licence" / f"{language}.txt").read_text(encoding="utf-8")
    text = summary + (ROOT / "LICENSE").read_text(encoding="utf-8")
    # NSIS knows UTF-8 by its mark, and the page breaks lines at Windows' own ends.
    path = folder / f"licence-{language}.txt"
    path.write_text(text.replace("\n", "\r\n"), encoding="utf-8-sig", newline="")
