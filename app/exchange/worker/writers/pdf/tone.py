"""How words look on the pages of a PDF."""

import msgspec

from app.exchange.worker.writers.blocks import Span, Spans
from app.exchange.worker.writers.pdf.fonts import Face
from app.exchange.worker.writers.pdf.lines import Ink, Inked

TEXT, ACCENT, LINE = "#231f1b", "#0d6c69", "#e3dcd0"
_WORD_GROUND = "#f0ebe3"
# Letters of the other family look larger than their size.
_MONO_SHARE = 0.9


class Tone(msgspec.Struct, frozen=True):
    """How plain words look in a place."""

    size_pt: float = 10.0
    colour: str = TEXT

    @property
    def leading(self) -> float:
        """From one baseline to the next."""
        return round(self.size_pt * 1.55, 1)

    def ink(self, span: Span) -> Ink:
        """How words with a style of their own look there."""
        face = Face(span.is_code, span.is_strong, span.is_emphasis)
        return Ink(
            face=face,
            size_pt=self.size_pt * (_MONO_SHARE if span.is_code else 1.0),
            colour=ACCENT if span.link else self.colour,
            ground=_WORD_GROUND if span.is_code else "",
            link=span.link,
            is_struck=span.is_struck,
        )

    def inked(self, spans: Spans) -> list[Inked]:
        """All words of some spans."""
        return [(span.text, self.ink(span)) for span in spans]
