"""What the system that a bundle is built on knows of its own libraries."""

import functools
import re
import shutil
import subprocess


@functools.cache
def version_of_library(soname: str) -> str:
    """The version of the package that has a library such as ``libffi.so.8``; "" if none says so.

    Debian's packages are asked for by the file's name, those of Red Hat by what they provide.
    """
    if shutil.which("dpkg-query"):
        owners = _lines("dpkg-query", "--search", f"*/{soname}")
        if owners:
            package = owners[0].rpartition(": ")[0].split(", ")[0]
            found = _lines("dpkg-query", "--show", "--showformat", "${Version}\n", package)
            return _upstream(found[0]) if found else ""
    elif shutil.which("rpm"):
        form = "%{VERSION}\n"
        found = _lines("rpm", "-q", "--queryformat", form, "--whatprovides", f"{soname}()(64bit)")
        return found[0] if found else ""
    return ""


def _lines(*command: str) -> list[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.splitlines() if done.returncode == 0 else []


def _upstream(version: str) -> str:
    """Without what Debian adds: ``1.2.13`` of ``1:1.2.13.dfsg-1``."""
    bare = version.partition(":")[2] or version
    return re.sub(r"[.+]dfsg\d*", "", bare.rpartition("-")[0] or bare)
