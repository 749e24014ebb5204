"""A run's folder: IDs, what it was started with, and that nobody ever sees half a file."""

from __future__ import annotations

import os

import pytest

from core.errors import RecipeError, RunError, RunNotFoundError
from core.files import replacing, write_text
from core.training.runs import folder as folders
from core.training.runs.folder import (
    RunSettings,
    add_stages,
    append_row,
    create_run,
    cut,
    existing_run,
    make_label,
    open_plain,
    read_run_recipe,
    read_settings,
    run_folder,
    run_ids,
)
from tests.runs import make_recipe, make_stage

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture
def recipe():
    return make_recipe(make_stage("small"), make_stage("large"))


def test_a_new_run_has_the_recipe_and_what_it_was_started_with(recipe, data):
    run = create_run(recipe, data, stages=("large",), publish="mine")

    settings = read_settings(existing_run(run))
    assert read_run_recipe(existing_run(run)) == recipe
    assert (settings.data, settings.stages, settings.publish) == (str(data), ("large",), "mine")
    assert read_settings(existing_run(run)).stages == ("large",)


def test_runs_of_the_same_second_get_different_ids(recipe, data):
    runs = [create_run(recipe, data) for _ in range(4)]

    assert len(set(runs)) == 4
    assert sorted(runs) == run_ids()


def test_an_id_of_ones_own_can_be_given_once(recipe, data):
    assert create_run(recipe, data, run="mine") == "mine"
    with pytest.raises(RunError, match="'mine' already"):
        create_run(recipe, data, run="mine")


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "x" * 65, "a b", "ä", "a\n"])
def test_an_id_cannot_lead_out_of_the_runs_folder(name):
    with pytest.raises(RunNotFoundError, match="cannot be called"):
        run_folder(name)


def test_a_run_that_is_not_there_is_refused(store):
    with pytest.raises(RunNotFoundError, match="no run 'absent'"):
        existing_run("absent")


def test_a_folder_without_settings_is_no_run(recipe, data):
    run = create_run(recipe, data)
    (run_folder("half-made")).mkdir()

    assert run_ids() == [run]


def test_a_link_to_somewhere_else_is_no_run(recipe, data, tmp_path):
    run = create_run(recipe, data)
    (run_folder("linked")).symlink_to(run_folder(run))

    assert run_ids() == [run]
    with pytest.raises(RunNotFoundError, match="no run 'linked'"):
        existing_run("linked")


def test_a_stage_that_the_recipe_does_not_have_is_refused_before_anything_is_made(recipe, data):
    with pytest.raises(RecipeError, match="no stage 'huge'; its stages are: small, large"):
        create_run(recipe, data, stages=("huge",))
    assert run_ids() == []


def test_a_stage_that_is_named_twice_is_done_once(recipe, data):
    run = create_run(recipe, data, stages=("large", "small", "large"))

    assert read_settings(existing_run(run)).stages == ("large", "small")


def test_a_data_set_whose_name_is_no_text_is_refused_before_anything_is_made(recipe, tmp_path):
    with pytest.raises(RunError, match="not valid UTF-8"):
        create_run(recipe, tmp_path / "a\udcff")
    assert run_ids() == []


@pytest.mark.parametrize("words", [{"title": "x" * 101}, {"note": "x" * 10_001}, {"title": "a\udcff"}])
def test_a_label_that_cannot_be_kept_is_refused(words):
    with pytest.raises(RunError, match="up to 100 characters"):
        make_label(**words)


def test_stages_can_be_added_once(recipe, data):
    run = create_run(recipe, data, stages=("small",))
    for _ in range(2):
        add_stages(existing_run(run), ("large", "small"))

    assert read_settings(existing_run(run)).stages == ("small", "large")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"data": 3}', b"\xff", b'{"data": "x", "stages": [], "created": 1}'],
)
def test_damaged_settings_are_one_sentence(recipe, data, content):
    run = create_run(recipe, data)
    (run_folder(run) / "settings.json").write_bytes(content)

    with pytest.raises(RunError, match=r"settings\.json.*\.$") as refused:
        read_settings(existing_run(run))
    assert "\n" not in str(refused.value)


def test_settings_that_are_far_too_large_are_not_read(recipe, data):
    run = create_run(recipe, data)
    (run_folder(run) / "settings.json").write_bytes(b" " * (folders.MAX_JSON_BYTES + 1))

    with pytest.raises(RunError, match=r"too many for a run's file"):
        read_settings(existing_run(run))


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_what_is_no_plain_file_is_neither_read_nor_written_to(tmp_path, kind):
    path, other = tmp_path / "history.csv", tmp_path / "other"
    other.write_text("mine", "utf-8")
    {"link": lambda: path.symlink_to(other), "folder": path.mkdir, "pipe": lambda: os.mkfifo(path)}[kind]()

    for use in (open_plain, lambda path: append_row(path, ("n",), (1,))):
        with pytest.raises(RunError, match=r"history\.csv is not a regular file"):
            use(path)
    assert other.read_text("utf-8") == "mine"


# Writing


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    path = tmp_path / "own" / "file"
    path.parent.mkdir()
    write_text(path, "old")
    with pytest.raises(ZeroDivisionError), replacing(path) as part:  # noqa: PT012
        part.write_text("half of the ne", "utf-8")
        assert path.read_text("utf-8") == "old"
        raise ZeroDivisionError

    assert path.read_text("utf-8") == "old"
    assert list(path.parent.iterdir()) == [path]


def test_rows_are_appended_below_one_head(tmp_path):
    for number in range(3):
        append_row(tmp_path / "rows.csv", ("number", "square"), (number, number**2))

    assert (tmp_path / "rows.csv").read_text("utf-8") == "number,square\n0,0\n1,1\n2,4\n"


def test_what_came_after_a_checkpoint_is_cut_off_into_a_new_file(tmp_path):
    path = tmp_path / "rows.csv"
    for number in range(3):
        append_row(path, ("n",), (number,))
    inode = path.stat().st_ino
    cut(path, len("n\n0\n1\n"))

    assert path.read_text("utf-8") == "n\n0\n1\n"
    assert path.stat().st_ino != inode


def test_a_file_that_ends_at_the_checkpoint_stays_as_it_is(tmp_path):
    path = tmp_path / "rows.csv"
    append_row(path, ("n",), (0,))
    inode = path.stat().st_ino
    cut(path, path.stat().st_size)
    cut(tmp_path / "absent.csv", 10)

    assert path.stat().st_ino == inode


def test_settings_know_no_other_task():
    with pytest.raises(ValueError, match="task"):
        RunSettings(task="delete", data="x", stages=("a",), created=0)
