"""A bundle for macOS with the links and the nesting of a real one; its code may be of any kind."""

import pathlib
import plistlib

# A header and nothing else: what is asked is only which files are code.
THIN = b"\xcf\xfa\xed\xfe" + b"\0" * 28
UNIVERSAL = b"\xca\xfe\xba\xbe" + (2).to_bytes(4) + b"\0" * 24
JAVA_CLASS = b"\xca\xfe\xba\xbe" + (52).to_bytes(4) + b"\0" * 24


def make_app(folder: pathlib.Path, *, program: bytes = THIN, library: bytes = THIN) -> pathlib.Path:
    """Write it as PyInstaller does: data in Resources, code in Frameworks, links in both."""
    app = folder / "Cierzo.app"
    contents = app / "Contents"
    write(contents / "MacOS" / "Cierzo", program)
    info = {"CFBundleExecutable": "Cierzo", "CFBundleIdentifier": "io.github.cierzo.Cierzo"}
    write(contents / "Info.plist", plistlib.dumps({**info, "CFBundlePackageType": "APPL"}))
    frameworks, resources = contents / "Frameworks", contents / "Resources"
    write(resources / "llama" / "core" / "libllama.dylib", library)
    write(resources / "models.toml", b"")
    write(frameworks / "lib-dynload" / "_ctypes.so", library)
    write(frameworks / "libssl.3.dylib", library)
    for name in ("llama", "models.toml"):
        (frameworks / name).symlink_to(pathlib.Path("..", "Resources", name))
    (resources / "libssl.3.dylib").symlink_to(pathlib.Path("..", "Frameworks", "libssl.3.dylib"))
    add_framework(frameworks / "PySide6" / "QtCore.framework", library)
    return app


def add_framework(framework: pathlib.Path, library: bytes) -> None:
    """One version, and the links that lead to it."""
    name = framework.stem
    version = framework / "Versions" / "A"
    write(version / name, library)
    info = {"CFBundleExecutable": name, "CFBundleIdentifier": f"org.qt-project.{name}"}
    info_plist = plistlib.dumps({**info, "CFBundlePackageType": "FMWK"})
    write(version / "Resources" / "Info.plist", info_plist)
    (framework / "Versions" / "Current").symlink_to("A")
    for link in (name, "Resources"):
        (framework / link).symlink_to(pathlib.Path("Versions", "Current", link))


def write(path: pathlib.Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
