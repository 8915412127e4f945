"""The second front end: the same services without a window."""

import argparse
import contextlib
import io
import pathlib
import sys
from collections.abc import Callable, Iterator
from typing import Never

import msgspec

from app.catalog.catalog import load_catalog
from app.domain.chat import Conversation, Effort, Message, PicturePart, Role, TextPart
from app.domain.errors import AppError, BadMessages, MissingPrompt, PicturesUnavailable
from app.domain.units import format_bytes
from app.services.asking import Asker
from app.services.diagnostics import Checkup, examine, save_report
from app.services.engine_service import Ask, LoadOptions
from app.services.logs import BadLogLevelError, configure_logging
from app.services.messages import read_conversations, unopened_picture
from app.services.models import find_model
from app.services.options import add_global_options
from app.services.pictures import open_pictures
from app.settings.file import SettingsFile
from app.settings.folders import Folders, folders_for

EXIT_DONE, EXIT_FAULT, EXIT_USAGE, EXIT_ENVIRONMENT, EXIT_BUG, EXIT_INTERRUPTED = (
    0,
    1,
    2,
    3,
    70,
    130,
)


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code; no traceback reaches the person."""
    for stream in (sys.stdin, sys.stdout):
        # Pipes have the locale's encoding otherwise, and the first emoji would be an error.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = _parser().parse_args(arguments)
    folders = folders_for(options.home)
    try:
        configure_logging(folder=None, levels=options.log)
        return int(options.command(options, folders))
    except BadLogLevelError as error:
        _print_error("usage", f"--log: there is no level “{error}”", as_json=options.json)
        return EXIT_USAGE
    except AppError as error:
        _print_error(error.code, str(error), as_json=options.json)
        return EXIT_ENVIRONMENT
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone; closing stdout again at exit would only repeat this.
        sys.stdout = None
        return EXIT_DONE
    except Exception as error:  # noqa: BLE001 - the last line of defence turns bugs into reports
        path = save_report(error, folders.logs)
        where = f" The report is in {path}." if path else ""
        _print_error("bug", f"Something went wrong inside Cierzo.{where}", as_json=options.json)
        return EXIT_BUG


def _parser() -> argparse.ArgumentParser:
    shared = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    add_global_options(shared)
    parser = _Parser(prog="cierzo", description="Private chat with open models.")
    add_global_options(parser)
    parser.set_defaults(home=None, log="warning", json=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    ask = commands.add_parser("ask", parents=[shared], help="ask one question")
    ask.set_defaults(command=_ask)
    ask.add_argument("prompt", nargs="?", metavar="PROMPT", help="the question; - reads stdin")
    _add_model_options(ask)
    ask.add_argument("--thinking-budget", type=_natural, metavar="TOKENS")
    ask.add_argument("--image", type=pathlib.Path, action="append", default=[], metavar="FILE")
    ask.add_argument("--system", metavar="TEXT")
    ask.add_argument("--max-tokens", type=_positive, metavar="N")
    ask.add_argument("--temperature", type=_not_negative, metavar="T", help="0 is greedy")
    ask.add_argument("--top-p", type=_share, metavar="P")
    ask.add_argument("--min-p", type=_share, metavar="P")
    ask.add_argument("--top-k", type=_positive, metavar="K")
    ask.add_argument("--seed", type=_natural, metavar="N")
    ask.add_argument("--context", type=_positive, metavar="TOKENS")
    ask.add_argument("--threads", type=_threads, metavar="N")

    tokens = commands.add_parser("tokens", parents=[shared], help="show a conversation's prompt")
    tokens.set_defaults(command=_tokens)
    _add_model_options(tokens)

    doctor = commands.add_parser("doctor", parents=[shared], help="examine this installation")
    doctor.set_defaults(command=_doctor)
    return parser


def _add_model_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", metavar="NAME|PATH")
    parser.add_argument("--mmproj", type=pathlib.Path, metavar="FILE", help="vision projector")
    parser.add_argument("--effort", choices=[effort.value for effort in Effort])
    parser.add_argument("--messages", type=pathlib.Path, metavar="FILE.json|.jsonl")


def _ask(options: argparse.Namespace, folders: Folders) -> int:
    load = LoadOptions(
        context_tokens=options.context, threads=options.threads, projector=options.mmproj
    )

    def ask(asker: Asker, conversation: Conversation) -> None:
        given = {
            name: value
            for name in ("temperature", "top_p", "min_p", "top_k", "seed")
            if (value := getattr(options, name)) is not None
        }
        request = Ask(
            conversation=conversation,
            sampling=msgspec.structs.replace(asker.sampling(conversation.effort), **given),
            max_tokens=options.max_tokens,
            thinking_tokens=options.thinking_budget,
        )
        answer = asker.ask(
            request,
            # A thought is not part of the answer that a script reads.
            on_text=lambda text, is_thought: None if options.json or is_thought else _write(text),
        )
        _write(msgspec.json.encode(answer).decode() + "\n" if options.json else "\n")

    return _each(options, folders, load, _questions(options), ask)


def _tokens(options: argparse.Namespace, folders: Folders) -> int:
    if options.messages is None:
        raise MissingPrompt

    def show(asker: Asker, conversation: Conversation) -> None:
        _write(msgspec.json.encode(asker.tokens(conversation)).decode() + "\n")

    load = LoadOptions(projector=options.mmproj)
    return _each(options, folders, load, read_conversations(options.messages), show)


def _each(
    options: argparse.Namespace,
    folders: Folders,
    load: LoadOptions,
    conversations: Iterator[Conversation | AppError],
    action: Callable[[Asker, Conversation], None],
) -> int:
    """Do something with every conversation; in a batch one that is refused does not end it."""
    settings = SettingsFile(folders.config)
    settings.load()
    catalog = load_catalog()
    model = find_model(options.model, starter=catalog.starter, last_model=settings.value.last_model)
    is_batch = options.messages is not None and options.messages.suffix == ".jsonl"
    exit_code = EXIT_DONE
    with contextlib.closing(Asker(model, load, catalog.families)) as asker:
        for conversation in conversations:
            try:
                if isinstance(conversation, AppError):
                    raise conversation
                action(asker, _complete(asker, conversation, options))
            except AppError as error:
                if not is_batch:
                    raise
                _print_error(error.code, str(error), as_json=options.json)
                exit_code = EXIT_ENVIRONMENT
    return exit_code


def _complete(
    asker: Asker, conversation: Conversation, options: argparse.Namespace
) -> Conversation:
    """Add the effort of the command line, and open the pictures for the model."""
    if options.effort:
        conversation = msgspec.structs.replace(conversation, effort=Effort(options.effort))
    if not conversation.pictures:
        return conversation
    grid = asker.load().grid
    if grid is None:
        raise PicturesUnavailable(name=asker.model.name)
    return open_pictures(conversation, grid)


def _questions(options: argparse.Namespace) -> Iterator[Conversation | AppError]:
    """Every conversation of the command line, the prompt and system text added to each."""
    prompt = sys.stdin.read() if options.prompt == "-" else options.prompt
    if prompt is not None and not prompt.strip():
        raise MissingPrompt
    pictures = tuple(PicturePart(unopened_picture(path=path)) for path in options.image)
    question: tuple[Message, ...] = ()
    if prompt is not None:
        words = (TextPart(prompt),)
        question = (Message(Role.USER, (*pictures, *words) if pictures else prompt),)
    system = (Message(Role.SYSTEM, options.system),) if options.system is not None else ()
    if options.messages is None or (pictures and not question):
        if not question:
            raise MissingPrompt
        yield Conversation((*system, *question))
        return
    for conversation in read_conversations(options.messages):
        if isinstance(conversation, AppError):
            yield conversation
        elif system and conversation.messages[0].role is Role.SYSTEM:
            yield BadMessages(reason="--system is given and the file has a system message too")
        else:
            messages = (*system, *conversation.messages, *question)
            yield msgspec.structs.replace(conversation, messages=messages)


def _doctor(options: argparse.Namespace, folders: Folders) -> int:
    checkup = examine(folders)
    if options.json:
        _write(msgspec.json.encode(checkup).decode() + "\n")
    else:
        _write("\n".join(_in_words(checkup)) + "\n")
    return EXIT_DONE if checkup.is_healthy else EXIT_ENVIRONMENT


def _in_words(checkup: Checkup) -> Iterator[str]:
    yield f"Cierzo     {checkup.version}, Python {checkup.python}, {checkup.system}"
    yield "libraries  " + ", ".join(f"{name} {v}" for name, v in checkup.libraries.items())
    if checkup.engine:
        yield f"engine     {checkup.engine.version}"
        yield "           " + ", ".join(checkup.engine.features)
        for device in checkup.engine.devices:
            free, total = format_bytes(device.free_bytes), format_bytes(device.total_bytes)
            yield f"device     {device.name} ({device.kind}): {device.description}"
            yield f"           {free} of {total} free"
    else:
        yield f"engine     {checkup.engine_error}"
    processor = checkup.processor
    cores = f"{processor.physical_cores} cores, {processor.logical_cores} threads"
    yield f"processor  {processor.name}, {cores}"
    memory = checkup.memory
    available, total = format_bytes(memory.available_bytes), format_bytes(memory.total_bytes)
    yield f"memory     {available} of {total} available"
    for name, folder in checkup.folders.items():
        state = "writable" if folder.writable else "NOT WRITABLE"
        made = "" if folder.exists else ", not made yet"
        yield f"folder     {name}: {folder.path} ({state}{made})"


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _print_error(code: str, message: str, *, as_json: bool) -> None:
    sys.stderr.write(f"error: {message}\n")
    if as_json:
        error = {"error": {"code": code, "message": message}}
        _write(msgspec.json.encode(error).decode() + "\n")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Never:
        _print_error("usage", f"{message}; see {self.prog} --help", as_json="--json" in sys.argv)
        raise SystemExit(EXIT_USAGE)


def _natural(text: str) -> int:
    return round(_number(text, int, 0, 2**32 - 2))


def _positive(text: str) -> int:
    return round(_number(text, int, 1, 2**31 - 1))


def _threads(text: str) -> int:
    return round(_number(text, int, 1, 512))


def _not_negative(text: str) -> float:
    return _number(text, float, 0, 1000)


def _share(text: str) -> float:
    return _number(text, float, 0, 1)


def _number(text: str, kind: type[int] | type[float], least: float, most: float) -> float:
    with contextlib.suppress(ValueError):
        if least <= (number := kind(text)) <= most:
            return number
    raise argparse.ArgumentTypeError(f"“{text}” is not a number from {least} to {most}")
