"""Per cent, bits, words and temperature: by hand, by law, and against SciPy's way of saying the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import TemperatureError
from core.segmentation.probabilities import certainty, entropy_bits, percent, temper

weights = st.lists(st.integers(0, 1000), min_size=2, max_size=32).filter(any)
temperatures = st.floats(0.05, 100)


def distribution(numbers: list[int]) -> np.ndarray:
    return (np.array(numbers) / sum(numbers)).astype(np.float32)


# Per cent


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (0.0, "0%"),
        (0.004, "0%"),
        (0.005, "1%"),
        (0.625, "63%"),
        (0.994, "99%"),
        (0.996, "100%"),
        (1.0, "100%"),
    ],
)
def test_percent_rounds_to_whole_per_cent_halves_up(probability, text):
    assert percent(probability) == text


# Entropy


@pytest.mark.parametrize(
    ("probabilities", "bits"),
    [([1, 0, 0], 0), ([0.5, 0.5], 1), ([0.25] * 4, 2), ([0.5, 0.25, 0.25], 1.5), ([1], 0)],
    ids=["sure", "a coin", "four sides", "a coin, then another", "one class"],
)
def test_entropy_in_bits(probabilities, bits):
    assert entropy_bits(np.array(probabilities, dtype=np.float32)) == bits


def test_entropy_of_each_row():
    table = np.array([[0.5, 0.5], [1, 0], [0.5, 0.5]], dtype=np.float32)

    assert entropy_bits(table).tolist() == [1, 0, 1]


@given(weights)
def test_entropy_is_between_nothing_and_all_classes_alike(numbers):
    assert 0 <= entropy_bits(distribution(numbers)) <= np.log2(len(numbers)) + 1e-6


# Certainty


@pytest.mark.parametrize(
    ("probabilities", "words"),
    [
        ([1.0], "sure"),
        ([0.9, 0.1], "sure"),
        ([0.895, 0.105], "sure"),
        ([0.894, 0.106], "fairly sure"),
        ([0.7, 0.3], "fairly sure"),
        ([0.69, 0.31], "leaning towards A"),
        ([0.61, 0.39], "leaning towards A"),
        ([0.6, 0.4], "torn between A and B"),
        ([0.5, 0.5], "torn between A and B"),
        ([0.5, 0.3, 0.2], "torn between A and B"),
        ([0.45, 0.3, 0.25], "undecided"),
        ([0.35, 0.25, 0.1, 0.1, 0.1, 0.1], "torn between A and B"),
        ([0.38, 0.22, 0.1, 0.1, 0.1, 0.1], "torn between A and B"),
        ([0.36, 0.23, 0.1, 0.1, 0.1, 0.1], "undecided"),
        ([0.5, 0.29, 0.21], "leaning towards A"),
        ([0.41, 0.2, 0.2, 0.19], "leaning towards A"),
        ([0.39, 0.16, 0.15, 0.15, 0.15], "undecided"),
        ([1 / 3, 1 / 3, 1 / 3], "undecided"),
        ([0.1] * 10, "undecided"),
    ],
)
def test_certainty_in_words(probabilities, words):
    assert certainty("ABCDEFGHIJ"[: len(probabilities)], probabilities) == words


@given(weights)
def test_every_distribution_has_words(numbers):
    values = sorted(distribution(numbers).tolist(), reverse=True)
    words = certainty([f"class {n}" for n in range(len(values))], values)

    assert words.split(" ")[0] in {"sure", "fairly", "torn", "leaning", "undecided"}
    assert (words == "sure") == (values[0] >= 0.895)


# Temperature


@given(weights)
def test_temperature_one_changes_nothing(numbers):
    probabilities = distribution(numbers)

    assert np.abs(temper(probabilities, 1) - probabilities).max() < 1e-6


@given(weights, temperatures)
def test_tempered_probabilities_sum_to_one(numbers, temperature):
    tempered = temper(distribution(numbers), temperature)

    assert tempered.min() >= 0
    assert tempered.sum() == pytest.approx(1, abs=1e-9)


@given(weights, temperatures)
def test_temperature_keeps_the_order_of_the_classes(numbers, temperature):
    probabilities = distribution(numbers)

    assert (np.diff(temper(probabilities, temperature)[np.argsort(probabilities)]) >= 0).all()


@given(st.lists(st.integers(1, 1000), min_size=2, max_size=32), temperatures, temperatures)
def test_the_hotter_the_less_sure(numbers, one, other):
    probabilities = distribution(numbers)
    cold, hot = sorted((one, other))

    assert entropy_bits(temper(probabilities, cold)) <= entropy_bits(temper(probabilities, hot)) + 1e-9


def test_a_high_temperature_makes_all_classes_nearly_alike():
    assert temper(np.array([0.98, 0.01, 0.01], dtype=np.float32), 100) == pytest.approx(
        [1 / 3, 1 / 3, 1 / 3], abs=0.02
    )


def test_a_low_temperature_leaves_the_first_class():
    assert temper(np.array([0.4, 0.35, 0.25], dtype=np.float32), 0.01) == pytest.approx([1, 0, 0], abs=1e-5)


@given(st.lists(st.floats(-30, 30, width=32), min_size=2, max_size=12), st.floats(0.1, 10))
def test_tempering_probabilities_is_the_softmax_of_divided_logits(logits, temperature):
    def softmax(values: np.ndarray) -> np.ndarray:
        raised = np.exp(values - values.max())
        return raised / raised.sum()

    exact = np.array(logits, dtype=np.float64)
    assert np.abs(temper(softmax(exact), temperature) - softmax(exact / temperature)).max() < 1e-9


def test_temperature_half_squares_the_odds():
    table = np.array([[0.75, 0.25], [0.5, 0.5]], dtype=np.float32)

    assert temper(table, 0.5) == pytest.approx(np.array([[0.9, 0.1], [0.5, 0.5]]))


@pytest.mark.parametrize("temperature", [5e-324, 1e-300])
def test_the_smallest_temperatures_still_give_probabilities(temperature):
    assert temper(np.array([0.4, 0.6, 0], dtype=np.float32), temperature).tolist() == [0, 1, 0]


@pytest.mark.parametrize("temperature", [0, -1, 100.5, float("inf"), float("nan")])
def test_a_temperature_outside_the_limits_is_refused(temperature):
    with pytest.raises(TemperatureError, match=r"; choose one above 0 and at most 100\.$"):
        temper(np.array([0.5, 0.5], dtype=np.float32), temperature)
