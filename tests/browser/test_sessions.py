"""Ten people at once: each gets the right answers, and nobody an error."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.test_explore import SIZE, blocks, class_at, expect_looked_at, upload
from tests.browser.test_pixel_viewer import click, expect_chosen, viewer

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, RunningApp


SESSIONS, ROUNDS = 5, 5


def test_five_sessions_click_in_turn_and_each_reads_its_own_photo(
    app: RunningApp, open_page: OpenPage
) -> None:
    pages: list[Page] = []
    for number in range(SESSIONS):
        page = open_page(app.url, width=900)
        viewer(page)
        # Three different pictures under one name: an answer from another session's would be wrong.
        upload(page, ("mine.png", blocks(number % 3)))
        pages.append(page)
    sessions = [(page, expect_looked_at(page, "mine.png"), number % 3) for number, page in enumerate(pages)]
    chance = random.Random(20)  # noqa: S311 (pixels to click)
    for _ in range(ROUNDS):
        asked = []
        for page, shown, shift in sessions:  # all click before anybody's answer is looked at
            row, col = chance.randrange(SIZE[0]), chance.randrange(SIZE[1])
            click(page, shown, row, col, SIZE)
            asked.append((shown, row, col, class_at(row, col, shift)))
        for shown, row, col, name in asked:
            expect_chosen(shown, row, col)
            expect(shown.locator(".sentence")).to_contain_text(f"Pixel ({row}, {col}) is {name} with")
    for page, _, _ in sessions:
        assert not page.get_by_text(re.compile("error|exception", re.IGNORECASE)).count()
