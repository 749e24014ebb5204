"""A card in words: all that it says, and nothing that it does not."""

from __future__ import annotations

from typing import Any

import pytest

from core.models.card import ModelCard
from core.models.store import read_card
from core.reports.model_words import (
    accuracy_words,
    drawn_words,
    licence_words,
    limits_words,
    other_photo_words,
    other_size_words,
)

MEASURED = {
    "acc_camvid": 0.95,
    "mean_iou": 0.7669,
    "classes_in_mean": 11,
    "dataset": "camvid",
    "split": "valid",
    "images": 101,
    "size": "480 x 360",
    "classes": 11,
    "per_class_iou": {"Sky": 0.9},
}


@pytest.fixture
def card(colour_model: str) -> ModelCard:
    return read_card(colour_model)


def words(card: ModelCard, metrics: dict[str, Any]) -> str:
    return accuracy_words(card.model_copy(update={"metrics": metrics}))


def test_a_measured_model_says_on_what(card: ModelCard) -> None:
    assert words(card, MEASURED) == (
        "has a pixel accuracy of 95.0% and a mean IoU of 76.7% over 11 classes on camvid "
        "(101 validation frames, 480 x 360, 11 classes)."
    )


@pytest.mark.parametrize(
    ("metrics", "expected"),
    [
        ({"acc_camvid": 0.5}, "has a pixel accuracy of 50.0%."),
        ({"mean_iou": 0.25, "dataset": "mine"}, "has a mean IoU of 25.0% on mine."),
        ({"dice": 0.75, "split": "test"}, "has dice 0.75 (test)."),
        ({"acc_camvid": "0.9"}, "has not been evaluated: nobody knows how good it is."),
        ({"acc_camvid": float("nan"), "images": 3}, "has not been evaluated: nobody knows how good it is."),
        ({}, "has not been evaluated: nobody knows how good it is."),
    ],
)
def test_any_metrics_or_none_are_shown_as_they_are(
    card: ModelCard, metrics: dict[str, Any], expected: str
) -> None:
    assert words(card, metrics) == expected


def test_figures_of_another_size_are_explained_and_those_of_the_same_are_not(card: ModelCard) -> None:
    measured = card.model_copy(update={"metrics": MEASURED})

    said = other_size_words(measured, "camvid", "valid", "960 x 720")
    assert said.startswith("The model's card says a pixel accuracy of 95.0%, measured at 480 x 360; ")
    assert said.endswith("so its figures differ.")
    assert other_size_words(measured, "camvid", "valid", "480 x 360") == ""
    assert other_size_words(measured, "camvid", "test", "960 x 720") == ""
    assert other_size_words(card, "camvid", "valid", "960 x 720") == ""


def test_a_photo_of_another_size_is_told_from_the_frames_of_the_figures(card: ModelCard) -> None:
    measured = card.model_copy(update={"metrics": MEASURED})

    assert other_photo_words(measured, 320, 480) == ""
    assert other_photo_words(measured, 1024, 600).startswith(
        "Those figures are for pictures of 480 x 360; this one is 600 x 1024. "
    )
    assert other_photo_words(card, 320, 480) == ""


def test_limits_are_the_cards_own(card: ModelCard) -> None:
    assert limits_words(card) == ""
    limited = card.model_copy(update={"limits": ("Never saw rain", "Never saw night.")})
    assert limits_words(limited) == "Never saw rain. Never saw night."


def test_the_shipped_model_has_limits_and_a_licence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STREETSCOPE_MODELS", raising=False)
    card = read_card("street-lite0")

    assert "one English town in daylight" in limits_words(card)
    assert licence_words(card).startswith("Licence: CC BY-NC 4.0, for personal")


def test_the_licence_is_a_sentence_and_nothing_without_one(card: ModelCard) -> None:
    assert licence_words(card.model_copy(update={"licence": " "})) == ""
    assert licence_words(card.model_copy(update={"licence": "CC BY 4.0"})) == "Licence: CC BY 4.0."


def test_classes_known_from_drawings_alone_say_so(card: ModelCard) -> None:
    names = [each.name for each in card.class_list.classes]
    told = card.model_copy(
        update={
            "learnt_from": {names[0]: "drawn", names[1]: "drawn", names[2]: "merged"},
            "unmeasured": (names[0], names[2]),
        }
    )
    assert drawn_words(card) == {}
    assert drawn_words(told) == {
        names[0]: "Learnt only from drawings: nothing real has taught or measured this class.",
        names[1]: "Learnt only from drawings: no real picture has taught this class.",
    }
    assert len({*drawn_words(told, measured=(names[0],)).values()}) == 1
