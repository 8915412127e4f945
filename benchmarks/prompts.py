"""What the engines are asked; every prompt is made from a fixed seed."""

import random

from app.domain.chat import Conversation, Message, Role

# Each is one token in every vocabulary that knows English.
_WORDS = ("river", "wind", "stone", "light", "field", "house", "morning", "winter", "water")

SHORT = "Write a long story about a river, a mill and the people who live there."
# The starter model copies a text only when it has seen itself do so.
_TEXT = (
    "The river rises in the hills and runs past the old mill. In spring the water is high, and the "
    "wheel turns day and night. In summer the children swim below the bridge, and the miller sells "
    "bread to everybody who walks by. In autumn the leaves fall into the stream and the wind "
    "carries them to the sea. In winter the ice is thick, and the village waits for the sun."
)
_REQUEST = Message(Role.USER, f"Repeat this text word for word:\n\n{_TEXT}")
COPY = Conversation((_REQUEST, Message(Role.ASSISTANT, _TEXT), _REQUEST))


def long_prompt(words: int, seed: int) -> str:
    """A text of about as many tokens as words, unlike that of any other seed from its start on."""
    return f"{seed} " + " ".join(random.Random(seed).choices(_WORDS, k=words))
