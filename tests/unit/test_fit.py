"""The lines that benchmarks draw through what they measured."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.fit import exponent, growth, line_through

SIZES = (10, 100, 1000, 10_000)
NUMBERS = st.floats(min_value=0.01, max_value=100)


@given(NUMBERS, st.floats(min_value=-2, max_value=3))
def test_the_exponent_of_a_power_is_found(factor, power):
    assert exponent(SIZES, [factor * size**power for size in SIZES]) == pytest.approx(
        power, abs=1e-6
    )


def test_a_constant_beside_what_grows_makes_it_grow_more_slowly():
    assert 0 < exponent(SIZES, [1000 + size for size in SIZES]) < 0.5


def test_a_cost_of_nothing_has_no_exponent():
    with pytest.raises(ValueError, match="domain"):
        exponent(SIZES, [0, 1, 2, 3])


@given(NUMBERS, st.floats(min_value=-0.5, max_value=2), st.integers(min_value=3, max_value=50))
def test_growth_is_the_share_that_came_to_the_beginning(first, grown, count):
    values = [first * (1 + grown * place / (count - 1)) for place in range(count)]
    assert growth(values) == pytest.approx(grown, abs=1e-6)


def test_one_peak_in_the_middle_is_no_growth():
    assert growth([100, 100, 180, 100, 100]) == pytest.approx(0)


def test_a_line_goes_through_its_points():
    line = line_through([0, 1, 2], [1, 3, 5])
    assert [line.at(x) for x in (0, 10)] == pytest.approx([1, 21])
