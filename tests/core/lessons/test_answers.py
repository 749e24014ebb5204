"""Keys are computed from the live model and picture: compared with counts made another way, or with laws."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.classes import CAMVID_32, ClassList, SegmentationClass
from core.errors import LessonError, NothingToAskError
from core.evaluation.metrics import truth_table
from core.lessons.answers import ask, hunt
from core.lessons.keys import learning
from core.lessons.keys.look import Look, drawn, is_unseen, picture
from core.lessons.keys.ranges import choices, range_of
from core.lessons.keys.table import KEYS
from core.lessons.lesson import Question, Shows
from core.lessons.loading import load, shipped, shipped_folder
from core.lessons.pictures import MISTAKE, fingerprint_picture, painted
from core.segmentation.segmentation import Segmentation
from core.toytown import frame

RAIN = "toytown-rain"
LOOK = Look("street-lite0")
"""The shipped model, at the size of lessons: what it segments is kept for all tests."""

ROAD = CAMVID_32.index("Road")


def question(key: str, options: int | None = None, **parameters: object) -> Question:
    wanted = tuple(f"{{{name}}}" for name in "abcd")
    texts = tuple(f"option {number}" for number in range(4))
    computed = "a" in KEYS[key].values
    chosen = (wanted if computed else texts)[: options or KEYS[key].options]
    return Question(key, "", chosen, key, parameters)  # type: ignore[arg-type]


def test_every_key_has_the_values_that_it_says() -> None:
    for name, key in KEYS.items():
        if name == "untrained_accuracy":  # which needs PyTorch, and has a test of its own
            continue
        asked = ask(question(name), LOOK)
        assert set(asked.values) == set(key.values), name
        assert 0 <= asked.right < key.options, name


def test_sure_and_wrong_is_counted_pixel_by_pixel() -> None:
    found = LOOK.segment(RAIN)
    truth = LOOK.truth(RAIN, found)
    hits = hunt(replace(question("wrong_where_sure"), key="sure_and_wrong"), LOOK, first=RAIN).hits

    for row, col in ((10, 10), (192, 256), (320, 120), (383, 511)):
        probabilities = found.probabilities(np.array([row]), np.array([col]))[0]
        said = int(probabilities.argmax())
        known, right = truth[row, col] != 255, truth[row, col] == said
        assert hits[row, col] == (probabilities[said] >= 0.9 and known and not right)
    share = float(ask(question("wrong_where_sure"), LOOK, first=RAIN).values["share"])  # type: ignore[arg-type]
    sure = (found.confidence >= 0.9) & (truth != 255)
    assert share == pytest.approx(hits.sum() / sure.sum())


def test_the_robot_scores_the_share_of_the_road_and_a_kth_of_it() -> None:
    asked = ask(question("robot_iou", photos=(RAIN,)), LOOK)
    _, labels = frame(30003, 7, (640, 480))
    known = np.isin(labels, [number for number, each in enumerate(CAMVID_32.classes) if counted(each)])
    road = float(np.isin(labels, roads())[known].mean())

    assert asked.values["accuracy"] == pytest.approx(road, abs=0.01)
    assert asked.values["iou"] == pytest.approx(asked.values["accuracy"] / asked.values["classes"])  # type: ignore[operator]
    assert asked.options[asked.right] == f"{100 * asked.values['iou']:.1f}%"  # type: ignore[operator]


def counted(each: SegmentationClass) -> bool:
    """Whether the model has a class for it: under its own name or its group's."""
    names = LOOK.segment(RAIN).class_list.names
    return each.name in names or each.group in names


def roads() -> list[int]:
    return [n for n, each in enumerate(CAMVID_32.classes) if "Road" in (each.name, each.group)]


def test_void_is_left_out() -> None:
    asked = ask(question("void_left_out"), LOOK, first=RAIN)
    found = LOOK.segment(RAIN)
    truth = LOOK.truth(RAIN, found)
    known = truth != 255

    assert asked.right == 2
    assert asked.values["c"] == pytest.approx((truth == found.labels)[known].mean())
    assert asked.values["void"] == pytest.approx(1 - known.mean())


