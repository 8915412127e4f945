"""What is kept beside the chats: folders, presets, prompts, and single facts."""

from collections.abc import Sequence

from app.domain.kept_chat import Preset, SavedPrompt
from app.domain.well_formed import as_text
from app.store.database import Database
from app.store.rows import encode, settings_of


class Presets:
    """Lists that a person keeps in their own order; each is written as a whole."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def folders(self) -> list[str]:
        """Names of folders."""
        return [name for (name,) in self._read("SELECT name FROM folder ORDER BY position")]

    def put_folders(self, names: Sequence[str]) -> None:
        """Keep these folders; chats in others are in none from now on."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM folder")
            rows = [(as_text(name), position) for position, name in enumerate(names)]
            connection.executemany("INSERT INTO folder VALUES (?, ?)", rows)
            connection.execute(
                "UPDATE chat SET folder = '' WHERE folder NOT IN (SELECT name FROM folder)"
            )

    def rename_folder(self, old: str, new: str) -> None:
        """Give a folder another name that is free."""
        with self._database.writing() as connection:
            connection.execute("UPDATE folder SET name = ? WHERE name = ?", (as_text(new), old))
            connection.execute("UPDATE chat SET folder = ? WHERE folder = ?", (as_text(new), old))

    def presets(self) -> list[Preset]:
        """The person's presets."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT name, settings FROM preset ORDER BY position")
            return [Preset(name=name, settings=settings_of(settings)) for name, settings in rows]

    def put_presets(self, presets: Sequence[Preset]) -> None:
        """Keep these presets and no others."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM preset")
            connection.executemany(
                "INSERT INTO preset VALUES (?, ?, ?)",
                [
                    (as_text(p.name), position, encode(p.settings))
                    for position, p in enumerate(presets)
                ],
            )

    def prompts(self) -> list[SavedPrompt]:
        """The person's prompts."""
        rows = self._read("SELECT name, text FROM saved_prompt ORDER BY position")
        return [SavedPrompt(name=name, text=text) for name, text in rows]

    def put_prompts(self, prompts: Sequence[SavedPrompt]) -> None:
        """Keep these prompts and no others."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM saved_prompt")
            connection.executemany(
                "INSERT INTO saved_prompt VALUES (?, ?, ?)",
                [
                    (as_text(p.name), position, as_text(p.text))
                    for position, p in enumerate(prompts)
                ],
            )

    def fact(self, name: str) -> str:
        """A single fact; empty where it was never kept."""
        rows = self._read("SELECT value FROM fact WHERE name = ?", name)
        return str(rows[0][0]) if rows else ""

    def put_fact(self, name: str, value: str) -> None:
        """Keep a single fact."""
        with self._database.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))

    def _read(self, statement: str, *values: object) -> list[tuple[str, ...]]:
        return self._database.read(statement, *values)
