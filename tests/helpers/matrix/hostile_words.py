"""F14 and F16: answers that were made to lead astray or to hold the window up."""

import itertools
import pathlib

from tests.helpers.hostile_desk import HostileDesk
from tests.helpers.hostile_links import ENCODED, LINKS
from tests.helpers.markdown_monsters import LANGUAGES, MONSTERS, TEXTS
from tests.helpers.matrix.row import Row, Tally
from tests.helpers.tiny_model import write_tiny_llama

_CODE = {
    f"{language}, text {number}": f"```{language}\n{text}\n```\n"
    for number, text in enumerate(TEXTS)
    for language in LANGUAGES
}


def run_links(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    """Show links in an answer and press those that are."""
    asked = 0
    with HostileDesk(folder / "home", write_tiny_llama(folder / "m.gguf")) as desk:
        # From both ends, so that a few tries have some of both kinds.
        cases = list((LINKS | ENCODED).items())
        turns = itertools.chain.from_iterable(zip(cases, reversed(cases), strict=True))
        for target, address in itertools.islice(dict.fromkeys(turns), count):
            desk.tally.tried += 1
            answer = desk.order("link", repr(target), target=target)
            if answer is None:
                continue
            said = answer["asked"].replace("\n", "")
            asked += bool(said)
            if said != (address or ""):
                desk.tally.wrong.append(f"{target!r}: it asks about {said!r}, not {address!r}")
        desk.tally.figures.append(f"{asked} asked about, with the whole address; none opened")
    return desk.tally


def run_markdown(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    """Open a chat with each of them."""
    return _shown(MONSTERS, count, folder)


def run_code(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    """Have each language colour each text."""
    return _shown(_CODE, count, folder)


def _shown(cases: dict[str, str], count: int, folder: pathlib.Path) -> Tally:
    with HostileDesk(folder / "home", write_tiny_llama(folder / "m.gguf")) as desk:
        for name, text in itertools.islice(cases.items(), count):
            desk.tally.tried += 1
            desk.order("show", name, title=name, question="Go on.", answer=text)
        desk.tally.figures.append(
            f"longest turn of the window {desk.longest_turn_ms:.0f} ms of processor time"
        )
    return desk.tally


ROWS = (
    Row(
        number="F14",
        fault="links that lie: schemes, homographs, turned words, shares",
        expected="only the web and mail are links, and pressing one asks with the whole address",
        tries=len(LINKS),
        tries_in_tests=4,
        run=run_links,
    ),
    Row(
        number="F16",
        fault="answers that take a Markdown reader or a layout for ever",
        expected="no turn of the window over 100 ms",
        tries=len(MONSTERS),
        tries_in_tests=2,
        run=run_markdown,
    ),
    Row(
        number="F16",
        fault="code that takes a highlighter for ever, language by language",
        expected="no turn of the window over 100 ms",
        tries=len(_CODE),
        tries_in_tests=2,
        run=run_code,
    ),
)
