"""The command line as a person or a script uses it: the real program, its output and exit codes."""

import json
import os
import signal
import subprocess
import sys

import pytest

from app.domain.errors import ModelNotFound
from tests.helpers.command_line import CIERZO, CommandLine
from tests.helpers.tiny_model import write_tiny_llama


@pytest.fixture
def cierzo(tmp_path):
    return CommandLine(tmp_path)


def test_ask_streams_and_is_repeatable(cierzo):
    first = cierzo("ask", "--temperature", "0", "--max-tokens", "12", "Hi")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.startswith("Hello")
    assert cierzo("ask", "--temperature", "0", "--max-tokens", "12", "Hi").stdout == first.stdout


def test_ask_json_has_the_shape_of_the_contract(cierzo):
    result = cierzo("ask", "-", "--json", "--max-tokens", "5", "--seed", "3", stdin="Hi\n")
    answer = json.loads(result.stdout)
    assert list(answer) == [
        "text",
        "reasoning",
        "model",
        "effort",
        "finish_reason",
        "seed",
        "usage",
        "timings",
    ]
    assert answer["reasoning"] == ""
    assert answer["effort"] is None
    assert answer["seed"] == 3
    assert set(answer["usage"]) == {
        "prompt_tokens",
        "reused_tokens",
        "completion_tokens",
        "reasoning_tokens",
        "image_tokens",
    }
    assert set(answer["timings"]) == {"load_s", "prompt_s", "first_token_s", "tokens_per_s"}
    assert answer["timings"]["load_s"] > 0


def test_global_options_stand_before_or_after(cierzo, tmp_path):
    before = cierzo("--json", "--home", tmp_path / "h", "doctor")
    after = cierzo("doctor", "--home", tmp_path / "h", "--json")
    paths = [json.loads(r.stdout)["folders"]["data"]["path"] for r in (before, after)]
    assert paths == [str(tmp_path / "h" / "data")] * 2


def test_doctor_examines_everything_and_writes_nothing(cierzo, tmp_path):
    result = cierzo("doctor", "--json", "--home", tmp_path / "h")
    checkup = json.loads(result.stdout)
    assert result.returncode == 0
    assert checkup["engine"]["devices"]
    assert checkup["engine"]["features"]
    assert checkup["memory"]["total_bytes"] >= checkup["memory"]["available_bytes"] > 0
    assert checkup["libraries"]["llama-cpp-python"] == "0.3.36"
    assert all(f["writable"] and not f["exists"] for f in checkup["folders"].values())
    assert not (tmp_path / "h").exists()
    words = cierzo("doctor", "--home", tmp_path / "h").stdout
    assert "llama-cpp-python 0.3.36" in words
    assert checkup["installation"] == {"kind": "checkout", "updates": "none"}
    assert "installed  from its source, has no updates of its own" in words
    assert checkup["engine"]["is_silent"] == (sys.platform == "linux")
    assert "refuses it any internet socket" in words or sys.platform != "linux"


def test_a_probe_tells_devices_and_whether_all_can_be_used(cierzo):
    (device,) = cierzo.json("--probe", "cpu")["cpu"]["devices"]
    assert device["kind"] == "cpu"
    result = cierzo("--probe", "cpu,opencl")
    assert result.returncode == 3
    assert json.loads(result.stdout)["opencl"]["problem"] == "is not part of this build"
    assert "--probe" in cierzo.refusal("--probe", code=2)


def test_doctor_names_a_folder_that_cannot_be_written(cierzo, tmp_path):
    (tmp_path / "file").touch()
    result = cierzo("doctor", "--home", tmp_path / "file")
    assert result.returncode == 3
    assert "NOT WRITABLE" in result.stdout


def test_asking_stores_nothing(cierzo, tmp_path):
    assert cierzo("ask", "--home", tmp_path / "h", "--max-tokens", "1", "Hi").returncode == 0
    assert not (tmp_path / "h").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["ask"], 3, "nothing to ask"),
        (["ask", "  "], 3, "nothing to ask"),
        (["ask", "--effort", "deep", "x"], 3, "deep"),
        (["ask", "--thinking-budget", "5", "x"], 3, "think"),
        (["ask", "--image", "x.png", "x"], 3, "text only"),
        (["ask", "--model", "nosuch", "x"], 3, "nosuch"),
        (["ask", "--model", ".", "x"], 3, "folder"),
        (["ask", "--context", "10000000", "x"], 3, "8,192"),
        (["ask", "--messages", "none.json"], 3, "none.json"),
        (["ask", "--temperature", "hot", "x"], 2, "temperature"),
        (["ask", "--top-p", "2", "x"], 2, "top-p"),
        (["ask", "--nosuch", "x"], 2, "nosuch"),
        (["nosuch"], 2, "nosuch"),
        (["ask", "--max-tokens", "0", "x"], 2, "from 1"),
        (["ask", "--seed", "99999999999999999999", "x"], 2, "seed"),
        (["ask", "--log", "loud", "x"], 2, "loud"),
    ],
)
def test_bad_use_is_one_line_and_an_exit_code(cierzo, arguments, code, word):
    result = cierzo(*arguments)
    assert result.returncode == code
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert word in result.stderr
    failed = cierzo(*arguments, "--json")
    assert set(json.loads(failed.stdout)["error"]) == {"code", "message"}


