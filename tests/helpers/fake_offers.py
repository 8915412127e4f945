"""The service behind the Models page with plans that look real, on machines that are made up."""

import pathlib
from collections.abc import Mapping

import msgspec

from app.domain.chat import Thinking
from app.domain.placement.recommend import Choice, Reason
from app.domain.placement.values import (
    Change,
    DeviceState,
    Fit,
    Machine,
    MemoryPlan,
    Placement,
    Share,
    Wishes,
)
from app.services.offers import BuildOffer, ModelOffer

GIB = 2**30
MIB = 2**20
KV_FACTORS = {"f16": 1.0, "q8_0": 0.53, "q4_0": 0.28}
SAFE_BYTES = 600 * MIB

LAPTOP = Machine(
    cpu=DeviceState(name="CPU", kind="cpu", total_bytes=16 * GIB, free_bytes=11 * GIB),
    threads=4,
    logical_threads=8,
)
GAMER = Machine(
    cpu=DeviceState(
        name="CPU", kind="cpu", total_bytes=int(62.7 * GIB), free_bytes=int(54.2 * GIB)
    ),
    gpus=(
        DeviceState(
            name="CUDA0",
            kind="gpu",
            total_bytes=12 * GIB,
            free_bytes=int(10.9 * GIB),
            description="NVIDIA GeForce RTX 4070",
        ),
    ),
    threads=8,
    logical_threads=16,
)
WORKSTATION = Machine(
    cpu=DeviceState(name="CPU", kind="cpu", total_bytes=128 * GIB, free_bytes=110 * GIB),
    gpus=tuple(
        DeviceState(
            name=f"CUDA{number}",
            kind="gpu",
            total_bytes=24 * GIB,
            free_bytes=int(23.1 * GIB),
            description="NVIDIA GeForce RTX 3090 Founders Edition with a long name of its own",
        )
        for number in range(2)
    ),
    threads=16,
    logical_threads=32,
)


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """What the fake planner knows of a model."""

    layers: int
    dense_share: float
    kv_bytes_per_token: int
    active_share: float
    vision_bytes: int = 0


SMALL_4 = Numbers(
    layers=36,
    dense_share=0.09,
    kv_bytes_per_token=23_040,
    active_share=0.06,
    vision_bytes=880_000_000,
)
DENSE_24B = Numbers(
    layers=40, dense_share=1, kv_bytes_per_token=163_840, active_share=1, vision_bytes=878_000_000
)
DENSE_8B = Numbers(layers=34, dense_share=1, kv_bytes_per_token=139_264, active_share=1)


def build(name: str, count_bytes: int | None, **facts) -> BuildOffer:
    facts = {"is_approximate": False, "plan": None, **facts}
    return BuildOffer(id=name, repository="mistralai/Example-GGUF", bytes=count_bytes, **facts)


CATALOGUE = (
    (
        ModelOffer(
            id="mistral-small-4",
            name="Mistral Small 4",
            about="Writes, reasons, codes and looks at pictures; the best that a good PC can run.",
            released="2026-03-16",
            license="Apache-2.0",
            license_note="",
            limit_tokens=262_144,
            layers=36,
            sees_pictures=True,
            thinking=Thinking.SWITCH,
            builds=(
                build("UD-IQ2_M", 38_900_000_000),
                build("UD-Q3_K_XL", 53_700_000_000),
                build("Q4_K_M", 72_300_000_000),
                build("MXFP4_MOE", 66_100_000_000, is_approximate=True),
                build("Q8_0", 126_500_000_000),
                build(
                    "IQ1_S",
                    25_600_000_000,
                    warning="Answers are often nonsense: too little is left of the weights.",
                ),
            ),
        ),
        SMALL_4,
    ),
    (
        ModelOffer(
            id="mistral-small-3.2",
            name="Mistral Small 3.2 24B",
            about="A solid all-rounder for text and pictures.",
            released="2025-06",
            license="Apache-2.0",
            license_note="",
            limit_tokens=131_072,
            layers=40,
            sees_pictures=True,
            thinking=Thinking.NEVER,
            builds=(
                build("IQ3_XXS", 9_280_000_000),
                build("Q4_K_M", 14_330_000_000),
                build("Q6_K", 19_350_000_000),
                build("BF16", 47_150_000_000),
            ),
        ),
        DENSE_24B,
    ),
    (
        ModelOffer(
            id="ministral-3-8b",
            name="Ministral 3 8B",
            about="Quick and modest; for everyday questions on any PC.",
            released="2025-12-02",
            license="Apache-2.0",
            license_note="",
            limit_tokens=262_144,
            layers=34,
            sees_pictures=False,
            thinking=Thinking.NEVER,
            builds=(
                build("Q4_K_M", 5_200_000_000, path=pathlib.Path("/models/8b-q4.gguf")),
                build("Q8_0", 9_030_000_000),
            ),
        ),
        DENSE_8B,
    ),
    (
        ModelOffer(
            id="codestral-22b",
            name="Codestral 22B",
            about="Writes code in 80 programming languages.",
            released="2024",
            license="MNPL-0.1",
            license_note="For research and trying out only; not for work that earns money.",
            limit_tokens=32_768,
            layers=40,
            sees_pictures=False,
            thinking=Thinking.NEVER,
            builds=(build("Q4_K_M", 13_300_000_000, is_approximate=True), build("Q6_K", None)),
        ),
        DENSE_24B,
    ),
)


