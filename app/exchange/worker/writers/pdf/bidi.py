"""Text that runs from right to left: joined letters, and the order in which they are drawn.

The core of Unicode's algorithms (UAX 9 without explicit embeddings, Arabic joining by presentation
forms): enough for words, numbers and brackets among others.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff]")
_ARABIC = re.compile(r"[\u0620-\u06d3]")
_MIRRORED = str.maketrans("()[]{}<>«»≤≥", ")(][}{><»«≥≤")
_OPENING, _CLOSING = "([{<«", ")]}>»"
_LAM = "\u0644"
# Letters that join nothing but are passed over: marks above and below others.
_TRANSPARENT = ("Mn", "Cf")


def has_right_to_left(text: str) -> bool:
    """Whether any letter of it is written from right to left."""
    return _RIGHT_TO_LEFT.search(text) is not None


def joined(text: str) -> str:
    """The same words with Arabic letters in the form that their neighbours give them."""
    if not _ARABIC.search(text):
        return text
    forms = _forms()
    shaped: list[str] = []
    for place, char in enumerate(text):
        if shaped and f"lam {char}" in forms and text[place - 1] == _LAM:
            shaped[-1] = _ligature(shaped[-1], char, forms)
            continue
        shaped.append(_shaped(text, place, forms))
    return "".join(shaped)


def visual_order(text: str, *, is_right_to_left: bool) -> list[tuple[int, str]]:
    """The places of a line's characters from left to right, with what is drawn for each."""
    levels = _levels(text, 1 if is_right_to_left else 0)
    order = list(range(len(text)))
    lowest_odd = min((level for level in levels if level % 2), default=0)
    for level in range(max(levels, default=0), lowest_odd - 1, -1):
        if level:
            _reverse_runs(order, levels, level)
    return [
        (place, text[place].translate(_MIRRORED) if levels[place] % 2 else text[place])
        for place in order
    ]


def _levels(text: str, base: int) -> list[int]:
    """Even for what runs to the right, odd for what runs to the left."""
    kinds = _kinds(text, base)
    levels = []
    for kind in kinds:
        if kind == "N":
            levels.append(base + 2 if base % 2 == 0 else base + 1)
        else:
            odd = kind == "R"
            levels.append(base if odd == bool(base % 2) else base + 1)
    return levels


def _kinds(text: str, base: int) -> list[str]:
    """L, R or N (a number among letters that run to the left) for every character."""
    edge = "R" if base % 2 else "L"
    kinds: list[str] = []
    strong = edge
    for char in text:
        match unicodedata.bidirectional(char):
            case "L":
                strong = "L"
                kinds.append("L")
            case "R" | "AL":
                strong = "R"
                kinds.append("R")
            case "EN" | "AN":
                kinds.append("L" if strong == "L" else "N")
            case "NSM":
                kinds.append(kinds[-1] if kinds else edge)
            case _:
                kinds.append("")
    _settle_neutrals(kinds, edge)
    _settle_brackets(text, kinds)
    return kinds


def _settle_neutrals(kinds: list[str], edge: str) -> None:
    """Spaces and signs go with their neighbours where those agree, else with the paragraph."""
    place = 0
    while place < len(kinds):
        if kinds[place]:
            place += 1
            continue
        end = place
        while end < len(kinds) and not kinds[end]:
            end += 1
        before = _side(kinds[place - 1]) if place else edge
        behind = _side(kinds[end]) if end < len(kinds) else edge
        kinds[place:end] = [before if before == behind else edge] * (end - place)
        place = end


def _settle_brackets(text: str, kinds: list[str]) -> None:
    """A bracket that closes goes with the one that it closes."""
    opened: list[int] = []
    for place, char in enumerate(text):
        if char in _OPENING:
            opened.append(place)
        elif char in _CLOSING and opened:
            kinds[place] = kinds[opened.pop()]


def _side(kind: str) -> str:
    return "R" if kind == "N" else kind


def _reverse_runs(order: list[int], levels: Sequence[int], level: int) -> None:
    start = 0
    while start < len(order):
        if levels[order[start]] < level:
            start += 1
            continue
        end = start
        while end < len(order) and levels[order[end]] >= level:
            end += 1
        order[start:end] = reversed(order[start:end])
        start = end


@cache
def _forms() -> dict[str, dict[str, str]]:
    """Letter -> form -> character; ``lam x`` has the ligatures of lam with x."""
    forms: dict[str, dict[str, str]] = {}
    for code in range(0xFE70, 0xFEFD):
        form, *codes = unicodedata.decomposition(chr(code)).split() or [""]
        letters = [chr(int(letter, 16)) for letter in codes]
        if len(letters) == 1:
            forms.setdefault(letters[0], {})[form.strip("<>")] = chr(code)
        elif letters[:1] == [_LAM]:
            forms.setdefault(f"lam {letters[1]}", {})[form.strip("<>")] = chr(code)
    return forms


def _shaped(text: str, place: int, forms: dict[str, dict[str, str]]) -> str:
    own = forms.get(text[place])
    if not own:
        return text[place]
    before = _neighbour(text, place, -1)
    behind = _neighbour(text, place, 1)
    is_joined_before = "initial" in forms.get(before, {}) and "final" in own
    is_joined_behind = "initial" in own and "final" in forms.get(behind, {})
    form = {
        (False, False): "isolated",
        (True, False): "final",
        (False, True): "initial",
        (True, True): "medial",
    }[is_joined_before, is_joined_behind]
    return own.get(form, text[place])


def _neighbour(text: str, place: int, step: int) -> str:
    place += step
    while 0 <= place < len(text) and unicodedata.category(text[place]) in _TRANSPARENT:
        place += step
    return text[place] if 0 <= place < len(text) else ""


def _ligature(lam: str, alef: str, forms: dict[str, dict[str, str]]) -> str:
    own, ligatures = forms[_LAM], forms[f"lam {alef}"]
    is_joined = lam in (own.get("medial"), own.get("final"))
    return ligatures["final" if is_joined else "isolated"]
