"""The bundle in its cheap form, with the engine of this environment: built once, then looked at."""

import json
import re

import pytest

from app.self_test.main import CHECKS
from release.pruning import forbidden_in
from release.sizes import LIMIT_BYTES, bytes_of, parts
from tests.helpers.frozen import MARK, ODD_NAME, OTHERS, plant, poison, run_frozen, self_test

# Nobody waits longer for one test than for this one: it is built before the first of them.
pytestmark = pytest.mark.timeout(600)

# Written once more, by eye, so that a slip in the rules is noticed.
NEVER = re.compile(
    r"libstdc\+\+|libgcc_s|libvulkan|libreadline|/readline\.|libcuda|libgtk|libglib|libX11|libGL"
    r"|qgtk3|eglfs|linuxfb|vnc|[Vv]irtual[Kk]eyboard|Charts|DataVis|Qml|Quick|Designer|WebEngine"
    r"|libQt6(?!Core|Gui|Widgets|Network|Svg|DBus|XcbQpa|WaylandClient|WlShellIntegration)"
    r"|\.pyi$|direct_url|uv_cache|RECORD$|INSTALLER$|/tests?/"
)
NEEDED = (
    *("models.toml", "CHANGELOG.md", "distribution.json", "self-test.gguf"),
    *("resources/presets.toml", "resources/languages/de.po", "resources/export/chat.css"),
    *("libxcb-cursor.so.0", "PySide6/Qt/plugins/platforms/libqxcb.so"),
    *("PySide6/Qt/plugins/platforms/libqwayland.so", "PySide6/Qt/translations/qtbase_de.qm"),
)


def test_it_works_wherever_it_is_started_and_leaves_nothing_behind(development_bundle, tmp_path):
    """In a folder with planted files, in a poisoned environment, for a person with an odd name."""
    home, scratch = tmp_path / ODD_NAME, tmp_path / "scratch"
    planted, poisoned = tmp_path / "planted", tmp_path / "poisoned"
    for folder in (home, scratch):
        folder.mkdir()
    plant(planted, development_bundle, *OTHERS)
    plant(poisoned, development_bundle, *OTHERS)
    environment = {**poison(poisoned), "HOME": str(home), "TMPDIR": str(scratch)}
    found = self_test(development_bundle, cwd=planted, env=environment)
    assert list(found) == list(CHECKS)
    assert "the starter model is not installed" in found["model"]
    assert not list(scratch.iterdir())
    assert not list(home.iterdir())
    assert not [folder for folder in (planted, poisoned) if (folder / MARK).exists()]


def test_nothing_is_in_it_that_must_not_be_and_nothing_is_missing(development_bundle):
    internal = development_bundle / "_internal"
    paths = [path.relative_to(internal).as_posix() for path in internal.rglob("*")]
    assert not [path for path in paths if NEVER.search(f"/{path}")]
    assert not list(forbidden_in(internal))
    assert not set(NEEDED) - set(paths)
    # Archives and installers carry it without links, whatever their systems make of those.
    assert not [path for path in internal.rglob("*") if path.is_symlink()]


def test_it_says_who_it_is(development_bundle):
    path = development_bundle / "_internal" / "distribution.json"
    assert json.loads(path.read_text(encoding="utf-8"))["kind"] == "archive"
    assert run_frozen(development_bundle, "--version").stdout.startswith("cierzo ")


def test_it_is_small_and_the_table_of_sizes_is_whole(development_bundle):
    assert bytes_of(development_bundle) <= LIMIT_BYTES
    assert sum(part.bytes for part in parts(development_bundle)) == bytes_of(development_bundle)
