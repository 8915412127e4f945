"""`cierzo ask` with thoughts, tools and pictures."""

import json
import shutil

import pytest
from PIL import Image

from tests.helpers.command_line import CommandLine
from tests.helpers.pictures import flag, saved
from tests.helpers.tiny_models import chain, write_scripted

SCRIPT = chain("[/INST]", "[THINK]", " a", " b", " c", "[/THINK]", "So", ".", "</s>")


@pytest.fixture
def cierzo(tmp_path):
    return CommandLine(tmp_path)


@pytest.fixture(scope="module")
def switching(tmp_path_factory):
    """A model that can think or not, and thinks whatever it is told."""
    return write_scripted(tmp_path_factory.mktemp("switching") / "switching.gguf", SCRIPT)


@pytest.fixture(scope="module")
def always_thinking(tmp_path_factory):
    """A model that cannot be told not to think, which its template gives away."""
    path = tmp_path_factory.mktemp("always") / "always.gguf"
    data = write_scripted(path, SCRIPT, version="v13").read_bytes()
    begin = b"{{ bos_token }}"
    assert data.count(begin) == 1
    path.write_bytes(data.replace(begin, b"{{ '[THINK]' }}"))
    return path


@pytest.fixture
def seeing_model(mistral4_model, projector, tmp_path):
    """A copy of the model with a projector beside it."""
    shutil.copy(projector.path, tmp_path / "mmproj.gguf")
    return shutil.copy(mistral4_model.path, tmp_path / "model.gguf")


def test_a_thought_is_reasoning_and_not_text(cierzo, switching):
    answer = cierzo.json("ask", "--model", switching, "--effort", "deep", "Why?")
    assert (answer["text"], answer["reasoning"]) == ("So.", " a b c")
    assert answer["effort"] == "deep"
    assert answer["finish_reason"] == "stop"
    usage = answer["usage"]
    assert (usage["completion_tokens"], usage["reasoning_tokens"]) == (7, 3)


def test_a_script_reads_the_answer_alone(cierzo, switching):
    result = cierzo("ask", "--model", switching, "--effort", "deep", "Why?")
    assert (result.returncode, result.stdout, result.stderr) == (0, "So.\n", "")


def test_a_model_that_was_not_told_is_fast_where_it_can_choose(cierzo, switching):
    assert cierzo.json("ask", "--model", switching, "Why?")["effort"] == "fast"


def test_a_model_that_always_thinks_is_deep(cierzo, always_thinking):
    answer = cierzo.json("ask", "--model", always_thinking, "Why?")
    assert (answer["text"], answer["reasoning"], answer["effort"]) == ("So.", " a b c", "deep")
    told = cierzo.json("ask", "--model", always_thinking, "--effort", "deep", "Why?")
    assert told["usage"] == answer["usage"], "there is no place in its prompt to say so"


def test_a_thinking_budget_ends_the_thought(cierzo, switching):
    answer = cierzo.json("ask", "--model", switching, "--thinking-budget", "2", "Why?")
    assert (answer["text"], answer["reasoning"]) == ("So.", " a b")
    assert answer["usage"]["reasoning_tokens"] == 2


def test_what_a_model_cannot_do_is_refused(cierzo, always_thinking, spm_model):
    ask = ["ask", "--model"]
    assert "always thinks" in cierzo.refusal(*ask, always_thinking, "--effort", "fast", "x")
    assert "“deep”" in cierzo.refusal(*ask, spm_model.path, "--effort", "deep", "x")
    assert "budget" in cierzo.refusal(*ask, spm_model.path, "--thinking-budget", "9", "x")


def test_a_model_that_never_thinks_is_fast_anyway(cierzo, spm_model):
    ask = ["ask", "--model", spm_model.path, "--max-tokens", 1, "--temperature", 0]
    told, untold = (cierzo.json(*ask, *effort, "x") for effort in (["--effort", "fast"], []))
    assert told["usage"] == untold["usage"]
    assert (told["text"], told["effort"], untold["effort"]) == (untold["text"], "fast", None)


def test_an_effort_of_the_command_line_counts_more_than_the_files(cierzo, switching):
    question = [{"role": "user", "content": "Why?"}]
    file = cierzo.save("m.json", {"messages": question, "reasoning_effort": "none"})
    ask = ["ask", "--model", switching, "--messages", file]
    assert cierzo.json(*ask)["effort"] == "fast"
    assert cierzo.json(*ask, "--effort", "deep")["effort"] == "deep"


