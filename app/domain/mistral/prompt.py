"""From a conversation to the segments of a Mistral prompt.

Every `Text` is one call of the reference's tokenizer: SentencePiece puts a space before each, and
Tekken merges nothing across. A `Control` is always one of the version's own tokens, whatever the
messages say.
"""

from collections.abc import Collection, Iterable

from app.domain.chat import Conversation, Effort, Message, PicturePart, Role, TextPart, ThoughtPart
from app.domain.mistral.format import FORMATS, CallStyle, PromptFormat, ResultStyle, UserTurn
from app.domain.mistral.json_text import read_json, write_json
from app.domain.mistral.normalise import merge_messages
from app.domain.mistral.rules import check_conversation, check_turns
from app.domain.mistral.version import TokenizerVersion
from app.domain.prompt import Control, Image, Segment, Text

_EFFORTS = {Effort.FAST: "none", Effort.DEEP: "high", None: "none"}


def build_prompt(
    conversation: Conversation,
    version: TokenizerVersion,
    *,
    cell_px: int | None,
    special_tokens: Collection[str],
) -> list[Segment]:
    """Write a conversation as Mistral's reference does, beginning with `<s>`.

    Args:
        conversation: Its pictures are scaled to whole cells.
        version: Of the model's tokenizer.
        cell_px: Edge of the square that becomes one image token; None for a model without vision.
        special_tokens: Of the model's vocabulary.

    Raises:
        BadMessages: The reference refuses these messages for every model.
        MessagesUnsupported: The reference refuses them for this one.
        ValueError: A picture is not scaled to whole cells.
    """
    form = FORMATS[version]
    thinks = {"[THINK]", "[/THINK]"} <= set(special_tokens)
    check_conversation(conversation, form, sees=cell_px is not None, thinks=thinks)
    dialogue = merge_messages(conversation.messages, form)
    check_turns(dialogue.turns, form)

    users = [i for i, turn in enumerate(dialogue.turns) if turn.role is Role.USER]
    places = {UserTurn.FIRST: users[0], UserTurn.LAST: users[-1]} if users else {}
    last_user = users[-1] if users else -1
    segments: list[Segment] = [Control("<s>")]
    for i, turn in enumerate(dialogue.turns):
        is_old = form.forgets_calls and i < last_user
        match turn.role:
            case Role.SYSTEM:
                segments += _between("[SYSTEM_PROMPT]", _content(turn, cell_px), "[/SYSTEM_PROMPT]")
            case Role.USER:
                if form.tools_in is not None and i == places[form.tools_in]:
                    segments += _tools(conversation)
                if form.has_effort and i == places[UserTurn.FIRST]:
                    segments += _settings(conversation.effort)
                has_system = form.system_in is not None and i == places[form.system_in]
                system = dialogue.system if has_system else ""
                segments += _question(turn, system, form, cell_px)
            case Role.ASSISTANT:
                if not (is_old and turn.tool_calls):
                    segments += _answer(turn, form, cell_px)
            case Role.TOOL:
                if not is_old:
                    segments += _result(turn, form, cell_px)
    return [_mend(segment) for segment in segments if segment != Text("")]


def _mend(segment: Segment) -> Segment:
    """Replace halves of surrogate pairs, which escapes in JSON can bring, as Tekken does."""
    if not isinstance(segment, Text):
        return segment
    try:
        segment.text.encode()
    except UnicodeEncodeError:
        return Text(segment.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    return segment


def _between(begin: str, segments: Iterable[Segment], end: str) -> list[Segment]:
    return [Control(begin), *segments, Control(end)]


def _content(turn: Message, cell_px: int | None) -> list[Segment]:
    segments: list[Segment] = []
    for part in turn.parts:
        match part:
            case TextPart():
                segments.append(Text(part.text))
            case ThoughtPart():
                segments += [Control("[THINK]"), Text(part.text)]
                if part.closed:
                    segments.append(Control("[/THINK]"))
            case PicturePart():
                segments.append(_image(part, cell_px))
    return segments


def _image(part: PicturePart, cell_px: int | None) -> Image:
    picture = part.picture
    if cell_px is None or picture.width_px % cell_px or picture.height_px % cell_px:
        raise ValueError(
            f"a picture of {picture.width_px} x {picture.height_px} for cells of {cell_px}"
        )
    return Image(picture, picture.width_px // cell_px, picture.height_px // cell_px)


def _tools(conversation: Conversation) -> list[Segment]:
    if not conversation.tools:
        return []
    tools = [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters,
            },
        }
        for tool in conversation.tools
    ]
    return _between("[AVAILABLE_TOOLS]", [Text(write_json(tools))], "[/AVAILABLE_TOOLS]")


def _settings(effort: Effort | None) -> list[Segment]:
    settings = write_json({"reasoning_effort": _EFFORTS[effort]})
    return _between("[MODEL_SETTINGS]", [Text(settings)], "[/MODEL_SETTINGS]")


def _question(turn: Message, system: str, form: PromptFormat, cell_px: int | None) -> list[Segment]:
    if system:
        system += "\n\n"
    if isinstance(turn.content, str):
        words = system + turn.content
        if not form.has_turn_tokens:
            return [Text(f"[INST] {words} [/INST]")]
        return _between("[INST]", [Text(words)], "[/INST]")
    content = _content(turn, cell_px)
    match turn.content:
        case (TextPart(), PicturePart()):
            content.reverse()  # of one text and one picture, the picture goes first
    return _between("[INST]", [Text(system), *content], "[/INST]")


def _answer(turn: Message, form: PromptFormat, cell_px: int | None) -> list[Segment]:
    if isinstance(turn.content, str):
        # Only with turn tokens, and only of a plain text, does the reference cut final spaces.
        words = turn.content.rstrip(" ") if form.has_turn_tokens else turn.content
        segments: list[Segment] = [Text(words)]
    else:
        segments = _content(turn, cell_px)
    if turn.tool_calls:
        segments += _calls(turn, form)
    return segments if turn.is_prefix else [*segments, Control("</s>")]


def _calls(turn: Message, form: PromptFormat) -> list[Segment]:
    if form.calls in {CallStyle.LIST, CallStyle.LIST_WITH_IDS}:
        calls = [
            {"name": call.name, "arguments": read_json(call.arguments)}
            | ({"id": call.call_id} if form.calls is CallStyle.LIST_WITH_IDS else {})
            for call in turn.tool_calls
        ]
        return [Control("[TOOL_CALLS]"), Text(write_json(calls))]
    segments: list[Segment] = []
    for call in turn.tool_calls:
        segments += [Control("[TOOL_CALLS]"), Text(call.name)]
        if form.calls is CallStyle.EACH_WITH_ID:
            segments += [Control("[CALL_ID]"), Text(call.call_id)]
        segments += [Control("[ARGS]"), Text(call.arguments)]
    return segments


def _result(turn: Message, form: PromptFormat, cell_px: int | None) -> list[Segment]:
    content: list[Segment]
    match form.results:
        case ResultStyle.LIST:
            result = {"name": turn.tool_name, "content": read_json(turn.text)}
            content = [Text(write_json([result]))]
        case ResultStyle.OBJECT:
            result = {"content": read_json(turn.text), "call_id": turn.call_id}
            content = [Text(write_json(result))]
        case ResultStyle.ID_AND_TEXT:
            content = [Text(turn.call_id or ""), Control("[TOOL_CONTENT]"), Text(turn.text)]
        case _:
            content = _content(turn, cell_px)
    return _between("[TOOL_RESULTS]", content, "[/TOOL_RESULTS]")
