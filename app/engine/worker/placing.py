"""Loading a model in the best of several ways: the first one that fits, by a dry run and really."""

import contextlib
import pathlib

import msgspec

from app.domain.errors import ContextTooLarge, NotEnoughMemory
from app.domain.families import Family, find_family
from app.domain.placement.values import Change, MemoryPlan, Placement, Share
from app.engine.protocol import DeviceMemory, Load, Stage
from app.engine.worker.buffers import CPU, buffers_of, sum_up
from app.engine.worker.dry_run import DryRun, Tightness, tightest
from app.engine.worker.ladder import plan_ladder
from app.engine.worker.loader import Loader, Report, metadata
from app.engine.worker.native import captured_log, llama
from app.engine.worker.own_choice import BATCH_TOKENS, begin_without_plan, choose_context
from app.engine.worker.unfit import Unfit
from app.engine.worker.vision import ProjectorFile, find_projector


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a dry run tells of the file, however it is placed.

    Attributes:
        limit_tokens: The largest context that may be had.
    """

    family: Family | None
    limit_tokens: int
    projector: ProjectorFile | None


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A loaded model; who gets it frees the context, then the model.

    Attributes:
        rejected: How many better placements were given up.
        changes: What of the wishes was given up.
        planned: What the planner expected it to take.
        memory: What it really takes, without the projector.
    """

    model: llama.llama_model_p
    context: llama.llama_context_p
    placement: Placement
    rejected: int
    changes: tuple[Change, ...]
    planned: tuple[Share, ...]
    facts: Facts
    memory: tuple[DeviceMemory, ...]


class _Rung(msgspec.Struct, frozen=True):
    """One way to load; without a plan the context is still to be chosen."""

    placement: Placement
    plan: MemoryPlan | None = None
    is_chosen: bool = True


def place(request: Load, loader: Loader, *, report: Report) -> Placed:
    """Load the model in the first way that fits.

    Raises:
        NotEnoughMemory: None does; the last one is on the CPU.
        ModelError: The file cannot be used.
        Cancelled: The loader's flag was set.
    """
    *better, last = _ladder(request)
    for rejected, rung in enumerate(better):
        with contextlib.suppress(NotEnoughMemory):
            return _attempt(request, loader, rung, rejected=rejected, report=report)
    return _attempt(request, loader, last, rejected=len(better), report=report)


def _ladder(request: Load) -> list[_Rung]:
    """The ways to try, best first; a GPU may be gone, so the last one does without."""
    if request.placements:
        rungs = [_Rung(placement) for placement in request.placements]
    else:
        rungs = [_Rung(plan.placement, plan) for plan in plan_ladder(request)]
    if not rungs:
        return [_Rung(begin_without_plan(request), is_chosen=False)]
    if any(rung.placement.gpu_layers == 0 for rung in rungs):
        return rungs
    last = rungs[-1].placement
    on_cpu = msgspec.structs.replace(
        last,
        gpu_layers=0,
        cpu_expert_layers=0,
        layer_shares=(),
        is_vision_on_gpu=False,
        batch_tokens=min(last.batch_tokens, BATCH_TOKENS),
    )
    return [*rungs, _Rung(on_cpu)]


def _attempt(
    request: Load, loader: Loader, rung: _Rung, *, rejected: int, report: Report
) -> Placed:
    """Load the model in one way.

    Raises:
        NotEnoughMemory: It does not fit.
    """
    report(Stage.LOAD, 0, 1000)
    placement, tightness = rung.placement, Tightness(0, request.free_bytes)
    try:
        with DryRun(loader, placement) as dry:
            facts = _facts(request, dry.model, loader)
            if placement.context_tokens > facts.limit_tokens:
                raise ContextTooLarge(
                    name=loader.name,
                    limit_tokens=facts.limit_tokens,
                    context_tokens=placement.context_tokens,
                )
            if not rung.is_chosen:
                placement = choose_context(dry, placement, request, limit_tokens=facts.limit_tokens)
            needs, devices = dry.needs(placement), dry.devices
        tightness = tightest(
            placement,
            needs,
            free_bytes=request.free_bytes,
            projector_bytes=facts.projector.path.stat().st_size if facts.projector else 0,
        )
        tightness.check()
        may_repack = needs.ram_bytes <= request.free_bytes
        model, context, log = _load(loader, placement, may_repack=may_repack, report=report)
    except Unfit as unfit:
        raise NotEnoughMemory(
            name=loader.name,
            context_tokens=placement.context_tokens,
            needed_bytes=tightness.needed_bytes,
            free_bytes=tightness.free_bytes,
            detail=str(unfit),
        ) from None
    return Placed(
        model=model,
        context=context,
        placement=placement,
        rejected=rejected,
        changes=rung.plan.changes if rung.plan else (),
        planned=rung.plan.shares if rung.plan else (),
        facts=facts,
        memory=sum_up(buffers_of(log, devices), ram_weights_bytes=needs.weights_bytes[CPU]),
    )


def _facts(request: Load, model: llama.llama_model_p, loader: Loader) -> Facts:
    family = find_family(
        request.families,
        architecture=metadata(model, "general.architecture"),
        parameters=llama.llama_model_n_params(model),
        name=metadata(model, "general.name"),
    )
    limit_tokens = llama.llama_model_n_ctx_train(model)
    return Facts(
        family=family,
        limit_tokens=min(limit_tokens, family.context_limit_tokens) if family else limit_tokens,
        projector=find_projector(
            pathlib.Path(loader.path),
            request.projector,
            embedding=llama.llama_model_n_embd(model),
        ),
    )


def _load(
    loader: Loader, placement: Placement, *, may_repack: bool, report: Report
) -> tuple[llama.llama_model_p, llama.llama_context_p, str]:
    """Return the model, its context, and what the engine said meanwhile."""
    with captured_log() as pieces:
        model = loader.open(placement, may_repack=may_repack)
        report(Stage.CONTEXT, 0, 1)
        try:
            context = loader.make_context(model, placement)
        except BaseException:
            llama.llama_model_free(model)
            raise
    return model, context, "".join(pieces)
