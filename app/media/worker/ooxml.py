"""The words of Word documents and PowerPoint presentations, as ECMA-376 has them.

What is shown is read, in its order: no headers, no comments, nothing that was deleted while
changes were being tracked.
"""

from collections.abc import Mapping

from app.media.worker.flow import Flow
from app.media.worker.markup import Markup
from app.media.worker.package import Package, Relation, Visitor, value_of
from app.media.worker.pages import Pages

# Tab stops, a second version of every drawing for old programs, what was moved away, and how a
# paragraph was before a change.
_SKIPPED = frozenset(("tabs", "tabLst", "Fallback", "moveFrom", "pPrChange"))
_NO_NOTE = ("separator", "continuation")
_NOTES = ("footnotes", "endnotes")
_CHARACTERS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "-"}


def read_word(package: Package, main_part: str, pages: Pages) -> str:
    """Read the text, and its notes behind it."""
    flow = Flow(pages)
    package.read(main_part, _Words(flow))
    for relation in package.relations(main_part):
        if relation.kind in _NOTES:
            flow.end_paragraph()
            package.read(relation.part, _Words(flow))
    pages.add(flow.take())
    return "Word document"


def read_presentation(package: Package, main_part: str, pages: Pages) -> str:
    """Read slide after slide, and the speaker's notes behind each."""
    slides = _Slides()
    package.read(main_part, slides)
    parts = {relation.id: relation.part for relation in package.relations(main_part)}
    flow = Flow(pages)
    for number, slide_id in enumerate(slides.ids, 1):
        # One that is named and not there makes the document a broken one.
        slide = parts.get(slide_id, "")
        package.read(slide, _Words(flow))
        for notes in _notes_of(package, slide):
            flow.end_paragraph()
            flow.write("Notes:\n")
            package.read(notes.part, _Words(flow))
        pages.add(flow.take(), str(number))
    return "PowerPoint presentation"


def _notes_of(package: Package, slide: str) -> list[Relation]:
    return [relation for relation in package.relations(slide) if relation.kind == "notesSlide"]


class _Slides(Visitor):
    """The slides' relations in the order in which they are shown."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "sldId":
            self.ids.append(value_of(attributes, "relationships id"))


class _Words(Markup):
    """Both formats use the same names for paragraphs, texts and tables."""

    table, row, cell = "tbl", "tr", "tc"

    def __init__(self, flow: Flow) -> None:
        super().__init__(flow)
        self._is_text = False

    def is_skipped(self, tag: str, attributes: Mapping[str, str]) -> bool:
        match tag:
            case "fld":  # a field; this one is filled in when the slide is shown
                return value_of(attributes, "type") == "slidenum"
            case "footnote" | "endnote":  # the lines above the notes look like notes
                return value_of(attributes, "type").startswith(_NO_NOTE)
            case _:
                return tag in _SKIPPED

    def open(self, tag: str, attributes: Mapping[str, str]) -> None:
        match tag:
            case "t":
                self._is_text = True
            case "br" | "cr" | "tab" | "noBreakHyphen":
                self.flow.write(_CHARACTERS[tag])
            case "numId" if value_of(attributes, "val") != "0":
                self.flow.write("- ")
            case "footnoteReference" | "footnote":
                self.flow.write(f"[^{value_of(attributes, 'id')}] ")
            case "endnoteReference" | "endnote":
                self.flow.write(f"[^e{value_of(attributes, 'id')}] ")

    def close(self, tag: str) -> None:
        if tag == "t":
            self._is_text = False
        elif tag == "p":
            self.flow.end_line()

    def characters(self, text: str) -> None:
        if self._is_text:
            self.flow.write(text)
