"""Libraries forget the folders of the PC that built them, and work as before."""

import ctypes
import subprocess

import pytest

from release.search_paths import drop_foreign_search_paths
from tests.packaging.system_tool import tool

SOURCE = "int getpid(void); int seven(void) { return getpid() > 0 ? 7 : 0; }\n"


@pytest.mark.parametrize("kind", ["--enable-new-dtags", "--disable-new-dtags"])
@pytest.mark.parametrize(
    ("place", "goes"), [("/home/somebody/lib", True), ("$ORIGIN:/tmp", True), ("$ORIGIN/..", False)]
)
def test_a_search_path_out_of_the_bundle_goes_and_the_library_works(tmp_path, kind, place, goes):
    library = tmp_path / "libseven.so"
    command = [tool("cc", "gcc"), "-shared", "-fPIC", "-x", "c", "-", "-o", library]
    options = [f"-Wl,{kind},-rpath,{place},-soname,libseven.so.1"]
    subprocess.run([*command, *options], input=SOURCE, text=True, check=True)
    assert drop_foreign_search_paths(library) == goes
    says = subprocess.run(
        [tool("readelf", "binutils"), "--dynamic", library],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (place in says.stdout) != goes
    assert "libseven.so.1" in says.stdout
    assert "libc.so.6" in says.stdout
    assert says.stderr == ""
    assert ctypes.CDLL(str(library)).seven() == 7
    assert not drop_foreign_search_paths(library)
