"""`python -m tests.access`: every page in both themes and languages, at two widths, looked over by programs.

It counts what axe finds serious, what is smaller than a finger's 24 pixels, pages that are wider than a
window of 320 pixels, and texts that escaped: in the pseudo-language every translated letter has an accent.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, sync_playwright

from core.classes import CAMVID_11, CAMVID_32
from core.languages import PSEUDO
from tests.browser.conftest import CHROMIUM_ARGUMENTS, executable, start_server, stop_servers

ROOT = Path(__file__).parents[1]
PAGES = (
    *("", "gather", "annotate", "compare", "data", "training", "runs", "evaluate", "service", "about"),
    *("inside", "lessons", "classroom", "join"),
)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LANGUAGES = ("en", "id")
SMALLEST_TARGET = 24
"""CSS pixels. Source: WCAG 2.2, success criterion 2.5.8."""

NARROWEST = 320
"""CSS pixels. Source: WCAG 2.2, success criterion 1.4.10."""

_ASKED = Path(__file__).with_suffix(".js").read_text("utf-8")

_NAMES = re.compile(
    r"""
    [\w./-]*\d[\w./-]*                   # numbers, sizes, versions, names with digits
    | [\w-]+(?:[./_-]\w+)+               # names of files, models, settings
    | https?://\S+ | \([^()]*://[^()]*\)
    | \b(?:[A-Z]{2,}\w*|\w[a-z]*[A-Z]\w*)\b   # CSV, fastai's and other names with capitals inside
    """,
    re.VERBOSE,
)
_KNOWN = frozenset(
    (
        *("Andi", "Sama", "Image", "Segmentation", "with", "Deep", "Learning"),  # the article
        *("Brostow", "Fauqueur", "Cipolla", "Semantic", "object", "classes", "video", "high"),  # CamVid's
        *("definition", "ground", "truth", "database"),
        *("Photo", "danielbuechele", "Flickr", "from", "scikit", "learn", "drawn"),  # credits of samples
        *("Toytown", "Jakarta", "Cambridge", "Kaggle", "Roboflow", "Mapillary", "Google", "Street", "View"),
        *("Wikimedia", "Commons", "Openverse", "Python", "English", "Bahasa", "Indonesia"),
        *("streamlit", "numpy", "onnxruntime", "torch", "fastai", "fast", "python", "core", "make", "serve"),
        *("EfficientNet", "ResNet", "ImageNet", "Net", "Void"),
        *("toytown", "jakarta", "camvid", "classroom", "article", "street", "small", "corrections"),
        *("Ctrl", "Shift", *PAGES, *CAMVID_32.names, *CAMVID_11.names),
    )
)
"""Names, which are the same in every language."""

_STREAMLITS_OWN = re.compile(
    r"(?i)(?:skip to main content|help|progress|\d+ ?MB per file|file upload|main menu|deploy|streamlit.*"
    r"|clear( value| all)?|open|select\b.*|stop|view fullscreen|fullscreen:?.*|close fullscreen|help for .*"
    r"|increment.*|decrement.*|step (up|down).*|press enter.*|.*link to heading.*|download( as csv)?:?.*"
    r"|search:?.*|show/hide columns.*|column visibility|upload.*|browse files|drag and drop.*|limit .*|copy.*"
    r"|remove .*|file|no options.*|choose .*|loading.*|previous page|next page|page \d+.*|scroll .*"
    r"|current page.*|go to .*|.*pagination.*|tabs?|selected .*|use up and down.*|\d+ results? available.*"
    r"|show (more|less).*)"
)
"""What Streamlit itself says, which no app can translate."""


@dataclass(frozen=True)
class Finding:
    """kind: what is counted. what: where, and what is wrong there."""

    kind: Literal["axe", "small", "wide", "escaped"]
    page: str
    what: str


@cache
def axe() -> str:
    """The source of axe-core, as a package brings it."""
    found = distribution("axe-playwright-python").locate_file("axe_playwright_python/axe.min.js")
    return Path(str(found)).read_text("utf-8")


def settled(page: Page) -> None:
    """Wait until a page has drawn itself."""
    page.locator(".page-title, [data-testid=stHeading]").first.wait_for(state="attached")
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached")
    for viewer in page.locator(".viewer").all():
        viewer.and_(page.locator("[data-ready=true]")).wait_for(state="attached")


def serious(page: Page) -> list[str]:
    """What axe finds serious or worse: rule, place and why."""
    page.evaluate(axe())
    found: dict[str, Any] = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{each['id']} {node['target']}: {str(node.get('failureSummary', '')).splitlines()[-1:]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def escaped(page: Page, names: frozenset[str] = frozenset()) -> list[str]:
    """Texts of a page in the pseudo-language that nobody has translated. names: words that are meant so."""
    texts: list[str] = page.evaluate(f"() => {{ {_ASKED}; return texts(); }}")
    return sorted(text for text in texts if _is_english(text, names))


def _is_english(text: str, names: frozenset[str]) -> bool:
    if _STREAMLITS_OWN.fullmatch(text):
        return False
    words = re.findall(r"(?<![^\W\d_])[A-Za-z]{3,}(?![^\W\d_])", _NAMES.sub(" ", text))
    return any(word not in _KNOWN and word not in names for word in words)


def small_targets(page: Page) -> list[str]:
    """What one taps or clicks that is smaller than a finger needs."""
    found: list[str] = page.evaluate(
        f"(least) => {{ {_ASKED}; return smallTargets(least); }}", SMALLEST_TARGET
    )
    return found


def is_wide(page: Page) -> bool:
    """Whether a page has to be scrolled sideways."""
    wide: bool = page.evaluate("() => document.scrollingElement.scrollWidth > window.innerWidth")
    return wide


def look_over(browser: Browser, url: str) -> Iterator[Finding]:
    """All findings on all pages."""
    for name in PAGES:
        for theme in THEMES:
            for language in LANGUAGES:
                for width in (1280, NARROWEST):
                    context = browser.new_context(
                        color_scheme=theme,
                        viewport={"width": width, "height": 900},
                        reduced_motion="reduce",
                    )
                    context.set_default_timeout(180_000)
                    page = context.new_page()
                    page.goto(f"{url}/{name}?language={language}")
                    settled(page)
                    where = f"/{name} {theme} {language} {width}"
                    yield from (Finding("axe", where, each) for each in serious(page))
                    yield from (Finding("small", where, each) for each in small_targets(page))
                    if width == NARROWEST and is_wide(page):
                        yield Finding("wide", where, "")
                    context.close()
        page = browser.new_page()
        page.set_default_timeout(180_000)
        page.goto(f"{url}/{name}?language={PSEUDO}")
        settled(page)
        yield from (Finding("escaped", f"/{name}", each) for each in escaped(page))
        page.close()


def main() -> None:
    """Look the app over, on a server of its own, and print what is found."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        env = {"STREETSCOPE_DATA": f"{folder}/data", "STREETSCOPE_CACHE": f"{folder}/cache"}
        app, process = start_server(ROOT / "serve.py", env, (), Path(folder) / "log")
        browser = playwright.chromium.launch(executable_path=executable(), args=CHROMIUM_ARGUMENTS)
        try:
            found = list(look_over(browser, app.url))
        finally:
            browser.close()
            stop_servers(process)
    for kind in ("axe", "small", "wide", "escaped"):
        those = sorted({(each.page, each.what) for each in found if each.kind == kind})
        sys.stdout.write(f"{kind}: {len(those)}\n" + "".join(f"  {page} {what}\n" for page, what in those))


if __name__ == "__main__":
    main()
