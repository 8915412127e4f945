"""Model files that cannot be used: one sentence each, and the engine goes on."""

import pathlib

from app.domain.errors import (
    ContextTooLarge,
    EngineCrashed,
    EngineSilent,
    ModelDamaged,
    ModelIsFolder,
    ModelNotFound,
    ModelPart,
    ModelTruncated,
    ModelUnreadable,
    ModelUnsupported,
    NotAModel,
    NotEnoughMemory,
    TemplateBroken,
)
from app.domain.model_file import ModelFile
from app.engine.protocol import Count
from app.services.engine_service import EnginePhase
from tests.helpers.engine_runner import conversation
from tests.helpers.hostile_templates import BROKEN, ENDLESS
from tests.helpers.tiny_model import write_tiny_llama


def model(path: pathlib.Path) -> ModelFile:
    return ModelFile(name=path.stem, path=path)


def not_a_gguf(folder, starter):
    path = folder / "notes.gguf"
    path.write_text("just a text")
    return path


def empty(folder, starter):
    path = folder / "empty.gguf"
    path.touch()
    return path


def only_magic(folder, starter):
    path = folder / "magic.gguf"
    path.write_bytes(b"GGUF")
    return path


def damaged_header(folder, starter):
    path = folder / "header.gguf"
    path.write_bytes(b"GGUF" + b"\xff" * 4000)
    return path


def truncated_tensors(folder, starter):
    path = folder / "cut.gguf"
    path.write_bytes(starter.path.read_bytes()[:-5_000_000])
    return path


def truncated_header(folder, starter):
    path = folder / "cut-header.gguf"
    path.write_bytes(starter.path.read_bytes()[:500_000])
    return path


def missing(folder, starter):
    return folder / "missing.gguf"


def directory(folder, starter):
    path = folder / "folder.gguf"
    path.mkdir()
    return path


def unreadable(folder, starter):
    # Permissions do not stop root; this file stops everybody.
    path = folder / "unreadable.gguf"
    path.symlink_to("/proc/self/mem")
    return path


def unknown_architecture(folder, starter):
    return write_tiny_llama(folder / "alien.gguf", architecture="alien9")


def vision_projector(folder, starter):
    return write_tiny_llama(folder / "mmproj.gguf", architecture="clip")


def without_template(folder, starter):
    return write_tiny_llama(folder / "base.gguf", template=None)


def with_bad_template(folder, starter):
    return write_tiny_llama(folder / "bad.gguf", template="{% if %}")


CASES = [
    (not_a_gguf, NotAModel),
    (empty, NotAModel),
    (only_magic, ModelDamaged),
    (damaged_header, ModelDamaged),
    (truncated_tensors, ModelTruncated),
    (truncated_header, ModelDamaged),
    (missing, ModelNotFound),
    (directory, ModelIsFolder),
    (unreadable, ModelUnreadable),
    (unknown_architecture, ModelUnsupported),
    (vision_projector, ModelPart),
    (without_template, TemplateBroken),
    (with_bad_template, TemplateBroken),
]


def test_each_has_its_sentence_and_the_starter_still_works(run_engine, starter, tmp_path):
    engine = run_engine(starter)
    for make, error in CASES:
        path = make(tmp_path, starter)
        engine.service.use(model(path))
        end = engine.ask("Hi").end
        assert type(end) is error, make.__name__
        assert path.name in str(end)
        assert str(tmp_path) not in end.detail, "where a model lies is the person's affair"
        assert engine.service.state.phase is EnginePhase.FAILED
    engine.service.use(starter)
    assert engine.ask("Hi", max_tokens=2).text


def test_more_context_than_the_model_was_made_for(run_engine, starter):
    error = run_engine(starter, context_tokens=10_000_000).ask("Hi").end
    assert isinstance(error, ContextTooLarge)
    assert error.facts["limit_tokens"] == 8192


def test_more_context_than_there_is_memory(run_engine, tmp_path):
    """Refused by the dry run: the real allocation would take the machine down with it."""
    path = write_tiny_llama(tmp_path / "wide.gguf", context_tokens=1 << 20)
    engine = run_engine(model(path), free_bytes=1 << 30, context_tokens=1 << 20)
    error = engine.ask("Hi").end
    assert isinstance(error, NotEnoughMemory)
    # 2 layers, 4 KV heads of 64 values, key and value, two bytes each.
    assert error.facts["needed_bytes"] >= (1 << 20) * 2 * 4 * 64 * 2 * 2


def test_the_default_context_shrinks_to_the_free_memory(run_engine, tmp_path):
    path = write_tiny_llama(tmp_path / "wide.gguf", context_tokens=8192)
    engine = run_engine(model(path), free_bytes=8 << 20)
    engine.ask("Hi", max_tokens=1)
    loaded = engine.service.state.loaded
    assert 1024 <= loaded.context_tokens < 8192
    assert sum(m.context_bytes + m.compute_bytes for m in loaded.memory) <= 8 << 20


def test_a_file_that_makes_ggml_abort(run_engine, tmp_path, starter, expected_log):
    """A failed assertion in native code ends the worker; the report names it."""
    path = write_tiny_llama(tmp_path / "deep.gguf", claimed_layers=100_000)
    engine = run_engine(model(path))
    error = engine.ask("Hi").end
    assert isinstance(error, EngineCrashed)
    assert "aborted" in str(error)
    assert "GGML_ASSERT" in error.detail
    engine.service.use(starter)
    assert engine.ask("Hi", max_tokens=2).text


def test_a_template_that_leaves_nothing_to_answer(run_engine, tmp_path, starter):
    """llama.cpp aborts when it is to draw a token after nothing at all."""
    path = write_tiny_llama(tmp_path / "silent.gguf", template=BROKEN["nothing"])
    engine = run_engine(model(path))
    assert isinstance(engine.ask("Hi").end, TemplateBroken)
    counted = engine.request(lambda i: Count(request_id=i, conversation=conversation("Hi"))).end
    assert counted.total_tokens == 0


def test_a_template_that_never_ends_while_it_is_counted(run_engine, tmp_path, expected_log):
    """What a count takes is a minute for ten megabytes of words; a template has its own time."""
    source = ENDLESS["loops behind the first turn"]
    engine = run_engine(model(write_tiny_llama(tmp_path / "later.gguf", template=source)))
    engine.service.prepare()
    engine.wait(lambda: engine.service.state.loaded)
    counted = engine.request(lambda i: Count(request_id=i, conversation=conversation("Hi")))
    assert isinstance(counted.end, EngineSilent)
    assert "chat template" in str(counted.end)


def test_a_template_that_never_ends_is_ended(run_engine, tmp_path, expected_log):
    path = write_tiny_llama(tmp_path / "endless.gguf", template=ENDLESS["loops in loops"])
    engine = run_engine(model(path))
    error = engine.ask("Hi").end
    assert isinstance(error, EngineSilent)
    assert "chat template" in str(error)


def test_a_template_that_hangs_the_compiler_is_ended(run_engine, tmp_path, expected_log):
    """Jinja folds constants while it compiles and holds the interpreter lock all the time."""
    path = write_tiny_llama(tmp_path / "bomb.gguf", template=ENDLESS["a power while compiling"])
    error = run_engine(model(path)).ask("Hi").end
    assert isinstance(error, EngineSilent)
