import msgspec

from app.domain.placement.recommend import (
    BuildCandidate,
    Choice,
    ModelCandidate,
    Reason,
    recommend_build,
    recommend_model,
)
from app.domain.placement.values import Fit, MemoryPlan, Placement, Share


def build(name, bits, fit, speed, *, size=0, disk=0):
    shares = (Share(name="disk", kind="disk", total_bytes=0, expert_bytes=disk),) if disk else ()
    return BuildCandidate(
        id=name,
        bytes=size or int(bits * 10**9),
        bits_per_weight=bits,
        plan=MemoryPlan(
            placement=Placement(context_tokens=8192),
            fit=fit,
            shares=shares,
            kv_bytes=0,
            comfortable_tokens=8192,
            tokens_per_s=speed,
        ),
    )


def test_the_most_precise_build_that_is_as_fast_as_one_reads_wins():
    chosen = recommend_build(
        [
            build("Q4_K_M", 4.8, Fit.GPU, 50.0),
            build("Q5_K_M", 5.7, Fit.GPU_AND_RAM, 12.0),
            build("Q8_0", 8.5, Fit.GPU_AND_RAM, 4.0),
        ]
    )
    assert chosen == Choice(
        build="Q5_K_M",
        reason=Reason.BEST_WITH_RAM,
        fit=Fit.GPU_AND_RAM,
        bits_per_weight=5.7,
        tokens_per_s=12.0,
    )


def test_beyond_six_and_a_half_bits_more_is_only_larger():
    chosen = recommend_build([build("Q6_K", 6.6, Fit.GPU, 40.0), build("Q8_0", 8.5, Fit.GPU, 30.0)])
    assert (chosen.build, chosen.reason) == ("Q6_K", Reason.BEST_ON_GPU)


def test_where_nothing_is_comfortable_the_fastest_wins():
    chosen = recommend_build([build("Q2_K", 3.2, Fit.CPU, 3.0), build("Q4_0", 4.5, Fit.CPU, 2.0)])
    assert (chosen.build, chosen.reason) == ("Q2_K", Reason.FASTEST)


def test_a_build_of_under_three_bits_is_the_last_resort():
    dumb, sound = build("IQ2_XXS", 2.1, Fit.GPU, 40.0), build("Q4_0", 4.5, Fit.CPU, 2.0)
    assert recommend_build([dumb, sound]).build == "Q4_0"
    assert recommend_build([dumb]).build == "IQ2_XXS"


def test_the_disk_is_used_only_where_memory_holds_no_build():
    streamed = build("Q4_K_M", 4.8, Fit.DISK, 7.0, disk=30)
    more = build("Q6_K", 6.6, Fit.DISK, 7.0, disk=60)
    chosen = recommend_build([more, streamed])
    assert (chosen.build, chosen.reason) == ("Q4_K_M", Reason.FROM_DISK)
    assert recommend_build([streamed, build("Q3_K_M", 3.9, Fit.CPU, 1.0)]).build == "Q3_K_M"


def test_without_measured_speeds_a_gpu_is_trusted_and_a_cpu_is_spared():
    on_gpu = [build("Q4_0", 4.5, Fit.GPU, None), build("Q6_K", 6.6, Fit.GPU, None)]
    assert recommend_build(on_gpu).build == "Q6_K"
    on_cpu = [build("Q4_0", 4.5, Fit.CPU, None), build("Q6_K", 6.6, Fit.CPU, None)]
    chosen = recommend_build(on_cpu)
    assert (chosen.build, chosen.reason) == ("Q4_0", Reason.SMALLEST)


def test_nothing_is_recommended_where_nothing_fits():
    assert recommend_build([build("Q4_0", 4.5, Fit.NO, None)]) is None
    assert recommend_build([]) is None
    assert recommend_model([ModelCandidate(id="large", strength=9, choice=None)]) is None


def choice(speed, fit=Fit.GPU):
    return Choice(
        build="Q4_0", reason=Reason.BEST_ON_GPU, fit=fit, bits_per_weight=4.5, tokens_per_s=speed
    )


def test_one_begins_with_the_strongest_model_that_is_fast_enough():
    small = ModelCandidate(id="small", strength=3, choice=choice(90.0))
    good = ModelCandidate(id="good", strength=24, choice=choice(14.0))
    large = ModelCandidate(id="large", strength=119, choice=choice(2.0))
    streamed = ModelCandidate(id="streamed", strength=675, choice=choice(9.0, Fit.DISK))
    assert recommend_model([small, good, large, streamed]) == "good"
    slow = msgspec.structs.replace(small, choice=choice(4.0))
    assert recommend_model([slow, large, streamed]) == "small"
    assert recommend_model([streamed]) == "streamed"
