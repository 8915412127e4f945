"""Guessed tokens change the speed of an answer and nothing else; loops are noticed all the same."""

import contextlib
import functools
import itertools
import random

import llama_cpp
import pytest

from app.domain.chat import Conversation, FinishReason, Message, Role, Sampling
from app.domain.model_file import ModelFile
from app.domain.placement.values import Wishes
from app.engine.protocol import Generate, Load, Repeating, Tokenise
from app.engine.worker.abort import AbortFlag
from app.engine.worker.generation import Generator
from app.engine.worker.lookup import MOST_GUESSES, Lookup
from app.engine.worker.model import Model
from app.engine.worker.native import initialise
from tests.helpers import tiny_models
from tests.helpers.engine_runner import GREEDY, PLENTY_BYTES, conversation
from tests.helpers.parity import tokenised
from tests.helpers.tiny_models import chain, tekken_vocabulary, write_scripted
from tests.helpers.tiny_models.byte_alphabet import byte_alphabet

WRITERS = {
    "mistral3 f16": tiny_models.write_mistral3,
    "mistral3 q8_0": functools.partial(tiny_models.write_mistral3, quant="q8_0"),
    "mistral4 f16": tiny_models.write_mistral4,
    "mistral4 q8_0": functools.partial(tiny_models.write_mistral4, quant="q8_0"),
}
VERSE = "The wind blows over the plain and over the river and over the plain. " * 6
LOOP = chain("[/INST]", " a", " b", " c", " a")
WARM = Sampling(temperature=0.9, top_k=0, top_p=1.0, min_p=0.0, seed=11)


@pytest.fixture(params=WRITERS)
def random_model(request, tmp_path):
    """A model with random weights: its answers are arbitrary, and go round in circles at times."""
    return ModelFile(name="random", path=WRITERS[request.param](tmp_path / "random.gguf"))


@pytest.fixture
def scripted_model(tmp_path):
    return ModelFile(name="scripted", path=write_scripted(tmp_path / "scripted.gguf", LOOP))


@pytest.fixture
def generator_of():
    """The worker's own generator, in this process, so that its guesses can be replaced."""
    initialise()
    models = []

    def make(file: ModelFile, context_tokens: int = 1024) -> Generator:
        load = Load(
            request_id=1,
            path=str(file.path),
            free_bytes=PLENTY_BYTES,
            wishes=Wishes(context_tokens=context_tokens),
            is_context_firm=True,
        )
        models.append(Model(load, abort=AbortFlag(), report=lambda *progress: None))
        return Generator(models[-1])

    yield make
    for model in models:
        model.close()


class Run:
    """One answer of a generator: its tokens, how it ended and how many steps it took."""

    def __init__(self, generator, text: str, *, sampling=GREEDY, max_tokens=60, guesses=True):
        self.tokens: list[int] = []
        self.steps = 0
        self.news = 0
        evaluator, vocabulary = generator._evaluator, generator._model.vocabulary
        evaluate, piece = type(evaluator).tokens, vocabulary.piece

        def counted(*arguments, **options):
            self.steps += 1
            return evaluate(evaluator, *arguments, **options)

        def noted(token):
            self.tokens.append(token)
            return piece(token)

        evaluator.tokens, vocabulary.piece = counted, noted
        request = Generate(
            request_id=1,
            conversation=conversation(text),
            sampling=sampling,
            max_tokens=max_tokens,
            guesses=guesses,
        )
        self.end = generator.run(
            request,
            report=lambda *progress: None,
            emit=lambda delta: None,
            on_repetition=self._count_news,
            is_nudged=lambda: False,
        )
        evaluator.tokens, vocabulary.piece = functools.partial(evaluate, evaluator), piece

    def _count_news(self) -> None:
        self.news += 1

    @property
    def outcome(self) -> tuple:
        return self.tokens, self.end.finish_reason, self.end.usage.completion_tokens


# The same answer


@pytest.mark.parametrize("sampling", [GREEDY, WARM], ids=["greedy", "warm"])
def test_answers_with_guesses_are_those_without(run_engine, random_model, sampling):
    with_guesses, without = (run_engine(random_model, context_tokens=2048) for _ in range(2))
    for question in (VERSE, "Why?", VERSE + "And then?"):
        answers = [
            engine.ask(question, sampling=sampling, max_tokens=150, guesses=guesses)
            for engine, guesses in ((with_guesses, True), (without, False))
        ]
        assert answers[0].text == answers[1].text != ""
        assert answers[0].end.usage == answers[1].end.usage


def test_answers_are_those_of_another_engine(run_engine, random_model):
    """llama-cpp-python's own loop, given the same ids."""
    engine = run_engine(random_model, context_tokens=2048)
    asked = engine.ask(VERSE, max_tokens=100)
    prompt = tokenised(
        engine.request(
            lambda i: Tokenise(
                request_id=i, conversation=Conversation((Message(Role.USER, VERSE),))
            )
        )
    )
    with contextlib.closing(other_engine(random_model)) as other:
        ids = list(itertools.islice(other.generate(prompt.ids, temp=0.0, repeat_penalty=1.0), 100))
    alphabet = byte_alphabet()
    tokens = tekken_vocabulary("v15").tokens
    data = bytes(alphabet.index(character) for i in ids for character in tokens[i])
    assert asked.text == data.decode("utf-8", "replace")


def other_engine(file: ModelFile, **options) -> llama_cpp.Llama:
    sizes = {"n_ctx": 2048, "n_batch": 512, "n_ubatch": 512}
    return llama_cpp.Llama(str(file.path), **sizes, flash_attn=True, verbose=False, **options)


