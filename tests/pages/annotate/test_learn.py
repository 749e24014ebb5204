"""The part of the page Annotate in which the network learns: what it offers, how it goes, what came of it."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.annotation.runs import between
from core.annotation.store import Source, open_correction, open_set, remove_correction, set_folder
from core.files import write_json
from core.training.control import corrections
from core.training.corrections.figures import AddedClass, BeforeAfter, Figures, Learned
from core.training.recipes.recipe import read_recipe
from core.training.runs.folder import LEARNED, STOP, create_run, run_folder
from core.training.runs.status import enqueue
from pages.widgets.annotate import learn
from tests.conftest import COLOURS, ROAD, SKY, TREE, VOID, save_colour_model
from tests.runs import write

APP = """
import streamlit as st
from pages.widgets.annotate.learn import learning

def part():
    learning("mine", "colours")

st.navigation([st.Page(part, title="Part"), st.Page("pages/compare.py"), st.Page("pages/explore.py")]).run()
"""
"""An app of the part alone, and of the pages that it has links to."""


@pytest.fixture
def page(colour_model, tmp_path, monkeypatch) -> AppTest:
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path / "data"))
    for folder in ("data", "app/pages"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "app" / "app.py").write_text(APP)
    for name in ("compare", "explore"):
        (tmp_path / "app" / "pages" / f"{name}.py").touch()
    return AppTest.from_file(str(tmp_path / "app" / "app.py"), default_timeout=60)


def correct(count: int) -> Path:
    """Correct some pictures of the set `mine`; returns its folder."""
    for number in range(count):
        image = np.full((32, 48, 3), number, np.uint8)
        opened = open_correction("mine", image, np.zeros((32, 48), np.uint8), COLOURS, Source("photo", "a"))
        mask = opened.mask.copy()
        mask[4:8] = ROAD
        opened.edit(between(opened.mask, mask).packed())
    return set_folder("mine")


def press(page: AppTest, label: str) -> None:
    next(button for button in page.button if button.label == label).click().run()


def a_run(data: Path) -> str:
    recipe = read_recipe("corrections").model_copy(update={"start_model": "colours"})
    run = create_run(recipe, data, run="learnt", publish="learnt")
    enqueue(run_folder(run))
    return run


def words(page: AppTest) -> str:
    return "\n".join(each.value for kind in (page.markdown, page.caption, page.info) for each in kind)


def test_before_the_first_correction_there_is_nothing_to_start(page) -> None:
    page.run()

    assert "Correct something in a picture" in words(page)
    assert not page.button


@pytest.mark.parametrize(
    ("count", "said", "hint"),
    [
        (1, "learns from 1 corrected picture and", "anecdote"),
        (5, "5 corrected pictures", "Every fifth picture is held"),
    ],
)
def test_it_says_what_will_happen_and_starts_a_run_of_that_model(
    page, monkeypatch, count, said, hint
) -> None:
    data, started = correct(count), []
    monkeypatch.setattr(corrections, "start", started.append)
    page.run()
    assert said in words(page)
    assert hint in words(page)

    press(page, "Learn from the corrections")
    assert not page.exception
    assert started == ["colours-corrected"]
    assert corrections.latest_learning(data) == "colours-corrected"


def test_a_full_disk_is_one_sentence_and_starts_nothing(page, monkeypatch) -> None:
    def full(*_: object, **__: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device", "recipe.toml")

    data = correct(1)
    monkeypatch.setattr(corrections, "create_run", full)
    page.run()
    press(page, "Learn from the corrections")

    assert not page.exception
    assert "free some space and start again" in page.error[0].value
    assert corrections.latest_learning(data) is None


def bar(page: AppTest) -> tuple[int, str]:
    (progress,) = page.get("progress")
    return progress.proto.value, progress.proto.text


def test_measuring_is_a_step_of_its_own_with_its_own_time_left(page) -> None:
    run = a_run(correct(1))
    write(
        run_folder(run), state="running", message="Measuring the model.", done=4, total=4, batch=51,
        batches=204, seconds_left=30.0,
    )  # fmt: skip
    page.run()

    assert bar(page) == (25, "Step 2 of 2: measuring what it gained and lost · 30 s left")


def test_a_run_shows_its_progress_and_can_be_stopped(page) -> None:
    run = a_run(correct(1))
    write(
        run_folder(run), state="running", message="Training correct.", done=3, total=4, batch=5, batches=20,
        seconds_left=40.0,
    )  # fmt: skip
    page.run()
    assert [button.label for button in page.button] == ["Stop"]
    assert "leave this page" in words(page)
    assert bar(page) == (81, "Step 1 of 2: learning · 40 s left")

    page.button[0].click().run()
    assert (run_folder(run) / STOP).exists()


@pytest.mark.parametrize("state", ["", "running", "stopped", "failed", "finished"])
def test_a_guest_looks_and_starts_or_stops_nothing(page, monkeypatch, state) -> None:
    monkeypatch.setattr(learn, "is_guest", lambda: True)
    monkeypatch.setattr(learn, "host_only", lambda what: False)
    data = correct(1)
    if state:
        write(run_folder(a_run(data)), state=state, message="Training correct.", done=1, total=4)
    page.run()

    assert not page.exception
    assert not page.button


def figures(accuracy: float, mean_iou: float) -> Figures:
    return Figures(accuracy=accuracy, mean_iou=mean_iou, per_class_iou={"Sky": 0.5, "Becak": None})


def test_afterwards_the_loss_is_as_large_as_the_gain(page) -> None:
    run = a_run(correct(1))
    write(run_folder(run), state="finished", message="Finished.")
    learned = Learned(
        start="colours",
        photos=1,
        held_out=(),
        added=(AddedClass(name="Becak", started_as="Road"),),
        on_photos=BeforeAfter(
            dataset="mine", split="train", images=1, before=figures(0.5, 0.25), after=figures(0.75, 0.5)
        ),
        on_reference=BeforeAfter(
            dataset="toytown", split="valid", images=24, before=figures(0.9, 0.6), after=figures(0.9001, 0.55)
        ),
    )
    write_json(run_folder(run) / LEARNED, learned.model_dump(mode="json"))
    page.run()

    assert not page.exception
    assert [(m.label, m.value, m.delta) for m in page.metric] == [
        ("Pixel accuracy", "75.0%", "+25.0 points"),
        ("Mean IoU", "50.0%", "+25.0 points"),
        ("Pixel accuracy", "90.0%", "unchanged"),
        ("Mean IoU", "55.0%", "-5.0 points"),
    ]
    assert "an anecdote" in words(page)
    assert "**Becak** is a new class" in words(page)
    assert any(button.label == "Learn from the corrections" for button in page.button)


def held_out(data: Path, fell_most: str = "") -> str:
    """A finished run on the set, of which the first picture is held out and the others are taught."""
    first, *others = (picture.frame for picture in open_set("mine").pictures)
    run = a_run(data)
    write(run_folder(run), state="finished", message="Finished.")
    half = figures(0.5, 0.5)
    before_after = BeforeAfter(dataset="mine", split="valid", images=1, before=half, after=half)
    learned = Learned(
        start="colours",
        photos=len(others),
        taught=tuple(others),
        held_out=(first,),
        added=(),
        on_photos=before_after,
        on_reference=before_after.model_copy(update={"dataset": "street", "fell_most": fell_most}),
    )
    write_json(run_folder(run) / LEARNED, learned.model_dump(mode="json"))
    return run


def test_a_held_out_picture_is_shown_before_and_after_and_the_others_can_be_chosen(page) -> None:
    save_colour_model("learnt", (ROAD, SKY, TREE, VOID))
    data = correct(2)
    held_out(data, "gone")
    correct(3)
    page.run()

    assert not page.exception
    picker = page.selectbox(key="learnt_picture")
    parts = ["a · held out", "a · it learnt from this", "a · corrected since"]
    assert picker.options == [*parts, "gone of street · where it lost most"]
    assert "**Before: colours**" in words(page)
    assert "**After: learnt**" in words(page)
    assert "never seen this picture" in words(page)
    shown = {each.label: each.value for each in page.metric[-2:]}
    assert shown.keys() == {"Before", "After"}

    picker.set_value(picker.options[1]).run()
    assert "from this very picture" in words(page)

    page.selectbox(key="learnt_picture").set_value(picker.options[3]).run()
    assert page.error[-1].value == "It is not on this machine any more; choose another picture."
    assert not page.exception


def test_a_picture_that_was_removed_is_no_longer_offered(page) -> None:
    save_colour_model("learnt")
    held_out(correct(2))
    remove_correction("mine", open_set("mine").pictures[0].key)
    page.run()

    assert page.selectbox(key="learnt_picture").options == ["a · it learnt from this"]
    assert not page.error


def test_without_the_old_model_nothing_is_compared_and_the_figures_stay(page) -> None:
    held_out(correct(2))  # and no model "learnt" is there
    page.run()

    assert "The model learnt has been deleted" in words(page)
    assert len(page.metric) == 4
    assert not page.exception


def test_a_run_that_failed_says_why_and_can_go_on(page) -> None:
    run = a_run(correct(1))
    write(run_folder(run), state="failed", message="The disk is full.")
    page.run()

    assert page.error[0].value == "The disk is full."
    assert "Continue" in [button.label for button in page.button]


def test_a_run_that_was_stopped_can_go_on_or_begin_anew(page) -> None:
    write(run_folder(a_run(correct(1))), state="stopped", message="Stopped in the stage correct.")
    page.run()

    assert "It can continue where it was" in page.info[0].value
    labels = [button.label for button in page.button]
    assert {"Continue", "Learn from the corrections"} <= set(labels)


def test_figures_that_cannot_be_read_are_left_out(page) -> None:
    run = a_run(correct(1))
    write(run_folder(run), state="finished", message="Finished.")
    (run_folder(run) / LEARNED).write_text("{}")
    page.run()

    assert not page.exception
    assert not page.metric
