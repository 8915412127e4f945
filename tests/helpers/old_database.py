"""Writes `tests/databases/chats-N.db`, N being the version that the program writes now.

`uv run python -m tests.helpers.old_database` — once for every version, before it is released: a
file that is there is what people have, so it is never written again.
"""

import contextlib
import datetime as dt
import pathlib
import shutil
import sys
import tempfile

import msgspec

from app.domain.attachments import PictureAttachment, Source
from app.domain.chat import Effort, Sampling, TextPart, ThoughtPart, Timings, Usage
from app.domain.kept_chat import ChatSettings, Draft, KeptChat, MessageState, Preset, SavedPrompt
from app.store.schema import newest_version
from app.store.store import Store
from tests.helpers.kept_chats import answer, chat_of, document, info_of, question

DATABASES = pathlib.Path(__file__).parents[1] / "databases"
_MADE = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def fill(store: Store) -> None:
    """Something of everything that can be kept."""
    store.presets.put_folders(["Work", "日本"])
    settings = ChatSettings(
        preset="Careful", system="Be brief.", effort=Effort.DEEP, model="Ministral", top_p=0.9
    )
    store.presets.put_presets([Preset(name="Careful", settings=settings)])
    store.presets.put_prompts([SavedPrompt(name="Sum up", text="Sum this up:")])
    store.presets.put_fact("seen", "yes")
    picture = PictureAttachment(
        source=store.files.keep(Source(name="tree.png", data=b"a picture")),
        original_width_px=640,
        original_height_px=480,
        thumbnail_png=b"png",
    )
    notes = document(store, "notes.txt", "Of ships and sails", content=b"a document")
    kept = chat_of(1, 1, "Which wind is that?", "The Cierzo.", title="Winds", folder="Work")
    first, second = kept.messages
    variants = (
        msgspec.structs.replace(first, attachments=(picture, notes), effort=Effort.DEEP),
        msgspec.structs.replace(second, state=MessageState.STOPPED),
        answer(
            3,
            parent_id=1,
            parts=(
                ThoughtPart("From the north-west…"),
                TextPart("The Cierzo, “dry” and cold: 北風."),
            ),
            model="Ministral",
            seed=7,
            sampling=Sampling(temperature=0.3, seed=7),
            usage=Usage(prompt_tokens=20, completion_tokens=9, reasoning_tokens=4),
            timings=Timings(prompt_s=0.5, first_token_s=0.6, tokens_per_s=12.5),
            thought_s=1.5,
            is_edited=True,
        ),
    )
    info = msgspec.structs.replace(kept.info, leaf_id=3, is_pinned=True, settings=settings)
    store.chats.add([KeptChat(info=info, messages=variants), chat_of(2, 4, "Old", trashed_ms=5)])
    store.chats.put_draft(
        info_of(3, reads_after=None), Draft(text="And then", attachments=(notes,))
    )
    store.chats.put(info_of(4, leaf_id=6), question(6, "Cut off", state=MessageState.WORKING))


def main() -> None:
    """Write the file of this version."""
    path = DATABASES / f"chats-{newest_version()}.db"
    if path.exists():
        sys.exit(f"{path.name} is what people have: write a new one for a new version.")
    with tempfile.TemporaryDirectory() as name, contextlib.closing(Store(pathlib.Path(name))) as it:
        fill(it)
        DATABASES.mkdir(exist_ok=True)
        shutil.copyfile(it.back_up(_MADE).path, path)


if __name__ == "__main__":
    main()
