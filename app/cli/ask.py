"""`ask` and `tokens`: questions to a model, and the prompts that it would get."""

import argparse
import contextlib
import pathlib
import sys
from collections.abc import Callable, Iterator

import msgspec

from app.catalog.catalog import load_catalog
from app.cli.arguments import Commands
from app.cli.numbers import natural, not_negative, positive, share, threads
from app.cli.output import (
    EXIT_DONE,
    EXIT_ENVIRONMENT,
    print_error,
    print_warning,
    write,
    write_json,
)
from app.domain.chat import Conversation, Effort, Message, PicturePart, Role, TextPart
from app.domain.errors import AppError, BadMessages, MissingPrompt, PicturesUnavailable
from app.domain.placement.values import Wishes
from app.services.asking import Asker
from app.services.engine_service import Ask
from app.services.messages import read_conversations, unopened_picture
from app.services.model_folders import open_library
from app.services.model_loader import LoadOptions
from app.services.models import find_model, known_fault
from app.services.pictures import open_pictures
from app.settings.file import SettingsFile
from app.settings.folders import Folders


def add_commands(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Declare `ask` and `tokens`."""
    ask = commands.add_parser("ask", parents=[shared], help="ask one question")
    ask.set_defaults(command=_ask)
    ask.add_argument("prompt", nargs="?", metavar="PROMPT", help="the question; - reads stdin")
    _add_model_options(ask)
    ask.add_argument("--thinking-budget", type=natural, metavar="TOKENS")
    ask.add_argument("--image", type=pathlib.Path, action="append", default=[], metavar="FILE")
    ask.add_argument("--system", metavar="TEXT")
    ask.add_argument("--max-tokens", type=positive, metavar="N")
    ask.add_argument("--temperature", type=not_negative, metavar="T", help="0 is greedy")
    ask.add_argument("--top-p", type=share, metavar="P")
    ask.add_argument("--min-p", type=share, metavar="P")
    ask.add_argument("--top-k", type=positive, metavar="K")
    ask.add_argument("--seed", type=natural, metavar="N")
    ask.add_argument("--context", type=positive, metavar="TOKENS")
    ask.add_argument("--threads", type=threads, metavar="N")

    tokens = commands.add_parser("tokens", parents=[shared], help="show a conversation's prompt")
    tokens.set_defaults(command=_tokens)
    _add_model_options(tokens)


def _add_model_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", metavar="NAME|PATH")
    parser.add_argument("--build", metavar="B", help="where several of a model are installed")
    parser.add_argument("--mmproj", type=pathlib.Path, metavar="FILE", help="vision projector")
    parser.add_argument("--effort", choices=[effort.value for effort in Effort])
    parser.add_argument("--messages", type=pathlib.Path, metavar="FILE.json|.jsonl")


def _ask(options: argparse.Namespace, folders: Folders) -> int:
    wishes = Wishes(context_tokens=options.context, threads=options.threads)
    load = LoadOptions(
        wishes_of=lambda model: wishes, is_context_firm=True, projector=options.mmproj
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
            on_text=lambda text, is_thought: None if options.json or is_thought else write(text),
        )
        write(msgspec.json.encode(answer).decode() + "\n" if options.json else "\n")

    return _each(options, folders, load, _questions(options), ask)


def _tokens(options: argparse.Namespace, folders: Folders) -> int:
    if options.messages is None:
        raise MissingPrompt

    def show(asker: Asker, conversation: Conversation) -> None:
        write_json(asker.tokens(conversation))

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
    catalog = load_catalog(own=folders.config / "models.toml")
    model = find_model(
        options.model,
        starter=catalog.starter,
        last_model=settings.value.last_model,
        library=open_library(folders, lambda: settings.value),
        models=catalog.models,
        build=options.build,
    )
    if fault := known_fault(model.path, catalog.models):
        print_warning(str(fault))
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
                print_error(error.code, str(error), as_json=options.json)
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
