"""The models that other tests rely on: they load, they repeat themselves, they keep to a script."""

import functools
import subprocess
import sys

import pytest

from app.domain.chat import FinishReason, Sampling
from app.domain.model_file import ModelFile
from tests.helpers import tiny_models
from tests.helpers.tiny_models import chain, write_scripted

SMALL_BYTES = 40_000_000
QUESTION = "Where does the wind come from?"

WRITERS = {
    "mistral4": tiny_models.write_mistral4,
    "mistral4 fused": functools.partial(tiny_models.write_mistral4, fused_experts=True),
    "mistral4 q8_0": functools.partial(tiny_models.write_mistral4, quant="q8_0"),
    "mistral4 v13": functools.partial(tiny_models.write_mistral4, version="v13"),
    "mistral3 v7": functools.partial(tiny_models.write_mistral3, version="v7"),
    "mistral3 v11": functools.partial(tiny_models.write_mistral3, version="v11"),
    "mistral3 v13": functools.partial(tiny_models.write_mistral3, version="v13"),
    "mistral3 v13-plain": functools.partial(tiny_models.write_mistral3, version="v13-plain"),
    "mistral3 q8_0": functools.partial(tiny_models.write_mistral3, quant="q8_0"),
    "mixtral": tiny_models.write_mixtral,
    "spm v1": functools.partial(tiny_models.write_llama_spm, version="v1"),
    "spm v2": functools.partial(tiny_models.write_llama_spm, version="v2"),
    "spm v3": functools.partial(tiny_models.write_llama_spm, version="v3"),
    "spm v7": functools.partial(tiny_models.write_llama_spm, version="v7"),
    "tekken v3": tiny_models.write_llama_tekken,
}


def model(path) -> ModelFile:
    return ModelFile(name=path.stem, path=path)


@pytest.fixture
def scripted(run_engine, tmp_path):
    """Make an engine whose model keeps to a script."""

    def make(successors, **options):
        return run_engine(model(write_scripted(tmp_path / "s.gguf", successors, **options)))

    return make


@pytest.mark.parametrize("kind", WRITERS)
def test_generates_the_same_every_time(run_engine, tmp_path, kind):
    file = model(WRITERS[kind](tmp_path / "tiny.gguf"))
    other = model(WRITERS[kind](tmp_path / "copy.gguf"))
    engine = run_engine(file)
    asked = [engine.ask(QUESTION, max_tokens=8)]
    # Loading anew leaves no cache: every token is computed in the same batch as the first time.
    engine.service.use(other)
    asked.append(engine.ask(QUESTION, max_tokens=8))
    assert [a.end.finish_reason for a in asked] == [FinishReason.LENGTH] * 2
    assert [a.end.usage.completion_tokens for a in asked] == [8, 8]
    assert asked[0].text == asked[1].text != ""


@pytest.mark.parametrize("kind", WRITERS)
def test_is_small_and_written_the_same_every_time(tmp_path, kind):
    first, second = (WRITERS[kind](tmp_path / name).read_bytes() for name in ("a", "b"))
    assert first == second
    assert len(first) < SMALL_BYTES


def test_fused_experts_are_one_tensor(tmp_path):
    split = tiny_models.write_mistral4(tmp_path / "split.gguf").read_bytes()
    fused = tiny_models.write_mistral4(tmp_path / "fused.gguf", fused_experts=True).read_bytes()
    assert (b"blk.0.ffn_up_exps" in split, b"blk.0.ffn_gate_up_exps" in split) == (True, False)
    assert (b"blk.0.ffn_up_exps" in fused, b"blk.0.ffn_gate_up_exps" in fused) == (False, True)


def test_a_script_is_followed_to_its_end(scripted):
    engine = scripted(
        chain("[/INST]", "The", " w", "ind", " of", " the", " val", "ley", ".", "</s>")
    )
    asked = engine.ask(QUESTION)
    assert asked.text == "The wind of the valley."
    assert asked.end.finish_reason is FinishReason.STOP


def test_control_tokens_are_part_of_a_script(scripted):
    thinking = chain("[/INST]", "[THINK]", " a", " b", "[/THINK]", "c", "</s>")
    asked = scripted(thinking).ask(QUESTION)
    assert asked.text.endswith("c")
    assert asked.end.finish_reason is FinishReason.STOP
    assert asked.end.usage.completion_tokens == 5


def test_a_loop_never_ends(scripted):
    asked = scripted(chain("[/INST]", " a", " b", " a")).ask(QUESTION, max_tokens=60)
    assert asked.text == " a b" * 30
    assert asked.end.finish_reason is FinishReason.LENGTH


def test_what_is_not_scripted_goes_on_with_the_default(scripted):
    asked = scripted({"[/INST]": " a"}, default=" b").ask(QUESTION, max_tokens=4)
    assert asked.text == " a b b b"


def test_a_script_holds_at_a_high_temperature(scripted):
    engine = scripted(chain("[/INST]", " a", " b", "c", "</s>"))
    assert engine.ask(QUESTION, sampling=Sampling(temperature=2, seed=1)).text == " a bc"


def test_a_script_holds_with_every_place_for_it_taken(scripted):
    ids = range(2000, 2254)
    engine = scripted(chain("[/INST]", *ids, "</s>"))
    end = engine.ask(QUESTION, max_tokens=None).end
    assert end.finish_reason is FinishReason.STOP
    assert end.usage.completion_tokens == len(ids)
    with pytest.raises(ValueError, match="at most 255"):
        write_scripted(None, dict.fromkeys(range(256), 0))


def test_only_single_tokens_can_be_scripted():
    with pytest.raises(ValueError, match="' cierzo' is not one token"):
        write_scripted(None, {"[/INST]": " cierzo"})


def test_one_token_cannot_go_on_in_two_ways():
    with pytest.raises(ValueError, match="two successors"):
        chain("a", "b", "a", "c")


def test_a_picture_becomes_a_token_for_each_cell_and_row(
    mistral4_model, tekken_model, projector, pixtral_12b_projector
):
    # 25 x 18 cells of 28 pixels, and 17 breaks between the rows.
    assert picture_tokens(mistral4_model, projector, 700, 504) == 467
    # 20 x 10 cells of 16 pixels, and 9 breaks.
    assert picture_tokens(tekken_model, pixtral_12b_projector, 320, 160) == 209


def test_a_projector_of_another_width_does_not_fit(mistral4_model, unfitting_projector):
    assert picture_tokens(mistral4_model, unfitting_projector, 56, 56) is None


def picture_tokens(text_model, projector, width_px, height_px) -> int | None:
    """How many tokens a picture takes, None where the projector does not go with the model."""
    command = [sys.executable, "-m", "tests.helpers.tiny_models.picture_tokens"]
    command += [str(text_model.path), str(projector.path), str(width_px), str(height_px)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return int(done.stdout.split()[-1]) if done.returncode == 0 else None
