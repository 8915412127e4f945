"""Whether a tool's parameters are a JSON schema of draft 7, as Mistral's reference demands.

Source: the meta-schema of draft 7; formats of addresses are not looked at, as in the reference.
"""

import re
from collections.abc import Callable
from typing import Any

_TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})

_Check = Callable[[Any], bool]


def is_schema(value: object) -> bool:
    """Whether a value is a schema: an object with valid keywords, or a boolean."""
    if isinstance(value, bool):
        return True
    return isinstance(value, dict) and all(
        _KEYWORDS[keyword](content) for keyword, content in value.items() if keyword in _KEYWORDS
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_boolean(value: object) -> bool:
    return isinstance(value, bool)


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_positive(value: Any) -> bool:  # noqa: ANN401 - any JSON value
    return _is_number(value) and value > 0


def _is_count(value: Any) -> bool:  # noqa: ANN401 - any JSON value
    return _is_number(value) and (isinstance(value, int) or value.is_integer()) and value >= 0


def _is_pattern(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        re.compile(value)
    except (re.error, OverflowError, RecursionError):  # too often, too deep
        return False
    return True


def _is_schema_list(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(is_schema, value))


def _is_schema_or_list(value: object) -> bool:
    return is_schema(value) or _is_schema_list(value)


def _is_name_list(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value)) and len(set(value)) == len(value)


def _is_type(value: object) -> bool:
    if isinstance(value, str):
        return value in _TYPES
    return (
        _is_name_list(value)
        and isinstance(value, list)
        and 0 < len(_TYPES.intersection(value)) == len(value)
    )


def _is_schema_table(value: object) -> bool:
    return isinstance(value, dict) and all(map(is_schema, value.values()))


def _is_pattern_table(value: object) -> bool:
    return _is_schema_table(value) and isinstance(value, dict) and all(map(_is_pattern, value))


def _is_dependency_table(value: object) -> bool:
    return isinstance(value, dict) and all(
        is_schema(needed) or _is_name_list(needed) for needed in value.values()
    )


_KEYWORDS: dict[str, _Check] = {
    **dict.fromkeys(("$id", "$schema", "$ref", "$comment", "title", "description"), _is_text),
    **dict.fromkeys(("format", "contentMediaType", "contentEncoding"), _is_text),
    **dict.fromkeys(("readOnly", "uniqueItems"), _is_boolean),
    **dict.fromkeys(("examples", "enum"), _is_list),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"), _is_number),
    **dict.fromkeys(("maxLength", "minLength", "maxItems", "minItems"), _is_count),
    **dict.fromkeys(("maxProperties", "minProperties"), _is_count),
    **dict.fromkeys(("additionalItems", "contains", "additionalProperties"), is_schema),
    **dict.fromkeys(("propertyNames", "if", "then", "else", "not"), is_schema),
    **dict.fromkeys(("allOf", "anyOf", "oneOf"), _is_schema_list),
    **dict.fromkeys(("definitions", "properties"), _is_schema_table),
    "multipleOf": _is_positive,
    "pattern": _is_pattern,
    "items": _is_schema_or_list,
    "required": _is_name_list,
    "patternProperties": _is_pattern_table,
    "dependencies": _is_dependency_table,
    "type": _is_type,
}
