"""Parts of a page that commands write: each between two marks; what is around them stays."""

import pathlib

_BEGIN, _END = "<!-- {name}: written by a command -->\n", "<!-- end of {name} -->\n"


def section(page: pathlib.Path, name: str) -> str:
    """What stands in a section now; empty where page or section is missing.

    Raises:
        ValueError: Its marks are not a pair.
    """
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    place = _place(text, name)
    return text[slice(*place)] if place else ""


def put_section(page: pathlib.Path, name: str, content: str) -> None:
    """Put `content`, lines of Markdown, in place of what a section has.

    A section that the page lacks comes at its end; a page that is missing is made.

    Raises:
        ValueError: Its marks are not a pair.
        OSError: The page cannot be written.
    """
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    if _place(text, name) is None:
        gap = "\n" if text else ""
        text += gap + _BEGIN.format(name=name) + _END.format(name=name)
    place = _place(text, name)
    assert place
    begin, end = place
    lines = content if content.endswith("\n") else content + "\n"
    page.write_text(text[:begin] + lines + text[end:], encoding="utf-8")


def _place(text: str, name: str) -> tuple[int, int] | None:
    """Where the content begins and ends."""
    marks = [mark.format(name=name) for mark in (_BEGIN, _END)]
    counts = [text.count(mark) for mark in marks]
    if counts == [0, 0]:
        return None
    begin, end = (text.find(mark) for mark in marks)
    if counts != [1, 1] or end < begin:
        raise ValueError(f"the marks around “{name}” are not a pair")
    return begin + len(marks[0]), end
