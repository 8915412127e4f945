"""The archive of a Word document: the parts that are always the same, and those that grow."""

import tempfile
import zipfile
from html import escape
from typing import BinaryIO

from app.domain.package_data import package_file
from app.exchange.worker.writers.pictures import DrawnPicture

_FOLDER = "resources/export/docx"
_NAMES = (
    "content-types",
    "core",
    "document",
    "document-end",
    "drawing",
    "hyperlink",
    "image",
    "numbering",
    "package-relationships",
    "relationships",
    "settings",
    "styles",
)
# Part -> where it lies in the archive.
_FIXED = {
    "content-types": "[Content_Types].xml",
    "package-relationships": "_rels/.rels",
    "settings": "word/settings.xml",
    "styles": "word/styles.xml",
}
# Of `numbering.xml`: what every list with numbers is an instance of.
_NUMBERED = 2
BULLETS = 1
_MEMORY_BYTES = 32 << 20
_COPY_BYTES = 1 << 20
# English Metric Units, the format's unit of pictures.
_EMU_PER_PX = 9525
_WIDEST_EMU = 5_760_000  # 16 cm
_HIGHEST_EMU = 5_040_000  # 14 cm

Parts = dict[str, str]


def load_parts() -> Parts:
    """Read what comes with the program.

    Raises:
        OSError: The installation is incomplete.
    """
    return {
        name: package_file(f"{_FOLDER}/{name}.xml").read_text(encoding="utf-8").rstrip("\n")
        for name in _NAMES
    }


class Package:
    """A document that grows at its end."""

    def __init__(self, file: BinaryIO, parts: Parts) -> None:
        self._parts = parts
        self._archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        # An archive takes one file at a time, and pictures come between the words.
        self._body = tempfile.SpooledTemporaryFile(max_size=_MEMORY_BYTES)  # noqa: SIM115 - see close
        self._relationships = [parts["relationships"]]
        self._links: dict[str, str] = {}
        self._lists: list[int] = []
        self._pictures = 0
        for name, path in _FIXED.items():
            self._archive.writestr(path, parts[name])
        self.put(parts["document"])

    def put(self, xml: str) -> None:
        """Add to the end of the document's body."""
        self._body.write(xml.encode())

    def link(self, target: str) -> str:
        """The id of a relationship to a safe address."""
        if target not in self._links:
            self._links[target] = self._relate("hyperlink", target=escape(target))
        return self._links[target]

    def numbered_list(self, first: int) -> int:
        """The id of a list that begins with that number."""
        self._lists.append(first)
        return BULLETS + len(self._lists)

    def picture(self, picture: DrawnPicture) -> str:
        """Add a picture; the XML of the run that shows it."""
        self._pictures += 1
        name = f"picture{self._pictures}.{picture.format}"
        self._archive.writestr(f"word/media/{name}", picture.data, zipfile.ZIP_STORED)
        width, height = picture.width_px * _EMU_PER_PX, picture.height_px * _EMU_PER_PX
        scale = min(1.0, _WIDEST_EMU / width, _HIGHEST_EMU / height)
        return self._parts["drawing"].format(
            id=self._relate("image", name=name),
            number=self._pictures,
            name=escape(picture.name),
            width=max(1, round(width * scale)),
            height=max(1, round(height * scale)),
        )

    def close(self, title: str) -> None:
        """Write what is known at the end."""
        self.put(self._parts["document-end"])
        self._body.seek(0)
        with self._archive.open("word/document.xml", "w", force_zip64=True) as document:
            while chunk := self._body.read(_COPY_BYTES):
                document.write(chunk)
        self._body.close()
        self._archive.writestr(
            "word/_rels/document.xml.rels", "\n".join([*self._relationships, "</Relationships>\n"])
        )
        lists = (_instance(number, first) for number, first in enumerate(self._lists, BULLETS + 1))
        self._archive.writestr(
            "word/numbering.xml", "\n".join([self._parts["numbering"], *lists, "</w:numbering>\n"])
        )
        self._archive.writestr("docProps/core.xml", self._parts["core"].format(title=escape(title)))
        self._archive.close()

    def _relate(self, kind: str, **values: str) -> str:
        key = f"rId{len(self._relationships) + 100}"
        self._relationships.append(self._parts[kind].format(id=key, **values))
        return key


def _instance(number: int, first: int) -> str:
    """A list whose every level begins anew, the first of them with a number of its own."""
    levels = "".join(
        f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{first}"/></w:lvlOverride>'
        for level in range(9)
    )
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{_NUMBERED}"/>{levels}</w:num>'
