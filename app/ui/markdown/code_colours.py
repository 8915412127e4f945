"""The colours of code: what each kind of word gets in light and in dark.

On `code_ground`, the ground of code, each is at least WCAG AA (4.5 : 1), also in high contrast.
"""

from app.ui.look.theme import is_dark_now

CODE_COLOURS = {
    "keyword": ("#8a2d6b", "#e79ac9"),
    "string": ("#3b6a1c", "#a9cf83"),
    "number": ("#8f4a0a", "#e8b070"),
    "comment": ("#6b6359", "#a0968a"),
    "name": ("#1d55a0", "#8fbdf2"),
    "type": ("#0d6360", "#6fcdc3"),
    "special": ("#9b2a1c", "#f2a497"),
}


def code_colour(name: str) -> str:
    """Return the colour in the theme that the application wears."""
    return CODE_COLOURS[name][is_dark_now()]
