"""Time to the first word: a further question in a long chat against a cold reading of that chat.

`followup`: about 4,000 tokens of history with the starter model. `followup.pictures`: a tiny model
with two pictures in the history, where the cold reading looks at them again.
"""

import pathlib
import tempfile
from contextlib import closing

from app.domain.chat import Conversation, Message, PicturePart, Role, TextPart
from app.domain.model_file import ModelFile
from app.services.models import model_at
from benchmarks.figure import BenchmarkError, Figure, Limit, Row, Spec, figures
from benchmarks.processes import OurEngine
from benchmarks.prompts import long_prompt
from tests.helpers.prepared_pictures import picture
from tests.helpers.tiny_models import EMBEDDING, write_mistral4, write_pixtral_projector

PAIRS = 5
_WORDS = 4000
_ANSWER_TOKENS = 16
_CELLS = (30, 30)


def run(pairs: int) -> list[Figure]:
    """Measure so many chats of each kind."""
    with closing(OurEngine()) as engine:
        words = [_chat(engine, (), i) for i in range(pairs)]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        with closing(OurEngine(seeing_model(folder))) as engine:
            pictures = [_chat(engine, _two_pictures(i, folder), i) for i in range(pairs)]
    return [
        *figures(words, Spec("followup", "s", Limit("ratio", "<=", 1 / 60))),
        *figures(pictures, Spec("followup.pictures", "s", Limit("ratio", "<=", 1 / 30))),
    ]


def seeing_model(folder: pathlib.Path) -> ModelFile:
    """Write a tiny model that sees."""
    write_mistral4(folder / "tiny.gguf")
    write_pixtral_projector(folder / "mmproj.gguf", embedding=EMBEDDING)
    return model_at(folder / "tiny.gguf")


def _two_pictures(seed: int, folder: pathlib.Path) -> tuple[PicturePart, ...]:
    return tuple(PicturePart(picture(*_CELLS, seed=2 * seed + k, folder=folder)) for k in (0, 1))


def _chat(engine: OurEngine, pictures: tuple[PicturePart, ...], seed: int) -> tuple[Row, Row]:
    engine.ask("", 1, chat="other")
    words = long_prompt(_WORDS if not pictures else _WORDS // 8, seed)
    question = Message(Role.USER, (*pictures, TextPart(words)) if pictures else words)
    cold = engine.ask(Conversation((question,)), _ANSWER_TOKENS, chat=str(seed))
    answer = Message(Role.ASSISTANT, cold.text)
    further = Conversation((question, answer, Message(Role.USER, "And then?")))
    engine.ask("", 1, chat="other")  # another chat in between
    warm = engine.ask(further, _ANSWER_TOKENS, chat=str(seed))
    usage = engine.finish(warm).usage
    if usage.prompt_tokens - usage.reused_tokens > 3 * _ANSWER_TOKENS:
        raise BenchmarkError(f"read again: {usage}")
    return (warm.first_token_s,), (cold.first_token_s,)
