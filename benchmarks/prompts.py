"""What the engines are asked; every prompt is made from a fixed seed."""

import random

# Each is one token in every vocabulary that knows English.
_WORDS = ("river", "wind", "stone", "light", "field", "house", "morning", "winter", "water")

SHORT = "Write a long story about a river, a mill and the people who live there."


def long_prompt(words: int, seed: int) -> str:
    """A text of about as many tokens as words, unlike that of any other seed from its start on."""
    return f"{seed} " + " ".join(random.Random(seed).choices(_WORDS, k=words))
