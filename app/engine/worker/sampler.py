"""Drawing the next token: llama.cpp's own sampler chain."""

import secrets

from app.domain.chat import Sampling
from app.engine.worker.native import llama

_PENALTY_WINDOW_TOKENS = 64
_SEEDS = 2**32 - 1  # the last one means "random" to llama.cpp


class Sampler:
    """One chain for one answer; `close` frees it.

    Attributes:
        seed: The seed in use, drawn if none was given.
    """

    def __init__(self, sampling: Sampling, vocabulary_size: int) -> None:
        self.seed = secrets.randbelow(_SEEDS) if sampling.seed is None else sampling.seed % _SEEDS
        chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
        # The order is llama.cpp's default one (common/sampling.cpp).
        if sampling.repeat_penalty != 1.0:
            penalties = llama.llama_sampler_init_penalties(
                vocabulary_size, _PENALTY_WINDOW_TOKENS, sampling.repeat_penalty, 0.0, 0.0
            )
            llama.llama_sampler_chain_add(chain, penalties)
        if sampling.temperature <= 0:
            llama.llama_sampler_chain_add(chain, llama.llama_sampler_init_greedy())
        else:
            for link in (
                llama.llama_sampler_init_top_k(sampling.top_k),
                llama.llama_sampler_init_top_p(sampling.top_p, 1),
                llama.llama_sampler_init_min_p(sampling.min_p, 1),
                llama.llama_sampler_init_temp(sampling.temperature),
                llama.llama_sampler_init_dist(self.seed),
            ):
                llama.llama_sampler_chain_add(chain, link)
        self._chain = chain

    def sample(self, context: llama.llama_context_p, place: int) -> int:
        """Draw at that place of the last step (-1 is its end) and remember the token."""
        return int(llama.llama_sampler_sample(self._chain, context, place))

    def accept(self, token: int) -> None:
        """Remember a token that was not drawn."""
        llama.llama_sampler_accept(self._chain, token)

    def close(self) -> None:
        """Free the chain."""
        llama.llama_sampler_free(self._chain)
