"""A page on which JavaScript modules of a front end can be imported, without an app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Route

from pages.widgets.shared.front_end import LANGUAGE

HOST = "http://modules.test"
"""Where the page and the modules are: `import(HOST + "/NAME.js")`."""


@contextmanager
def page_of_modules(chromium: Browser, sources: Mapping[str, Path]) -> Iterator[Page]:
    """Open the page while the block runs. sources: files of modules by name, but for that of the texts."""
    files = {"language": LANGUAGE, **sources}
    with chromium.new_page() as opened:

        def serve(route: Route) -> None:
            name = route.request.url.removeprefix(f"{HOST}/")
            if not name:
                route.fulfill(body="<title>Modules</title>", content_type="text/html")
            else:
                source = files[Path(name).stem].read_text("utf-8")
                route.fulfill(body=source, content_type="text/javascript")

        opened.route(f"{HOST}/**", serve)
        opened.goto(f"{HOST}/")
        yield opened
