"""Whole database files: copied, and put in the place of one another.

What is not whole yet is a part: a file with a dot before its name, which the next start deletes.
"""

import contextlib
import os
import pathlib
import shutil
import sqlite3
import urllib.parse
from collections.abc import Iterator

from app.domain.errors import ChatsDamaged
from app.store.faults import as_ours
from app.store.schema import migrate, own_tables, version_of

BACKUPS = "backups"
_BESIDE = ("-wal", "-shm", "-journal")


def create_tables(connection: sqlite3.Connection, version: int) -> None:
    """Make the empty tables of that version in a new database."""
    connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
    migrate(connection, version)


def copy_database(source: pathlib.Path, target: pathlib.Path) -> None:
    """Copy a database, which may be open, without its index; whole as soon as it has its name.

    Rows are copied, and not pages, so that nothing comes along of what was deleted before.

    Raises:
        ChatsError: The copy could not be written.
    """
    with as_ours():
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = new_part(target)
        try:
            with contextlib.closing(sqlite3.connect(part.absolute(), isolation_level=None)) as copy:
                copy.execute("ATTACH ? AS source", (str(source.absolute()),))
                ((version,),) = copy.execute("PRAGMA source.user_version")
                create_tables(copy, version)
                copy.execute("BEGIN")
                for table in ("sqlite_sequence", *own_tables(copy)):
                    copy.execute(f"INSERT INTO main.{table} SELECT * FROM source.{table}")  # noqa: S608
                copy.execute("COMMIT")
            part.replace(target)
        except sqlite3.IntegrityError:
            # As where a row is there twice.
            raise ChatsDamaged(detail="rows contradict each other") from None
        finally:
            delete_database(part)


def bring_copy_up_to_date(part: pathlib.Path, version: int) -> None:
    """Have a file that is given up be of that version.

    Raises:
        ChatsError: It could not be read or written.
    """
    with as_ours(), contextlib.closing(sqlite3.connect(part, isolation_level=None)) as connection:
        if version_of(connection) < version:
            migrate(connection, version)


def take_place(part: pathlib.Path, target: pathlib.Path) -> None:
    """Put a part in the place of a database that nobody has open.

    Raises:
        OSError: The disk refuses.
    """
    with part.open("r+b") as file:
        os.fsync(file.fileno())
    # The log belongs to the old file: with the new one it would be damage.
    for suffix in _BESIDE:
        _beside(target, suffix).unlink(missing_ok=True)
    part.replace(target)


@contextlib.contextmanager
def laid_aside(database: pathlib.Path, name: str) -> Iterator[pathlib.Path]:
    """Give a database, with its log, a second name among the copies while another takes its place.

    Raises:
        OSError: The disk refuses, or there is no such file.
    """
    aside = database.parent / BACKUPS / name
    aside.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        for suffix in ("-wal", ""):
            if not suffix or _beside(database, suffix).exists():
                _link_or_copy(_beside(database, suffix), _beside(aside, suffix))
        yield aside
    except BaseException:
        # Opened by two names it would be damaged, for each has its own log.
        delete_database(aside)
        raise


def new_part(target: pathlib.Path) -> pathlib.Path:
    """Begin the part of a database; only the person can read it.

    Raises:
        OSError: The disk refuses.
    """
    part = target.with_name(f".{target.name}.part")
    delete_database(part)
    part.touch(mode=0o600)
    return part


def clear_parts(database: pathlib.Path) -> None:
    """Delete what a crash left half written, and the second name of a database in its place."""
    copies = database.parent / BACKUPS
    parts = [part for folder in (database.parent, copies) for part in folder.glob(".*.db.part*")]
    for part in parts:
        with contextlib.suppress(OSError):
            part.unlink()
    for copy in copies.glob("*.db"):
        with contextlib.suppress(OSError):
            if copy.samefile(database):
                delete_database(copy)


def delete_database(path: pathlib.Path) -> None:
    """Delete a file with all that SQLite put beside it; what cannot be deleted stays."""
    for suffix in ("", *_BESIDE):
        with contextlib.suppress(OSError):
            _beside(path, suffix).unlink()


def uri_of(path: pathlib.Path, options: str) -> str:
    """What SQLite opens with options; names of folders may have anything in them."""
    place = path.absolute().as_posix()
    # An empty host, also before Windows' own drives and hosts.
    prefix = "file://" if place.startswith("/") else "file:///"
    return f"{prefix}{urllib.parse.quote(os.fsencode(place))}?{options}"


def _link_or_copy(source: pathlib.Path, target: pathlib.Path) -> None:
    target.unlink(missing_ok=True)
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


def _beside(path: pathlib.Path, suffix: str) -> pathlib.Path:
    return path.with_name(f"{path.name}{suffix}")
