"""The picture of a measurement: well formed whatever a model is called, and within its edges."""

from xml.etree import ElementTree as ET

import pytest

from app.services.speed_picture import WIDTH_PX, draw_speed
from app.services.speed_report import Result, SpeedReport, in_lines

_SVG = "{http://www.w3.org/2000/svg}"


def report(model: str = "Mistral Small 4", *, predicted: float | None = 14.0) -> SpeedReport:
    values = {
        "decode": (12.34, "tokens/s"),
        "prefill": (12_345.6, "tokens/s"),
        "exchange": (8, "s"),
    }
    return SpeedReport(
        model=model,
        build="UD-Q4_K_XL",
        machine="A processor, a card",
        results=tuple(
            Result(
                name=name,
                median=median,
                spread=median / 10,
                unit=unit,
                predicted=predicted,
                ratio_to=predicted and median / predicted,
            )
            for name, (median, unit) in values.items()
        ),
        cores=8,
        memory_bytes=32 << 30,
        system="Linux",
        runs=5,
        date="2026-11-30",
    )


def drawn(one: SpeedReport) -> ET.Element:
    return ET.fromstring(draw_speed(one))


@pytest.mark.parametrize(
    "name",
    ["<script>&amp;", "]]>", "a" * 300, "模型" * 60, "\x00\x1b[31m\u202e", "", "“quoted” 'name'"],
)
def test_any_name_makes_a_picture_whose_words_stay_inside(name):
    for text in drawn(report(name)).iter(f"{_SVG}text"):
        # No letter is wider than its size, and on average they are half of it.
        width_px = len("".join(text.itertext())) * float(text.get("font-size")) * 0.5
        left = float(text.get("x")) - (width_px if text.get("text-anchor") else 0)
        assert left >= 0
        assert left + width_px <= WIDTH_PX


def test_bars_show_the_prediction_beside_what_was_measured():
    bars = [bar for bar in drawn(report()).findall(f"{_SVG}rect") if bar.get("rx")]
    measured, predicted, *others = (float(bar.get("width")) for bar in bars)
    assert measured / predicted == pytest.approx(12.34 / 14, abs=0.01)
    assert len(others) == 4
    assert max(others) == pytest.approx(predicted)


def test_without_a_prediction_nothing_is_said_of_one():
    words = "".join(drawn(report(predicted=None)).itertext()) + in_lines(report(predicted=None))
    assert "predicted" not in words
    assert "12.3" in words


def test_the_lines_name_the_model_and_its_build_once():
    assert in_lines(report()).startswith("Mistral Small 4 UD-Q4_K_XL, Cierzo ")
    assert in_lines(report("small-UD-Q4_K_XL")).startswith("small-UD-Q4_K_XL, Cierzo ")
    assert "Reads (prefill): 12,346 ± 1,235 tokens/s, predicted 14 (ratio 881.83)" in in_lines(
        report()
    )