def plan(machine: Machine, count_bytes: int, numbers: Numbers, wishes: Wishes) -> MemoryPlan:
    """Fill the graphics cards, then the RAM, then leave the rest on the disk."""
    context = wishes.context_tokens or 32_768
    kv_type = wishes.kv_type or "f16"
    kv = int(context * numbers.kv_bytes_per_token * KV_FACTORS[kv_type])
    dense = int(count_bytes * numbers.dense_share)
    per_layer = (count_bytes - dense) // numbers.layers
    room = [max(0, gpu.free_bytes - SAFE_BYTES - wishes.reserve_bytes) for gpu in machine.gpus]
    fixed = dense + kv + numbers.vision_bytes + 400 * MIB
    whole = sum(room)
    changes: list[Change] = []
    is_moe = numbers.dense_share < 1
    cpu_experts, gpu_layers = 0, numbers.layers + 1
    if is_moe:
        spare = max(0, whole - fixed)
        cpu_experts = max(0, numbers.layers - spare // per_layer)
        cpu_experts = cpu_experts if wishes.cpu_expert_layers is None else wishes.cpu_expert_layers
        if cpu_experts:
            changes.append(Change.EXPERTS_TO_RAM)
    if fixed > whole:
        layer = (dense + kv) // numbers.layers
        gpu_layers = max(0, min(numbers.layers, (whole - 400 * MIB) // layer)) if whole else 0
        changes = [Change.LAYERS_TO_RAM] if gpu_layers else []
        cpu_experts = 0 if not gpu_layers else numbers.layers
    if wishes.gpu_layers is not None:
        gpu_layers = wishes.gpu_layers
    return _priced(
        machine,
        numbers,
        Placement(
            context_tokens=context,
            kv_type=kv_type,
            gpu_layers=gpu_layers,
            cpu_expert_layers=cpu_experts if is_moe else 0,
            layer_shares=tuple(1 for _ in machine.gpus) if len(machine.gpus) > 1 else (),
            is_vision_on_gpu=gpu_layers > 0,
            batch_tokens=wishes.batch_tokens or 512,
            threads=wishes.threads or machine.threads,
        ),
        dense=dense,
        experts=count_bytes - dense,
        kv=kv,
        changes=tuple(changes),
    )


def _priced(machine, numbers, placement, *, dense, experts, kv, changes) -> MemoryPlan:
    share = min(1.0, placement.gpu_layers / (numbers.layers + 1)) if machine.gpus else 0.0
    expert_share = share * (1 - placement.cpu_expert_layers / numbers.layers)
    shares = []
    for gpu in machine.gpus:
        part = 1 / len(machine.gpus)
        values = {
            "weights_bytes": int(dense * share * part),
            "expert_bytes": int(experts * expert_share * part),
            "kv_bytes": int(kv * share * part),
            "vision_bytes": numbers.vision_bytes if gpu is machine.gpus[0] and share else 0,
            "compute_bytes": 400 * MIB if share else 0,
        }
        free = gpu.free_bytes - sum(values.values())
        shares.append(
            Share(
                name=gpu.name,
                kind=gpu.kind,
                total_bytes=gpu.total_bytes,
                free_bytes=free,
                **values,
            )
        )
    in_ram = {
        "weights_bytes": int(dense * (1 - share)),
        "expert_bytes": int(experts * (1 - expert_share)),
        "kv_bytes": int(kv * (1 - share)),
        "vision_bytes": 0 if share else numbers.vision_bytes,
        "compute_bytes": 250 * MIB,
    }
    over = sum(in_ram.values()) - machine.cpu.free_bytes
    fit = Fit.GPU if share == 1 and expert_share == 1 else Fit.GPU_AND_RAM if share else Fit.CPU
    disk = ()
    if over > 0 and over < in_ram["expert_bytes"] * 0.7:
        in_ram["expert_bytes"] -= over + GIB
        disk = (Share(name="disk", kind="disk", total_bytes=0, expert_bytes=over + GIB),)
        fit = Fit.DISK
    elif over > 0 or any(s.free_bytes < 0 for s in shares):
        fit = Fit.NO
    cpu = Share(
        name="CPU",
        kind="cpu",
        total_bytes=machine.cpu.total_bytes,
        free_bytes=machine.cpu.free_bytes - sum(in_ram.values()),
        **in_ram,
    )
    active = (dense + experts) * numbers.active_share
    on_gpu = expert_share if experts else share
    seconds = active * (on_gpu / 400e9 + (1 - on_gpu) / 40e9) + (1 if fit is Fit.DISK else 0)
    return MemoryPlan(
        placement=placement,
        fit=fit,
        shares=(*shares, cpu, *disk),
        kv_bytes=kv,
        comfortable_tokens=placement.context_tokens * (3 if fit is not Fit.NO else 0),
        tokens_per_s=1 / seconds,
        prompt_tokens_per_s=20 / seconds,
        changes=changes,
    )


class FakeTuning(msgspec.Struct):
    step: int = 0
    steps: int = 12
    changes: Mapping[str, object] = msgspec.field(default_factory=lambda: {"threads": 8})
    is_confirming: bool = False
    best_tokens_per_s: float | None = None


class FakeResult(msgspec.Struct):
    before_tokens_per_s: float
    after_tokens_per_s: float
    wishes: Wishes


class FakeOffers:
    """Behaves as the service does, and remembers what it was asked."""

    def __init__(self, machine: Machine | None = None, catalogue=CATALOGUE) -> None:
        self.on_change = lambda: None
        self.machine: Machine | None = None
        self.offers: tuple[ModelOffer, ...] = ()
        self.problems = ()
        self.tuning: FakeTuning | None = None
        self.opened: list[tuple[str, str]] = []
        self.refreshes = 0
        self.prices = 0
        self.kept: dict[tuple[str, str], Wishes] = {}
        self.results: dict[tuple[str, str], FakeResult] = {}
        self.catalogue = catalogue
        if machine:
            self.measured(machine)

    def measured(self, machine: Machine) -> None:
        """The PC is known now."""
        self.machine = machine
        self.offers = tuple(self._offer(model, n) for model, n in self.catalogue)
        self.on_change()

    def installed(self, model_id: str, build_id: str) -> None:
        """A build lies on this PC now."""

        def located(model: ModelOffer, build: BuildOffer) -> BuildOffer:
            is_it = (model.id, build.id) == (model_id, build_id)
            path = pathlib.Path("/models/new.gguf") if is_it else build.path
            return msgspec.structs.replace(build, path=path)

        self.offers = tuple(
            msgspec.structs.replace(m, builds=tuple(located(m, b) for b in m.builds))
            for m in self.offers
        )
        self.on_change()

    def refresh(self) -> None:
        self.refreshes += 1

    def price(self, model_id: str, build_id: str, wishes: Wishes) -> MemoryPlan | None:
        self.prices += 1
        assert self.machine
        model, numbers = next(pair for pair in self.catalogue if pair[0].id == model_id)
        size = next(b.bytes for b in model.builds if b.id == build_id)
        return None if size is None else plan(self.machine, size, numbers, wishes)

    def wishes(self, model_id: str, build_id: str) -> Wishes:
        return self.kept.get((model_id, build_id), Wishes())

    def keep_wishes(self, model_id: str, build_id: str, wishes: Wishes) -> None:
        self.kept[model_id, build_id] = wishes
        self.measured(self.machine)

    def open(self, model_id: str, build_id: str) -> None:
        self.opened.append((model_id, build_id))

    def tune(self, model_id: str, build_id: str) -> None:
        self.tuning = FakeTuning()
        self.tuned = (model_id, build_id)
        self.on_change()

    def tuning_step(self, step: int, best: float) -> None:
        """One more setting was measured."""
        self.tuning = FakeTuning(step=step, best_tokens_per_s=best)
        self.on_change()

    def tuning_ends(self, before: float, after: float) -> None:
        """The search found something."""
        self.tuning = None
        found = Wishes(batch_tokens=1024)
        self.results[self.tuned] = FakeResult(before, after, found)
        self.kept[self.tuned] = found
        self.on_change()

    def stop_tuning(self) -> None:
        self.tuning = None
        self.on_change()

    def undo_tuning(self, model_id: str, build_id: str) -> None:
        self.results.pop((model_id, build_id))
        self.kept.pop((model_id, build_id))
        self.on_change()

    def result(self, model_id: str, build_id: str) -> FakeResult | None:
        return self.results.get((model_id, build_id))

    def _offer(self, model: ModelOffer, numbers: Numbers) -> ModelOffer:
        builds = tuple(
            msgspec.structs.replace(
                b,
                plan=None
                if b.bytes is None
                else plan(self.machine, b.bytes, numbers, self.wishes(model.id, b.id)),
            )
            for b in model.builds
        )
        good = [
            b
            for b in builds
            if b.plan and b.plan.fit in (Fit.GPU, Fit.GPU_AND_RAM, Fit.CPU) and not b.warning
        ]
        best = max(good, key=lambda b: b.bytes, default=None)
        return msgspec.structs.replace(
            model,
            builds=builds,
            choice=_choice(best),
            is_best=best is not None and model.id == self._best_id(),
        )

    def _best_id(self) -> str:
        assert self.machine
        return "mistral-small-4" if self.machine.gpus else "ministral-3-8b"


def _choice(best: BuildOffer | None) -> Choice | None:
    if best is None:
        return None
    reasons = {Fit.GPU: Reason.BEST_ON_GPU, Fit.GPU_AND_RAM: Reason.BEST_WITH_RAM}
    return Choice(
        build=best.id,
        reason=reasons.get(best.plan.fit, Reason.BEST_ON_CPU),
        fit=best.plan.fit,
        bits_per_weight=4.5,
        tokens_per_s=best.plan.tokens_per_s,
    )
