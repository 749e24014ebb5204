"""The strip of photos: what is chosen is in sight, a grid has all, and photos that wait can be stopped."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_explore import SIZE, blocks, card, expect_looked_at, upload
from tests.browser.test_pixel_viewer import click, expect_chosen, viewer

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, RunningApp

BATCH = 15


def large(number: int) -> bytes:
    """The test picture some times as high and wide, so that segmenting it takes a moment."""
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(blocks())) as small:
        times = 3 + number  # the same bytes would be the same photo
        small.resize((times * SIZE[1], times * SIZE[0]), Image.Resampling.NEAREST).save(buffer, "PNG")
    return buffer.getvalue()


def zipped() -> bytes:
    """A zip of small photos and of one file that is none."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(1, BATCH + 1):
            photo = io.BytesIO()
            Image.new("RGB", (40 + number, 40)).save(photo, "PNG")
            archive.writestr(f"../../street/{number}.png", photo.getvalue())
        archive.writestr("readme.txt", "no photo")
    return buffer.getvalue()


def expect_in_sight(page: Page, name: str) -> None:
    """Wait until a photo is chosen, and lies within what the strip shows of its row."""
    expect(page.locator("ul.strip li.chosen .name")).to_have_text(name)
    row, chosen = page.locator("ul.strip"), page.locator("ul.strip li.chosen")

    def edges(of: Locator) -> tuple[float, float]:
        box = of.bounding_box() or {"x": 0, "width": 0}
        return box["x"], box["x"] + box["width"]

    for _ in range(1200):
        (left, right), (start, end) = edges(row), edges(chosen)
        if left - 1 <= start < end <= right + 1:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{name} lies at {start} to {end}, and the strip shows {left} to {right}")


def grid_card(page: Page, name: str) -> Locator:
    named = page.locator(".name").get_by_text(name, exact=True)
    return page.get_by_role("dialog").locator("li").filter(has=named)


def test_a_batch_begins_with_its_first_photo_and_what_is_chosen_is_in_sight(
    app: RunningApp, open_page: OpenPage
) -> None:
    page = open_page(app.url, height=800)
    viewer(page)
    upload(page, ("photos.zip", zipped()))
    expect(page.get_by_text("15 added, 1 refused: you have 15 photos of 24.")).to_be_visible()
    expect(page.get_by_text("readme.txt cannot be used")).to_be_visible()
    expect_in_sight(page, "1.png")
    expect(page).to_have_url(re.compile("photo=own-"))
    (first,) = re.findall("own-[0-9a-f]+", page.url)

    # All photos as a grid: the arrow keys move in it from the chosen one, and choosing closes it.
    page.get_by_role("button", name="All photos, 18").click()
    expect(grid_card(page, "1.png").locator(".look")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(grid_card(page, "2.png").locator(".look")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(grid_card(page, "2.png").locator(".look")).to_be_focused()
    page.keyboard.press("End")
    expect(grid_card(page, "15.png").locator(".look")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect_in_sight(page, "15.png")
    expect(page.get_by_text("readme.txt cannot be used")).to_have_count(0)

    expect(page).to_have_url(re.compile(f"photo=(?!{first})own-"))  # it follows what is on the screen
    page.reload()
    expect_in_sight(page, "15.png")
    page.get_by_role("button", name="Remove 15.png").click()
    expect_in_sight(page, "14.png")

    # In the strip the keys move as well; Delete removes.
    card(page, "14.png").locator(".look").focus()
    page.keyboard.press("ArrowLeft")
    expect(card(page, "13.png").locator(".look")).to_be_focused()
    page.keyboard.press("Delete")
    expect(card(page, "13.png")).to_have_count(0)
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect_in_sight(page, "china.jpg")


def test_files_are_dropped_anywhere_and_each_that_is_refused_gets_a_sentence(
    app: RunningApp, open_page: OpenPage
) -> None:
    page = open_page(app.url, height=800)
    viewer(page)
    page.evaluate(
        """bytes => {
            const large = new File([], "large.zip");
            Object.defineProperty(large, "size", { value: 151 * 2 ** 20 });
            const photo = new File([new Uint8Array(bytes)], "dropped.png");
            const files = [photo, new File(["%PDF"], "a.pdf"), large];
            // A DataTransfer copies what it is given, with its real size.
            const dataTransfer = { types: ["Files"], files };
            for (const kind of ["dragover", "drop"]) {
                const event = new DragEvent(kind, { bubbles: true, cancelable: true });
                Object.defineProperty(event, "dataTransfer", { value: dataTransfer });
                document.querySelector("h2").dispatchEvent(event);
            }
        }""",
        list(blocks(1)),
    )
    expect(page.get_by_text("1 added, 2 refused: you have 1 photo of 24.")).to_be_visible()
    expect(page.get_by_text("It is larger than 150 MB.", exact=False)).to_be_visible()
    expect(page.get_by_text("This file is not a picture in a format", exact=False)).to_be_visible()
    expect_looked_at(page, "dropped.png")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add photos").click()
    chooser.value.set_files([{"name": "chosen.png", "mimeType": "image/png", "buffer": blocks(2)}])
    expect_looked_at(page, "chosen.png")
    expect(page.get_by_text("1 added: you have 2 photos of 24.")).to_be_visible()


def test_photos_that_wait_leave_the_page_free_and_can_be_stopped(
    app: RunningApp, open_page: OpenPage
) -> None:
    page = open_page(app.url, height=800)
    viewer(page)
    upload(page, *((f"{number}.png", large(number)) for number in range(6)))
    # The first is there before the others are; while they wait, they can go and the page answers.
    shown = expect_looked_at(page, "0.png")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("button", name="Go on", exact=True)).to_be_visible()
    expect(card(page, "5.png").locator(".fact").last).to_have_text("not segmented")
    click(page, shown, 60, 70, SIZE)
    expect_chosen(shown, 60, 70)
    page.get_by_role("button", name="Go on", exact=True).click()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    page.get_by_role("button", name="All photos").click()
    for name in ("5.png", "3.png"):
        grid_card(page, name).get_by_role("button", name="Remove").click()
        expect(card(page, name)).to_have_count(0)
    page.keyboard.press("Escape")
    for name in ("0.png", "1.png", "2.png", "4.png"):
        expect(card(page, name).locator(".fact").last).to_contain_text("%")
    expect(page.get_by_text("Segmented", exact=False)).to_have_count(0)
