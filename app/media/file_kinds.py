"""Which files are pictures and which are documents, by their names: nothing is opened here."""

import pathlib
from enum import StrEnum

PICTURE_SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".jfif", ".webp", ".avif", ".gif"),
    *(".bmp", ".tif", ".tiff", ".heic", ".heif"),
)
WEB_PAGE_SUFFIXES = (".html", ".htm", ".xhtml")

_OFFICE_SUFFIXES = (
    ".pdf",
    *(".docx", ".docm", ".dotx", ".pptx", ".pptm", ".ppsx", ".xlsx", ".xlsm", ".xlsb", ".xls"),
    *(".odt", ".ott", ".odp", ".otp", ".ods", ".ots"),
)
_TEXT_KINDS = {
    **dict.fromkeys((".c", ".h"), "C"),
    **dict.fromkeys((".cpp", ".cc", ".cxx", ".hpp", ".hh"), "C++"),
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx"), "JavaScript"),
    **dict.fromkeys((".md", ".markdown"), "Markdown"),
    **dict.fromkeys((".ps1", ".psm1"), "PowerShell"),
    **dict.fromkeys((".py", ".pyi", ".pyw"), "Python"),
    **dict.fromkeys((".sh", ".bash", ".zsh"), "Shell script"),
    **dict.fromkeys((".ts", ".tsx", ".mts"), "TypeScript"),
    **dict.fromkeys((".yaml", ".yml"), "YAML"),
    **dict.fromkeys((".txt", ".text", ".log", ".rst", ".ini", ".cfg", ".conf", ".env"), "Text"),
    **dict.fromkeys((".diff", ".patch", ".srt", ".vtt", ".eml", ".ics", ".vcf", ".bib"), "Text"),
    ".adoc": "AsciiDoc",
    ".bat": "Batch file",
    ".cs": "C#",
    ".css": "CSS",
    ".csv": "CSV",
    ".dart": "Dart",
    ".go": "Go",
    ".ipynb": "Notebook",
    ".java": "Java",
    ".json": "JSON",
    ".jsonl": "JSON lines",
    ".jl": "Julia",
    ".kt": "Kotlin",
    ".lua": "Lua",
    ".php": "PHP",
    ".pl": "Perl",
    ".r": "R",
    ".rb": "Ruby",
    ".rs": "Rust",
    ".scala": "Scala",
    ".sql": "SQL",
    ".svelte": "Svelte",
    ".swift": "Swift",
    ".tex": "LaTeX",
    ".toml": "TOML",
    ".tsv": "TSV",
    ".vue": "Vue",
    ".xml": "XML",
}
DOCUMENT_SUFFIXES = (*_OFFICE_SUFFIXES, *WEB_PAGE_SUFFIXES, *_TEXT_KINDS)

# What is neither, and often too large to be looked at in vain.
_OTHER_SUFFIXES = frozenset(
    (
        *(".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".iso", ".dmg"),
        *(".exe", ".msi", ".dll", ".so", ".dylib", ".bin", ".deb", ".rpm", ".apk", ".jar"),
        *(".mp3", ".m4a", ".wav", ".flac", ".ogg", ".opus", ".mp4", ".mkv", ".mov", ".avi"),
        *(".webm", ".ttf", ".otf", ".woff", ".woff2", ".gguf", ".safetensors", ".db", ".sqlite"),
    )
)


class FileKind(StrEnum):
    """Who opens a file."""

    PICTURE = "picture"
    DOCUMENT = "document"


def kind_of_file(name: str) -> FileKind | None:
    """Say who is to open a file that somebody dropped; None is nobody.

    Names without a suffix and with an unknown one are documents: whoever reads them looks at the
    content, and most are text.
    """
    suffix = suffix_of(name)
    if suffix in PICTURE_SUFFIXES:
        return FileKind.PICTURE
    return None if suffix in _OTHER_SUFFIXES else FileKind.DOCUMENT


def kind_of_text(name: str) -> str:
    """What people call a text of that name, e.g. ``Python``."""
    return _TEXT_KINDS.get(suffix_of(name), "Text")


def is_text_name(name: str) -> bool:
    """Whether the suffix promises text that is to be taken as it is."""
    return suffix_of(name) in _TEXT_KINDS


def is_office_name(name: str) -> bool:
    """Whether the suffix promises a PDF or an office document."""
    return suffix_of(name) in _OFFICE_SUFFIXES


def suffix_of(name: str) -> str:
    """The suffix in small letters, with its dot; empty where there is none."""
    return pathlib.PurePath(name).suffix.lower()
