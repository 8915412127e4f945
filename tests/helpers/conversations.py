"""Random conversations for every version of Mistral's prompt format.

Most are acceptable; three in ten are changed in a way that few versions accept.
"""

import dataclasses
import hashlib
import json
import random
from collections.abc import Callable, Iterator

import msgspec

from app.domain.chat import (
    Conversation,
    Effort,
    Message,
    Part,
    Picture,
    PicturePart,
    Role,
    TextPart,
    ThoughtPart,
    Tool,
    ToolCall,
)
from tests.helpers.mischief import has_half_pairs, spoil


@dataclasses.dataclass(frozen=True, kw_only=True)
class Abilities:
    """What a version can be asked without being refused.

    `half_pairs`: halves of surrogate pairs may come. SentencePiece's binding crashes on them; our
    prompts replace them everywhere, as Tekken does.
    """

    tools: bool = True
    several_results: bool = True
    any_call_id: bool = False
    text_with_calls: bool = True
    cell_px: int | None = None
    thoughts: bool = False
    system_thoughts: bool = False
    efforts: bool = False
    tool_pictures: bool = False
    half_pairs: bool = True


_V3 = Abilities(text_with_calls=False)
_V11 = Abilities(cell_px=28)
_V13 = Abilities(any_call_id=True)
ABILITIES = {
    "v1": Abilities(tools=False, text_with_calls=False, half_pairs=False),
    "v2": Abilities(
        several_results=False, any_call_id=True, text_with_calls=False, half_pairs=False
    ),
    "v3-spm": dataclasses.replace(_V3, half_pairs=False),
    "v3-tekken": _V3,
    "v3-tekken-image": dataclasses.replace(_V3, cell_px=16),
    "v7-spm": Abilities(half_pairs=False),
    "v7-spm-image": Abilities(cell_px=16, half_pairs=False),
    "v7-tekken-image": Abilities(cell_px=28),
    "v11-image": _V11,
    "v13": _V13,
    "v13-image-think": dataclasses.replace(_V13, cell_px=28, thoughts=True, system_thoughts=True),
    "v15-image-think": dataclasses.replace(
        _V13, cell_px=28, thoughts=True, efforts=True, tool_pictures=True
    ),
}

LOOK_ALIKES = (
    *("<s>", "</s>", "<unk>", "<pad>", "[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]"),
    *("[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_CALLS]", "[TOOL_RESULTS]"),
    *("[/TOOL_RESULTS]", "[TOOL_CONTENT]", "[CALL_ID]", "[ARGS]", "[THINK]", "[/THINK]"),
    *("[MODEL_SETTINGS]", "[/MODEL_SETTINGS]", "[IMG]", "[IMG_BREAK]", "[IMG_END]"),
    *("[PREFIX]", "[MIDDLE]", "[SUFFIX]", "<SPECIAL_42>", "[control_12]", "<0x0A>", "<|im_end|>"),
    *("[AUDIO]", "[REF]", "[/REF]", "[REFERENCE_DOC_3]"),
)
_WORDS = ("the", "wind", "Zaragoza", "of", "is", "42", "mistral", "blows", "3.14", "don't", "I'M")
_UNICODE = (
    *(
        "😀",
        "👩\u200d👩\u200d👧",
        "🇪🇸",
        "e\u0301",
        "Å\u0308\u0323",
        "שלום",
        "مرحبا",
        "你好，世界",
        "日本語テスト",
    ),
    *(
        "한국어",
        "ÇA Và",
        "ﬁ",
        "Ω≈ç√",
        "\u200b",
        "\ufeff",
        "\u2028",
        "\ue000",
        "\U0010fffd",
        "▁",
        "☺",
    ),
    *("\0", "a\0b", "\r", "\r\n", "\x1b[0m", "\x7f", "ß", "İ", "ǅ", "१२३", "½", "가", "\u202eabc"),
)
_SPACES = (" ", "  ", "   ", "\t", "\n", "\n\n", " \n ", "\r\n\r\n", "\u00a0", "        ")
_CODE = (
    "def f(x):\n    return {'a': x[0]}\n",
    "\tif (a && b) {\n\t\tx++;\n\t}",
    "SELECT * FROM t WHERE a='b';--",
    '```json\n{"a": [1, 2, {}]}\n```',
    '<div class="x">&amp;</div>',
    "https://example.invalid/a?b=c&d=%20#e",
)
_JSON = ("{}", "[]", "null", '"text"', "1e400", "NaN", "-0.0", '{"a":1,"a":2}', "[1,2 , 3]", "true")
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def random_conversations(name: str, *, count: int, seed: int) -> Iterator[Conversation]:
    """Always the same ones for a version of `ABILITIES` and a seed."""
    rng = random.Random(f"{name} {seed}")
    for _ in range(count):
        yield random_conversation(rng, ABILITIES[name])


