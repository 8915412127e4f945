"""Time to the first word of a long chat: from its snapshot in a new process against reading it.

About 4,000 tokens of the starter model, which is loaded in both cases. All but the last token come
from the snapshot; what a further question costs is `followup`.
"""

import pathlib
import tempfile
from contextlib import closing
from typing import Any

from app.domain.chat import Conversation, Message, Role
from benchmarks.figure import BenchmarkError, Figure, Limit, Row, Spec, figures
from benchmarks.processes import OurEngine
from benchmarks.prompts import long_prompt

PAIRS = 5
_WORDS = 4000
_SNAPSHOTS_BYTES = 4 << 30


def run(pairs: int) -> list[Figure]:
    """Measure so many chats."""
    with tempfile.TemporaryDirectory() as folder:
        measured = [_chat(pathlib.Path(folder), i) for i in range(pairs)]
    return figures(measured, Spec("reopen", "s", Limit("ratio", "<=", 1 / 100)))


def _chat(folder: pathlib.Path, seed: int) -> tuple[Row, Row]:
    options: dict[str, Any] = {"snapshots": folder, "snapshots_bytes": lambda: _SNAPSHOTS_BYTES}
    chat = str(seed)
    conversation = Conversation((Message(Role.USER, long_prompt(_WORDS, seed)),))
    with closing(OurEngine(**options)) as first:
        first.load()
        cold = first.ask(conversation, 1, chat=chat)
        first.reload()
    with closing(OurEngine(**options)) as second:
        second.load()
        warm = second.ask(conversation, 1, chat=chat)
        usage = second.finish(warm).usage
    if usage.reused_tokens != usage.prompt_tokens - 1:
        raise BenchmarkError(f"read again: {usage}")
    return (warm.first_token_s,), (cold.first_token_s,)
