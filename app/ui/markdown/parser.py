"""The parser of answers, which also says where in the source each piece of text stands.

Imported with the first answer that is shown: markdown-it costs 50 ms.
"""

import functools
from collections import ChainMap
from collections.abc import MutableMapping
from typing import Any, Literal

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from app.markdown.parsing import parser
from app.ui.markdown.units import MOST_INLINE_CHARS

_MOST_BRACKETS = 300
PLACE = "place"  # in a token's meta: its begin in the inline source


class _State(StateInline):
    """Notes where every token begins."""

    _begin = 0

    def append_pending(self, text: str) -> None:
        if not self.pending:
            self._begin = self.pos
        super().append_pending(text)

    def pushPending(self) -> Token:
        token = super().pushPending()
        token.meta[PLACE] = self._begin
        return token

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        token = super().push(ttype, tag, nesting)
        token.meta[PLACE] = self.pos
        return token


class _Inline(ParserInline):
    def parse(
        self,
        src: str,
        md: MarkdownIt,
        env: Any,  # noqa: ANN401
        tokens: list[Token],
    ) -> list[Token]:
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


@functools.cache
def answer_parser() -> MarkdownIt:
    """Make the parser, once."""
    made = parser(most_inline_chars=MOST_INLINE_CHARS)
    inline = _Inline()
    inline.ruler, inline.ruler2 = made.inline.ruler, made.inline.ruler2
    made.inline = inline
    made.core.ruler.before("long_words", "many_brackets", _keep_brackets)
    # Joined texts would forget where their pieces stood.
    made.inline.ruler2.disable("fragments_join")
    made.core.ruler.disable("text_join")
    return made


def _keep_brackets(state: Any) -> None:  # noqa: ANN401 - markdown-it's own state
    """Have a paragraph of brackets taken as plain words: each is looked for its end."""
    for token in state.tokens:
        if token.type == "inline" and token.content.count("[") > _MOST_BRACKETS:
            token.meta["is_plain"] = True


def tokens_of(
    text: str, references: MutableMapping[str, Any]
) -> tuple[list[Token], dict[str, Any]]:
    """Parse a unit.

    Args:
        text: Its source.
        references: Addresses that links of the answer may name.

    Returns:
        Its tokens, and the addresses that it names itself.
    """
    named: dict[str, Any] = {}
    tokens = answer_parser().parse(text, {"references": ChainMap(named, references)})
    return tokens, named
