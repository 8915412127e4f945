"""How fast a model is with a setting, tried out with the real engine."""

import random
from collections.abc import Callable

import msgspec

from app.domain.chat import Conversation, Message, Role, Sampling
from app.domain.errors import AppError, Cancelled
from app.domain.families import Family
from app.domain.model_file import ModelFile
from app.domain.placement.values import Wishes
from app.services.asking import Answer, Asker
from app.services.engine_service import Ask
from app.services.model_loader import LoadOptions
from app.services.tuning import Trial

_WORDS = ("wind", "river", "stone", "light", "cloud", "field", "house", "road", "tree", "night")
_SEED = 1
_MOST_WORDS, _LEAST_WORDS = 400, 60
_MOST_TOKENS, _LEAST_TOKENS = 48, 8
# One trial should not take longer; slow models are asked less.
_TRIAL_S = 12.0


class SpeedTrial:
    """Times one model with one setting after the other, each in an engine of its own."""

    def __init__(
        self,
        model: ModelFile,
        families: tuple[Family, ...],
        *,
        is_stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._model = model
        self._families = families
        self._is_stopped = is_stopped
        self._share = 1.0

    def measure(self, wishes: Wishes) -> Trial | None:
        """Load the model so and time an exchange; None where it cannot be loaded so.

        Raises:
            Cancelled: It was stopped.
        """
        try:
            return self.must_measure(wishes)
        except AppError:
            return None

    def must_measure(self, wishes: Wishes) -> Trial | None:
        """The same for who has no other setting; None where it answers with a word or none.

        Raises:
            AppError: It cannot be loaded so.
            Cancelled: It was stopped.
        """
        asker = Asker(
            self._model,
            LoadOptions(wishes_of=lambda model: msgspec.structs.replace(wishes, kept_bytes=0)),
            self._families,
            is_stopped=self._is_stopped,
        )
        try:
            self._ask(asker, words=_LEAST_WORDS, tokens=_LEAST_TOKENS)  # the caches are cold
            answer = self._ask(
                asker,
                words=max(_LEAST_WORDS, round(_MOST_WORDS * self._share)),
                tokens=max(_LEAST_TOKENS, round(_MOST_TOKENS * self._share)),
            )
        except KeyboardInterrupt:
            raise Cancelled from None
        finally:
            asker.close()
        timings = answer.timings
        took_s = timings.prompt_s + answer.usage.completion_tokens / max(timings.tokens_per_s, 1e-9)
        self._share = min(1.0, self._share * _TRIAL_S / max(took_s, 1e-9))
        read_tokens = answer.usage.prompt_tokens - answer.usage.reused_tokens
        if not (timings.tokens_per_s and timings.prompt_s and read_tokens):
            return None
        return Trial(
            tokens_per_s=timings.tokens_per_s,
            prompt_tokens_per_s=read_tokens / timings.prompt_s,
        )

    def _ask(self, asker: Asker, *, words: int, tokens: int) -> Answer:
        text = " ".join(random.Random(_SEED).choices(_WORDS, k=words))  # noqa: S311 - no secret
        return asker.ask(
            Ask(
                conversation=Conversation((Message(Role.USER, text),)),
                sampling=Sampling(temperature=0),
                max_tokens=tokens,
                guesses=False,
            ),
            on_text=lambda text, is_thought: None,
        )
