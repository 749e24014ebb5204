"""From a list of addresses to a set, segmented at two sizes, and its worst photo corrected."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from core.annotation.store import PREFIX
from tests.browser.house import APP, House
from tests.browser.test_annotate import editor
from tests.browser.test_pixel_viewer import viewer
from tests.hostile_server import HostileServer, hostile_server, street

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, RunningApp, Screenshot, Serve

HOSTS = ("127.0.0.2", "127.0.0.3", "127.0.0.4")
FORBIDDEN = "127.0.0.5"


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, HostileServer]]:
    """The internet of this test, and one more server that nobody has allowed."""
    with ExitStack() as stack:
        first = stack.enter_context(hostile_server(HOSTS[0]))
        others = {
            host: stack.enter_context(hostile_server(host, first.port)) for host in (*HOSTS[1:], FORBIDDEN)
        }
        first.elsewhere = f"http://{FORBIDDEN}:{first.port}/printer"
        yield {HOSTS[0]: first, **others}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gathered")


@pytest.fixture(scope="module")
def gather_app(serve: Serve, house: House, data: Path, servers: dict[str, HostileServer]) -> RunningApp:
    port = servers[HOSTS[0]].port
    settings = {
        "STREETSCOPE_DATA": str(data),
        "STREETSCOPE_CACHE": str(data / ".cache"),
        "STREETSCOPE_FETCH_ALLOW": ",".join(f"{host}:{port}" for host in HOSTS),
        "STREETSCOPE_OPENVERSE": f"http://{HOSTS[2]}:{port}",
    }
    return serve(APP, env={**house.settings, **settings})


def photo(page: Page, number: int) -> Locator:
    return page.get_by_role("button", name=f"Photo {number}:")


def rows(data: Path, name: str) -> list[dict[str, str]]:
    """The table of a set."""
    text = (data / "photos" / name / "manifest.csv").read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def outcomes(data: Path, name: str) -> list[str]:
    return [row["outcome"] for row in rows(data, name)]


def test_a_list_becomes_a_set_whose_worst_photo_is_corrected(
    gather_app: RunningApp,
    servers: dict[str, HostileServer],
    data: Path,
    open_page: OpenPage,
    screenshots: Screenshot,
) -> None:
    # Somebody opens the page, which has something to show without any internet.
    page = open_page(f"{gather_app.url}/gather")
    expect(photo(page, 9)).to_be_visible()
    screenshots(page, "gather")

    # They paste addresses, good and bad,
    port = servers[HOSTS[0]].port
    good = [f"http://{host}:{port}/street/{number}.jpg" for number, host in enumerate(HOSTS, 1)]
    bad = [f"http://{HOSTS[0]}:{port}/to-private", "http://10.0.0.1/a.jpg", "file:///etc/passwd"]
    page.get_by_role("tab", name="Addresses").click()
    page.get_by_label("Addresses of photos, one a line").fill("\n".join(good + bad))
    page.get_by_role("button", name="Fetch the photos").click()

    # and each line has an outcome; nobody's printer was asked for anything.
    expect(photo(page, 3)).to_be_visible()
    page.get_by_text("3 of 6 are here; why the others are not").wait_for()
    assert outcomes(data, "my-streets")[:3] == ["kept"] * 3
    assert all(why.endswith(".") for why in outcomes(data, "my-streets")[3:])
    assert servers[FORBIDDEN].connections == 0

    # A search brings one more, whose author and licence are known, and a file is dropped.
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
    page.get_by_role("tab", name="Search").click()
    page.get_by_role("button", name="Find and fetch").click()
    expect(photo(page, 7)).to_contain_text("Budi, CC BY-SA 2.0")
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
    page.get_by_role("button", name="Find and fetch").click()
    page.get_by_text("All that Openverse gives for these words is in my-streets already").wait_for()
    chosen = {"name": "mine.jpg", "mimeType": "image/jpeg", "buffer": street(33)}
    page.locator(".st-key-photo_upload").get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        [chosen]
    )
    expect(photo(page, 8)).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()

    # With keys, two photos are dropped, also where dropped ones are not shown, and one of them is taken back.
    main = page.get_by_test_id("stMain")
    main.get_by_role("radio", name="Kept", exact=True).click()
    photo(page, 1).focus()
    for number in (1, 2):
        page.keyboard.press("d")
        expect(photo(page, number)).to_be_hidden()
    page.keyboard.press("u")
    expect(photo(page, 2)).to_be_focused()
    main.get_by_role("radio", name="All", exact=True).click()
    expect(photo(page, 1)).to_have_attribute("aria-pressed", "false")
    expect(photo(page, 2)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".photos")).to_have_attribute("data-saved", "true")
    page.reload()
    expect(photo(page, 1)).to_have_attribute("aria-pressed", "false")
    screenshots(page, "gather-set")
    assert outcomes(data, "my-streets")[:2] == ["dropped", "kept"]

    # All that is kept is segmented at two sizes, and put on paper.
    page.get_by_role("button", name="Segment at 512 and 1024").click()
    expect(page.get_by_text("Where the two sizes differ most")).to_be_visible(timeout=60_000)
    with page.expect_download() as sheet:
        page.get_by_role("button", name="Contact sheet (PNG)").click()
    with Image.open(sheet.value.path()) as paper:
        assert paper.size == (1240, 1754)

    # Explore has all that are kept as one strip, comes back to the same photo, and leads back to the set.
    page.get_by_role("button", name="Look inside in Explore").click()
    viewer(page)
    expect(page.get_by_text("1 of 4", exact=True)).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_text("2 of 4", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("photo=my-streets~3"))
    page.reload()
    expect(page.get_by_text("2 of 4", exact=True)).to_be_visible()
    expect(page.locator("ul.strip li")).to_have_count(4)
    screenshots(page, "explore-set")
    page.get_by_role("link", name="my-streets").click()

    # The photo that the network is least sure of is corrected.
    page.get_by_role("button", name="Correct in Annotate").click()
    editor(page)
    expect(page.get_by_text("1 of 4", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile(r"Least certain first: mean confidence \d+%"))).to_be_visible()
    box = page.locator(".editor .marks").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 30, box["y"] + box["height"] / 2, steps=3)
    page.mouse.up()
    expect(page.locator(".editor .sign")).to_contain_text("Saved")
    expect(page.locator(".editor")).to_have_attribute("data-saved", "true")
    assert len(list((data / f"{PREFIX}mine").glob("labels/*.png"))) == 1
