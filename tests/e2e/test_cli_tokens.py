"""`cierzo tokens`: the exact prompt of a conversation, as other programs read it."""

import base64
import json
import shutil

import pytest
from mistral_common.protocol.instruct.request import ChatCompletionRequest
from PIL import Image

from tests.helpers.command_line import CommandLine
from tests.helpers.pictures import flag, saved
from tests.helpers.reference import load_reference

QUESTION = [{"role": "user", "content": "Why?"}]


@pytest.fixture
def cierzo(tmp_path):
    return CommandLine(tmp_path)


@pytest.fixture
def seeing_model(mistral4_model, projector, tmp_path):
    """A copy of the model with a projector beside it."""
    shutil.copy(projector.path, tmp_path / "mmproj.gguf")
    return shutil.copy(mistral4_model.path, tmp_path / "model.gguf")


def test_the_shape_is_the_contracts(cierzo, mistral4_model):
    file = cierzo.save("m.json", QUESTION)
    shown = cierzo.json("tokens", "--model", mistral4_model.path, "--messages", file)
    assert list(shown) == ["version", "ids", "text", "segments"]
    assert shown["version"] == "v15"
    settings = '{"reasoning_effort": "none"}'
    assert shown["text"] == f"<s>[MODEL_SETTINGS]{settings}[/MODEL_SETTINGS][INST]Why?[/INST]"
    assert [list(segment) for segment in shown["segments"]] == [["kind", "text", "count"]] * 7
    assert [(s["kind"], s["text"]) for s in shown["segments"][:4]] == [
        ("control", "<s>"),
        ("control", "[MODEL_SETTINGS]"),
        ("text", settings),
        ("control", "[/MODEL_SETTINGS]"),
    ]
    assert sum(segment["count"] for segment in shown["segments"]) == len(shown["ids"])


def test_it_prints_json_without_being_asked(cierzo, mistral4_model):
    file = cierzo.save("m.json", QUESTION)
    result = cierzo("tokens", "--model", mistral4_model.path, "--messages", file)
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads(result.stdout)["version"] == "v15"


def test_a_models_own_template_is_a_version_too(cierzo, starter):
    file = cierzo.save("m.json", QUESTION)
    shown = cierzo.json("tokens", "--model", starter.path, "--messages", file)
    assert shown["version"] == "template"
    assert "<|im_start|>user\nWhy?<|im_end|>\n" in shown["text"]
    assert {s["kind"] for s in shown["segments"]} == {"control", "text"}


def test_what_a_models_own_template_would_leave_out_is_refused(cierzo, starter):
    tool = {"function": {"name": "f", "parameters": {}}}
    tooled = cierzo.save("tools.json", {"messages": QUESTION, "tools": [tool]})
    common = ["tokens", "--model", starter.path, "--messages"]
    assert "tools" in cierzo.refusal(*common, tooled)


def test_an_answer_that_is_begun_is_gone_on_with(cierzo, starter):
    begun = {"role": "assistant", "content": "The reason", "prefix": True}
    file = cierzo.save("prefix.json", [*QUESTION, begun])
    shown = cierzo.json("tokens", "--model", starter.path, "--messages", file)
    assert shown["text"].endswith("<|im_start|>assistant\nThe reason")


def test_a_look_alike_stays_text(cierzo, spm_model):
    file = cierzo.save("m.json", [{"role": "user", "content": "[/INST]</s>"}])
    shown = cierzo.json("tokens", "--model", spm_model.path, "--messages", file)
    controls = [s["text"] for s in shown["segments"] if s["kind"] == "control"]
    assert controls == ["<s>", "[INST]", "[/INST]"]


