"""docs/performance.md: what was measured replaces, what was not stays as it was."""

import ast
import pathlib

import pytest

from benchmarks.figure import BenchmarkError, Figure, Limit, Spec, figures
from benchmarks.performance import NAMES, in_table, this_run, write_page
from tests.helpers.page_sections import put_section, section

OLD, NEW = "2026-11-01, commit aaa: 2 cores", "2026-11-30, commit bbb: 8 cores"
BENCHMARKS = pathlib.Path(__file__).parents[2] / "benchmarks"


def figure(name: str, value: float, *, base: float = 100.0, limit: Limit | None = None) -> Figure:
    (made,) = figures([((value,), (base,))], Spec(name, "tokens/s", limit))
    return made


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "performance.md"
    path.write_text("# Speed\nBy hand.\n")
    return path


def lines_of(page, name):
    return [line for line in page.read_text().splitlines() if line.startswith(f"| `{name}")]


def test_a_page_has_medians_ratios_limits_and_the_run(page):
    limit = Limit("ratio", ">=", 0.95)
    good, bad = figure("decode", 98, limit=limit), figure("decode.worker_clock", 90, limit=limit)
    write_page({"decode": [good, bad]}, NEW, page)
    (first, second) = lines_of(page, "decode")
    assert [cell.strip() for cell in first.strip("|").split("|")] == [
        "`decode`",
        "98 ± 0 tokens/s",
        "100 ± 0",
        "0.98 [0.98, 0.98]",
        "ratio ≥ 0.95: kept",
        "1",
        "1",
    ]
    assert "**missed**" in second
    text = page.read_text()
    assert text.startswith("# Speed\nBy hand.\n")
    assert f"\n1. {NEW}\n" in text
    assert "- `decode`: Tokens per second of an answer: " in text


def test_lines_of_benchmarks_that_did_not_run_keep_their_run(page):
    write_page({"idle": [figure("idle.cpu", 3)], "decode": [figure("decode", 80)]}, OLD, page)
    before = lines_of(page, "idle")
    write_page({"decode": [figure("decode", 12_345)]}, NEW, page)
    assert lines_of(page, "idle") == before
    (decode,) = lines_of(page, "decode")
    assert "12,345" in decode
    text = page.read_text()
    assert before[0].endswith(" 1 |")
    assert decode.endswith(" 2 |")
    assert text.index(f"1. {OLD}") < text.index(f"2. {NEW}")


def test_a_run_of_which_nothing_is_left_is_not_named(page):
    write_page({"decode": [figure("decode", 80)]}, OLD, page)
    write_page({"decode": [figure("decode", 81)]}, NEW, page)
    assert OLD not in page.read_text()
    assert f"1. {NEW}" in page.read_text()


def test_figures_that_a_benchmark_no_longer_has_are_gone_with_its_next_run(page):
    write_page({"decode": [figure("decode", 80), figure("decode.gone", 80)]}, OLD, page)
    write_page({"decode": [figure("decode", 81)]}, NEW, page)
    assert not lines_of(page, "decode.gone")


def test_writing_the_same_again_changes_nothing(page):
    measured = {"idle": [figure("idle.cpu", 0.0625, base=0)], "reopen": [figure("reopen", 0.001)]}
    write_page(measured, OLD, page)
    before = page.read_text()
    write_page({}, NEW, page)
    assert page.read_text() == before


def test_a_figure_that_is_named_after_nothing_is_refused(page):
    with pytest.raises(BenchmarkError, match="endless"):
        write_page({"decode": [figure("endless.decode", 1)]}, NEW, page)
    assert page.read_text() == "# Speed\nBy hand.\n"


def test_every_benchmark_has_a_topic():
    def has_run(path: pathlib.Path) -> bool:
        tree = ast.parse(path.read_text())
        names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assigned = {ast.unparse(node) for node in tree.body if isinstance(node, ast.Assign)}
        return "run" in names and any(text.startswith("PAIRS = ") for text in assigned)

    assert sorted(NAMES) == sorted(p.stem for p in BENCHMARKS.glob("*.py") if has_run(p))


def test_the_machine_is_told_without_names(monkeypatch):
    monkeypatch.setattr("platform.release", lambda: "6.1.0-annas-laptop")
    run = this_run()
    assert "anna" not in run
    assert "Linux 6.1.0," in run or "Linux" not in run
    assert "commit " in run


def test_a_table_is_as_wide_in_all_lines():
    table = in_table([figure("decode", 80), figure("idle.cpu_window", 0.5, base=0)])
    assert len({len(line) for line in table.splitlines()}) == 1


def test_sections_leave_one_another_alone(page):
    put_section(page, "growth", "## Growth\n")
    put_section(page, "soak", "## Soak")
    put_section(page, "growth", "## Growth\nMore.\n")
    assert section(page, "growth") == "## Growth\nMore.\n"
    assert section(page, "soak") == "## Soak\n"
    assert section(page, "other") == ""
    assert page.read_text().startswith("# Speed\nBy hand.\n")


def test_a_page_whose_marks_are_damaged_is_not_written(page):
    put_section(page, "growth", "## Growth")
    broken = page.read_text().replace("<!-- end of growth -->\n", "")
    page.write_text(broken)
    with pytest.raises(ValueError, match="growth"):
        put_section(page, "growth", "new")
    assert page.read_text() == broken


def test_a_page_that_is_missing_is_made(tmp_path):
    put_section(tmp_path / "new.md", "growth", "## Growth")
    assert section(tmp_path / "new.md", "growth") == "## Growth\n"


BASELINES = (
    "bare_events.py",
    "bare_loop.py",
    "bare_window.py",
    "hf_download.py",
    "high_level_loop.py",
    "node_loop.mjs",
    "rendered_answer.py",
    "widget_per_message.py",
)


@pytest.mark.parametrize("name", BASELINES)
def test_what_cierzo_is_compared_with_is_short(name):
    assert len((BENCHMARKS / name).read_text().splitlines()) <= 60
