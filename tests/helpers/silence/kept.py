"""What Cierzo keeps on the disk, and the rule that there is nothing else."""

import fnmatch
from collections.abc import Iterable, Mapping

# Below the folder of `--home`, else in the system's own places -> what it is.
KEPT = {
    "config/settings.json": "what you chose in Settings",
    "config/models.toml": "models that you added to the catalogue yourself",
    "data/chats.db*": "your chats with an index of their words; presets and prompts",
    "data/attachments/*": "pictures and documents that you attached, while a chat needs them",
    "data/backups/*": "copies of the chats: seven at most",
    "data/chats.ballast": "nothing: room for deleting when the disk is full",
    "data/models/*": "models that you downloaded, and downloads under way",
    "data/library.json": "which models were found on this PC, with size, time and hash",
    "data/updates.json": "when it was looked for updates, and the newest signed list",
    "data/runtimes/*": "runtimes for graphics cards that you downloaded",
    "data/*.lock": "nothing: marks that keep two programs from writing at once",
    "data/running": "nothing: a mark that the last run has not ended yet",
    "cache/snapshots/*": "what the model has computed of your chats; deleted with them",
    "cache/pictures/*": "pixels of attached pictures, deleted when Cierzo ends",
    "cache/imports/*": "attachments of chats on their way in, deleted afterwards",
    "cache/speed.json": "how fast this PC was measured to be",
    "cache/updates/*": "an installer that you downloaded",
    "cache/runtimes/*": "a runtime on its way to its place",
    "logs/cierzo.log*": "what the program did; no question, no answer, home folder as ~",
    "logs/connections.jsonl": "every connection: when, to whom, why, how many bytes",
    "logs/report-*": "a bug of the command line: types and lines of code, no values",
}


# Without a word of the person's: others may read them, where the system lets them.
_FOR_ALL = ("config/models.toml", "data/models/*", "data/*.lock", "data/chats.ballast")
_OWN_ONLY = 0o600


def open_to_others(files: Mapping[str, int]) -> list[str]:
    """Those files, by their permission bits, that others than their owner can read or write."""
    return [
        name
        for name, bits in files.items()
        if bits != _OWN_ONLY and not any(fnmatch.fnmatchcase(name, known) for known in _FOR_ALL)
    ]


def unknown(files: Iterable[str]) -> list[str]:
    """Those files that nothing above stands for."""
    return [name for name in files if not any(fnmatch.fnmatchcase(name, known) for known in KEPT)]