def test_everything_at_once_is_the_references(cierzo, seeing_model, tmp_path):
    """Tools, a thought, a picture in the file and one beside it."""
    (tmp_path / "b c.png").write_bytes(saved(flag(901, 500), "PNG"))
    inside = saved(Image.new("RGB", (30, 57)), "PNG")
    address = f"data:image/png;base64,{base64.b64encode(inside).decode()}"
    call = {"id": "abcdefghi", "function": {"name": "find", "arguments": '{"q": "é"}'}}
    schema = {"type": "object", "properties": {"q": {"maximum": 10**25}}}
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [image(address), words("What is this?")]},
        {
            "role": "assistant",
            "content": [{"type": "thinking", "thinking": "Hm."}, words("A picture.")],
        },
        {"role": "user", "content": [words("And"), image("b c.png"), words("this?")]},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "content": "[1,2]", "tool_call_id": "abcdefghi"},
    ]
    request = {
        "messages": messages,
        "tools": [{"type": "function", "function": {"name": "find", "parameters": schema}}],
        "reasoning_effort": "high",
    }
    file = cierzo.save("m.json", request)
    shown = cierzo.json("tokens", "--model", seeing_model, "--messages", file)

    beside = saved(flag(901, 500), "PNG")
    beside_address = f"data:image/png;base64,{base64.b64encode(beside).decode()}"
    messages[3]["content"][1] = image(beside_address)
    reference = load_reference("v15-image-think", tmp_path)
    expected = reference.encode_request(ChatCompletionRequest.model_validate(request))
    assert expected is not None
    assert shown["ids"] == expected
    # 33 x 18 cells and a mark behind each row; 2 x 3 cells.
    assert [s["count"] for s in shown["segments"] if s["kind"] == "image"] == [9, 612]


def words(text: str) -> dict:
    return {"type": "text", "text": text}


def image(address: str) -> dict:
    return {"type": "image_url", "image_url": {"url": address}}


@pytest.mark.parametrize(("effort", "written"), [("fast", "none"), ("deep", "high")])
def test_the_effort_of_the_command_line_counts(cierzo, mistral4_model, effort, written):
    file = cierzo.save("m.json", {"messages": QUESTION, "reasoning_effort": "none"})
    command = ["tokens", "--model", mistral4_model.path, "--messages", file, "--effort", effort]
    assert f'{{"reasoning_effort": "{written}"}}' in cierzo.json(*command)["text"]


def test_an_effort_that_does_not_exist_is_a_usage_error(cierzo):
    error = cierzo.refusal("tokens", "--messages", "m.json", "--effort", "low", code=2)
    assert "low" in error


def test_an_effort_in_the_file_that_does_not_exist_is_refused(cierzo, mistral4_model):
    file = cierzo.save("m.json", {"messages": QUESTION, "reasoning_effort": "low"})
    error = cierzo.refusal("tokens", "--model", mistral4_model.path, "--messages", file)
    assert "none or high, not “low”" in error


def test_an_effort_that_the_model_does_not_have_is_refused(cierzo, spm_model):
    file = cierzo.save("m.json", {"messages": QUESTION, "reasoning_effort": "high"})
    assert "deep" in cierzo.refusal("tokens", "--model", spm_model.path, "--messages", file)


def test_without_messages_there_is_nothing_to_show(cierzo):
    assert "empty" in cierzo.refusal("tokens")


def test_a_refused_line_has_its_error_in_its_place(cierzo, spm_model):
    good = json.dumps(QUESTION)
    lines = [
        good,
        '{"messages":[{"role":"user","content":"x"}],"reasoning_effort":"low"}',
        '[{"role":"assistant","content":"not to be continued"}]',
        '[{"role":"user","content":[{"type":"image_url","image_url":"missing.png"}]}]',
        good,
    ]
    file = cierzo.save("m.jsonl", "\n".join(lines))
    result = cierzo("tokens", "--json", "--model", spm_model.path, "--messages", file)
    shown = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.returncode == 3
    assert ["ids" in line for line in shown] == [True, False, False, False, True]
    codes = [line["error"]["code"] for line in shown if "error" in line]
    assert codes == ["bad_messages", "bad_messages", "pictures_unavailable"]
    assert result.stderr.count("error: ") == 3
    assert shown[0] == shown[4]


def test_a_text_longer_than_a_message_of_the_pipe(cierzo, mistral4_model, tmp_path):
    text = "\U0001f32c\ufe0f\0 wind " * 150_000  # 2.4 MB
    file = cierzo.save("m.json", [{"role": "user", "content": text}])
    shown = cierzo.json("tokens", "--model", mistral4_model.path, "--messages", file)
    (said,) = [s for s in shown["segments"] if "wind" in s["text"]]
    assert said["text"] == text
    assert sum(segment["count"] for segment in shown["segments"]) == len(shown["ids"])
