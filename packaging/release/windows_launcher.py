"""Compiles the launcher of the command line, and what else is small and native on Windows."""

import pathlib
import re
import shutil
import subprocess
import sys

from release.distribution import read_distribution
from release.project import NAME, PACKAGING, version

_WINDOWS = PACKAGING / "windows"
# The file depends on no time or place of its build, and on no library but the system's.
_MINGW = [
    "-Os",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-ffreestanding",
    "-fno-asynchronous-unwind-tables",
    "-nostdlib",
    "-s",
]
_MINGW_LINK = ["-Wl,--no-insert-timestamp,-e,launch", "-lkernel32"]
_MSVC = ["/nologo", "/O1", "/W4", "/WX", "/GS-", "/Zl"]
_MSVC_LINK = [
    "/link",
    "/NOLOGO",
    "/BREPRO",
    "/NODEFAULTLIB",
    "/ENTRY:launch",
    "/SUBSYSTEM:CONSOLE",
    "/MANIFEST:NO",
    "kernel32.lib",
]


def build_launcher(program: pathlib.Path, icon: pathlib.Path) -> None:
    """Compile ``bin/cierzo.exe`` to that path: with MSVC's compiler on Windows, else with mingw.

    Raises:
        FileNotFoundError: There is no compiler; the message names the package.
    """
    program.parent.mkdir(parents=True, exist_ok=True)
    words = version_resource(program.name, "Cierzo on the command line", icon=icon)
    script = program.with_suffix(".rc")
    # RC reads UTF-16 as it is; other encodings depend on the PC.
    script.write_text(words, encoding="utf-16" if sys.platform == "win32" else "utf-8")
    source, resource = _WINDOWS / "launcher.c", program.with_suffix(".res")
    if sys.platform == "win32":
        run("rc", "/nologo", f"/fo{resource}", script)
        objects = program.with_suffix(".obj")
        run("cl", *_MSVC, f"/Fo{objects}", f"/Fe{program}", source, resource, *_MSVC_LINK)
        objects.unlink()
    else:
        run(mingw("windres"), "-c", "65001", "-O", "coff", script, resource)
        run(mingw("gcc"), *_MINGW, "-o", program, source, resource, *_MINGW_LINK)
    script.unlink()
    resource.unlink()


def version_resource(file_name: str, description: str, *, icon: pathlib.Path | None = None) -> str:
    """Write the source of a resource: what Windows shows as the details of a program."""
    numbers = ",".join(file_version().split("."))
    publisher = read_distribution().publisher
    values = {
        "CompanyName": publisher,
        "FileDescription": description,
        "FileVersion": version(),
        "InternalName": file_name,
        "LegalCopyright": f"© {publisher}. Apache License 2.0.",
        "OriginalFilename": file_name,
        "ProductName": NAME,
        "ProductVersion": version(),
    }
    lines = [f'   VALUE "{key}", "{value}"' for key, value in values.items()]
    parts = [f'1 ICON "{icon.as_posix()}"'] if icon else []
    parts += [
        f'1 24 "{(_WINDOWS / "launcher.manifest").as_posix()}"',
        f"1 VERSIONINFO FILEVERSION {numbers} PRODUCTVERSION {numbers} FILEOS 4 FILETYPE 1",
        'BEGIN\n BLOCK "StringFileInfo"\n BEGIN\n  BLOCK "040904B0"\n  BEGIN',
        *lines,
        '  END\n END\n BLOCK "VarFileInfo"\n BEGIN\n  VALUE "Translation", 0x409, 1200\n END\nEND',
    ]
    return "\n".join(parts) + "\n"


def file_version() -> str:
    """The version as Windows counts it: four numbers."""
    numbers = re.findall(r"\d+", version())
    return ".".join((numbers + ["0"] * 4)[:4])


def mingw(tool: str) -> str:
    """The name of a tool of the cross compiler."""
    return f"x86_64-w64-mingw32-{tool}"


def run(program: str, *arguments: object) -> None:
    """Run a tool; its output is shown.

    Raises:
        FileNotFoundError: It is not there.
        CalledProcessError: It failed.
    """
    if shutil.which(program) is None:
        package = "gcc-mingw-w64-x86-64" if "mingw" in program else "Visual Studio's build tools"
        raise FileNotFoundError(f"{program} is missing; install {package}")
    subprocess.run([program, *map(str, arguments)], check=True)
