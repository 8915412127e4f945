"""The Markdown of answers: one grammar for the screen and for all kinds of files."""

import functools
import re
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

# As deep as quotes and lists may be nested; what is deeper is a paragraph with its marks.
MAX_NESTING = 20
# A longer line, or a longer paragraph, is taken as plain words: pairing its marks would take
# time with the square of its length.
_MOST_INLINE_CHARS = 50_000
# What a formula's token says of itself.
TEX = "TeX"
_MOST_TEX_CHARS = 2000

_TEX_ENDS = {"$": "$", "$$": "$$", "\\(": "\\)", "\\[": "\\]"}
_TEX_BLOCK = re.compile(r"\s*(\$\$|\\\[)")


def parser(*, is_html: bool = False, most_inline_chars: int = _MOST_INLINE_CHARS) -> MarkdownIt:
    """Make a parser of what models write: CommonMark, tables and struck words.

    Args:
        is_html: See HTML as such, to tell where it is, and no TeX, as the simplest reader would;
            else HTML is words like all others.
        most_inline_chars: A longer paragraph is plain words.
    """
    markdown = MarkdownIt("commonmark", {"html": is_html, "maxNesting": MAX_NESTING})
    markdown.enable(["table", "strikethrough"])
    # What a link may lead to is decided where it is written, and what is not a link then is words.
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]
    markdown.block = _Blocks()
    markdown.block.ruler.enableOnly(
        [
            "table",
            "code",
            "fence",
            "blockquote",
            "hr",
            "list",
            "reference",
            *(["html_block"] if is_html else []),
            "heading",
            "lheading",
            "paragraph",
        ]
    )
    if not is_html:
        alternatives: RuleOptionsType = {"alt": ["paragraph", "blockquote"]}
        markdown.block.ruler.before("fence", "tex", _tex_block, alternatives)
        markdown.inline.ruler.before("escape", "tex", _tex)
    markdown.core.ruler.before(
        "inline", "long_words", functools.partial(_keep_long_words, most_inline_chars)
    )
    return markdown


def parse(markdown: MarkdownIt, text: str) -> tuple[list[Token], dict[str, Any]]:
    """Return the tokens of a text, and what the parser learnt beside them."""
    environment: dict[str, Any] = {}
    return markdown.parse(text, environment), environment


class _Blocks(ParserBlock):
    """A parser that loses nothing: markdown-it skips what is nested too deep."""

    def tokenize(self, state: StateBlock, start_line: int, end_line: int) -> None:
        """Take what lies too deep as one paragraph of plain words."""
        if state.level < MAX_NESTING:
            super().tokenize(state, start_line, end_line)
            return
        end = start_line
        while end < end_line and (state.isEmpty(end) or state.sCount[end] >= state.blkIndent):
            end += 1
        lines = state.getLines(start_line, end, state.blkIndent, False)
        state.line = max(end, start_line + 1)
        _add_paragraph(state, lines.strip(), (start_line, end))


def _add_paragraph(state: StateBlock, words: str, lines: tuple[int, int]) -> None:
    state.push("paragraph_open", "p", 1).map = list(lines)
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = words, list(lines), []
    inline.meta["is_plain"] = True
    state.push("paragraph_close", "p", -1)


def _keep_long_words(most_chars: int, state: Any) -> None:  # noqa: ANN401 - markdown-it's own state
    """Have very long paragraphs taken as plain words."""
    for token in state.tokens:
        if token.type == "inline" and (
            token.meta.get("is_plain") or len(token.content) > most_chars
        ):
            word = Token("text", "", 0, content=token.content)
            token.type, token.children = "words", [word]


def _tex_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Formulas that begin a line and end one: their signs are no Markdown."""
    if state.is_code_block(start_line):
        return False
    begin, end = state.bMarks[start_line] + state.tShift[start_line], state.eMarks[start_line]
    mark = _TEX_BLOCK.match(state.src[begin:end])
    if not mark:
        return False
    closing = _TEX_ENDS[mark[1]]
    last = _line_with(state, closing, start_line, end_line, behind=begin + len(mark[1]))
    if last is None:
        return False
    if silent:
        return True
    token = state.push("fence", "code", 0)
    lines = state.getLines(start_line, last + 1, state.blkIndent, False)
    token.content, token.info = lines.strip(), TEX
    token.map = [start_line, last + 1]
    state.line = last + 1
    return True


def _line_with(
    state: StateBlock, closing: str, start_line: int, end_line: int, *, behind: int
) -> int | None:
    """The line that ends with the closing mark, before the next empty one."""
    limit = behind + _MOST_TEX_CHARS
    for line in range(start_line, end_line):
        begin, end = state.bMarks[line] + state.tShift[line], state.eMarks[line]
        if begin >= end or begin > limit or (line > start_line and state.sCount[line] < 0):
            return None
        words = state.src[max(begin, behind) : end].rstrip()
        if words.endswith(closing):
            return line
        if closing in words:
            return None
    return None


def _tex(state: StateInline, silent: bool) -> bool:
    """Formulas within a line: ``$x$`` with no space inside the marks, and the like."""
    mark = next((m for m in ("$$", "$", "\\(", "\\[") if state.src.startswith(m, state.pos)), "")
    if not mark:
        return False
    begin = state.pos + len(mark)
    end = state.src.find(_TEX_ENDS[mark], begin, min(state.posMax, begin + _MOST_TEX_CHARS))
    words = state.src[begin:end] if end > begin else ""
    around = state.src[max(state.pos - 1, 0) : state.pos], state.src[end + 1 : end + 2]
    if not words or (mark == "$" and not _is_dollar_tex(words, *around)):
        return False
    if not silent:
        end += len(_TEX_ENDS[mark])
        token = state.push("code_inline", "code", 0)
        token.content, token.info = state.src[state.pos : end], TEX
        state.pos = end
        return True
    state.pos = end + len(_TEX_ENDS[mark])
    return True


def _is_dollar_tex(words: str, before: str, behind: str) -> bool:
    """Whether it is a formula, and not what two things cost."""
    is_price = before.isdigit() or behind.isdigit()
    return not (words[0].isspace() or words[-1].isspace() or is_price or "\n\n" in words)
