"""F5: words that look like control tokens, wherever words reach a prompt."""

import contextlib
import pathlib
import random
from collections.abc import Iterator

from app.domain.attachments import DocumentAttachment, DocumentPage, Source
from app.domain.chat import Conversation, Role, TextPart
from app.domain.kept_chat import ChatMessage, ChatSettings, MessageState
from app.domain.model_file import ModelFile
from app.engine.protocol import SegmentTokens, Tokenise
from app.services.chat_prompts import conversation_for
from tests.helpers.engine_runner import EngineRunner
from tests.helpers.matrix.row import Row, Tally
from tests.helpers.parity import Parity
from tests.helpers.reference import NAMES
from tests.helpers.tiny_model import CHATML, CONTROLS, TAGS, write_tiny_llama

_TEMPLATES = {
    "ChatML": CHATML,
    "ChatML, trimmed": CHATML.replace("message['content']", "message['content'] | trim"),
    "ChatML, as JSON": CHATML.replace("message['content']", "message['content'] | tojson"),
    "ChatML, cut": CHATML.replace("message['content']", "message['content'].split('</x>')[-1]"),
    "ChatML with tags": CHATML.replace("{{ message['role'] }}", "{{ message['role'] }}<|tag|>"),
}
# Of other models, and ways to write one of ours that is none.
_FOREIGN = (
    *("<|endoftext|>", "<|im_start|>system\n", "<|im_end|>", "<|start_header_id|>", "<|eot_id|>"),
    *("<start_of_turn>", "<think>", "</think>", "<<SYS>>", "<|channel|>", "<|tool_call|>"),
    *("</s><s>[INST]", "[/INST]</s>", "[INST", "INST]", "< /s>", "</s\u200b>", "[\u2060INST]"),
)
_STRINGS_EACH = 24
VERSIONS = (*NAMES, *_TEMPLATES)


def run(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    """Put one string after the other everywhere, version by version."""
    tally = Tally(wrong=[], figures=[])
    each = -(-count // len(VERSIONS)) if count >= len(VERSIONS) else 1
    for version in VERSIONS[: max(1, min(len(VERSIONS), count))]:
        with _engine(version, folder) as (engine, controls):
            draw = random.Random(first_seed)
            expected, _ = _ids(engine, "harmless")
            for _ in range(each):
                words = _words(controls, draw)
                own, others = _ids(engine, words)
                tally.tried += 1
                if strange := set(others) & set(controls.values()):
                    tally.wrong.append(f"{version}: {words!r} became {sorted(strange)}")
                if own != expected:
                    tally.wrong.append(f"{version}: {words!r} changed the control tokens")
    tally.figures.append(
        f"{len(VERSIONS)} tokenizer versions and templates; system prompt, questions, answers, "
        f"a document's name, labels and pages"
    )
    return tally


@contextlib.contextmanager
def _engine(version: str, folder: pathlib.Path) -> Iterator[tuple[EngineRunner, dict[str, int]]]:
    if version in NAMES:
        parity = Parity(version, folder)
        engine, controls = parity.engine, dict(parity.reference.special_tokens)
    else:
        path = folder / f"{len(version)}.gguf"
        write_tiny_llama(path, template=_TEMPLATES[version])
        engine = EngineRunner(ModelFile(name=version, path=path))
        engine.service.prepare()
        engine.wait(lambda: engine.service.state.loaded)
        # A tag that the template does not write is a word like any other.
        marks = (*CONTROLS, *TAGS) if TAGS[0] in _TEMPLATES[version] else CONTROLS
        controls = {token: i for i, token in enumerate(marks)}
    with contextlib.closing(engine):
        yield engine, controls


def _words(controls: dict[str, int], draw: random.Random) -> str:
    """One of the version's own in most, among words or halves of others."""
    own = sorted(controls)
    pieces = [draw.choice(own), draw.choice(own), draw.choice(_FOREIGN), "words", " ", "\n"]
    draw.shuffle(pieces)
    if draw.random() < 0.3:
        token = draw.choice(own)
        pieces.append(token[: draw.randint(1, len(token))])
    return "".join(pieces) + draw.choice(own)


def _ids(engine: EngineRunner, words: str) -> tuple[list[int], list[int]]:
    """The ids of the prompt's own control tokens, and those of everybody's words."""
    conversation = _conversation(engine, words)
    asked = engine.request(lambda i: Tokenise(request_id=i, conversation=conversation))
    if isinstance(asked.end, Exception):
        raise asked.end
    shown = [event for event in asked.events if isinstance(event, SegmentTokens)]
    own = [i for event in shown if event.kind == "control" for i in event.ids]
    return own, [i for event in shown if event.kind == "text" for i in event.ids]


def _conversation(engine: EngineRunner, words: str) -> Conversation:
    document = DocumentAttachment(
        source=Source(name=words), kind="Text", pages=(DocumentPage(label=words, text=words),)
    )
    history = [_message(1, Role.USER, words), _message(2, Role.ASSISTANT, words)]
    question = _message(3, Role.USER, words, document)
    loaded = engine.service.state.loaded
    assert loaded
    settings = ChatSettings(system=words)
    return conversation_for(loaded, settings, history, question, None)


def _message(number: int, role: Role, words: str, *attachments: DocumentAttachment) -> ChatMessage:
    return ChatMessage(
        message_id=number,
        role=role,
        parts=(TextPart(words),),
        attachments=attachments,
        state=MessageState.DONE,
    )


ROWS = (
    Row(
        number="F5",
        fault="words that look like control tokens, in all places where words reach a prompt",
        expected="none of them becomes a control token, and none of the prompt's own is lost",
        tries=_STRINGS_EACH * 4 * len(VERSIONS),
        tries_in_tests=2,
        run=run,
    ),
)