def test_a_prompt_of_ten_megabytes(cierzo):
    result = cierzo("ask", "-", stdin="word " * 2_000_000)
    assert result.returncode == 3
    assert "8,192 tokens" in result.stderr
    assert result.stderr.count("\n") == 1


def test_messages_continue_a_conversation(cierzo, tmp_path):
    turns = [
        {"role": "system", "content": "You are brief."},
        {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
        {"role": "assistant", "content": "Hello!"},
        {"role": "user", "content": "Who are you?"},
    ]
    file = tmp_path / "m.json"
    file.write_text(json.dumps(turns))
    common = ["ask", "--json", "--temperature", "0", "--max-tokens", "8"]
    whole = json.loads(cierzo(*common, "--messages", file).stdout)
    file.write_text(json.dumps({"messages": turns[1:-1]}))
    given = json.loads(
        cierzo(*common, "--messages", file, "--system", "You are brief.", "Who are you?").stdout
    )
    assert whole["text"] == given["text"]
    assert whole["usage"] == given["usage"]


def test_jsonl_goes_on_after_a_refused_line(cierzo, tmp_path):
    file = tmp_path / "m.jsonl"
    good = json.dumps([{"role": "user", "content": "Hi"}])
    file.write_text(f'{good}\n[{{"role":"robot","content":"x"}}]\n\n{good}\n')
    result = cierzo("ask", "--json", "--max-tokens", "2", "--messages", file)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.returncode == 3
    assert ["text" in line for line in lines] == [True, False, True]
    assert lines[1]["error"]["code"] == "bad_messages"
    assert lines[2]["usage"]["reused_tokens"] > 0


def test_another_model_by_path(cierzo, tmp_path):
    path = write_tiny_llama(tmp_path / "täst 模型.gguf")
    result = cierzo("ask", "--json", "--model", path, "--max-tokens", "3", "Hi")
    assert json.loads(result.stdout)["model"] == "täst 模型"


def test_a_module_in_the_current_folder_is_not_run(cierzo, tmp_path):
    for name in ("msgspec.py", "llama_cpp.py", "app.py"):
        (tmp_path / name).write_text("raise SystemExit('planted')")
    assert cierzo("ask", "--max-tokens", "2", "Hi").returncode == 0


def test_the_log_shows_the_engine_but_not_the_words(cierzo, tmp_path):
    result = cierzo("ask", "--log", "debug", "--max-tokens", "8", "xylophone secret question")
    assert "llama" in result.stderr
    assert "xylophone" not in result.stderr


def test_ctrl_c_ends_with_130_and_without_a_traceback(tmp_path):
    process = subprocess.Popen(
        [*CIERZO, "ask", "--max-tokens", "4000", "Tell a very long story."],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    with process:
        assert process.stdout.read(5)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
        assert process.returncode == 130
        assert errors == ""


def test_a_closed_pipe_is_no_error(tmp_path):
    read_end, write_end = os.pipe()
    process = subprocess.Popen(
        [*CIERZO, "ask", "--max-tokens", "30", "Hi"],
        stdout=write_end,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    os.close(read_end)
    os.close(write_end)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")


def test_version(cierzo):
    assert cierzo("--version").stdout == "cierzo 0.1.0\n"
    assert cierzo("doctor", "--version").stdout == "cierzo 0.1.0\n"


def test_a_missing_model_file_in_place_of_a_command(cierzo):
    result = cierzo("missing.gguf")
    assert result.returncode == 3
    assert result.stderr == f"error: {ModelNotFound(name='missing.gguf')}\n"


def test_bytes_that_are_no_text_are_asked_all_the_same(tmp_path):
    result = subprocess.run(
        [*CIERZO, "ask", "-", "--max-tokens", "2"],
        input=b"caf\xe9 \xff",
        capture_output=True,
        cwd=tmp_path,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )
    assert (result.returncode, result.stderr) == (0, b"")


def test_asking_leaves_broken_settings_alone(cierzo, tmp_path):
    settings = tmp_path / "h" / "config" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text("{")
    assert cierzo("ask", "--home", tmp_path / "h", "--max-tokens", "1", "Hi").returncode == 0
    assert [path.name for path in settings.parent.iterdir()] == ["settings.json"]
