"""Pictures of growth: small, well-formed, and the table beside them."""

import xml.etree.ElementTree as ET

from benchmarks.curves import drawn, in_table
from benchmarks.growth import SUBJECTS, Curve

MOST_BYTES = 30_000


def curves(power: float) -> dict[str, list[Curve]]:
    """Every cost of every subject, growing so."""
    return {
        subject.key: [
            Curve(
                spec=spec, sizes=subject.sizes, costs=tuple(size**power for size in subject.sizes)
            )
            for spec in subject.specs
        ]
        for subject in SUBJECTS
    }


def test_every_subject_has_at_least_four_sizes_that_rise():
    for subject in SUBJECTS:
        assert len(subject.sizes) >= 4
        assert list(subject.sizes) == sorted(set(subject.sizes))


def test_pictures_are_small_and_well_formed():
    for subject in SUBJECTS:
        for power in (-0.2, 0.0, 1.5):
            svg = drawn(subject.grows, curves(power)[subject.key])
            assert len(svg.encode()) < MOST_BYTES
            root = ET.fromstring(svg)
            width, height = map(float, root.attrib["viewBox"].split()[2:])
            for line in root.findall("{http://www.w3.org/2000/svg}polyline"):
                points = [tuple(map(float, p.split(","))) for p in line.attrib["points"].split()]
                assert len(points) == len(subject.sizes)
                assert all(0 <= x <= width and 0 <= y <= height for x, y in points)


def test_the_table_says_what_grows_too_fast():
    words = in_table(curves(1.5))
    assert words.count("missed") == sum(len(subject.specs) for subject in SUBJECTS)
    assert "missed" not in in_table(curves(0.0))
