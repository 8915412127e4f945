"""Headers of model files, read in a throw-away process: files are made by strangers."""

import os
import pathlib

import msgspec

from app.catalog.header_protocol import MAX_ANSWER_BYTES, ReadHeader, Reply
from app.domain.errors import HeaderReaderFailed, error_from_code
from app.domain.tensors import Header
from app.domain.undecodable import UNDECODABLE
from app.domain.well_formed import as_text
from app.pipe.command import worker_command
from app.pipe.messages import Failed
from app.pipe.once import NoAnswerError, ask_once

_ROLE = "--header-reader"


def read_header(path: pathlib.Path, *, timeout_s: float = 30.0) -> Header:
    """Read a model's header, of all its files where it has several; waits for it.

    Args:
        path: Of the model's file, or of any of them.
        timeout_s: For slow disks and busy machines: it takes about a tenth of a second else.

    Raises:
        ModelError: It is no whole model, or could not be examined.
        WorkerBug: The process has a defect.
    """
    question = ReadHeader(path=os.fsencode(path))
    return _ask(question, name=as_text(path.name), timeout_s=timeout_s)


def read_beginning(path: pathlib.Path, *, whole_bytes: int) -> Header:
    """Read the header of one file of which only the beginning was downloaded; waits for it.

    Args:
        path: Of the beginning.
        whole_bytes: Of the whole file, in which the tensors have to fit.

    Raises:
        ModelTruncated: The header is longer than the beginning, or the tensors than the file.
        ModelError: It is no model, or could not be examined.
        WorkerBug: The process has a defect.
    """
    question = ReadHeader(path=os.fsencode(path), whole_bytes=whole_bytes)
    return _ask(question, name=as_text(path.name), timeout_s=30.0)


def _ask(question: ReadHeader, *, name: str, timeout_s: float) -> Header:
    try:
        line = ask_once(
            worker_command(_ROLE),
            msgspec.json.encode(question),
            name="headers",
            environment={},
            max_answer_bytes=MAX_ANSWER_BYTES,
            timeout_s=timeout_s,
        )
        reply: Reply = msgspec.json.decode(line, type=Reply)
        if not isinstance(reply, Failed):
            return reply.header
        error = error_from_code(reply.code, reply.facts, reply.detail)
    except TimeoutError:
        raise HeaderReaderFailed(name=name, reason="it took too long") from None
    except NoAnswerError as death:
        detail = "\n".join(death.outcome.last_words)
        raise HeaderReaderFailed(name=name, reason=death.outcome.reason, detail=detail) from None
    except OSError as failure:
        reason = failure.strerror or type(failure).__name__
        raise HeaderReaderFailed(name=name, reason=reason) from None
    except UNDECODABLE:  # or facts that do not belong to the error's sentence
        raise HeaderReaderFailed(name=name, reason="it broke the protocol") from None
    raise error
