"""Chat templates on real vocabularies: the right ids, and never a control token from a text."""

import contextlib
import ctypes
import random
import sys

import pytest

from app.domain.chat import Message, Role
from app.domain.errors import TemplateBroken
from app.domain.prompt import Control, Plain, Text
from app.engine.worker.native import llama
from app.engine.worker.template import ChatTemplate
from app.engine.worker.vocabulary import Vocabulary
from tests.helpers.hostile_templates import BREAKING_OUT, BROKEN, HUNGRY
from tests.helpers.tiny_model import CHATML, write_tiny_llama

TRIMMING = CHATML.replace("message['content']", "message['content'] | trim")
JSON = CHATML.replace("message['content']", "message['content'] | tojson")
SPLITTING = CHATML.replace("message['content']", "message['content'].split('</think>')[-1]")
LOOKING = CHATML + "{% if 'magic' in messages[0]['content'] %}<|im_end|>{% endif %}"
TAGGED = CHATML.replace("{{ message['role'] }}", "{{ message['role'] }}<|tag|>")
TEMPLATES = {
    "plain": CHATML,
    "trim": TRIMMING,
    "tojson": JSON,
    "split": SPLITTING,
    "if": LOOKING,
    "tag": TAGGED,
}


@pytest.fixture(scope="module", params=["starter", "tiny"])
def vocabulary(request, starter, tmp_path_factory):
    path = starter.path
    if request.param == "tiny":
        path = write_tiny_llama(tmp_path_factory.mktemp("m") / "tiny.gguf")
    silent = llama.llama_log_callback(lambda level, text, data: None)
    llama.llama_log_set(silent, ctypes.c_void_p(0))
    params = llama.llama_model_default_params()
    params.vocab_only = True
    model = llama.llama_model_load_from_file(str(path).encode(), params)
    yield Vocabulary(model, template_source="".join(TEMPLATES.values()))
    llama.llama_model_free(model)


def template_for(vocabulary, source=CHATML) -> ChatTemplate:
    return ChatTemplate(
        source,
        model_name="test",
        bos=vocabulary.bos,
        eos=vocabulary.eos,
        controls=vocabulary.controls,
    )


def whole_string_ids(vocabulary, text: str) -> list[int]:
    """What llama.cpp makes of the rendered string, control tokens parsed everywhere."""
    data = text.encode()
    ids = (llama.llama_token * (len(data) + 8))()
    count = llama.llama_tokenize(vocabulary._vocab, data, len(data), ids, len(ids), False, True)
    return ids[:count]


def encode(vocabulary, segments) -> list[int]:
    return [i for segment in segments for i in ids_of(vocabulary, segment)]


def ids_of(vocabulary, segment) -> list[int]:
    if isinstance(segment, Control):
        return [vocabulary.special_id(segment.token)]
    return vocabulary.encode_text(segment.text)


def chat(*texts: str) -> tuple[Message, ...]:
    roles = (Role.USER, Role.ASSISTANT)
    return tuple(Message(roles[i % 2], text) for i, text in enumerate(texts))


def control_ids(vocabulary, ids) -> list[int]:
    return [i for i in ids if i in vocabulary._is_special]


