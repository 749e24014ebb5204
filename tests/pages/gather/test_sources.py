"""The Gather page's forms: what is missing or wrong is one sentence, and guests only look."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.jobs import Jobs
from core.photos.gather.entry import Entry
from core.photos.gather.store import list_sets, open_set
from pages.widgets.gather import sources, work
from pages.widgets.shared.markdown import escape
from tests.videos import video


def script() -> None:
    from pages.widgets.gather.sets import choose_set
    from pages.widgets.gather.sources import sources
    from pages.widgets.gather.work import show_work

    photos = choose_set()
    sources(photos)
    show_work(photos)


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path, store) -> AppTest:
    """Without a model and without the internet, and with jobs of its own."""
    own = Jobs()
    monkeypatch.setattr(work, "jobs", lambda: own)
    monkeypatch.setattr(sources, "is_online", lambda: False)
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path))
    return AppTest.from_function(script, default_timeout=60).run()


def press(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click()
    return page.run()


def finished(page: AppTest, name: str) -> AppTest:
    job = work.jobs().find(("gather", str(open_set(name).root)))
    assert job is not None
    assert job.wait(30)
    return page.run()


def test_the_page_says_at_once_that_there_is_no_internet(page):
    assert page.info[0].value.startswith("This machine does not reach the internet now.")
    assert list_sets() == ["examples"]


def test_a_list_goes_into_a_set_of_its_own_and_each_line_has_an_outcome(page):
    page.text_area[0].set_value("hello\nhttp://10.0.0.1/a.jpg")
    page = finished(press(page, "Fetch the photos"), "my-streets")

    assert page.selectbox[0].value == "my-streets"
    assert page.expander[0].label == "0 of 2 are here; why the others are not"
    reasons = list(page.dataframe[0].value["What became of it"])
    assert reasons[0].startswith("This is no address")
    assert "private network" in reasons[1]


@pytest.mark.parametrize(
    ("press_what", "fill", "sentence"),
    [
        ("Fetch the photos", "", "There is no address yet: paste some, one a line."),
        ("Fetch the photos", "[{", "This list begins as JSON does, but is damaged; save it again."),
        ("Take its photos", "", "Give the full path of a folder with photos."),
    ],
)
def test_what_is_missing_is_said(page, press_what, fill, sentence):
    page.text_area[0].set_value(fill)
    page = press(page, press_what)

    assert [error.value for error in page.error] == [escape(sentence)]


def test_a_search_without_an_answer_is_one_sentence(page, monkeypatch):
    monkeypatch.setenv("STREETSCOPE_OPENVERSE", "http://10.0.0.1")
    page = finished(press(page, "Find and fetch"), "my-streets")

    assert "private network" in page.error[0].value
    assert not page.exception


def test_a_new_set_is_begun_by_its_name(page):
    next(each for each in page.text_input if each.label == "Name of the new set").set_value("Jalan  Raya / 1")
    page = press(page, "Begin it")

    assert page.selectbox[0].value == "Jalan-Raya-1"


def test_what_was_stopped_can_go_on_and_what_was_slow_be_tried_again(page):
    photos = open_set("my-streets")
    photos.add([Entry(number=0, address="http://10.0.0.1/a.jpg")])
    photos.add([Entry(number=0, address="http://10.0.0.2/", state="refused", reason="Slow.", retry=True)])
    page.query_params["photos"] = "my-streets"
    page = page.run()
    assert [button.label for button in page.button if "again" in button.label] == ["Try 1 photo again"]

    page = finished(press(page, "Go on"), "my-streets")
    assert "private network" in photos.entries()[0].reason


def test_a_port_that_is_named_later_is_used_for_what_is_tried_again(page):
    page.text_area[0].set_value("http://10.0.0.1:8080/a.jpg")
    page = finished(press(page, "Fetch the photos"), "my-streets")
    photos = open_set("my-streets")
    assert "names port 8080" in photos.entries()[0].reason

    next(each for each in page.number_input if "port" in each.label).set_value(8080)
    finished(press(page.run(), "Try 1 photo again"), "my-streets")
    assert "private network" in photos.entries()[0].reason


def test_a_video_says_how_many_frames_it_gives_and_they_become_photos(page):
    page.file_uploader(key="gather_video").set_value(("ride.mp4", video(), "video/mp4"))
    page = page.run()
    length = escape("0:00:02")
    assert about(page) == f"ride.mp4: {length} long, 96 x 64 pixels, 0.0 MB. That gives 2 frames."

    every = next(each for each in page.number_input if each.label == "A frame every … seconds")
    page = every.set_value(1.0).run()
    assert about(page).endswith("That gives 3 frames.")

    page = finished(press(page, "Gather the frames"), "my-streets")
    assert [entry.address for entry in open_set("my-streets").entries()] == [
        f"ride_00-00-0{second}.jpg" for second in range(3)
    ]
    assert about(page).endswith("All its frames at this pace are in my-streets already.")
    assert next(each for each in page.button if each.label == "Gather the frames").disabled


def test_a_video_dropped_as_photos_are_waits_under_video_and_a_bad_path_is_one_sentence(page):
    page.file_uploader(key="gather_files_0").set_value([("ride.mp4", video(), "video/mp4")])
    page = page.run()
    assert "ride.mp4 is a video: choose its frames under Video." in [info.value for info in page.info]
    assert about(page).startswith("ride.mp4: ")
    page = finished(press(page, "Gather the frames"), "my-streets")
    assert not [info for info in page.info if "video" in info.value]
    assert about(page).startswith("ride.mp4: ")

    next(each for each in page.text_input if "path" in each.label).set_value('"/nowhere/ride.mp4"')
    page = page.run()
    assert [error.value for error in page.error] == [
        escape("/nowhere/ride.mp4 cannot be read: No such file or directory.")
    ]


def about(page: AppTest) -> str:
    """What is said of the video."""
    return next(caption.value for caption in page.caption if "pixels" in caption.value)


def test_a_guest_only_looks(page, monkeypatch):
    monkeypatch.setattr("pages.widgets.shared.guests.is_guest", lambda: True)
    monkeypatch.setattr("pages.widgets.gather.sets.is_guest", lambda: True)
    page = page.run()

    assert "Only somebody at the computer" in page.caption[-1].value
    assert not page.button
    assert not page.text_area
