"""What differs between the versions of the prompt format, as data.

Source: mistral_common 1.13.1, the classes `InstructTokenizerV*`, `InstructRequestNormalizerV*` and
`MistralRequestValidatorV*`.
"""

from enum import Enum, auto

import msgspec

from app.domain.mistral.version import TokenizerVersion


class UserTurn(Enum):
    """A user's message that something goes with."""

    FIRST = auto()
    LAST = auto()


class CallStyle(Enum):
    """How an assistant's tool calls are written."""

    LIST = auto()  # [TOOL_CALLS][{name, arguments}, ...]
    LIST_WITH_IDS = auto()  # [TOOL_CALLS][{name, arguments, id}, ...]
    EACH_WITH_ID = auto()  # [TOOL_CALLS]name[CALL_ID]id[ARGS]{...}, for every call
    EACH = auto()  # [TOOL_CALLS]name[ARGS]{...}, for every call


class ResultStyle(Enum):
    """How a tool's result is written, between [TOOL_RESULTS] and [/TOOL_RESULTS]."""

    LIST = auto()  # [{name, content}]
    OBJECT = auto()  # {content, call_id}
    ID_AND_TEXT = auto()  # id[TOOL_CONTENT]content
    TEXT = auto()  # content


class CallIds(Enum):
    """Which ids of tool calls are accepted."""

    ANY = auto()
    NINE_CHARACTERS = auto()
    NOT_EMPTY = auto()


class PromptFormat(msgspec.Struct, frozen=True, kw_only=True):
    """One version of the format; the defaults are v1's.

    Attributes:
        has_turn_tokens: Turns are marked by control tokens; else by plain text.
        system_in: The user's message that carries the system prompt; None: it has its own block.
        tools_in: The user's message that the tools stand before; None: they are left out.
        calls: None where an assistant cannot call tools.
        results: None where a tool has no turn.
        call_ids: Which ids tool calls and results may have.
        forgets_calls: Calls and results before the last question are left out.
        one_result: One turn of calls has at most one result.
        pairs_by_id: Results must belong to the calls by id and are put into their order.
        allows_text_with_calls: An assistant may say something and call tools in one message.
        reads_pictures: In a user's message.
        reads_pictures_of_tools: In a tool's result.
        has_thoughts: In an assistant's message, given the vocabulary has the tokens.
        has_system_thoughts: In a system prompt.
        has_effort: The prompt says how much to think.
        part_joint: Between neighbouring texts of one message.
    """

    has_turn_tokens: bool = False
    system_in: UserTurn | None = UserTurn.FIRST
    tools_in: UserTurn | None = None
    calls: CallStyle | None = None
    results: ResultStyle | None = None
    call_ids: CallIds = CallIds.ANY
    forgets_calls: bool = False
    one_result: bool = False
    pairs_by_id: bool = False
    allows_text_with_calls: bool = False
    reads_pictures: bool = False
    reads_pictures_of_tools: bool = False
    has_thoughts: bool = False
    has_system_thoughts: bool = False
    has_effort: bool = False
    part_joint: str = "\n\n"


_V1 = PromptFormat()
_V2 = msgspec.structs.replace(
    _V1,
    has_turn_tokens=True,
    system_in=UserTurn.LAST,
    tools_in=UserTurn.LAST,
    calls=CallStyle.LIST,
    results=ResultStyle.LIST,
    forgets_calls=True,
    one_result=True,
)
_V3 = msgspec.structs.replace(
    _V2,
    calls=CallStyle.LIST_WITH_IDS,
    results=ResultStyle.OBJECT,
    call_ids=CallIds.NINE_CHARACTERS,
    forgets_calls=False,
    one_result=False,
    reads_pictures=True,
)
_V7 = msgspec.structs.replace(
    _V3, system_in=None, results=ResultStyle.ID_AND_TEXT, allows_text_with_calls=True
)
_V11 = msgspec.structs.replace(_V7, calls=CallStyle.EACH_WITH_ID, pairs_by_id=True)
_V13 = msgspec.structs.replace(
    _V11,
    tools_in=UserTurn.FIRST,
    calls=CallStyle.EACH,
    results=ResultStyle.TEXT,
    call_ids=CallIds.NOT_EMPTY,
    has_thoughts=True,
    has_system_thoughts=True,
)
_V15 = msgspec.structs.replace(
    _V13,
    has_system_thoughts=False,
    has_effort=True,
    reads_pictures_of_tools=True,
    part_joint="",
)

FORMATS = {
    TokenizerVersion.V1: _V1,
    TokenizerVersion.V2: _V2,
    TokenizerVersion.V3: _V3,
    TokenizerVersion.V7: _V7,
    TokenizerVersion.V11: _V11,
    TokenizerVersion.V13: _V13,
    TokenizerVersion.V15: _V15,
}
