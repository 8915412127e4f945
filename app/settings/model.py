"""Every setting, declared once."""

import functools
from typing import Annotated, Any, Literal, get_args, get_type_hints

import msgspec

from app.domain.placement.values import Wishes

_MOST_BYTES = 1 << 50


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
        looks_for_updates: Once a day, where this copy has any.
        hub_endpoint: Scheme and host of a mirror of the Hub; empty is HF_ENDPOINT, else the Hub.
        proxy: scheme://host:port; empty is the environment's or the system's.
        default_preset: Name of the preset of new chats; empty adds nothing.
        theme: Which colours the window wears.
        is_high_contrast: Stronger colours, also where the system does not ask for them.
        text_percent: Of the system's size of text.
        reading_column: How wide answers and pages may become.
        density: How much air lists and messages have.
        is_still: Nothing moves by itself, also where the system does not ask for that.
        language: Of the window, as in “de” or “zh_TW”; empty follows the system.
        sends_with_ctrl: Enter begins a new line, and Ctrl+Enter sends.
        notifications: Say that a long answer is there while the window is not in front.
        tray: An icon in the system's tray.
        close_to_tray: Closing the window leaves Cierzo in the tray, if it is there.
        tray_explained: It was said once where a closed window goes.
        quick_question_key: Opens the quick question from anywhere, as "Ctrl+Alt+Space"; empty is
            none.
    """

    version: int = 1
    last_model: str = ""
    window_geometry: str = ""
    read_ahead: Literal["off", "mains", "always"] = "mains"
    unload_after_min: Annotated[int, msgspec.Meta(ge=0, le=24 * 60)] = 30
    temperature: Annotated[float, msgspec.Meta(ge=0, le=5)] | None = None
    top_p: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    thinking_tokens: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None
    model_wishes: dict[str, Wishes] = {}
    kept_bytes: Annotated[int, msgspec.Meta(ge=0, le=_MOST_BYTES)] = 1 << 30
    snapshots_bytes: Annotated[int, msgspec.Meta(ge=0, le=_MOST_BYTES)] = 8 << 30
    model_folders: tuple[str, ...] = ()
    download_folder: str = ""
    download_bytes_per_s: Annotated[int, msgspec.Meta(ge=0)] = 0
    is_offline: bool = False
    looks_for_updates: bool = False
    hub_endpoint: str = ""
    proxy: str = ""
    default_preset: str = ""
    theme: Literal["system", "light", "dark"] = "system"
    is_high_contrast: bool = False
    text_percent: Annotated[int, msgspec.Meta(ge=80, le=200)] = 100
    reading_column: Literal["narrow", "normal", "wide", "full"] = "normal"
    density: Literal["comfortable", "compact"] = "comfortable"
    is_still: bool = False
    language: Literal["", "en", "de", "fr", "es", "it", "zh_TW"] = ""
    sends_with_ctrl: bool = False
    notifications: bool = True
    tray: bool = False
    close_to_tray: bool = False
    tray_explained: bool = False
    quick_question_key: str = ""


@functools.cache
def _kinds() -> dict[str, Any]:
    return get_type_hints(Settings, include_extras=True)


def choices_of(name: str) -> tuple[str, ...]:
    """What a setting may be that is one of a few."""
    return get_args(_kinds()[name])


def bounds_of(name: str) -> tuple[float, float]:
    """The least and the most that a number may be."""
    kinds = (
        _kinds()[name],
        *get_args(_kinds()[name]),
    )  # a number that may be left out is in a union
    (meta,) = (meta for kind in kinds for meta in getattr(kind, "__metadata__", ()))
    return meta.ge, meta.le


def sound_values(raw: dict[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """Tell what can be used from what cannot.

    Returns:
        Values by name, and the names of settings whose value is of a wrong kind or out of bounds.
    """
    sound, wrong = {}, set()
    for name in _kinds().keys() & raw.keys():
        try:
            sound[name] = msgspec.convert(raw[name], _kinds()[name])
        except msgspec.ValidationError:
            wrong.add(name)
    return sound, wrong
