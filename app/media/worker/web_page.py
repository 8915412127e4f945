"""The words of web pages. Nothing of them is run and nothing that they name is fetched.

Python's own parser takes any mess without building a tree, so depth costs nothing. Files made for
it can slow it down; the process has its limit.
"""

import re
from html.parser import HTMLParser
from typing import Final

from app.media.worker.flow import Flow
from app.media.worker.pages import Pages

_MARK = re.compile(r"<(!doctype\s+html|html)\b", re.I)
_ENCODING = re.compile(rb"""<[^>]*\b(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.I)
_BEGINNING_CHARACTERS = 4096
# What people call encodings -> what Python does.
_ENCODINGS = {
    **dict.fromkeys(("iso-8859-1", "latin1", "windows-1252", "us-ascii"), "cp1252"),
    **dict.fromkeys(("iso-8859-2", "windows-1250"), "cp1250"),
    **dict.fromkeys(("iso-8859-9", "windows-1254"), "cp1254"),
    **dict.fromkeys(("shift_jis", "shift-jis", "windows-31j"), "cp932"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987"), "cp949"),
    "koi8-r": "koi8_r",
    "windows-1251": "cp1251",
    "windows-1253": "cp1253",
    "windows-1255": "cp1255",
    "windows-1256": "cp1256",
}
_DROPPED = frozenset(("script", "style", "template", "svg", "object", "iframe", "select"))
_PARAGRAPHS = frozenset(
    ("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre", "blockquote", "title")
)
_LINES = frozenset(
    (
        *("address", "article", "aside", "body", "caption", "center", "dd", "details", "div"),
        *("dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "li"),
        *("legend", "main", "nav", "section", "summary"),
    )
)


def is_web_page(text: str) -> bool:
    """Whether it begins like one."""
    beginning = text[:_BEGINNING_CHARACTERS].lstrip()
    return beginning.startswith("<") and bool(_MARK.search(beginning))


def named_encoding(data: bytes) -> str:
    """Name the encoding that a page claims to have, as Python calls it; empty if there is none."""
    match = _ENCODING.search(data[:_BEGINNING_CHARACTERS])
    name = match[1].decode("ascii", "replace").lower() if match else ""
    return _ENCODINGS.get(name, name)


def read_web_page(text: str, pages: Pages) -> str:
    """Read what a person would see of it."""
    flow = Flow(pages)
    words = _Words(flow)
    words.feed(_without_open_ends(text))
    words.close()
    pages.add(flow.take())
    return "Web page"


def _without_open_ends(text: str) -> str:
    """Have what never ends be words: the parser would look for the end of each of them anew."""
    comments_end = text.rfind("-->") + 1
    text = text[:comments_end] + text[comments_end:].replace("<!--", "&lt;!--")
    tags_end = text.rfind(">") + 1
    return text[:tags_end] + text[tags_end:].replace("<", "&lt;")


class _Words(HTMLParser):
    def __init__(self, flow: Flow) -> None:
        super().__init__()
        self._flow: Final = flow
        self._preformatted = 0
        # What is being left out, and how often it was opened inside itself.
        self._dropped = ""
        self._dropped_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if self._dropped or tag in _DROPPED:
            self._dropped = self._dropped or tag
            self._dropped_depth += tag == self._dropped
            return
        self._break_before(tag)
        match tag:
            case "br":
                self._flow.write("\n")
            case "li":
                self._flow.write("- ")
            case "pre":
                self._preformatted += 1
            case "table":
                self._flow.start_table()
            case "tr":
                self._flow.start_row()
            case "td" | "th":
                self._flow.start_cell()

    def handle_endtag(self, tag: str) -> None:
        if self._dropped:
            self._dropped_depth -= tag == self._dropped
            self._dropped = self._dropped if self._dropped_depth else ""
            return
        match tag:
            case "pre":
                self._preformatted = max(0, self._preformatted - 1)
            case "table":
                self._flow.end_table()
            case "tr":
                self._flow.end_row()
            case "td" | "th":
                self._flow.end_cell()
        self._break_before(tag)

    def handle_data(self, data: str) -> None:
        if self._dropped:
            return
        if self._preformatted:
            self._flow.write(data)
        else:
            self._flow.write_loosely(data)

    def parse_marked_section(self, i: int, report: int = 1) -> int:  # noqa: ARG002
        """Skip what begins with ``<![``, as browsers do.

        WORKAROUND for the Pythons that raise an AssertionError where they do not know the word.
        """
        return self.parse_bogus_comment(i)

    def _break_before(self, tag: str) -> None:
        """Let a block begin or end on a line of its own."""
        if tag in _PARAGRAPHS:
            self._flow.end_paragraph()
        elif tag in _LINES:
            self._flow.end_line()
