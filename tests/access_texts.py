"""Texts that escaped translation: how they are told in the pseudo-language, and where they may hide."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

from playwright.sync_api import Error, FilePayload, Locator, Page

from core.classes import CAMVID_11, CAMVID_32
from core.training.recipes.recipe import Recipe, Stage, read_recipe, shipped_recipes
from service.access.keys import Scope

_ASKED = Path(__file__).with_name("access.js").read_text("utf-8")

_NAMES = re.compile(
    r"""
    [\w./-]*\d[\w./-]*                   # numbers, sizes, versions, names with digits
    | [\w-]+(?:[./_-]\w+)+               # names of files, models, settings
    | https?://\S+ | \([^()]*://[^()]*\)
    | \b(?:[A-Z]{2,}\w*|\w[a-z]*[A-Z]\w*)\b   # CSV, fastai's and other names with capitals inside
    """,
    re.VERBOSE,
)

_TITLES = re.compile(
    "|".join(
        map(
            re.escape,
            (
                "Andi Sama, “Image Segmentation with Deep Learning”",
                "Brostow, Fauqueur, Cipolla",
                "Semantic object classes in video: A high-definition ground truth database",
                "Wikimedia Commons",
                "Google Street View",
                "Bahasa Indonesia",
                "fast.ai",
            ),
        )
    )
)
"""Names of several words: each word alone is no name."""

_KNOWN = frozenset(
    (
        *("Toytown", "Jakarta", "Cambridge", "Kaggle", "Roboflow", "Mapillary", "Flickr", "Openverse"),
        *("Python", "English", "streamlit", "numpy", "onnxruntime", "torch", "fastai", "scikit"),
        *("EfficientNet", "ResNet", "ImageNet", "Void", "toytown", "jakarta", "camvid", "Ctrl", "Shift"),
        *get_args(Scope),
        *(
            "http",
            "best",
            "dataset",
            "article",
            "classroom",
            "corrections",
            "street",
            "small",
            "examples",
        ),  # recipes, lessons, sets
        *(stage.name for name in shipped_recipes() for stage in read_recipe(name).stages),
        *(word for name in (*Recipe.model_fields, *Stage.model_fields) for word in name.split("_")),
        *CAMVID_32.names,
        *CAMVID_11.names,
    )
)
"""Names, which are the same in every language."""

_STREAMLITS_OWN = frozenset(
    (
        *("Skip to main content", "Help", "Open", "Dismiss", "Close", "Stop", "Deploy", "Main menu"),
        *("Choose an option", "Choose options", "Increment", "Decrement", "Step up", "Step down"),
        *(
            "Upload",
            "Browse files",
            "Show password",
            "Drag and drop file here",
            "Drag and drop files here",
            "File upload",
        ),
        *("file upload", "Download plot as a PNG", "Copy", "Ask Google", "Ask ChatGPT"),
        *("Add files", "add icon", "Undo", "Redo", "Reset canvas & history"),
        *("Update the app with this drawing", "Edit", "Show password"),
        *("Take Photo", "Clear photo", "Switch camera", "Clear value", "Clear all", "Select all"),
        *("Search", "Show/hide columns", "Column visibility", "Fullscreen", "View fullscreen"),
        *(
            "Close fullscreen",
            "Download",
            "Download as CSV",
            "Copy to clipboard",
            "Progress",
            "progress",
            "Link to heading",
        ),
        *("Press Enter to apply", "Press Ctrl+Enter to apply", "Previous page", "Next page", "Pagination"),
        *("No results", "Press Enter to submit form", "Loading", "Running"),
        *("No options to select", "Add row", "Delete row", "Remove file"),
    )
)
"""What Streamlit, its charts and its canvas say, which no app can translate; `_BEFORE` stands before ours."""

_BEFORE = re.compile(
    r"(?:Search|Show/hide columns|Download as CSV|Download|Fullscreen|View fullscreen|Close fullscreen|Remove"
    r"|Help for|Link to heading|Upload|Selected):? "
)
_COUNTED = re.compile(
    r"\d+ (?:options?|results?) available\.?|(?:Limit )?\d+ ?[KMG]B per file.*|Page \d+(?: of \d+)?"
    r"|Invalid value \(at line \d+, column \d+\)\."  # Python's reader of TOML
)


def escaped(page: Page, names: frozenset[str] = frozenset()) -> list[str]:
    """Texts of a page in the pseudo-language that nobody has translated. names: words that are meant so."""
    texts: list[str] = page.evaluate(f"() => {{ {_ASKED}; return texts(); }}")
    return sorted(text for text in texts if is_english(text, names))


def is_english(text: str, names: frozenset[str] = frozenset()) -> bool:
    """Whether there is a word in a text that is neither translated nor a name."""
    if text in _STREAMLITS_OWN or _COUNTED.fullmatch(text):
        return False
    ours = _NAMES.sub(" ", _TITLES.sub(" ", _BEFORE.sub("", text, count=1)))
    words = re.findall(r"(?<![^\W\d_])[A-Za-z]{3,}(?![^\W\d_])", ours)
    return any(word not in _KNOWN and word not in names for word in words)


_MOST = 10
"""Things of a kind that are opened on a page: the others are like them."""


def states(page: Page, settle: Callable[[Page], None]) -> Iterator[str]:
    """Open what a page hides, one thing after the other; each time, what was opened, in a word.

    settle: waits until the page has drawn itself.
    """
    yield ""
    for opened in _open_all(page, settle):
        yield opened
    for number, tab in enumerate(_each(page, "[role=tab]")):
        if _clicked(tab, page, settle):
            for opened in _open_all(page, settle):
                yield f"tab {number} {opened}".rstrip()
            yield f"tab {number}"
    for number, button in enumerate(_each(page, "[data-testid=stPopover] button")):
        if _clicked(button, page, settle):
            yield f"popover {number}"
            page.keyboard.press("Escape")
    for number, option in enumerate(_each(page, "[data-testid=stButtonGroup] button")):
        if _clicked(option, page, settle):
            yield f"option {number}"
    for number, icon in enumerate(_each(page, "[data-testid=stTooltipIcon]")):
        try:
            icon.hover(timeout=5_000)
            page.get_by_test_id("stTooltipContent").first.wait_for(timeout=5_000)
        except Error:
            continue
        yield f"help {number}"
        page.mouse.move(0, 0)


def _open_all(page: Page, settle: Callable[[Page], None]) -> Iterator[str]:
    closed = page.locator("[data-testid=stExpander] details:not([open]) > summary")
    for number in range(_MOST):
        if not closed.count() or not _clicked(closed.first, page, settle):
            return
        yield f"expander {number}"


def _each(page: Page, selector: str) -> list[Locator]:
    found = page.locator(selector)
    return [found.nth(number) for number in range(min(found.count(), _MOST))]


def _clicked(target: Locator, page: Page, settle: Callable[[Page], None]) -> bool:
    """Whether it could be clicked: what was there before may be gone, covered or turned off."""
    try:
        target.click(timeout=5_000)
    except Error:
        return False
    settle(page)
    return True


def troubles(page: Page, address: str, settle: Callable[[Page], None]) -> Iterator[str]:
    """Give a page what it refuses; each time, what it was given.

    address: of the page, without the server's.
    """
    for what, give in _REFUSED.get(address, ()):
        try:
            give(page)
        except Error:
            yield f"{what} could not be given"
            continue
        page.wait_for_timeout(1_000)  # until the run has begun that `settle` waits for
        settle(page)
        yield what


def _file(name: str, content: bytes) -> Callable[[Page], None]:
    def give(page: Page) -> None:
        sent: FilePayload = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        page.locator("[data-testid=stMain] input[type=file]").first.set_input_files(sent)

    return give


def _words(words: str, field: str = "[data-testid=stTextInput] input") -> Callable[[Page], None]:
    def give(page: Page) -> None:
        page.locator(field).first.fill(words, timeout=10_000)
        page.keyboard.press("Control+Enter" if "textarea" in field else "Enter")

    return give


_REFUSED: dict[str, tuple[tuple[str, Callable[[Page], None]], ...]] = {
    "": (
        ("no picture", _file("note.jpg", b"no picture")),
        ("a picture cut short", _file("short.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")),
        ("a damaged zip", _file("photos.zip", b"PK\3\4 and no more")),
    ),
    "data": (("a folder that is not there", _words("/no/such/folder")),),
    "lessons": (("a damaged lesson", _file("lesson.zip", b"PK\3\4 and no more")),),
    "join": (("a wrong code", _words("AAAA")),),
    "training": (("a recipe that is none", _words("lr = fast", "[data-testid=stTextArea] textarea")),),
    "gather": (("a list of no addresses", _words("ftp://a\nb", "[data-testid=stTextArea] textarea")),),
}