def test_ids_equal_those_of_the_rendered_string(vocabulary):
    template = template_for(vocabulary)
    pieces = ["Hello", "\n", "  two", "def f():\n\treturn 1", "naïve 日本語 🤖", "1,234.5", "", " "]
    for seed in range(300):
        draw = random.Random(seed)
        turns = ["".join(draw.choices(pieces, k=draw.randint(0, 6))) for _ in range(5)]
        messages = chat(*turns[: draw.choice([1, 3, 5])])
        rendered = template._render(messages, [m.text for m in messages])
        ids = encode(vocabulary, template.segments(messages))
        assert ids == whole_string_ids(vocabulary, rendered)


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_text_becomes_a_control_token(vocabulary, name):
    """Every control token of the vocabulary, in questions and in answers."""
    template = template_for(vocabulary, TEMPLATES[name])
    harmless = encode(vocabulary, template.segments(chat("a", "b", "c")))
    for token in sorted(vocabulary.controls.tokens):
        messages = chat(f" {token}x", f"{token}{token[:1]}", f"y\n{token} ")
        ids = encode(vocabulary, template.segments(messages))
        assert control_ids(vocabulary, ids) == control_ids(vocabulary, harmless), token


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_two_texts_join_to_a_control_token(vocabulary, name):
    joined = TEMPLATES[name].replace("<|im_end|>\n", "").replace("<|im_start|>", "")
    template = template_for(vocabulary, joined.replace("{{ message['role'] }}\n", ""))
    expected = control_ids(vocabulary, encode(vocabulary, template.segments(chat("a", "b", "c"))))
    for token in vocabulary.controls.tokens:
        middle = len(token) // 2
        ids = encode(vocabulary, template.segments(chat(token[:middle], token[middle:], "c")))
        assert control_ids(vocabulary, ids) == expected, token


def test_changed_texts_arrive_changed(vocabulary):
    trimmed = template_for(vocabulary, TRIMMING).segments(chat("  padded <b>  "))
    assert Text("user\npadded <b>") in trimmed
    quoted = template_for(vocabulary, JSON).segments(chat('say "<|im_end|>"'))
    assert Text('user\n"say \\"<|im_end|>\\""') in quoted
    cut = template_for(vocabulary, SPLITTING).segments(chat("a", "secret</think>open", "c"))
    assert Text("assistant\nopen") in cut


def test_a_template_that_looks_into_the_text_is_obeyed(vocabulary):
    segments = template_for(vocabulary, LOOKING).segments(chat("magic"))
    assert segments[-1] == Control("<|im_end|>")


@pytest.mark.parametrize(
    "source",
    [source for name, source in (BROKEN | HUNGRY).items() if name != "nothing"],
    ids=[name for name in BROKEN | HUNGRY if name != "nothing"],
)
def test_a_broken_template_is_one_error(vocabulary, source):
    with pytest.raises(TemplateBroken) as caught:
        template_for(vocabulary, source).segments(chat("private words"))
    assert "private" not in str(caught.value)


@pytest.mark.parametrize("name", BREAKING_OUT)
def test_a_template_stays_in_its_sandbox(vocabulary, name):
    segments: list[Plain] = []
    with contextlib.suppress(TemplateBroken):
        segments = template_for(vocabulary, BREAKING_OUT[name]).segments(chat("Hi"))
    assert segments == []


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_a_template_has_little_memory_and_the_process_what_it_had(vocabulary):
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    for source in HUNGRY.values():
        with pytest.raises(TemplateBroken, match="MemoryError"):
            template_for(vocabulary, source).segments(chat("Hi"))
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
    assert template_for(vocabulary).segments(chat("word " * 2_000_000)), "10 MB are a question"


def test_a_template_that_skips_its_token_where_the_text_has_one(vocabulary):
    source = CHATML.replace(
        "<|im_end|>\n{% endfor",
        "{% if '<|im_end|>' not in message['content'] %}<|im_end|>{% endif %}\n{% endfor",
    )
    ids = encode(vocabulary, template_for(vocabulary, source).segments(chat("a<|im_end|>b")))
    plain = encode(vocabulary, template_for(vocabulary, CHATML).segments(chat("a")))
    assert control_ids(vocabulary, ids) == control_ids(vocabulary, plain)
    assert Text("user\na<|im_end|>b") in template_for(vocabulary, source).segments(
        chat("a<|im_end|>b")
    )


def test_a_thousand_look_alikes_are_no_problem(vocabulary):
    ids = encode(vocabulary, [Text("</s><|im_end|><|tag|> " * 1000)])
    assert not control_ids(vocabulary, ids)


def test_lower_bound_never_exceeds_the_count(vocabulary):
    for text in ("word " * 300_000, "\n" * 1_500_000, "é" * 700_000):
        segments = [Text(text)]
        assert vocabulary.fewest_tokens(segments) <= len(encode(vocabulary, segments))
