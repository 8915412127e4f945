"""Words in a line of Markdown: styles, links, formulas, and where each piece is in the source."""

import bisect
import sys
from collections.abc import Iterable, Iterator

import msgspec
from markdown_it.token import Token

from app.markdown.parsing import TEX
from app.ui.markdown.cleaning import clean
from app.ui.markdown.parser import PLACE
from app.ui.markdown.spec import PLAIN, CharStyle, Run
from app.ui.open_link import safe_address

_STYLES = ("strong", "em", "s")
_MARKS = (("$$", "$$"), ("\\[", "\\]"), ("$", "$"), ("\\(", "\\)"))


def tex_of(marked: str) -> tuple[str, bool]:
    """Take a formula out of its marks; whether it stands by itself."""
    for begin, end in _MARKS:
        if marked.startswith(begin) and marked.endswith(end) and len(marked) > len(begin):
            return marked[len(begin) : -len(end)].strip(), begin in ("$$", "\\[")
    return marked, False


class Places:
    """From the places in a paragraph's words to those in its unit's source."""

    def __init__(self, starts: list[tuple[int, int]]) -> None:
        """Know, line by line, where each begins in the words and in the source."""
        self._starts = starts

    @classmethod
    def of_one_line(cls, begin: int) -> "Places":
        """Words of one line that begin there."""
        return cls([(0, begin)])

    @classmethod
    def of_lines(cls, source: str, lines: list[int], token: Token) -> "Places":
        """Find the token's lines in `source`, whose lines begin at `lines`."""
        starts: list[tuple[int, int]] = []
        first, end = token.map or (0, 1)
        at, behind = 0, 0
        for number, words in enumerate(token.content.split("\n")):
            line = min(first + number, max(end - 1, first))
            begin = max(lines[line], behind)
            found = source.find(words.strip(), begin, lines[line + 1])
            lead = len(words) - len(words.lstrip())
            behind = max((found if found >= 0 else begin) - lead, behind)
            starts.append((at, behind))
            at += len(words) + 1
        return cls(starts)

    def of(self, place: int) -> int:
        """Return the place in the source."""
        number = bisect.bisect_right(self._starts, (place, sys.maxsize)) - 1
        start = self._starts[max(number, 0)]
        return start[1] + place - start[0]


def runs_of(token: Token, places: Places) -> tuple[Run, ...]:
    """Words in their styles; what could load anything is a few words about it."""
    return tuple(_joined(_runs(token.children or (), token.content, places)))


def _runs(tokens: Iterable[Token], source: str, places: Places) -> Iterator[Run]:
    depths = dict.fromkeys(_STYLES, 0)
    link, behind = "", 0
    for token in tokens:
        name, _, end = token.type.rpartition("_")
        place = max(token.meta.get(PLACE, 0), behind)
        if name in _STYLES:
            depths[name] += 1 if end == "open" else -1
        elif token.type == "link_open":
            link = safe_address(str(token.attrs.get("href", ""))) or ""
            behind = place + (token.markup == "autolink")  # its words are an address in brackets
        elif token.type == "link_close":
            link = ""
        else:
            style = CharStyle(
                is_strong=depths["strong"] > 0,
                is_emphasis=depths["em"] > 0,
                is_struck=depths["s"] > 0,
                link=link,
            )
            run = _run(token, style, source, place)
            behind = place + (len(run.text) if run.is_literal else len(token.markup))
            if run.text:
                yield msgspec.structs.replace(run, at=places.of(run.at))


def _run(token: Token, style: CharStyle, source: str, place: int) -> Run:
    replace = msgspec.structs.replace
    match token.type:
        case "softbreak":
            # Models end lines where they mean it: verses, addresses.
            return Run("\u2028", style, place)
        case "hardbreak":
            return Run("\u2028", style, place, is_literal=False)
        case "image":
            alt = "".join(child.content for child in token.children or ())
            words = f"[picture: {clean(alt)}]" if alt.strip() else "[picture]"
            return Run(words, replace(style, is_quiet=True), place, is_literal=False)
        case "code_inline" if token.info == TEX:
            tex, is_display = tex_of(token.content)
            styled = replace(style, is_code=True, formula=tex, is_display=is_display)
            return Run(clean(token.content.replace("\n", " "), is_code=True), styled, place)
        case "code_inline":
            words = token.content.replace("\n", " ")
            place += len(token.markup)
            if source[place : place + 1] == " " and not words.startswith(" "):
                place += 1
            return Run(clean(words, is_code=True), replace(style, is_code=True), place)
        case "text_special":
            return Run(clean(token.content), style, place, is_literal=False)
    words = token.content.replace("\n", " ")
    # An address in angle brackets is written out as the parser reads it.
    is_literal = source.startswith(token.content, place)
    return Run(clean(words), style, place, is_literal)


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
    """Put pieces together that follow one another in the source, too."""
    last: Run | None = None
    for run in runs:
        if (
            last
            and last.style == run.style
            and last.is_literal
            and run.is_literal
            and last.at + len(last.text) == run.at
            and not run.style.formula
        ):
            last = Run(last.text + run.text, last.style, last.at)
            continue
        if last:
            yield last
        last = run
    if last:
        yield last


def plain_runs(text: str, at: int = 0, style: CharStyle = PLAIN) -> tuple[Run, ...]:
    """Words as they are."""
    return (Run(clean(text), style, at),) if text else ()