def test_a_conversation_goes_on_with_thoughts_tools_and_pictures(cierzo, seeing_model, tmp_path):
    (tmp_path / "flag.png").write_bytes(saved(flag(280, 140), "PNG"))
    picture = {"type": "image_url", "image_url": "flag.png"}
    call = {"id": "abcdefghi", "function": {"name": "find", "arguments": "{}"}}
    messages = [
        {"role": "user", "content": [picture, {"type": "text", "text": "What is it?"}]},
        {
            "role": "assistant",
            "content": [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "So."}],
            "tool_calls": [call],
        },
        {"role": "tool", "content": "a flag", "tool_call_id": "abcdefghi"},
    ]
    tools = [{"type": "function", "function": {"name": "find", "parameters": {}}}]
    file = cierzo.save("m.json", {"messages": messages, "tools": tools})
    common = ["--model", seeing_model, "--messages", file]
    shown = cierzo.json("tokens", *common)
    usage = cierzo.json("ask", *common, "--max-tokens", 2)["usage"]
    assert usage["image_tokens"] == (10 + 1) * 5
    assert usage["prompt_tokens"] == len(shown["ids"])
    assert usage["completion_tokens"] == 2


def test_pictures_go_before_the_question(cierzo, seeing_model, tmp_path):
    (tmp_path / "a.png").write_bytes(saved(flag(28, 28), "PNG"))
    (tmp_path / "b.jpg").write_bytes(saved(flag(56, 28), "JPEG"))
    ask = ["ask", "--model", seeing_model, "--max-tokens", 1]
    answer = cierzo.json(*ask, "--image", "a.png", "--image", "b.jpg", "What?")
    assert answer["usage"]["image_tokens"] == 2 + 3


def test_a_question_is_added_to_the_messages_of_the_file(cierzo, switching):
    turns = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]
    file = cierzo.save("turns.json", turns)
    ask = ["ask", "--model", switching, "--messages"]
    usages = [
        cierzo.json(*ask, file, "Why?")["usage"],
        cierzo.json(*ask, cierzo.save("all.json", [*turns, {"role": "user", "content": "Why?"}]))[
            "usage"
        ],
    ]
    assert usages[0] == usages[1]


def test_a_picture_that_cannot_be_used_is_one_sentence(cierzo, seeing_model, tmp_path):
    picture = saved(Image.effect_noise((90, 90), 50), "PNG")
    (tmp_path / "cut.png").write_bytes(picture[: len(picture) // 2])
    (tmp_path / "page.png").write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")
    expected = {"missing.png": "no picture", "cut.png": "damaged", "page.png": "not a picture"}
    for name, word in expected.items():
        error = cierzo.refusal("ask", "--model", seeing_model, "--image", name, "x")
        assert word in error
        assert f"“{name}”" in error
    failed = cierzo("ask", "--json", "--model", seeing_model, "--image", "cut.png", "x")
    assert json.loads(failed.stdout)["error"]["code"] == "picture_damaged"


def test_a_picture_of_a_file_that_cannot_be_used_is_one_sentence(cierzo, seeing_model):
    for address in ("missing.png", "data:image/png;base64,AAAA"):
        content = [{"type": "image_url", "image_url": {"url": address}}]
        file = cierzo.save("m.json", [{"role": "user", "content": content}])
        assert "icture" in cierzo.refusal("ask", "--model", seeing_model, "--messages", file)


def test_a_projector_that_cannot_be_used_is_one_sentence(
    cierzo, mistral4_model, unfitting_projector, tmp_path
):
    (tmp_path / "notes.gguf").write_text("no projector")
    ask = ["ask", "--model", mistral4_model.path, "x", "--mmproj"]
    assert "belongs to another model" in cierzo.refusal(*ask, unfitting_projector.path)
    for path in (mistral4_model.path, "notes.gguf", "missing.gguf", "."):
        assert "cannot be used to see pictures" in cierzo.refusal(*ask, path)


def test_a_picture_without_a_projector_is_one_sentence(cierzo, spm_model):
    assert "text only" in cierzo.refusal("ask", "--model", spm_model.path, "--image", "x.png", "x")
