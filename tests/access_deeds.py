"""What is done on a page before `tests/access.py` looks at it: what it shows only then is looked at, too."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

EVALUATED = "evaluate?other=street32-lite0"
"""The address at which two models are evaluated."""

OUTCOMES = "outcomes-1"
"""A set of photos with each thing that may become of one."""


def prepare(page: Page, address: str, settle: Callable[[Page], None]) -> None:
    """Do what a page needs. address: of the page, without the server's. settle: waits until it is drawn."""
    settle(page)
    if address == EVALUATED:
        _evaluate(page)
        settle(page)


def _evaluate(page: Page) -> None:
    # Whoever came before may have had it done.
    start = page.locator(".st-key-evaluate_start button")
    start.or_(page.get_by_role("tab")).first.wait_for()
    if start.count():
        start.click()
        page.get_by_role("tab").first.wait_for()
