"""Rules that no linter knows: review remarks turned into a table."""

import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
MODULES = sorted(
    path for folder in ("app", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")
)
MOST_LINES = 500
MOST_FUNCTION_LINES = 60

# (pattern, folders, what to do instead)
PATTERNS = [
    (r"\bQThread\b", "app", "threads belong to the layers below; use the bridge"),
    (r"\bprocessEvents\(", "app", "wait for a signal or a condition"),
    (
        r"\bsetHtml\(|\binsertHtml\(|\bappendHtml\(|\bsetMarkdown\(",
        "app",
        "answers are built with formats",
    ),
    (
        r"\bQDesktopServices\.openUrl\((?!QUrl\.fromLocalFile\(|QUrl\(address\)\))",
        "app",
        "nothing is opened but folders, and addresses that open_link asked about",
    ),
    (r"\bopenExternalLinks\(True|setOpenExternalLinks", "app", "links do nothing by themselves"),
    (r"\bTODO\b|\bFIXME\b|\bXXX\b|\bHACK\b", "app tests benchmarks", "finish it"),
    (r"(?<!\w)print\(", "app", "front ends write, layers below return"),
    (r"\bpickle\b|\bmultiprocessing\b", "app", "children speak JSON lines"),
    (r"\bsleep\(", "app tests", "wait for a condition"),
    (r"\bos\.environ\[[^\]]+\]\s*=", "app", "no environment writes"),
    (
        r"\bQ(Tcp|Udp|Ssl|Sctp|Abstract)(Socket|Server)\b|\bQNetworkAccessManager\b",
        "app",
        "only the download worker opens internet sockets",
    ),
    (r"https?://(?!github\.com/)", "app", "no addresses in the program"),
]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_keeps_the_house_rules(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MOST_LINES, "split it by subject"
    if path == pathlib.Path(__file__):
        return
    folder = path.relative_to(ROOT).parts[0]
    for pattern, where, instead in PATTERNS:
        if folder in where.split():
            found = re.search(pattern, text)
            assert not found, f"{found and found.group()}: {instead}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_functions_are_short(path):
    import ast

    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < MOST_FUNCTION_LINES, node.name


def test_no_drawer_modules():
    names = {path.stem for path in MODULES if path.is_relative_to(ROOT / "app")}
    assert not names & {"utils", "misc", "helpers", "common", "tools"}


def test_imports_only_go_down():
    """The contracts in pyproject.toml."""
    lint = pathlib.Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        (
            "app.cli.main",
            {"PySide6", "llama_cpp", "numpy", "huggingface_hub", "asyncio", "ssl", "jinja2"},
        ),
        # Without its libraries Qt cannot be imported, and that has to be said.
        ("app.main", {"PySide6"}),
        # What is first needed when the Models page opens or a model loads.
        (
            "app.program",
            {
                "llama_cpp",
                "numpy",
                "psutil",
                "importlib.metadata",
                "app.services.pricing",
                "PySide6.QtNetwork",
                # With the first answer that is shown, with the first code and formula in it.
                "markdown_it",
                "pygments",
                "ziamath",
            },
        ),
    ],
)
def test_a_front_end_starts_without_what_it_needs_later(module, heavy):
    code = f"import sys, {module}; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not heavy & set(result.stdout.split())
