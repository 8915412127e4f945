"""Damaged models through the real worker; `scripts/mutants` runs 1,500 of them."""

import pytest

from tests.helpers.mutant_trial import LIMIT_S, try_mutants
from tests.helpers.tiny_model import write_tiny_llama

_SEEDS = range(24)


@pytest.fixture(scope="module")
def trials(tmp_path_factory, mistral4_model):
    small = write_tiny_llama(tmp_path_factory.mktemp("healthy") / "small.gguf")
    return list(try_mutants([small, mistral4_model.path], _SEEDS))


def test_each_gives_an_answer_or_one_sentence(trials):
    assert not [trial for trial in trials if trial.outcome == "bug"]


def test_none_hangs(trials):
    assert max(trial.seconds for trial in trials) < LIMIT_S
