"""JSON as Mistral's reference writes it into a prompt: Python's spacing, unicode unescaped."""

import json
from typing import Any

from app.domain.errors import BadMessages


def write_json(value: object) -> str:
    """Write a value.

    Raises:
        BadMessages: It is nested too deeply.
    """
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        raise BadMessages(reason="their JSON is nested too deeply") from None


def read_json(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """Read what a tool or a model wrote: its value, or the text itself where it is no JSON.

    Raises:
        BadMessages: It is JSON that Python refuses: nested too deeply, a number too long.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
    except (RecursionError, ValueError):
        raise BadMessages(
            reason="their JSON is nested too deeply or has too long a number"
        ) from None


def tidy_json(text: str) -> str:
    """Rewrite a JSON text; nothing becomes an empty object, what is no JSON becomes a string.

    Raises:
        BadMessages: As `read_json` and `write_json`.
    """
    return write_json(read_json(text) if text else {})
