"""What macOS reads in the bundle before it starts it: the spec's BUNDLE gets it as `info_plist`."""

from release.distribution import read_distribution
from release.project import COMPONENT_ID, NAME, ROOT, version

MINIMUM_MACOS = "14.0"
# Nobody has declared GGUF to the system; other programs import it under the same name.
_GGUF_TYPE = "org.ggml.gguf"
# macOS tells Chinese apart by script, ours by country.
_APPLE_NAMES = {"zh_TW": "zh-Hant"}


def info_plist() -> dict[str, object]:
    """Return it; PyInstaller adds the names of the program and of its icon.

    No usage description is needed: the system asks in its own words before a picture of the
    screen is taken, and there is no camera, microphone or local network in it.
    """
    return {
        "CFBundleIdentifier": COMPONENT_ID,
        "CFBundleName": NAME,
        "CFBundleDisplayName": NAME,
        "CFBundleShortVersionString": version(),
        "CFBundleVersion": version(),
        "CFBundleDevelopmentRegion": "en",
        "CFBundleLocalizations": _languages(),
        "CFBundleDocumentTypes": [_document_type()],
        "UTImportedTypeDeclarations": [_type_declaration()],
        "LSMinimumSystemVersion": MINIMUM_MACOS,
        "LSApplicationCategoryType": "public.app-category.productivity",
        "NSHighResolutionCapable": True,
        "NSPrincipalClass": "NSApplication",
        # PyInstaller says yes for a program that also speaks on a terminal.
        "LSBackgroundOnly": False,
        "NSHumanReadableCopyright": f"© {read_distribution().publisher}. Apache License 2.0.",
    }


def _document_type() -> dict[str, object]:
    """Offer to open models, but leave the double-click to whom the person gave it."""
    return {
        "CFBundleTypeName": "GGUF language model",
        "CFBundleTypeRole": "Viewer",
        "LSHandlerRank": "Alternate",
        "LSItemContentTypes": [_GGUF_TYPE],
    }


def _type_declaration() -> dict[str, object]:
    return {
        "UTTypeIdentifier": _GGUF_TYPE,
        "UTTypeDescription": "GGUF language model",
        "UTTypeConformsTo": ["public.data"],
        "UTTypeTagSpecification": {"public.filename-extension": ["gguf"]},
    }


def _languages() -> list[str]:
    """Those that the window speaks: without them the system says that the person's is English."""
    others = (path.stem for path in (ROOT / "resources" / "languages").glob("*.po"))
    return ["en", *sorted(_APPLE_NAMES.get(name, name) for name in others)]
