"""A real Streamlit server and a real Chromium, for what only a browser can show.

    def test_something(app, serve, open_page):
        page = open_page(app.url)                 # the app with the data and models of house.py
        own = serve(SCRIPT)                       # streamlit run, once a test module
        page = open_page(app.url, width=400)      # a playwright Page, closed after the test
        page = open_viewer("show=small")          # viewers alone, in a tab that tests share

A page's console errors and uncaught exceptions fail the test, and so does a traceback in the
server's log. The fixture `screen` runs a test at several window widths and pixel densities.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    WebSocket,
    expect,
    sync_playwright,
)

from tests.browser.house import APP, House, build_house
from tests.conftest import ROOT

SCREENSHOTS = Path(__file__).parent / "screenshots"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
VIEWER_APP = Path(__file__).parent / "viewer_app.py"

BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
"""The first that is there is driven; the first one draws pages alone, without tabs and menus around them."""

# Of several lists of disabled features Chromium heeds the last one, so these are Playwright's own, and then
# pages that are Chromium's own work beneath each tab's address bar: they cost as much as the page tested.
DISABLED_FEATURES = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
)

# Neither GPU nor sandbox in a container, and nothing fetched behind the test's back.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(DISABLED_FEATURES)}",
    # Tabs of one server share a process, and with it what has been compiled of its JavaScript: a third of the
    # work of opening a page.
    "--renderer-process-limit=1",
    # A camera that shows a moving test picture, and may be used without asking.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
STARTING_SECONDS = 120

# How long a step or an expectation may take. Generous: no test is about speed.
expect.set_options(timeout=60_000)


PROBES = ("/_stcore/health", "/_stcore/host-config")
"""Where Streamlit looks for its server, below the page's address first: a 404 there is its way of asking."""

STREAMLITS_OWN = ("_streamlit_xsrf", "stActiveTheme-", "stSidebarSectionsState-")
"""How names begin of what Streamlit keeps in a browser: the same for all, unless they change the theme."""


@dataclass(frozen=True)
class Screen:
    """A window width in CSS pixels and the number of device pixels in each."""

    width: int
    density: int


@dataclass(frozen=True)
class RunningApp:
    """A served script."""

    url: str
    log_file: Path

    @property
    def log(self) -> str:
        """What the server has printed so far."""
        return self.log_file.read_text("utf-8", errors="replace")


@dataclass(frozen=True)
class Traffic:
    """What went between a page and its server: websocket frames by size, requests by address."""

    sent: list[int] = field(default_factory=list)
    received: list[int] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @property
    def media(self) -> list[str]:
        """Requests to Streamlit's media store: pictures and the like, not fonts."""
        return [url for url in self.requests if "/media/" in url and "/static/" not in url]

    def clear(self) -> None:
        """Begin anew."""
        for kind in (self.sent, self.received, self.requests):
            kind.clear()


class Serve(Protocol):
    def __call__(
        self,
        script: Path,
        *,
        env: Mapping[str, str] | None = None,
        options: tuple[str, ...] = (),
        shared: bool = False,
    ) -> RunningApp: ...


@dataclass(frozen=True)
class Look:
    """How a page is looked at: a window in CSS pixels, device pixels in each, the system's theme, fingers."""

    width: int = 1280
    height: int = 1200
    density: int = 1
    theme: Literal["light", "dark"] = "light"
    touch: bool = False

    def at(self, page: Page) -> None:
        """Look at a page so, density and touch apart: these are its window's."""
        page.set_viewport_size({"width": self.width, "height": self.height})
        page.emulate_media(color_scheme=self.theme, reduced_motion="reduce")


class OpenPage(Protocol):
    """look: fields of `Look`."""

    def __call__(self, url: str, *, apart: bool = False, **look: Any) -> Page: ...


class OpenViewer(Protocol):
    """look: fields of `Look`."""

    def __call__(self, asked: str, **look: Any) -> Page: ...


class Window(Protocol):
    def __call__(self, density: int, touch: bool) -> BrowserContext: ...


class Watch(Protocol):
    def __call__(self, page: Page) -> Traffic: ...


class Screenshot(Protocol):
    def __call__(self, page: Page, name: str) -> None: ...


@pytest.fixture(params=[(1280, 1), (1280, 2), (400, 1), (400, 2)], ids=lambda p: f"{p[0]}px-x{p[1]}")
def screen(request: pytest.FixtureRequest) -> Screen:
    """A wide and a narrow window, on a plain and on a dense screen."""
    return Screen(*request.param)


Running = dict[object, tuple[RunningApp, "subprocess.Popen[bytes]"]]
"""Servers by what they were started with."""


