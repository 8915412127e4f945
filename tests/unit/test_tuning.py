import pytest

from app.domain.model_shape import ModelShape
from app.domain.placement.values import DeviceState, Machine, PlannedModel, Wishes
from app.domain.weights_of import estimated_weights
from app.services.tuning import Search, Trial

GB = 10**9
SHAPE = ModelShape(
    layers=16,
    embedding=1024,
    heads=8,
    kv_heads=8,
    key_length=128,
    value_length=128,
    feed_forward=4096,
    vocabulary=32000,
    experts=8,
    experts_used=2,
    expert_feed_forward=4096,
)
MIXTURE = PlannedModel(
    name="mixture",
    shape=SHAPE,
    weights=estimated_weights(SHAPE, quant="q4_K", total_bytes=8 * GB),
    limit_tokens=32768,
)
CPU = DeviceState(name="CPU", kind="cpu", total_bytes=32 * GB, free_bytes=24 * GB)
CARD = DeviceState(name="CUDA0", kind="gpu", total_bytes=6 * GB, free_bytes=5 * GB)
ALONE = Machine(cpu=CPU, threads=4, logical_threads=8)
WITH_CARD = Machine(cpu=CPU, gpus=(CARD,), threads=4, logical_threads=8)


def trial(seconds: float) -> Trial:
    return Trial(tokens_per_s=300 / seconds, prompt_tokens_per_s=1e9)


def search(measure, machine=ALONE, wishes=None, **options):
    return Search(MIXTURE, machine, wishes or Wishes(), measure=measure, **options)


def test_the_fastest_setting_wins_and_the_one_before_is_remembered():
    result = search(lambda wishes: trial(5 if wishes.threads == 8 else 10)).run(lambda p: None)
    assert result.wishes == Wishes(threads=8)
    assert result.earlier == Wishes()
    assert result.after_tokens_per_s == 2 * result.before_tokens_per_s


def test_what_is_only_a_little_faster_is_noise():
    result = search(lambda wishes: trial(10 if wishes == Wishes() else 9.8)).run(lambda p: None)
    assert result.wishes == Wishes()


def test_a_knob_is_turned_from_the_best_place_of_the_knobs_before():
    tried = []

    def measure(wishes):
        tried.append(wishes)
        return trial(10 - 2 * (wishes.threads == 3) - 2 * (wishes.batch_tokens == 2048))

    result = search(measure).run(lambda p: None)
    assert result.wishes == Wishes(threads=3, batch_tokens=2048)
    assert all(wishes.threads == 3 for wishes in tried if wishes.batch_tokens)


def test_layers_are_tried_where_parts_of_a_mixture_lie_in_memory():
    tried = []

    def measure(wishes):
        tried.append(wishes.cpu_expert_layers)
        return trial(10)

    search(measure, WITH_CARD).run(lambda p: None)
    assert len({layers for layers in tried if layers is not None}) >= 2
    tried.clear()
    search(measure, ALONE).run(lambda p: None)
    assert set(tried) == {None}


def test_what_was_fast_only_once_is_not_kept():
    """Another program was at work while the first setting was measured."""
    seconds = iter([20, *[10] * 20])
    result = search(lambda wishes: trial(next(seconds))).run(lambda p: None)
    assert result.wishes == Wishes()
    assert result.after_tokens_per_s == result.before_tokens_per_s


def test_a_setting_that_cannot_be_loaded_is_passed_over():
    result = search(lambda wishes: None if wishes.kv_type else trial(10)).run(lambda p: None)
    assert result.wishes == Wishes()


def test_where_nothing_loads_there_is_no_result():
    assert search(lambda wishes: None).run(lambda p: None) is None


def test_without_time_only_the_setting_of_now_is_measured():
    tried = []

    def measure(wishes):
        tried.append(wishes)
        return trial(10)

    result = search(measure, budget_s=0).run(lambda p: None)
    assert tried == [Wishes()]
    assert result.wishes == Wishes()


def test_progress_counts_what_is_tried_and_shows_the_best():
    told = []
    search(lambda wishes: trial(5 if wishes.threads == 8 else 10)).run(told.append)
    assert [progress.step for progress in told] == [*range(len(told) - 1), told[-1].steps]
    assert all(progress.step <= progress.steps for progress in told)
    assert told[0].best_tokens_per_s is None
    assert told[-1].best_tokens_per_s == pytest.approx(60)
