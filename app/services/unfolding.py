"""Markdown of our own files, whose lines end where an editor's window does."""

import re

# What begins something of its own: a heading, an item, a row, a quote, a fence.
_BEGINS = re.compile(r"\s*(?:#|[-*+] |\d+[.)] |\||>|```)")


def unfolded(text: str) -> str:
    """The same with each paragraph and each item on one line; the window keeps ends of lines."""
    lines: list[str] = []
    is_code = can_go_on = False
    for line in text.splitlines():
        is_fence = line.lstrip().startswith("```")
        goes_on = can_go_on and bool(line.strip()) and not _BEGINS.match(line)
        if goes_on and not is_code:
            lines[-1] = f"{lines[-1]} {line.strip()}"
        else:
            lines.append(line)
        is_code ^= is_fence
        can_go_on = bool(line.strip()) and not is_fence and line.lstrip()[0] not in "#|"
    return "\n".join(lines)
