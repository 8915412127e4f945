"""Where the person's files live.

--home DIR:   DIR/config  DIR/data  DIR/cache  DIR/logs
otherwise:    the system's own places for a program called Cierzo
"""

import os
import pathlib

import msgspec

_NAME = "Cierzo"


class Folders(msgspec.Struct, frozen=True, kw_only=True):
    """The four folders; none is made before something is written to it."""

    config: pathlib.Path
    data: pathlib.Path
    cache: pathlib.Path
    logs: pathlib.Path

    def items(self) -> list[tuple[str, pathlib.Path]]:
        """Name and path of each."""
        return [(name, getattr(self, name)) for name in self.__struct_fields__]


def folders_for(home: pathlib.Path | None) -> Folders:
    """Choose the folders: all under `home`, or the system's places."""
    if home:
        root = home.absolute()
        return Folders(
            config=root / "config", data=root / "data", cache=root / "cache", logs=root / "logs"
        )
    import platformdirs  # not needed with --home, and not free

    # appauthor False: on Windows the folder is Cierzo, not Cierzo\\Cierzo.
    return Folders(
        config=platformdirs.user_config_path(_NAME, appauthor=False),
        data=platformdirs.user_data_path(_NAME, appauthor=False),
        cache=platformdirs.user_cache_path(_NAME, appauthor=False),
        logs=platformdirs.user_log_path(_NAME, appauthor=False),
    )


def is_writable(folder: pathlib.Path) -> bool:
    """Whether the folder could be made and written, without making it."""
    existing = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)
