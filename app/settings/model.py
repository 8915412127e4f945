"""Every setting, declared once."""

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept between runs.

    Attributes:
        version: Of this declaration, for later migrations.
        last_model: Absolute path of the model used last; empty is the starter model.
        window_geometry: Qt's own description, base64.
    """

    version: int = 1
    last_model: str = ""
    window_geometry: str = ""
