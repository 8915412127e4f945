"""Every setting, declared once."""

from typing import Literal

import msgspec

from app.domain.placement.values import Wishes


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept between runs.

    Attributes:
        version: Of this declaration, for later migrations.
        last_model: Absolute path of the model used last; empty is the starter model.
        window_geometry: Qt's own description, base64.
        read_ahead: When the model may read what is not asked for yet: off, mains or always.
        unload_after_min: Idle minutes after which the model is unloaded; 0 never does.
        temperature: Of answers, as is top_p; None takes what is recommended for the model.
        thinking_tokens: Most tokens of a thought; None fits it to the speed.
        model_wishes: How to load single models, by the name of their first file.
        kept_bytes: Memory for chats that are not being worked on.
        snapshots_bytes: Disk space for what was read of chats.
        model_folders: Absolute paths beside our own folder for models.
        download_folder: The one of them that gets new models; empty is our own.
        download_bytes_per_s: Limit for all downloads together; 0 is none.
        is_offline: Nothing is fetched.
        hub_endpoint: Scheme and host of a mirror of the Hub; empty is HF_ENDPOINT, else the Hub.
        proxy: scheme://host:port; empty is the environment's or the system's.
        default_preset: Name of the preset of new chats; empty adds nothing.
        language: Of the window, as in “de” or “zh_TW”; empty follows the system.
    """

    version: int = 1
    last_model: str = ""
    window_geometry: str = ""
    read_ahead: Literal["off", "mains", "always"] = "mains"
    unload_after_min: int = 30
    temperature: float | None = None
    top_p: float | None = None
    thinking_tokens: int | None = None
    model_wishes: dict[str, Wishes] = {}
    kept_bytes: int = 1 << 30
    snapshots_bytes: int = 8 << 30
    model_folders: tuple[str, ...] = ()
    download_folder: str = ""
    download_bytes_per_s: int = 0
    is_offline: bool = False
    hub_endpoint: str = ""
    proxy: str = ""
    default_preset: str = ""
    language: str = ""
