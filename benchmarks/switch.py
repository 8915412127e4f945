"""Fast, Deep, Fast in one chat of about 4,000 tokens, with a tiny model that switches.

`switch`: a question in the mode that was used before the last one, against a follow-up that reads
as many new tokens. `switch.prepared`: the first question in the other mode after it was read ahead,
against a plain follow-up. In no case may a token of what was read be read again.
"""

import itertools
import pathlib
import tempfile
from contextlib import closing

from app.domain.chat import Conversation, Effort, Message, Role
from app.services.models import model_at
from benchmarks.figure import BenchmarkError, Figure, Limit, Row, Spec, figures
from benchmarks.processes import OurEngine
from benchmarks.prompts import long_prompt
from tests.helpers.tiny_models import write_mistral4

PAIRS = 15
_WORDS = 4000
_NEW_WORDS = 24


class _Chat:
    """A chat that grows by questions of one length; the answers are one word of ours."""

    def __init__(self, engine: OurEngine, seed: int) -> None:
        self._engine = engine
        self._key = str(seed)
        self._seeds = itertools.count(1000 * seed)
        self.messages: list[Message] = []

    def ask(self, effort: Effort, words: int = _NEW_WORDS) -> tuple[float, int]:
        """Ask; return the seconds to the first word and how many tokens were read."""
        text = long_prompt(words, next(self._seeds))
        self.messages.append(Message(Role.USER, text))
        conversation = Conversation(tuple(self.messages), effort=effort)
        request = self._engine.ask(conversation, 1, chat=self._key)
        usage = self._engine.finish(request).usage
        self.messages.append(Message(Role.ASSISTANT, "Yes."))
        return request.first_token_s, usage.prompt_tokens - usage.reused_tokens

    def read_ahead(self, effort: Effort) -> None:
        """Read all so far for the other mode."""
        draft = Message(Role.USER, "")
        self._engine.read_ahead(Conversation((*self.messages, draft), effort=effort), self._key)


def run(pairs: int) -> list[Figure]:
    """Measure so many chats."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "tiny.gguf")
        write_mistral4(path)
        kept = {"kept_bytes": 1 << 30}
        with closing(OurEngine(model_at(path), **kept)) as engine:
            measured = [_measure(engine, i) for i in range(pairs)]
    switches, prepared = zip(*measured, strict=True)
    return [
        *figures(switches, Spec("switch", "s", Limit("ratio", "<=", 1.2))),
        *figures(prepared, Spec("switch.prepared", "s", Limit("ratio", "<=", 1.5))),
    ]


def _measure(engine: OurEngine, seed: int) -> tuple[tuple[Row, Row], tuple[Row, Row]]:
    chat = _Chat(engine, seed)
    chat.ask(Effort.FAST, _WORDS)
    plain_s, plain_tokens = chat.ask(Effort.FAST)
    chat.read_ahead(Effort.DEEP)
    prepared_s, prepared_tokens = chat.ask(Effort.DEEP)
    # Fast knows all but the last question and its answer; a follow-up of the same length.
    back_s, back_tokens = chat.ask(Effort.FAST)
    same_s, same_tokens = chat.ask(Effort.FAST, round(_NEW_WORDS * back_tokens / plain_tokens))
    is_alike = 0.8 < same_tokens / back_tokens < 1.25
    if prepared_tokens > 2 * plain_tokens or back_tokens > 3 * plain_tokens or not is_alike:
        counts = plain_tokens, prepared_tokens, back_tokens, same_tokens
        raise BenchmarkError(f"read again, or not alike: {counts}")
    return ((back_s,), (same_s,)), ((prepared_s,), (plain_s,))
