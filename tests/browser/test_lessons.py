"""The Lessons page: a lesson by the keyboard alone, and one taken home, changed and brought back."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from core.lessons.loading import load, parse, shipped_folder
from tests.browser.house import APP

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, RunningApp, Serve

MOST_TABS = 120
"""Elements that can be reached on a page, at most; more would be a keyboard's labyrinth."""

STEPS = ("pieces", "hunt", "robot-iou")
"""Of the shipped lesson: an option to choose, a pixel to find, and another option."""


@pytest.fixture(scope="module")
def lesson_app(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> RunningApp:
    """The app with the models that come with it, and with a teacher's lesson of three steps."""
    folder = tmp_path_factory.mktemp("lessons")
    lesson = folder / "data" / "lessons" / "short"
    lesson.mkdir(parents=True)
    source = shipped_folder("street")
    head, *steps = (source / "lesson.toml").read_text("utf-8").split("[[steps]]\n")
    kept = [step for step in steps if re.match(r'id = "(.*)"', step)[1] in STEPS]  # type: ignore[index]
    (lesson / "lesson.toml").write_text("[[steps]]\n".join([head, *kept]), "utf-8")
    for language in ("en", "id"):
        title, *parts = (source / f"{language}.md").read_text("utf-8").split("\n## ")
        words = [part for part in parts if part.partition(":")[0] in STEPS]
        (lesson / f"{language}.md").write_text("\n## ".join([title, *words]), "utf-8")
    load(lesson, "en")
    return serve(
        APP, env={"STREETSCOPE_DATA": str(folder / "data"), "STREETSCOPE_CACHE": str(folder / "cache")}
    )


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the element has the focus."""
    expect(wanted).to_be_visible()
    expect(wanted).to_be_enabled()
    for _ in range(MOST_TABS):
        if wanted.evaluate("element => element === element.getRootNode().activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{wanted} is out of the keyboard's reach")


def press(page: Page, name: str | re.Pattern[str]) -> None:
    """Reach a button of the lesson, and press it."""
    tab_to(page, page.get_by_role("button", name=name, exact=isinstance(name, str)))
    page.keyboard.press("Enter")


def predict(page: Page, option: str, sentence: str) -> None:
    """Choose by the arrow keys, lock, see what is so, and say the rule."""
    options = page.get_by_role("radiogroup", name="Your prediction").last
    first = options.get_by_role("radio").first
    expect(page.get_by_role("button", name="Lock my prediction")).to_be_disabled()
    tab_to(page, first)
    page.keyboard.press("Space")
    wanted = options.get_by_role("radio", name=re.compile(rf"^{option} "))
    while not wanted.is_checked():
        page.keyboard.press("ArrowDown")
    press(page, "Lock my prediction")
    expect(wanted).to_be_disabled()
    press(page, "Show what is so")
    tab_to(page, page.get_by_role("textbox", name="Say it in one sentence"))
    page.keyboard.type(sentence)
    page.keyboard.press("Enter")
    expect(page.get_by_text("One way to say it:")).to_be_visible()


def test_a_whole_lesson_by_the_keyboard_and_a_reload_loses_nothing(
    lesson_app: RunningApp, open_page: OpenPage
) -> None:
    page = open_page(f"{lesson_app.url}/lessons?lesson=short")

    expect(page.get_by_role("heading", name="Five small pieces")).to_be_visible()
    expect(page.get_by_role("img", name="Piece 3")).to_be_visible()
    predict(page, "A", "Small pieces can be anything.")
    expect(page.get_by_text("As you predicted: A Car")).to_be_visible()
    page.reload()
    expect(page.get_by_text("As you predicted: A Car")).to_be_visible()
    expect(page.get_by_role("radio", name="A Car")).to_be_checked()
    expect(page.get_by_role("textbox", name="Say it in one sentence")).to_have_value(
        "Small pieces can be anything."
    )

    press(page, "Next")
    expect(page.get_by_role("heading", name="Sure and wrong")).to_be_visible()
    picture = page.get_by_role("application").first
    tab_to(page, picture)
    page.keyboard.press("ArrowRight")
    expect(
        page.get_by_text(re.compile(r"(Yes, this is one|No, this is none)\. Found so far: \d"))
    ).to_be_visible()
    press(page, "Show what is so")
    expect(page.get_by_text(re.compile(r"There are [\d,]+ such pixels"))).to_be_visible()
    expect(page.get_by_text("Red: sure and wrong")).to_be_visible()

    press(page, "Next")
    expect(page.get_by_role("heading", name="A fairer score")).to_be_visible()
    predict(page, "D", "Accuracy is not enough.")
    expect(page.get_by_text(re.compile("It is so: A"))).to_be_visible()
    press(page, "Once more, with another picture")
    expect(page.get_by_role("radiogroup", name="Your prediction")).to_have_count(2)
    press(page, "End the lesson")
    expect(page.get_by_role("heading", name="What does a machine see in a street?")).to_have_count(2)


def changed(data: bytes, change: Callable[[str], str]) -> FilePayload:
    """A lesson's zip with other English words."""
    files = {name: ZipFile(io.BytesIO(data)).read(name) for name in ZipFile(io.BytesIO(data)).namelist()}
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            text = content.decode()
            archive.writestr(name, change(text) if name.endswith("en.md") else text)
    return {"name": "mine.zip", "mimeType": "application/zip", "buffer": buffer.getvalue()}


def test_a_teacher_takes_a_lesson_home_changes_it_and_brings_it_back(
    lesson_app: RunningApp, open_page: OpenPage
) -> None:
    page = open_page(f"{lesson_app.url}/lessons?language=id")
    expect(page.get_by_role("heading", name="Apa yang dilihat mesin di jalan?").first).to_be_visible()
    page = open_page(f"{lesson_app.url}/lessons")
    card = page.locator(".st-key-lesson_card_street")

    with page.expect_download() as started:
        card.get_by_role("button", name="Take it home").click()
    data = Path(started.value.path()).read_bytes()
    files = {
        name.rpartition("/")[2]: ZipFile(io.BytesIO(data)).read(name)
        for name in ZipFile(io.BytesIO(data)).namelist()
    }
    assert parse(files, "street", "id").title == "Apa yang dilihat mesin di jalan?"

    chooser = page.locator(".st-key-lesson_zip").get_by_test_id("stFileUploaderDropzoneInput")
    chooser.set_input_files([changed(data, lambda text: text.replace("{share} kept", "{shared} kept"))])
    told = page.get_by_text(re.compile(r"en\.md, line \d+: nothing is known for \{shared\}"))
    expect(told).to_be_visible()

    title = "What do machines see in our street?"
    chooser.set_input_files(
        [changed(data, lambda text: re.sub("^# .*", f"# {title}", text, count=1, flags=re.MULTILINE))]
    )
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    page.locator(".st-key-lesson_card_mine").get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", name="Five small pieces")).to_be_visible()
