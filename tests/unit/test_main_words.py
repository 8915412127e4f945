import pytest

from app.__main__ import first_word


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], ""),
        (["ask", "x"], "ask"),
        (["--home", "ask", "doctor"], "doctor"),
        (["--home=ask", "--json", "--log", "debug", "--engine-worker"], "--engine-worker"),
        (["--json"], ""),
        (["model.gguf"], "model.gguf"),
        (["--quick"], ""),
    ],
)
def test_global_options_are_skipped(arguments, word):
    assert first_word(arguments) == word
