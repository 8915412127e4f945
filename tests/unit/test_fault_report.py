"""The table of docs/reliability.md: what was tried now is new, everything else stays as it was."""

import pathlib
import re

import pytest

from tests.helpers.matrix.place import Place
from tests.helpers.matrix.report import Result, in_words, write
from tests.helpers.matrix.row import Row, Tally
from tests.helpers.matrix.table import ROWS

_INTRO = "# What it survives\n\n| column | what |\n|---|---|\n| tried | F1 |\n"
_MONDAY = Place(date="2026-11-23", commit="abc", machine="linux")
_TUESDAY = Place(date="2026-11-24", commit="def", machine="linux")


def row(number: str, fault: str) -> Row:
    return Row(
        number=number,
        fault=fault,
        expected="a sentence",
        tries=9,
        tries_in_tests=1,
        run=lambda count, seed, folder: Tally(tried=count),
    )


KILLS, CUTS, BYTES = row("F6", "killed"), row("F2", "cut off"), row("F12", "bytes | pieces")
ALL = (KILLS, CUTS, BYTES)


@pytest.fixture
def file(tmp_path) -> pathlib.Path:
    path = tmp_path / "reliability.md"
    path.write_text(_INTRO)
    return path


def result(row: Row, seed: int = 1, **tally) -> Result:
    return Result(row=row, seed=seed, tally=Tally(**tally), wall_s=1.0)


def lines(file: pathlib.Path) -> list[list[str]]:
    """The cells of the table's lines."""
    table = file.read_text().partition("| row |")[2]
    found = [line for line in table.splitlines() if line.startswith("| F")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in found]


def test_what_was_not_tried_yet_says_so_and_rows_are_sorted(file):
    write(file, [result(KILLS, seed=7, tried=400, deaths=1, wrong=["x"])], ALL, _MONDAY)
    first, second, third = lines(file)
    assert [line[0] for line in (first, second, third)] == ["F2", "F6", "F12"]
    assert second[3:8] == ["400", "1", "0", "0", "1"]
    assert second[9:] == ["7", "2026-11-23", "abc", "linux"]
    assert first[3:] == third[3:] == [*"–––––", "not tried yet", "", "", "", ""]


def test_a_row_that_is_not_tried_keeps_its_line_and_date(file):
    write(file, [result(KILLS, tried=400), result(BYTES, tried=300)], ALL, _MONDAY)
    before = lines(file)
    write(file, [result(CUTS, tried=101), result(BYTES, tried=3)], ALL, _TUESDAY)
    cuts, kills, pieces = lines(file)
    assert kills == before[1]
    assert (cuts[3], cuts[10], cuts[11]) == ("101", "2026-11-24", "def")
    assert (pieces[1], pieces[3], pieces[10]) == (r"bytes \| pieces", "3", "2026-11-24")
    assert file.read_text().startswith(_INTRO)


def test_what_this_machine_cannot_do_takes_no_line_away(file):
    write(file, [result(KILLS, tried=400), result(CUTS, unavailable="no disk")], ALL, _MONDAY)
    cuts, kills, _ = lines(file)
    assert cuts[8] == "no disk"
    write(file, [result(KILLS, unavailable="no root")], ALL, _TUESDAY)
    assert lines(file)[1] == kills
    assert lines(file)[0][8] == "not tried yet", "said of the machine it was said on"


def test_a_trial_that_failed_itself_writes_nothing(file):
    write(file, [result(KILLS, tried=400)], ALL, _MONDAY)
    before = lines(file)
    write(file, [result(KILLS, wrong=["the trial itself failed"])], ALL, _TUESDAY)
    assert lines(file) == before


def test_a_line_without_a_row_goes(file):
    write(file, [result(KILLS, tried=400)], ALL, _MONDAY)
    write(file, [], (CUTS,), _MONDAY)
    assert [line[0] for line in lines(file)] == ["F2"]


def test_words_for_a_terminal():
    text = in_words(result(KILLS, tried=2, hangs=1, wrong=["seed 3: silent"]))
    assert "WRONG" in text
    assert "1 hangs" in text
    assert "seed 3: silent" in text
    assert "yes" in in_words(result(KILLS, tried=2))


def test_rows_have_their_own_names():
    names = [(row.number, row.fault) for row in ROWS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"F\d+", number) for number, _ in names)