def guess_from(said: list[int], prompt_tokens: int, monkeypatch) -> list[int]:
    """Have four in five guesses be those tokens; returns the sizes of the guesses to come."""
    rng, sizes = random.Random(5), []

    def guesses(self, last: int, room: int) -> list[int]:
        place = len(self._entries) - prompt_tokens + 1
        right = said[place : place + room]
        sizes.append(len(right))
        return [token if rng.random() < 0.8 else 1000 + rng.randrange(8000) for token in right]

    monkeypatch.setattr(Lookup, "guesses", guesses)
    return sizes


@pytest.mark.parametrize("random_model", ["mistral3 f16", "mistral3 q8_0"], indirect=True)
def test_after_right_and_wrong_guesses_every_token_is_the_likeliest(
    generator_of, random_model, monkeypatch
):
    """Against one pass over the finished answer.

    Steps of other sizes round differently, which can also choose other experts: so without them.
    """
    said = Run(generator_of(random_model), VERSE, guesses=False)
    sizes = guess_from(said.tokens, said.end.usage.prompt_tokens, monkeypatch)
    generator = generator_of(random_model)
    guessed = Run(generator, VERSE)
    assert guessed.steps < said.steps
    assert max(sizes) == MOST_GUESSES

    prompt = generator._prompt(conversation(VERSE), lambda *progress: None).entries
    with contextlib.closing(other_engine(random_model, logits_all=True)) as other:
        other.eval(prompt + guessed.tokens)
        for place, token in enumerate(guessed.tokens, start=len(prompt)):
            logits = other.scores[place - 1]
            assert logits[token] >= logits.max() - 0.05 * logits.std()


def test_right_and_wrong_guesses_leave_chance_alone(generator_of, scripted_model, monkeypatch):
    """So hot that the script is one choice of many; its logits are exact in any step."""
    hot = Sampling(temperature=50, top_k=0, top_p=1.0, min_p=0.0, seed=5)
    said = Run(generator_of(scripted_model), "x", sampling=hot, guesses=False)
    sizes = guess_from(said.tokens, said.end.usage.prompt_tokens, monkeypatch)
    guessed = Run(generator_of(scripted_model), "x", sampling=hot)
    assert guessed.outcome == said.outcome
    assert len(set(said.tokens)) > 20
    assert guessed.steps < said.steps
    assert max(sizes) == MOST_GUESSES


# Faster, and within the limits


def test_a_copy_takes_fewer_steps(generator_of, scripted_model):
    run = Run(generator_of(scripted_model), "x", max_tokens=400)
    assert run.end.usage.completion_tokens == 400
    assert run.steps < 200


def test_never_more_tokens_than_asked_for(generator_of, scripted_model):
    generator = generator_of(scripted_model)
    for max_tokens in range(1, 40):
        run = Run(generator, "x", max_tokens=max_tokens)
        assert len(run.tokens) == run.end.usage.completion_tokens == max_tokens
        assert run.end.finish_reason is FinishReason.LENGTH


def test_the_context_is_used_to_its_last_place(generator_of, scripted_model):
    generator = generator_of(scripted_model, context_tokens=1024)
    for words in range(8):
        end = Run(generator, "x" + " a" * words, max_tokens=None).end
        assert end.finish_reason is FinishReason.CONTEXT
        assert end.usage.prompt_tokens + end.usage.completion_tokens == 1024 + 1


def test_a_follow_up_to_a_guessed_answer_reads_only_what_is_new(run_engine, scripted_model):
    engine = run_engine(scripted_model)
    first = engine.ask("x", max_tokens=100)
    follow_up = engine.ask("x", first.text, "y", max_tokens=1).end.usage
    usage = first.end.usage
    # The last token was perhaps drawn and never evaluated.
    unread = usage.prompt_tokens + usage.completion_tokens - follow_up.reused_tokens
    assert unread in (0, 1)


# Loops


@pytest.mark.parametrize("period", [1, 2, 3, 5, 8, 13, 40])
def test_an_endless_loop_is_told_once(run_engine, tmp_path, period):
    ids = range(2000, 2000 + period)
    path = write_scripted(tmp_path / "loop.gguf", chain("[/INST]", *ids, ids[0]))
    asked = run_engine(ModelFile(name="loop", path=path)).ask("x", max_tokens=1500)
    assert repeats(asked) == 1
    assert asked.end.finish_reason is FinishReason.LENGTH


def test_a_loop_inside_a_thought_is_told(run_engine, tmp_path):
    script = chain("[/INST]", "[THINK]", " a", " b", " a")
    path = write_scripted(tmp_path / "loop.gguf", script)
    assert repeats(run_engine(ModelFile(name="loop", path=path)).ask("x", max_tokens=900)) == 1


def test_a_long_answer_is_no_loop(run_engine, tmp_path):
    script = chain("[/INST]", *range(2000, 2254), "</s>")
    path = write_scripted(tmp_path / "long.gguf", script)
    asked = run_engine(ModelFile(name="long", path=path)).ask("x", max_tokens=None)
    assert asked.end.usage.completion_tokens == 254
    assert repeats(asked) == 0


def test_an_answer_that_was_drawn_by_chance_is_no_loop(run_engine, mistral3_model):
    warm = Sampling(temperature=0.9, seed=11)
    asked = run_engine(mistral3_model).ask("x", sampling=warm, max_tokens=900)
    assert asked.end.usage.completion_tokens == 900
    assert repeats(asked) == 0


def repeats(asked) -> int:
    return sum(isinstance(event, Repeating) for event in asked.events)