def random_conversation(rng: random.Random, abilities: Abilities) -> Conversation:
    """One conversation, acceptable to a version of these abilities or spoilt."""
    conversation = _Writer(rng, abilities).conversation()
    if rng.random() < 0.3:
        spoilt = spoil(rng, conversation)
        if abilities.half_pairs or not has_half_pairs(spoilt):
            conversation = spoilt
    return conversation


def random_text(rng: random.Random) -> str:
    """Any text, never empty."""
    pieces = [rng.choice(rng.choice(_FAMILIES)) for _ in range(rng.choice((1, 2, 3, 5, 12)))]
    if rng.random() < 0.05:
        pieces.append(rng.choice(("x", "ab", "é", "_", "漢")) * rng.randint(50, 1_500))
    text = rng.choice(("", " ", "", "\n")).join(pieces)
    return (
        rng.choice(("", "", "", " ", "  ", "\n")) + text + rng.choice(("", "", "", " ", "  ", "\n"))
    )


_FAMILIES = (_WORDS, _WORDS, _WORDS, _UNICODE, _SPACES, _CODE, _JSON, LOOK_ALIKES)


class _Writer:
    """Writes one conversation that its version accepts."""

    def __init__(self, rng: random.Random, abilities: Abilities) -> None:
        self.rng = rng
        self.can = abilities
        self.has_tools = abilities.tools and self.chance(0.6)
        self.has_thoughts = abilities.thoughts and self.chance(0.6)
        self.has_pictures = abilities.cell_px is not None and self.chance(0.6)

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def conversation(self) -> Conversation:
        rounds = self.rng.choice((0, 1, 1, 2, 3))
        messages = [self.system() for _ in range(self.rng.choice((0, 0, 0, 1, 1, 1, 2)))]
        if self.chance(0.05):
            messages += self.answers()
        for _ in range(rounds):
            messages += self.question()
            messages += self.answers()
        messages += self.ending()
        return Conversation(
            messages=tuple(messages),
            tools=tuple(self.tool() for _ in range(self.rng.choice((0, 1, 2, 3))))
            if self.has_tools
            else (),
            effort=self.rng.choice((None, *Effort)) if self.can.efforts else None,
        )

    def ending(self) -> list[Message]:
        kind = self.rng.random()
        if kind < 0.1 and self.has_tools:
            return [*self.question(), *self.calls_and_results()]
        if kind < 0.2:
            return [*self.question(), msgspec.structs.replace(self.answer(), is_prefix=True)]
        if kind < 0.25:
            return [*self.question(), self.system()]
        return self.question()

    def text(self) -> str:
        return random_text(self.rng)

    def maybe_text(self) -> str:
        return self.rng.choice(("", " ", "\n")) if self.chance(0.1) else self.text()

    def texts(self) -> tuple[Part, ...]:
        return tuple(TextPart(self.maybe_text()) for _ in range(self.rng.choice((0, 1, 1, 2, 3))))

    def system(self) -> Message:
        if self.can.system_thoughts and self.chance(0.2):
            return Message(Role.SYSTEM, (*self.texts(), self.thought(), *self.texts()))
        return Message(Role.SYSTEM, self.texts() if self.chance(0.3) else self.maybe_text())

    def question(self) -> list[Message]:
        """One or more messages of the user's, now and then with a system message among them."""
        messages = [self.one_question()]
        while self.chance(0.15):
            if self.chance(0.3):
                messages.append(self.system())
            messages.append(self.one_question())
        return messages

    def one_question(self) -> Message:
        if self.has_pictures and self.chance(0.6):
            return Message(Role.USER, self.with_pictures())
        return Message(Role.USER, self.texts() if self.chance(0.2) else self.maybe_text())

    def with_pictures(self) -> tuple[Part, ...]:
        one = (self.picture(),)
        shapes: tuple[Callable[[], tuple[Part, ...]], ...] = (
            lambda: (*one, *self.texts()),
            lambda: (TextPart(self.text()), *one),
            lambda: (*self.texts(), *one, *self.texts()),
            lambda: (*one, self.picture(), TextPart(self.text())),
            lambda: (TextPart(self.text()), *one, self.picture()),
            lambda: one,
        )
        return self.rng.choice(shapes)()

    def picture(self) -> PicturePart:
        cell_px = self.can.cell_px or 28
        width_px, height_px = (cell_px * self.rng.choice((1, 1, 2, 3, 5)) for _ in range(2))
        digest = hashlib.sha256(f"{width_px} {height_px}".encode()).hexdigest()
        return PicturePart(Picture(sha256=digest, width_px=width_px, height_px=height_px))

    def thought(self) -> ThoughtPart:
        return ThoughtPart(self.maybe_text(), closed=self.chance(0.8))

    def answer(self) -> Message:
        if not self.has_thoughts or self.chance(0.2):
            if self.chance(0.2):
                return Message(Role.ASSISTANT, (TextPart(self.text()), *self.texts()))
            return Message(Role.ASSISTANT, self.text())
        parts: tuple[Part, ...] = (self.thought(), *self.texts())
        if self.chance(0.3):
            parts = (*self.texts(), *parts, self.thought(), *self.texts())
        return Message(Role.ASSISTANT, parts)

    def answers(self) -> list[Message]:
        """What the assistant says to one question, tools included."""
        messages: list[Message] = []
        while self.has_tools and self.chance(0.4):
            messages += self.calls_and_results()
        messages.append(self.answer())
        if self.chance(0.1):
            messages.append(self.answer())
        return messages

    def calls_and_results(self) -> list[Message]:
        count = self.rng.choice((1, 1, 2, 3)) if self.can.several_results else 1
        calls = tuple(
            ToolCall(call_id=self.call_id(), name=self.name(), arguments=self.arguments())
            for _ in range(count)
        )
        said: str | tuple[Part, ...] = ""
        if self.can.text_with_calls and self.chance(0.4):
            said = self.answer().content
        results = [
            Message(
                Role.TOOL,
                self.result(),
                call_id=call.call_id,
                tool_name=call.name if self.chance(0.5) else None,
            )
            for call in calls
        ]
        self.rng.shuffle(results)
        return [Message(Role.ASSISTANT, said, tool_calls=calls), *results]

    def call_id(self) -> str:
        length = self.rng.randint(1, 20) if self.can.any_call_id else 9
        return "".join(self.rng.choices(_LETTERS, k=length))

    def name(self) -> str:
        return "".join(self.rng.choices(_LETTERS + "_-", k=self.rng.choice((1, 5, 12, 64))))

    def arguments(self) -> str:
        kind = self.rng.random()
        if kind < 0.1:
            return ""
        if kind < 0.25:
            return self.text()
        return json.dumps(self.json_value(), ensure_ascii=self.chance(0.5))

    def result(self) -> str | tuple[Part, ...]:
        if self.can.tool_pictures and self.has_pictures and self.chance(0.4):
            return self.with_pictures()
        if self.chance(0.2):
            return self.texts()
        return self.arguments()

    def json_value(self) -> object:
        scalars = (None, True, 0, -1.5, 10**25, 1e-7, self.text(), self.text())
        kind = self.rng.random()
        if kind < 0.6:
            return {self.text(): self.rng.choice(scalars) for _ in range(self.rng.randint(0, 3))}
        if kind < 0.8:
            return [self.rng.choice(scalars), {"nested": [{}, [], self.text()]}]
        return self.rng.choice(scalars)

    def tool(self) -> Tool:
        schema = {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": self.text()},
                self.text(): {"type": ["integer", "null"], "minimum": 0, "maximum": 7.5},
                "unit": {"enum": [self.text(), None]},
            },
            "required": ["city"],
            "additionalProperties": False,
        }
        return Tool(
            name=self.name(),
            description=self.maybe_text(),
            parameters=self.rng.choice((schema, schema, {}, {"x-" + self.text(): [1.0, 1e30]})),
        )