def test_temperature_changes_no_class() -> None:
    asked = ask(question("changed_by_temperature"), LOOK)

    assert asked.right == 0
    assert asked.values["after"] < asked.values["before"]  # type: ignore[operator]


def test_iou_by_hand_is_hits_over_union() -> None:
    asked = ask(question("iou_by_hand", target="Car"), LOOK)
    values = asked.values

    assert values["iou"] == pytest.approx(values["hits"] / values["union"])  # type: ignore[operator]
    assert values["union"] == values["hits"] + values["missed"] + values["false"]  # type: ignore[operator]


def test_the_history_that_comes_with_a_model_is_what_is_asked_about() -> None:
    asked = ask(question("best_epoch", models=("street32-lite0",)), LOOK)

    # models/street32-lite0/history.csv: 0.76124 after the first epoch is its highest mean IoU.
    assert (asked.values["best"], asked.options[asked.right]) == (1, "1")
    fell = ask(question("while_training_loss_fell", models=("street32-lite0",)), LOOK)
    assert fell.right == 1  # from 76.1 to 75.9 %


def test_what_a_network_lost_is_asked_about_a_street_that_it_has_not_learnt_from() -> None:
    asked = ask(question("lost_class"), LOOK, first=RAIN)
    values = asked.values

    assert is_unseen(asked.about)
    assert not is_unseen(RAIN)
    parent, child = (LOOK.segment(asked.about, str(values[name])) for name in ("parent", "child"))
    lost = asked.options[asked.right]
    ious = [iou_of(lost, asked.about, found) for found in (parent, child)]
    assert [values["lost_from"], values["lost_to"]] == pytest.approx(ious)
    for option in set(asked.options) - {lost}:
        change = np.subtract(*(iou_of(option, asked.about, found) for found in (child, parent)))
        assert change > ious[1] - ious[0]


def iou_of(name: str, photo: str, found: Segmentation) -> float:
    """A class's IoU on a drawn frame, among the eleven classes of the shipped model."""
    table = LOOK.segment(photo).class_list
    truth = LOOK.truth(photo, LOOK.segment(photo))
    said = truth_table(found.class_list, table)[found.labels]
    number = table.index(name)
    known = truth != 255
    both = ((truth == number) & (said == number) & known).sum()
    return float(both / (((truth == number) | (said == number)) & known).sum())


def test_using_a_model_changes_none_of_its_files() -> None:
    asked = ask(question("after_use"), LOOK)

    assert asked.right == 2
    before, after, changed = asked.fingerprints
    assert before == after
    assert changed != before
    assert asked.values["before"] == before[:8]


def test_a_file_that_changes_changes_the_fingerprint(tmp_path: Path) -> None:
    file = tmp_path / "weights"
    file.write_bytes(b"one")
    before = learning._fingerprint([file])
    file.write_bytes(b"two")

    assert learning._fingerprint([file]) != before
    assert before == hashlib.sha256(b"weights" + hashlib.sha256(b"one").digest()).hexdigest()
    other = hashlib.sha256(b"\xf4wo").digest()  # t is 0x74
    assert learning._fingerprint([file], changed=file) == hashlib.sha256(b"weights" + other).hexdigest()
    assert file.read_bytes() == b"two"


def test_each_bit_of_a_fingerprint_is_a_square() -> None:
    pattern = fingerprint_picture("80" + 30 * "00" + "01")

    dark = np.argwhere((pattern[::20, ::20] == pattern[0, 0]).all(axis=2))
    assert pattern.shape == (320, 320, 3)
    assert dark.tolist() == [[0, 0], [15, 15]]


def test_the_untrained_twin_knows_nothing_and_is_the_same_for_all() -> None:
    asked = ask(question("untrained_accuracy"), LOOK, first=RAIN)

    assert asked.values["share"] < 0.5 < asked.values["trained"]  # type: ignore[operator]


# --- degenerate questions ---------------------------------------------------------------------------

TWO = ClassList("two", (SegmentationClass("Road", (1, 1, 1)), SegmentationClass("Sky", (2, 2, 2))))


