"""Heights of rows: the sums are right after any changes, also far down in a long column."""

from bisect import bisect_right
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.chat.heights import Heights

CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["set", "insert", "remove", "cut", "extend"]),
        st.integers(0, 3000),
        st.integers(1, 900),
    ),
    max_size=30,
)


def change(heights: Heights, rows: list[int], act: str, place: int, height: int) -> None:
    """Do the same to both."""
    at = min(place, len(rows) - 1)
    match act:
        case "set" if rows:
            heights[at] = rows[at] = height
        case "insert":
            at = min(place, len(rows))
            heights.insert(at, height)
            rows.insert(at, height)
        case "remove" if rows:
            heights.remove(at)
            del rows[at]
        case "cut":
            heights.cut(place)
            del rows[place:]
        case "extend":
            heights.extend([height] * (place % 700))
            rows.extend([height] * (place % 700))


@given(st.integers(0, 2000), CHANGES)
def test_tops_are_sums(count, changes):
    rows = [40 + n % 7 for n in range(count)]
    heights = Heights(rows)
    heights.total()  # so that sums are known that the changes have to follow
    for act, place, height in changes:
        change(heights, rows, act, place, height)
        tops = [0, *accumulate(rows)]
        assert heights.total() == tops[-1]
        assert len(heights) == len(rows)
        for row in {0, len(rows) // 2, max(0, len(rows) - 1)} if rows else ():
            assert heights.top(row) == tops[row]
            assert heights.row_at(tops[row]) == row


@pytest.mark.parametrize("count", [1, 511, 512, 513, 100_000])
def test_every_height_belongs_to_one_row(count):
    rows = [50 + n % 11 for n in range(count)]
    heights, tops = Heights(rows), [0, *accumulate(rows)]
    for y in (-5, 0, 49, 50, tops[-1] // 3, tops[-1] - 1, tops[-1], tops[-1] + 100):
        assert heights.row_at(y) == max(0, min(bisect_right(tops, y) - 1, count - 1))


def test_an_empty_column_has_no_height():
    assert Heights().total() == Heights().top(0) == 0
