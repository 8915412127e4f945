import pathlib

import pytest

from app.catalog.catalog import load_catalog
from app.domain.placement.values import DeviceState, Fit, Machine, Rates, Wishes
from app.services.library import Library
from app.services.plan_report import report_plan
from app.services.pricing import Pricing

GB = 10**9
NOTHING = Library(pathlib.Path("/nowhere"))
# Of a desktop PC, and of its graphics card.
CPU_RATES = Rates(bytes_per_s={"q4_K": 40e9, "f16": 40e9}, node_s=5e-6, flops_per_s=4e11)
GPU_RATES = Rates(bytes_per_s={"q4_K": 400e9, "f16": 450e9}, node_s=3e-6, flops_per_s=3e13)


def machine(*, ram: int, gpu: int = 0, rates: bool = True) -> Machine:
    card = DeviceState(
        name="CUDA0",
        kind="gpu",
        total_bytes=gpu * GB,
        free_bytes=gpu * GB,
        rates=GPU_RATES if rates else None,
    )
    return Machine(
        cpu=DeviceState(
            name="CPU",
            kind="cpu",
            total_bytes=ram * GB,
            free_bytes=(ram - 4) * GB,
            rates=CPU_RATES if rates else None,
        ),
        gpus=(card,) if gpu else (),
        disk_bytes_per_s=2e9,
        threads=8,
        logical_threads=16,
    )


@pytest.fixture(scope="module")
def models():
    return load_catalog().models


def price(models, where: Machine) -> Pricing:
    return Pricing(models, NOTHING, where, wishes_of=lambda build: Wishes())


def test_a_gaming_pc_is_told_to_begin_with_small_4_partly_in_memory(models):
    pricing = price(models, machine(ram=96, gpu=24))
    (best,) = [offer for offer in pricing.offers if offer.is_best]
    assert best.id == "mistral-small-4"
    chosen = next(build for build in best.builds if build.id == best.choice.build)
    assert chosen.plan.fit is Fit.GPU_AND_RAM
    assert chosen.plan.tokens_per_s > 6


def test_a_small_laptop_is_told_to_begin_with_a_small_model(models):
    pricing = price(models, machine(ram=12))
    (best,) = [offer for offer in pricing.offers if offer.is_best]
    assert best.id in ("ministral-3-3b-instruct", "ministral-3-8b-instruct")
    assert best.choice.fit is Fit.CPU


def test_on_a_pc_without_memory_nothing_is_recommended(models):
    assert not any(offer.is_best for offer in price(models, machine(ram=4)).offers)
    assert not any(offer.choice for offer in price(models, machine(ram=4)).offers)


def test_a_known_bad_build_is_offered_with_its_warning_but_never_recommended(models):
    pricing = price(models, machine(ram=96, gpu=24))
    mixtral = next(offer for offer in pricing.offers if offer.id == "mixtral-8x7b-instruct")
    assert all(build.warning for build in mixtral.builds)
    assert mixtral.choice is None


def test_where_nothing_was_measured_there_is_no_speed_but_a_recommendation(models):
    pricing = price(models, machine(ram=64, gpu=12, rates=False))
    small = next(offer for offer in pricing.offers if offer.id == "ministral-3-8b-instruct")
    assert small.choice.fit is Fit.GPU
    assert all(build.plan.tokens_per_s is None for build in small.builds if build.plan)


def test_the_slider_prices_one_build_anew(models):
    pricing = price(models, machine(ram=96, gpu=24))
    usual = pricing.price("mistral-small-4", "UD-Q4_K_XL", Wishes())
    spared = pricing.price("mistral-small-4", "UD-Q4_K_XL", Wishes(reserve_bytes=12 * GB))
    assert spared.shares[0].free_bytes >= 12 * GB > usual.shares[0].free_bytes
    assert spared.tokens_per_s < usual.tokens_per_s
    assert pricing.price("mistral-small-4", "no such build", Wishes()) is None


def test_a_build_of_which_only_the_hash_is_known_has_no_price(models):
    pixtral = next(
        offer for offer in price(models, machine(ram=64)).offers if offer.id == "pixtral-12b"
    )
    assert all(build.plan is None and build.bytes is None for build in pixtral.builds)


def test_the_report_of_a_plan_adds_up_to_what_is_there(models):
    where = machine(ram=96, gpu=24)
    plan = price(models, where).price("mistral-small-4", "UD-Q4_K_XL", Wishes())
    report = report_plan(plan, model="mistral-small-4", build="UD-Q4_K_XL", reason="so")
    build = next(
        b for m in models if m.id == "mistral-small-4" for b in m.builds if b.id == "UD-Q4_K_XL"
    )
    weights = sum(device.weights_bytes + device.expert_bytes for device in report.devices)
    assert weights == build.weights_bytes
    for device in report.devices:
        parts = device.weights_bytes + device.expert_bytes + device.kv_bytes + device.vision_bytes
        rest = device.compute_bytes + device.other_bytes + device.free_bytes
        assert parts + rest == device.total_bytes
    assert report.kv_bytes == 23_040 * report.context


def test_a_library_knows_a_build_whose_files_are_all_there(models, tmp_path):
    model = next(m for m in models if m.id == "mistral-small-4")
    build = next(b for b in model.builds if b.id == "UD-Q4_K_XL")
    library = Library(tmp_path)
    assert library.path_of(build) is None
    for file in build.files:
        path = tmp_path / build.repository / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as sparse:
            sparse.truncate(file.bytes)
    assert library.path_of(build) == tmp_path / build.repository / build.files[0].path
    assert library.projector_of(build) is None
    with path.open("wb") as sparse:
        sparse.truncate(build.files[-1].bytes - 1)
    assert library.path_of(build) is None
