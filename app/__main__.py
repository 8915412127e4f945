"""Decides what this process is, before anything heavy is imported."""

import sys

_WITH_VALUE = ("--home", "--log")
_GLOBAL_FLAGS = ("--json", "--version")


def main() -> int:
    """Run the role that the command line names and return its exit code."""
    arguments = sys.argv[1:]
    role = first_word(arguments)
    if role == "--engine-worker":
        from app.engine.worker.main import run

        return run()
    if role == "--engine-probe":
        from app.engine.worker.probe import run as run_probe

        return run_probe()
    if role == "--engine-speed":
        from app.engine.worker.speed_probe import run as run_speed_probe

        return run_speed_probe()
    if role == "--media-worker":
        from app.media.worker.main import run as run_media_worker

        return run_media_worker()
    if role == "--download-worker":
        from app.downloads.worker.main import run as run_download_worker

        return run_download_worker()
    if role == "--header-reader":
        from app.catalog.header_worker import run as run_header_reader

        return run_header_reader()
    if role == "--chat-reader":
        from app.exchange.worker.reading.main import run as run_chat_reader

        return run_chat_reader()
    is_window = not role or role.lower().endswith(".gguf")
    try:
        if is_window and "--version" not in arguments:
            from app.main import run as run_front_end
        else:
            from app.cli.main import run as run_front_end
        return run_front_end(arguments)
    except KeyboardInterrupt:  # while still importing
        return 130


def first_word(arguments: list[str]) -> str:
    """Return the first argument that is not a global option, empty if there is none."""
    words = iter(arguments)
    for word in words:
        if word in _WITH_VALUE:
            next(words, None)
        elif word not in _GLOBAL_FLAGS and not word.startswith(tuple(f"{o}=" for o in _WITH_VALUE)):
            return word
    return ""


if __name__ == "__main__":
    sys.exit(main())
