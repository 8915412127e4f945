"""A conversation's prompt made twice: by us and by Mistral's reference.

for conversation in random_conversations(reference.name, count=300, seed=1):
    assert compare(conversation, reference).agrees
"""

import dataclasses
from collections.abc import Callable

import PIL.Image
import pydantic
from mistral_common.protocol.instruct.chunk import ImageChunk, TextChunk, ThinkChunk
from mistral_common.protocol.instruct.messages import (
    AssistantMessage,
    SystemMessage,
    ToolMessage,
    UserMessage,
)
from mistral_common.protocol.instruct.request import ChatCompletionRequest
from mistral_common.protocol.instruct.tool_calls import Function, FunctionCall
from mistral_common.protocol.instruct.tool_calls import Tool as ReferenceTool
from mistral_common.protocol.instruct.tool_calls import ToolCall as ReferenceToolCall

from app.domain.chat import Conversation, Effort, Message, Part, Role, TextPart, ThoughtPart
from app.domain.errors import PromptError
from app.domain.mistral.prompt import build_prompt
from app.domain.mistral.version import TokenizerVersion
from app.domain.prompt import Control, Image, Segment, Text
from tests.helpers.reference import Reference


def to_reference_request(conversation: Conversation) -> ChatCompletionRequest:
    """The same conversation in the reference's own words.

    Raises:
        ValueError: It cannot even be said.
    """
    efforts = {Effort.FAST: "none", Effort.DEEP: "high", None: None}
    return ChatCompletionRequest(
        messages=[_to_reference_message(message) for message in conversation.messages],
        tools=[
            ReferenceTool(
                function=Function(
                    name=tool.name, description=tool.description, parameters=tool.parameters
                )
            )
            for tool in conversation.tools
        ],
        reasoning_effort=efforts[conversation.effort],
    )


_REFERENCE_MESSAGES: dict[Role, type[pydantic.BaseModel]] = {
    Role.SYSTEM: SystemMessage,
    Role.USER: UserMessage,
    Role.ASSISTANT: AssistantMessage,
    Role.TOOL: ToolMessage,
}


def _to_reference_message(message: Message) -> pydantic.BaseModel:
    content: object = message.content
    if not isinstance(message.content, str):
        content = [_to_reference_chunk(part) for part in message.content]
    fields: dict[str, object] = {"content": content}
    if message.tool_calls:
        fields["tool_calls"] = [
            ReferenceToolCall(
                id=call.call_id, function=FunctionCall(name=call.name, arguments=call.arguments)
            )
            for call in message.tool_calls
        ]
    if message.is_prefix:
        fields["prefix"] = True
    if message.call_id is not None:
        fields["tool_call_id"] = message.call_id
    if message.tool_name is not None:
        fields["name"] = message.tool_name
    return _REFERENCE_MESSAGES[message.role](**fields)


def _to_reference_chunk(part: Part) -> TextChunk | ThinkChunk | ImageChunk:
    match part:
        case TextPart():
            return TextChunk(text=part.text)
        case ThoughtPart():
            return ThinkChunk(thinking=part.text, closed=part.closed)
    size = (part.picture.width_px, part.picture.height_px)
    return ImageChunk(image=PIL.Image.new("RGB", size))


def reference_ids(conversation: Conversation, reference: Reference) -> list[int] | None:
    """The reference's prompt, or None where it refuses."""
    try:
        request = to_reference_request(conversation)
    except ValueError:
        return None
    return reference.encode_request(request)


def segments_of(conversation: Conversation, reference: Reference) -> list[Segment] | None:
    """Our prompt, or None where we refuse."""
    try:
        return build_prompt(
            conversation,
            TokenizerVersion(reference.version),
            cell_px=reference.cell_px,
            special_tokens=reference.special_tokens,
        )
    except PromptError:
        return None


def ids_of(
    segments: list[Segment], reference: Reference, encode: Callable[[str], list[int]] | None = None
) -> list[int]:
    """Our prompt as ids; `encode` tokenises a text, else the reference's tokenizer does."""
    special = reference.special_tokens
    ids: list[int] = []
    for segment in segments:
        match segment:
            case Control():
                ids.append(special[segment.token])
            case Text():
                ids += (encode or reference.encode_text)(segment.text)
            case Image():
                row = [special["[IMG]"]] * segment.columns + [special["[IMG_BREAK]"]]
                ids += row * segment.rows
                ids[-1] = special["[IMG_END]"]
                assert segment.tokens == len(row) * segment.rows
    return ids


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Both prompts of a conversation; None where refused."""

    ours: list[int] | None
    theirs: list[int] | None

    @property
    def agrees(self) -> bool:
        return self.ours == self.theirs

    @property
    def accepted(self) -> bool:
        return self.theirs is not None


def compare(
    conversation: Conversation,
    reference: Reference,
    encode: Callable[[str], list[int]] | None = None,
) -> Comparison:
    """Build a prompt both ways."""
    segments = segments_of(conversation, reference)
    return Comparison(
        ours=None if segments is None else ids_of(segments, reference, encode),
        theirs=reference_ids(conversation, reference),
    )
