"""Inputs whose size once cost its square: twice as much may take about twice as long."""

import json
import time

import pytest

from app.ui.markdown.line_kinds import columns
from tests.fuzz.table import TARGETS

# Of the processor, on any machine; each of these took ten times as long or much longer.
MOST_S = 2.0


def chatgpt(*nodes: dict[str, object]) -> bytes:
    return json.dumps([{"mapping": {str(node["id"]): node for node in nodes}}]).encode()


def node(key: str, parent: str | None, role: str, text: str) -> dict[str, object]:
    content = {"content_type": "text", "parts": [text]}
    return {"id": key, "parent": parent, "message": {"author": {"role": role}, "content": content}}


def branches(count: int) -> bytes:
    """One answer in so many pieces, behind each of which the person asks on in a branch."""
    nodes = []
    for number in range(count):
        nodes.append(node(str(number), str(number - 1) if number else None, "assistant", "x"))
        nodes.append(node(f"q{number}", str(number), "user", "x"))
    return chatgpt(*nodes)


MANY = 60_000
INPUTS = {
    "sources that never end": ("importers", chatgpt(node("a", None, "user", "\ue200" * 4 * MANY))),
    "branches of one answer": ("importers", branches(4_000)),
    "comments that never end": ("documents", b"x.html".ljust(20) + b"<html>" + b"<!--" * MANY),
    "tags that never end": ("documents", b"x.html".ljust(20) + b"<html>" + b"<a " * MANY),
    "spaces in another program's path": (
        "other_programs",
        b"modelPath=/x" + b" " * MANY + b"x\nname: x" + b" " * MANY + b"x",
    ),
}


@pytest.mark.parametrize("name", INPUTS)
def test_large_inputs_take_no_longer_than_they_must(name):
    target, data = INPUTS[name]
    begun_s = time.process_time()
    TARGETS[target].fuzz_one(data)
    assert time.process_time() - begun_s < MOST_S


def test_spaces_behind_what_looks_like_a_table():
    begun_s = time.process_time()
    for _ in range(20):
        assert not columns("a|b", "---" + " " * 6000 + "x")
    assert time.process_time() - begun_s < MOST_S
