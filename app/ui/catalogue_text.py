"""What models.toml says of models, in the person's language."""

from PySide6.QtCore import QCoreApplication


def catalogue_text(text: str) -> str:
    """Translate a sentence of ours; one from the person's own models.toml stays as it is."""
    return QCoreApplication.translate("catalogue", text) if text else ""
