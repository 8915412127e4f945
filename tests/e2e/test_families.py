"""What the catalogue says of a model reaches the worker that loads it."""

import gguf
import pytest

from app.domain.chat import Effort, Sampling, Thinking
from app.domain.errors import AlwaysThinks, ContextTooLarge, EffortUnavailable
from app.domain.families import Family
from app.domain.model_file import ModelFile
from app.services.asking import Asker
from app.services.engine_service import Ask
from app.services.model_loader import LoadOptions
from tests.helpers.engine_runner import conversation
from tests.helpers.tiny_models import write_mistral3, write_scripted

LIMIT_TOKENS = 2048
# The scripted model's logits are 100 and 0: at this temperature the script is one choice of many.
HOT = Sampling(temperature=50, top_k=0, top_p=1.0, min_p=0.0)


@pytest.fixture(scope="module")
def scripted(tmp_path_factory) -> ModelFile:
    path = tmp_path_factory.mktemp("scripted") / "scripted.gguf"
    return ModelFile(name="scripted", path=write_scripted(path, {}, default=" a"))


def family_of(model: ModelFile, architecture: str = "llama", **facts) -> Family:
    tensors = gguf.GGUFReader(model.path).tensors
    return Family(
        id="tiny",
        name="Tiny",
        architecture=architecture,
        parameters=sum(int(tensor.n_elements) for tensor in tensors),
        **{"context_limit_tokens": LIMIT_TOKENS, **facts},
    )


@pytest.fixture
def asker(scripted):
    """Cold when fast, hot when deep."""
    sampling = {Effort.FAST: Sampling(temperature=0), Effort.DEEP: HOT}
    family = family_of(scripted, thinking=Thinking.SWITCH, tokenizer="v15", sampling=sampling)
    made = Asker(scripted, LoadOptions(), (family,))
    yield made
    made.close()


def answer(asker: Asker, effort: Effort | None) -> str:
    request = Ask(
        conversation=conversation("Why?", effort=effort),
        sampling=asker.sampling(effort),
        max_tokens=20,
    )
    return asker.ask(request, on_text=lambda text, is_thought: None).text


def test_each_effort_is_answered_with_its_own_sampling(asker):
    assert answer(asker, Effort.FAST) == answer(asker, None) == " a" * 20
    hot = {answer(asker, Effort.DEEP) for _ in range(2)}
    assert len(hot) == 2
    assert " a" * 20 not in hot


def test_a_model_without_a_family_has_the_usual_sampling(scripted):
    other = family_of(scripted, architecture="mistral3", sampling={Effort.FAST: HOT})
    asker = Asker(scripted, LoadOptions(), (other,))
    assert asker.sampling(Effort.FAST) == Sampling()
    assert asker.load().family == ""
    asker.close()


def test_the_familys_limit_caps_the_context(run_engine, scripted):
    engine = run_engine(scripted, families=(family_of(scripted),))
    engine.ask("Why?", max_tokens=1)
    loaded = engine.service.state.loaded
    assert loaded.family == "tiny"
    assert (loaded.context_tokens, loaded.limit_tokens) == (LIMIT_TOKENS, LIMIT_TOKENS)


def test_more_than_the_familys_limit_is_refused(run_engine, scripted):
    engine = run_engine(scripted, families=(family_of(scripted),), context_tokens=LIMIT_TOKENS + 1)
    error = engine.ask("Why?").end
    assert isinstance(error, ContextTooLarge)
    assert error.facts["limit_tokens"] == LIMIT_TOKENS


def test_a_family_cannot_raise_the_files_own_limit(run_engine, scripted):
    family = family_of(scripted, context_limit_tokens=1 << 20)
    engine = run_engine(scripted, families=(family,))
    engine.ask("Why?", max_tokens=1)
    assert engine.service.state.loaded.limit_tokens == 32768


def test_the_family_tells_a_version_that_the_vocabulary_does_not(run_engine, tmp_path):
    path = write_mistral3(tmp_path / "plain.gguf", version="v13-plain")
    model = ModelFile(name="plain", path=path)
    known = family_of(model, architecture="mistral3", tokenizer="v13")
    versions = []
    for families in ((), (known,)):
        engine = run_engine(model, families=families)
        engine.ask("Why?", max_tokens=1)
        versions.append(engine.service.state.loaded.tokenizer)
    assert versions == ["v11", "v13"]


@pytest.mark.parametrize(
    ("thinking", "refused"),
    [
        (Thinking.NEVER, {Effort.DEEP: EffortUnavailable}),
        (Thinking.ALWAYS, {Effort.FAST: AlwaysThinks}),
        (Thinking.SWITCH, {}),
    ],
)
def test_the_family_tells_which_efforts_there_are(run_engine, scripted, thinking, refused):
    engine = run_engine(scripted, families=(family_of(scripted, thinking=thinking),))
    for effort in (None, *Effort):
        end = engine.ask("Why?", effort=effort, max_tokens=1).end
        assert isinstance(end, refused.get(effort, object))
        assert isinstance(end, Exception) == (effort in refused)
    assert engine.service.state.loaded.thinking is thinking
