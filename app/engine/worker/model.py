"""A loaded model and everything that is made for it."""

import pathlib
import time

from app.domain.chat import Thinking
from app.domain.errors import ModelIsFolder, ModelNotFound, ModelUnreadable, NotAModel
from app.engine.protocol import Load, Loaded, Stage
from app.engine.worker.abort import AbortFlag
from app.engine.worker.fingerprint import fingerprint
from app.engine.worker.loader import Loader, Report, metadata, most_outputs, sequence_count
from app.engine.worker.native import hide_path, llama
from app.engine.worker.placing import Placed, place
from app.engine.worker.prompts import Prompts
from app.engine.worker.snapshots import Snapshots
from app.engine.worker.vision import Vision
from app.engine.worker.vocabulary import Vocabulary

__all__ = ["Model", "Report"]

_MAGIC = b"GGUF"


class Model:
    """A loaded model with its context; `close` frees both.

    Attributes:
        context: For `llama_decode`; owned by this object.
        context_tokens: What one chat may hold.
        step_tokens: The most that the context evaluates at a time.
        sequence_count: How many sequences the context has.
        most_outputs: For how many positions of a step it can give logits.
        vision: None if it does not see.
        snapshots: None if nothing is to be kept on the disk.
        abort: Ends a running computation from another thread.
        loaded: The answer to the request that loaded it.
    """

    def __init__(self, request: Load, *, abort: AbortFlag, report: Report) -> None:
        """Load it.

        Args:
            request: What to load.
            abort: Set it to cancel; the load then raises `Cancelled`.
            report: Called with stage, units done and units in total.

        Raises:
            ModelError: It cannot be used, see `app.domain.errors`.
            Cancelled: `abort` was set.
        """
        started_s = time.perf_counter()
        self.abort = abort
        path = pathlib.Path(request.path)
        self.name = path.name
        self.vision: Vision | None = None
        hide_path(request.path, self.name)
        _check_file(path)
        loader = Loader(request.path, name=self.name, abort=abort, report=report)
        placed = place(request, loader, report=report)
        self._loader = loader  # the native model points into it
        self._model: llama.llama_model_p | None = placed.model
        self.context: llama.llama_context_p | None = placed.context
        self.context_tokens = placed.placement.context_tokens
        self.step_tokens = placed.placement.batch_tokens
        self.sequence_count = sequence_count(placed.model)
        self.most_outputs = most_outputs(placed.model)
        try:
            self._read_vocabulary(placed, report)
            self.snapshots = self._open_snapshots(request, placed)
        except BaseException:
            self.close()
            raise
        load_s = time.perf_counter() - started_s
        self.loaded = self._facts(request.request_id, placed, load_s)

    def close(self) -> None:
        """Free the memory; the object is of no use afterwards."""
        if self.vision is not None:
            self.vision.release()
        if self.context is not None:
            llama.llama_free(self.context)
            self.context = None
        if self._model is not None:
            llama.llama_model_free(self._model)
            self._model = None

    @property
    def thinking(self) -> Thinking:
        """Whether it thinks."""
        return self.prompts.thinking

    def _read_vocabulary(self, placed: Placed, report: Report) -> None:
        source = (llama.llama_model_chat_template(placed.model, None) or b"").decode(
            "utf-8", "replace"
        )
        self.vocabulary = Vocabulary(placed.model, template_source=source)
        report(Stage.TEMPLATE, 0, 1)
        projector = placed.facts.projector
        if projector:
            self.vision = Vision(
                projector,
                placed.model,
                threads=placed.placement.threads,
                abort=self.abort,
                is_on_gpu=placed.placement.is_vision_on_gpu,
            )
        self.prompts = Prompts(
            self.vocabulary,
            model_name=self.name,
            template_source=source,
            family=placed.facts.family,
            grid=projector.grid if projector else None,
        )

    def _open_snapshots(self, request: Load, placed: Placed) -> Snapshots | None:
        if not request.snapshots:
            return None
        files = fingerprint(
            pathlib.Path(request.path), self.vision.file.path if self.vision else None
        )
        return Snapshots(
            pathlib.Path(request.snapshots),
            fingerprint=f"{files} {placed.placement.kv_type}",
            limit_bytes=request.snapshots_bytes,
        )

    def _facts(self, request_id: int, placed: Placed, load_s: float) -> Loaded:
        family = placed.facts.family
        return Loaded(
            request_id=request_id,
            name=metadata(placed.model, "general.name"),
            architecture=metadata(placed.model, "general.architecture"),
            parameters=llama.llama_model_n_params(placed.model),
            file_bytes=llama.llama_model_size(placed.model),
            family=family.id if family else "",
            tokenizer=self.prompts.tokenizer,
            thinking=self.thinking,
            grid=self.vision.file.grid if self.vision else None,
            context_tokens=self.context_tokens,
            limit_tokens=placed.facts.limit_tokens,
            kept_tokens=placed.placement.kept_tokens,
            load_s=load_s,
            placement=placed.placement,
            rejected=placed.rejected,
            changes=placed.changes,
            planned=placed.planned,
            memory=placed.memory,
        )


def _check_file(path: pathlib.Path) -> None:
    if path.is_dir():
        raise ModelIsFolder(name=path.name)
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except FileNotFoundError:
        raise ModelNotFound(name=path.name) from None
    except OSError as error:
        raise ModelUnreadable(name=path.name, reason=error.strerror or "unknown") from None
    if magic != _MAGIC:
        raise NotAModel(name=path.name)
