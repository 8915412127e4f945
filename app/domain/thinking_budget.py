"""How long a model may think where the person said nothing."""

# A thought of three minutes is the most that is waited for unasked.
_SECONDS = 180
_LEAST_TOKENS, _MOST_TOKENS = 1024, 32768
_STEP_TOKENS = 256


def default_thinking_tokens(tokens_per_s: float | None, context_tokens: int) -> int:
    """A budget that fits the model's speed and leaves half of the context to everything else.

    `tokens_per_s` None: the speed is not known yet.
    """
    wanted = _MOST_TOKENS if tokens_per_s is None else round(tokens_per_s * _SECONDS)
    budget = max(_LEAST_TOKENS, min(wanted, _MOST_TOKENS))
    return min(budget // _STEP_TOKENS * _STEP_TOKENS, max(context_tokens // 2, 1))