@pytest.fixture(scope="package")
def shared_servers() -> Iterator[Running]:
    """The servers that the modules of this folder have in common."""
    running: Running = {}
    yield running
    stop_servers(*(process for _, process in running.values()))


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory, shared_servers: Running) -> Iterator[Serve]:
    """Start `streamlit run` on a script; the same script and settings are started once a module.

    env: variables on top of this process's own. options: more of `streamlit run`'s. shared: the modules after
    this one find the same server, with what it keeps; else it ends with the module.
    """
    logs = tmp_path_factory.mktemp("streamlit")
    own: Running = {}
    read = {app.log_file: len(app.log) for app, _ in shared_servers.values()}

    def start(
        script: Path,
        *,
        env: Mapping[str, str] | None = None,
        options: tuple[str, ...] = (),
        shared: bool = False,
    ) -> RunningApp:
        running = shared_servers if shared else own
        settings = (script, tuple(sorted((env or {}).items())), options)
        if settings not in running:
            log_file = logs / f"{len(own) + len(shared_servers)}.log"
            running[settings] = start_server(script, env or {}, options, log_file)
        return running[settings][0]

    yield start

    stop_servers(*(process for _, process in own.values()))
    for app, _ in (*own.values(), *shared_servers.values()):
        said = app.log[read.get(app.log_file, 0) :]
        assert "Traceback" not in said, said


