"""Every text that the window shows and that is ours, found in the source and in our data."""

import ast
import functools
import pathlib
import tomllib
from collections.abc import Iterator

import msgspec

ROOT = pathlib.Path(__file__).parents[3]
_TRANSLATING = {"tr": 0, "_tr": 0, "translate": 1}
_COUNTING = {"counted": 1, "forms": 0}
# Where what is translated comes from somewhere else that is searched here too.
_PASSED_ON = {
    "app/ui/error_text.py": {"error.sentence", "fact"},
    "app/ui/catalogue_text.py": {"text"},
    "app/ui/presets/preset_words.py": {"preset.name", "preset.description"},
    "app/ui/quantities.py": {"many"},
    "app/ui/settings/update_words.py": {"pack.fault"},
}
# Their reasons are read on the command line only.
_NOT_IN_THE_WINDOW = {
    "BadMessages",
    "CatalogBroken",
    "CatalogEntryBroken",
    "MessagesUnsupported",
    "Skipped",
}
_CATALOGUE_KEYS = {"about", "license_note"}
# What Linux and macOS say most often; the rest stays in the system's own words, and Windows
# speaks the person's language by itself.
_SYSTEM_REASONS = (
    "Permission denied",
    "Device or resource busy",
    "Resource busy",
    "Disk quota exceeded",
    "Disc quota exceeded",
    "Input/output error",
    "Is a directory",
    "File name too long",
    "No such device",
    "No such file or directory",
    "No space left on device",
    "Not a directory",
    "Operation not permitted",
    "Read-only file system",
    "Connection timed out",
    "Operation timed out",
    "Transport endpoint is not connected",
    "Socket is not connected",
    "Too many open files",
)


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """One text to translate.

    Attributes:
        place: The file that it stands in first.
        one: What is said of one thing; empty where nothing is counted.
        context: Tells two meanings of one text apart; mostly empty.
    """

    place: str
    text: str
    one: str = ""
    context: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.text


class NotFoundError(Exception):
    """A text that is no literal, so that nobody could translate it."""


@functools.cache
def find_texts() -> tuple[Text, ...]:
    """All of them, in the order of the files; each once."""
    found: dict[tuple[str, str], Text] = {}
    for text in _all():
        known = found.setdefault(text.key, text)
        if not known.one and text.one:
            found[text.key] = msgspec.structs.replace(known, one=text.one)
    return tuple(found.values())


def _all() -> Iterator[Text]:
    for path in sorted((ROOT / "app/ui").rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        yield from texts_of_code(path.read_text("utf-8"), place)
    for path in sorted((ROOT / "app").rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        tree = ast.parse(path.read_text("utf-8"))
        if place.startswith("app/domain/errors/"):
            yield from (Text(place=place, text=text) for text in _sentences(tree))
        if place in ("app/engine/client.py", "app/pipe/client.py"):
            yield from (Text(place=place, text=text) for text in _activities(tree))
        if not place.startswith(("app/cli/", "app/domain/mistral/")):
            yield from (Text(place=place, text=text) for text in _reasons(tree))
    yield from (Text(place="the system", text=text) for text in _SYSTEM_REASONS)
    yield from _data_texts()


def texts_of_code(source: str, place: str) -> Iterator[Text]:
    """The texts that are translated where they stand.

    Raises:
        NotFoundError: One of them is no literal.
    """
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    wrapped = _wrapped(source)
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        name = _name_of(call)
        if name in _COUNTING and len(call.args) > 1:
            at = _COUNTING[name]
            one, many = (_literals(argument) for argument in call.args[at : at + 2])
            if len(one) != 1 or len(many) != 1:
                raise NotFoundError(f"{place}:{call.lineno}")
            yield Text(place=place, text=many[0], one=one[0])
        elif name in _TRANSLATING and _is_ours(call, name):
            yield from _translated(call, place, _TRANSLATING[name], wrapped)


def _translated(call: ast.Call, place: str, at: int, wrapped: set[int]) -> Iterator[Text]:
    texts = _literals(call.args[at])
    context = _literals(call.args[at + 1]) if len(call.args) > at + 1 else [""]
    if not texts:
        written = ast.unparse(call.args[at])
        if call.lineno not in wrapped and written not in _PASSED_ON.get(place, ()):
            raise NotFoundError(f"{place}:{call.lineno}: {written}")
    for text in texts:
        yield Text(place=place, text=text, context=context[0])


def _wrapped(source: str) -> set[int]:
    """Lines of the functions `_tr`, which pass on what their callers say."""
    return {
        line
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and node.name == "_tr"
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


def _name_of(call: ast.Call) -> str:
    called = call.func
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _is_ours(call: ast.Call, name: str) -> bool:
    """Python's own `str.translate` has one argument."""
    if name == "translate":
        return len(call.args) > 1
    return name == "_tr" or bool(call.args)


def _literals(node: ast.expr) -> list[str]:
    if isinstance(node, ast.IfExp):
        return _literals(node.body) + _literals(node.orelse)
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return [node.value] if is_text and node.value else []


def _sentences(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "sentence":
            yield from _literals(node.value)


def _reasons(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name_of(node) not in _NOT_IN_THE_WINDOW:
            for keyword in node.keywords:
                if keyword.arg == "reason":
                    yield from _literals(keyword.value)
        if isinstance(node, ast.FunctionDef) and node.name == "reason":
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and inner.value:
                    yield from _literals(inner.value)


def _activities(tree: ast.Module) -> Iterator[str]:
    """What a silent engine was doing: pairs of a limit and words."""
    for node in ast.walk(tree):
        pair = node.elts if isinstance(node, ast.Tuple) else ()
        if isinstance(node, ast.Call) and _name_of(node) == "_expect_life":
            pair = node.args
        if len(pair) == 2:
            yield from _literals(pair[1])


def _data_texts() -> Iterator[Text]:
    place = "resources/presets.toml"
    for preset in tomllib.loads((ROOT / place).read_text("utf-8"))["presets"]:
        for key in ("name", "description"):
            yield Text(place=place, text=preset[key])
    place = "models.toml"
    for model in tomllib.loads((ROOT / place).read_text("utf-8"))["models"]:
        for key in sorted(_CATALOGUE_KEYS & model.keys()):
            yield Text(place=place, text=model[key])
        for file in model.get("bad_files", ()):
            yield Text(place=place, text=file["reason"])
