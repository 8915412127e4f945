import pytest

from app.catalog.catalog import load_catalog
from app.domain.chat import Effort, Sampling, Thinking
from app.domain.families import Family, find_family, recommended_sampling
from app.domain.mistral.version import TokenizerVersion

FAST, DEEP = Sampling(temperature=0.1), Sampling(temperature=0.7)


def family(identity: str, *, words: tuple[str, ...] = (), **facts) -> Family:
    common = {"architecture": "llama", "parameters": 7, "context_limit_tokens": 1024}
    return Family(id=identity, name=identity, name_words=words, **{**common, **facts})


def test_a_family_is_known_by_shape_and_words_of_its_name():
    families = (
        family("reasoning", words=("ministral", "reasoning")),
        family("plain", words=("ministral",)),
        family("other", parameters=8),
    )

    def found(name: str, parameters: int = 7, architecture: str = "llama") -> str | None:
        known = find_family(families, architecture=architecture, parameters=parameters, name=name)
        return known.id if known else None

    assert found("Ministral-3 14B Reasoning 2512") == "reasoning"
    assert found("MINISTRAL 3") == "plain"
    assert found("anything", parameters=8) == "other"
    assert found("Ministral 3", architecture="mistral3") is None
    assert found("Minis tral", parameters=9) is None
    assert found("Llama") is None


def test_a_model_that_switches_has_a_recommendation_for_each_effort():
    families = (family("a", sampling={Effort.FAST: FAST, Effort.DEEP: DEEP}),)
    efforts = (Effort.FAST, Effort.DEEP, None)
    assert [recommended_sampling(families, "a", e) for e in efforts] == [FAST, DEEP, FAST]


def test_one_recommendation_is_for_every_effort():
    families = (family("a", sampling={Effort.DEEP: DEEP}), family("b"))
    assert recommended_sampling(families, "a", None) == DEEP
    assert recommended_sampling(families, "a", Effort.FAST) == DEEP
    assert recommended_sampling(families, "b", Effort.DEEP) == Sampling()
    assert recommended_sampling(families, "", None) == Sampling()


@pytest.mark.parametrize("known", load_catalog().families, ids=lambda known: known.id)
def test_what_the_catalogue_says_of_a_family_fits_together(known):
    assert known.tokenizer in {"", *TokenizerVersion}
    efforts = {
        Thinking.NEVER: {Effort.FAST},
        Thinking.ALWAYS: {Effort.DEEP},
        Thinking.SWITCH: set(Effort),
    }
    assert set(known.sampling) <= efforts[known.thinking]
    assert known.context_limit_tokens >= 8192
    for sampling in known.sampling.values():
        assert 0 <= sampling.temperature <= 1
        assert sampling.seed is None