@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Data sets whose every pixel is known, and models that know them; see `house.py`."""
    return build_house(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def app(serve: Serve, house: House) -> RunningApp:
    """The app in that house: one server for all modules that look at it."""
    return serve(APP, env=house.settings, shared=True)


def start_server(
    script: Path,
    env: Mapping[str, str],
    options: tuple[str, ...],
    log_file: Path,
    port: int | None = None,
) -> tuple[RunningApp, subprocess.Popen[bytes]]:
    """`streamlit run` for tests that end their server themselves; port: where the one before it was."""
    port = port or _free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
    command += ["--browser.gatherUsageStats=false", "--server.fileWatcherType=none", *options]
    # Streamlit puts the script's folder on the path; a test's script needs the repository's too.
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": path, **env},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    base = next(
        (o.partition("=")[2].strip("/") for o in options if o.startswith("--server.baseUrlPath=")), ""
    )
    app = RunningApp(f"http://127.0.0.1:{port}/{base}".rstrip("/"), log_file)
    try:
        _wait_until_healthy(app, process)
    except BaseException:
        stop_servers(process)
        raise
    return app, process


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_healthy(app: RunningApp, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"streamlit ended with status {process.returncode}:\n{app.log}")
        try:
            with urllib.request.urlopen(f"{app.url}/_stcore/health", timeout=5):  # noqa: S310 (our own address)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"streamlit did not start within {STARTING_SECONDS} s:\n{app.log}")


def stop_servers(*processes: subprocess.Popen[bytes]) -> None:
    """End servers, all at once, with everything they started: each leads a process group of its own."""
    for process in processes:
        _send(process, signal.SIGTERM)
    for process in processes:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            _send(process, signal.SIGKILL)
            process.wait(10)


def _send(process: subprocess.Popen[bytes], end: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, end)


def executable() -> str | None:
    """The browser that is driven."""
    installed = (path for name in BROWSERS if (path := shutil.which(name)) is not None)
    return os.environ.get("CHROMIUM") or next(installed, None)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's or whoever's Chromium; playwright's own download is not needed.

    One for this folder, not one a session: playwright keeps an event loop running in this thread, which
    tests of other folders must not find.
    """
    path = executable()
    if path is None:
        pytest.skip("no chromium here (set CHROMIUM to its path)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def windows(chromium: Browser) -> Iterator[dict[tuple[int, bool], BrowserContext]]:
    """The browser windows that the tests' pages are tabs of, by pixel density and touch."""
    opened: dict[tuple[int, bool], BrowserContext] = {}
    yield opened
    for context in opened.values():
        context.close()


@pytest.fixture(scope="module")
def window(chromium: Browser, windows: dict[tuple[int, bool], BrowserContext]) -> Iterator[Window]:
    """Browser windows, one for each kind of screen.

    Tabs of one window share what the browser has fetched and compiled of a server's JavaScript: that is most
    of the work of opening a page. They share cookies and local storage too, which StreetScope does not use: a
    module fails if something was left there, because then its pages would not be new to each other.
    """

    def find(density: int, touch: bool) -> BrowserContext:
        if (density, touch) not in windows:
            windows[density, touch] = _new_window(chromium, density, touch)
            windows[density, touch].new_page()  # without a tab the window would close between two tests
        return windows[density, touch]

    yield find

    left = [name for context in windows.values() for name in _left_behind(context)]
    assert [name for name in left if not name.startswith(STREAMLITS_OWN)] == []


def _new_window(chromium: Browser, density: int, touch: bool) -> BrowserContext:
    context = chromium.new_context(device_scale_factor=density, has_touch=touch, reduced_motion="reduce")
    context.set_default_timeout(STARTING_SECONDS * 1000)
    return context


def _left_behind(window: BrowserContext) -> list[str]:
    """The names of what the pages have left in a window for the next one: cookies, entries, databases."""
    state = window.storage_state(indexed_db=True)
    kept = [cookie["name"] for cookie in state.get("cookies", [])]
    for origin in state.get("origins", []):
        kept += [entry["name"] for entry in origin["localStorage"]]
        databases: Any = origin.get("indexedDB", [])  # its types do not know them
        kept += [entry["name"] for entry in databases]
    return kept


@pytest.fixture
def open_page(chromium: Browser, window: Window) -> Iterator[OpenPage]:
    """Open an address in a tab of its own; fails the test afterwards if the page complained.

    apart: open it as somebody else's browser does, in a new window that has seen nothing yet.
    """
    complaints: list[str] = []
    pages: list[Page] = []
    windows: list[BrowserContext] = []

    def open_one(url: str, *, apart: bool = False, **look: Any) -> Page:
        seen = Look(**look)
        if apart:
            windows.append(_new_window(chromium, seen.density, seen.touch))
        page = (windows[-1] if apart else window(seen.density, seen.touch)).new_page()
        pages.append(page)
        seen.at(page)
        _listen(page, complaints)
        page.goto(url)
        return page

    yield open_one

    for page in pages:
        page.close()
    for context in windows:
        context.close()
    assert complaints == []


def _listen(page: Page, complaints: list[str]) -> None:
    """Write down what a page complains of from now on: console errors, uncaught exceptions."""

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.location.get("url", "").endswith(PROBES):
            complaints.append(f"console: {message.text} ({message.location.get('url', '')})")

    page.on("console", on_console)
    page.on("pageerror", lambda error: complaints.append(f"uncaught: {error}"))


@pytest.fixture(scope="package")
def viewer_tabs() -> dict[tuple[int, bool], ViewerTab]:
    """The tabs that `open_viewer` has opened, by pixel density and touch; their windows close them."""
    return {}


@pytest.fixture
def open_viewer(
    serve: Serve, window: Window, viewer_tabs: dict[tuple[int, bool], ViewerTab]
) -> Iterator[OpenViewer]:
    """Show viewers that nobody has touched yet, in a tab that is open already; see `viewer_app.py`.

    Opening a page is two seconds of Chromium's time, and a hundred tests look at a viewer. The app forgets
    all that a test has done, and puts up viewers of new names: they share nothing with those before them.
    """
    used: list[ViewerTab] = []

    def open_one(asked: str, **look: Any) -> Page:
        seen = Look(**look)
        screen = seen.density, seen.touch
        if screen not in viewer_tabs:
            viewer_tabs[screen] = ViewerTab(window(*screen).new_page(), serve(VIEWER_APP, shared=True).url)
        tab = viewer_tabs[screen]
        used.append(tab)
        seen.at(tab.page)
        tab.visit(asked)
        return tab.page

    yield open_one

    assert [complaint for tab in used for complaint in tab.complaints] == []


class ViewerTab:
    """A page of `viewer_app.py` that goes from visit to visit without being loaded again."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.traffic = _watch(page)
        self._visits = 0
        _listen(page, self.complaints)
        page.goto(f"{url}/?show=nothing")

    def visit(self, asked: str) -> None:
        """Show what a query string asks for, as if the page were new."""
        self.complaints.clear()
        self.page.unroute_all()
        self.page.keyboard.press("Escape")  # out of a dialog, if one is open
        self._visits += 1
        self.page.mouse.move(1, 1)
        self.page.get_by_label("Visit").fill(f"{self._visits} {asked}")
        self.page.keyboard.press("Enter")
        self.page.get_by_text(f"This is visit {self._visits}.", exact=True).wait_for()
        # What the last visit showed is on the page until the run has ended.
        self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        self.page.evaluate("() => document.activeElement?.blur()")
        self.page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")


@pytest.fixture
def watch(viewer_tabs: dict[tuple[int, bool], ViewerTab]) -> Watch:
    """Record a page's traffic from now on: watch `open_page("about:blank")`, then `page.goto(...)`.

    A websocket is heard only from its beginning, so a page that is open already must be `open_viewer`'s.
    """

    def start(page: Page) -> Traffic:
        for tab in viewer_tabs.values():
            if tab.page is page:
                tab.traffic.clear()
                return tab.traffic
        assert page.url == "about:blank"
        return _watch(page)

    return start


def _watch(page: Page) -> Traffic:
    traffic = Traffic()

    def on_websocket(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: traffic.sent.append(len(frame)))
        socket.on("framereceived", lambda frame: traffic.received.append(len(frame)))

    page.on("websocket", on_websocket)
    page.on("request", lambda request: traffic.requests.append(request.url))
    return traffic


@pytest.fixture
def screenshots(screenshot: Screenshot) -> Screenshot:
    """Keep two pictures of a page, NAME-light and NAME-dark: it follows the theme of the system at once."""

    def take(page: Page, name: str) -> None:
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", theme)
            screenshot(page, f"{name}-{theme}")

    return take


@pytest.fixture
def screenshot() -> Screenshot:
    """Keep a picture of a page under tests/browser/screenshots/ for people to look at."""

    def take(page: Page, name: str) -> None:
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png")

    return take
