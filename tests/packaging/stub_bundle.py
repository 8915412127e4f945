"""A bundle in small: a script in place of the program, a real library beside it."""

import pathlib
import shutil
import sysconfig

from release.project import NAME

LIBRARIES = pathlib.Path(sysconfig.get_path("purelib"), "llama_cpp", "lib")
PROGRAM = """#!/bin/sh
echo "stub $*"
"""


def make_stub_bundle(dist: pathlib.Path) -> pathlib.Path:
    """Write it below `dist`, where packages are made of it."""
    bundle = dist / "bundle" / NAME
    internal = bundle / "_internal"
    (internal / "licences").mkdir(parents=True)
    (internal / "licences" / "Qt.txt").write_text("LGPL\n")
    (internal / "models.toml").write_text("# models\n")
    (internal / "distribution.json").write_text("{}\n")
    core = internal / "llama" / "core"
    core.mkdir(parents=True)
    shutil.copy(LIBRARIES / "libggml-base.so", core / "libggml-base.so.0")
    (core / "libggml-base.so").symlink_to("libggml-base.so.0")
    program = bundle / "cierzo"
    program.write_text(PROGRAM)
    program.chmod(0o755)
    return bundle