def perfect(photo: str, model: str, size: int) -> Segmentation:
    """A network that is sure and right everywhere."""
    image, labels = drawn(photo)
    right = (labels == CAMVID_32.index("Sky")).astype(np.uint8)
    logits = np.stack([20.0 * (right == 0), 20.0 * (right == 1)]).astype(np.float16)
    return Segmentation.of_logits(image, logits, 1, TWO, model)


def test_where_nothing_is_wrong_nothing_is_asked() -> None:
    flawless = replace(LOOK, segment_photo=perfect)

    with pytest.raises(NothingToAskError, match="has no single right answer for any picture"):
        ask(question("wrong_where_sure"), flawless)
    with pytest.raises(NothingToAskError):
        hunt(replace(question("wrong_where_sure"), key="sure_and_wrong"), flawless)


def test_another_picture_takes_the_place_of_one_with_nothing_to_ask() -> None:
    def partly(photo: str, model: str, size: int) -> Segmentation:
        return (perfect if photo == RAIN else LOOK.segment_photo)(photo, model, size)

    asked = ask(question("wrong_where_sure"), replace(LOOK, segment_photo=partly), first=RAIN)

    assert asked.about != RAIN


def test_once_more_is_about_another_picture() -> None:
    first = ask(question("robot_accuracy"), LOOK, first=RAIN)
    again = ask(question("robot_accuracy"), LOOK, first=RAIN, after=first.about)

    assert first.about == RAIN
    assert again.about != RAIN


def test_options_that_look_alike_are_not_offered() -> None:
    alike = replace(question("robot_accuracy"), options=("{a}", "{a}", "{c}", "{d}"))

    with pytest.raises(NothingToAskError):
        ask(alike, LOOK)


def test_a_number_too_close_to_an_edge_or_to_another_is_no_question() -> None:
    assert range_of(0.5, (0.25, 0.75)) == 1
    assert range_of(0.251, (0.25, 0.75)) is None
    assert choices(0.3, (0.31, 0.9)) is None
    assert choices(0.3, (0.9, 0.1)) == (1, {"a": 0.1, "b": 0.3, "c": 0.9})


def test_no_answer_is_about_a_photo_whose_truth_nobody_knows() -> None:
    with pytest.raises(LessonError, match="'china' is no drawn frame"):
        ask(question("wrong_where_sure"), LOOK, first="china")


def test_a_sample_and_the_frame_that_it_shows_are_the_same_street() -> None:
    sample, exact = picture(RAIN).astype(int), drawn(RAIN)[0].astype(int)

    assert sample.shape == exact.shape
    assert np.abs(sample - exact).mean() < 4  # a JPEG of it


# --- the shipped lessons ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped())
def test_every_question_of_a_shipped_lesson_can_be_asked_in_both_languages(name: str) -> None:
    for language in ("en", "id"):
        lesson = load(shipped_folder(name), language)
        for step in lesson.steps:
            if step.question is None or step.question.key == "untrained_accuracy":
                continue
            photo = step.shows.photo or "" if step.shows is not None else ""
            if step.activity == "click":
                assert "{" not in hunt(step.question, LOOK, language, photo).why
            else:
                asked = ask(step.question, LOOK, language, photo)
                assert "{" not in "".join((asked.text, *asked.options, asked.why, asked.rule)), step.id


@pytest.mark.parametrize("key", ["void_left_out", "iou_by_hand"])
def test_a_reveal_marks_the_pixels_that_the_question_counts(key: str) -> None:
    """As many pixels turn red as the question's words say; before the reveal none does."""
    asked, shows = ask(question(key), LOOK, first=RAIN), Shows("explore", RAIN, view="overlay")
    counts = [asked.values[name] for name in ("count", "missed", "false") if name in asked.values]

    red = [
        int(
            (painted(shows, asked.about, LOOK, question(key), revealed=revealed) == MISTAKE).all(axis=2).sum()
        )
        for revealed in (False, True)
    ]
    assert red == [0, sum(counts)]  # type: ignore[arg-type]
