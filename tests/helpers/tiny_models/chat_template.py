"""Chat templates as Mistral's GGUFs carry them, cut down to what the tests render."""

_TURNS = (
    "{{% for message in messages %}}{{% if message['role'] == 'assistant' %}}"
    "{{{{ message['content'] }}}}{{{{ eos_token }}}}{{% elif message['role'] == 'system' %}}"
    "{system}{{% else %}}{user}{{% endif %}}{{% endfor %}}"
)
_SETTINGS = (
    '[MODEL_SETTINGS]{"reasoning_effort": "{{ reasoning_effort or \'none\' }}"}[/MODEL_SETTINGS]'
)


def mistral_template(version: str) -> str:
    """A template in the dialect of a tokenizer version."""
    user = "[INST]{{ message['content'] }}[/INST]"
    system = "[SYSTEM_PROMPT]{{ message['content'] }}[/SYSTEM_PROMPT]"
    if version == "v1":
        user = " [INST] {{ message['content'] }} [/INST]"
    if version in ("v1", "v2", "v3"):
        system = user
    settings = _SETTINGS if version == "v15" else ""
    return "{{ bos_token }}" + settings + _TURNS.format(system=system, user=user)
