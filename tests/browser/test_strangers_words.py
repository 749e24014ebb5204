"""What strangers wrote is shown as they wrote it, and no browser fetches anything for it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.models.store import CARD
from core.toytown import toytown
from core.training.runs.folder import BATCHES, HISTORY, LOG, Label, append_row, create_run, run_folder
from core.training.runs.records import Batch, Epoch
from core.training.runs.status import enqueue
from tests.browser.hostile import hostile, visible
from tests.browser.house import APP, House, write_set
from tests.conftest import ROAD, SKY, save_colour_model
from tests.runs import make_recipe, make_stage, write

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, RunningApp, Serve

WORDS_APP = Path(__file__).with_name("words_app.py")

# Of everything below an element: what it is, and what it names that a browser could fetch or open.
_ELEMENTS = """element => [...element.querySelectorAll('*')].flatMap(each => [each.tagName.toLowerCase(),
    ...[...each.attributes].filter(a => ['src', 'href', 'srcset', 'poster', 'data', 'action'].includes(a.name)
        || a.name.startsWith('on')).map(a => `${each.tagName} ${a.name}=${a.value}`)])"""

_EACH = f"""() => Object.fromEntries([...document.querySelectorAll('[class*=st-key-text_]')].map(shown => [
    [...shown.classList].find(name => name.startsWith('st-key-text_')).slice(12),
    [...shown.querySelectorAll('[data-testid=stMarkdownContainer]')].map(part =>
        [part.innerText, [...new Set(({_ELEMENTS})(part))]])]))"""


class Canary:
    """A server that nobody should ask for anything."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(404)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    canary = Canary()
    yield canary
    canary.close()


@pytest.fixture(autouse=True)
def nobody_is_asked(canary: Canary) -> Iterator[None]:
    canary.asked.clear()
    yield
    assert canary.asked == []


@pytest.fixture(scope="module")
def words(serve: Serve, canary: Canary) -> RunningApp:
    return serve(WORDS_APP, env={"CANARY": canary.address})


def shown(page: Page) -> None:
    """Wait until all of a page is there."""
    expect(page.get_by_text("That is all.", exact=True)).to_be_visible()
    page.wait_for_function("() => !document.querySelector('[data-testid=stSkeleton]')")


def test_every_hostile_text_is_shown_as_it_was_written(
    words: RunningApp, canary: Canary, open_page: OpenPage
) -> None:
    page = open_page(f"{words.url}/?show=all")
    shown(page)
    found: dict[str, list[tuple[str, list[str]]]] = page.evaluate(_EACH)
    texts = hostile(canary.address)
    wrong = []
    for number, text in enumerate(texts):
        seen = visible(text)
        sentence = visible(f"In {text}, {text} or {text}: {text}.")
        parts = found[str(number)]
        if [" ".join(part.split()) for part, _ in parts] != [seen, sentence, seen]:
            wrong.append((text, parts))
        if not {name for _, names in parts for name in names} <= {"p", "span", "strong", "ul", "li"}:
            wrong.append((text, parts))
    assert wrong == []
    assert len(found) == len(texts) > 300


def test_every_kind_of_element_shows_the_text_and_nothing_else(
    words: RunningApp, canary: Canary, open_page: OpenPage
) -> None:
    page = open_page(f"{words.url}/?show=kinds")
    shown(page)
    page.get_by_test_id("stTooltipHoverTarget").first.hover()
    expect(page.get_by_test_id("stTooltipContent")).to_contain_text("/help")
    body = page.locator("body")
    assert not [each for each in body.evaluate(_ELEMENTS) if canary.address in each]
    seen = page.evaluate("() => document.body.innerText")
    for kind in KINDS:
        assert f"![a](http://{canary.address}/{kind}) <img src=http://{canary.address}/{kind}>" in seen, kind


def test_charts_show_the_text_and_nothing_else(
    words: RunningApp, canary: Canary, open_page: OpenPage
) -> None:
    page = open_page(f"{words.url}/?show=charts")
    shown(page)
    text = f"![a](http://{canary.address}/chart) <img src=http://{canary.address}/chart>"
    plot = page.get_by_test_id("stPlotlyChart")
    expect(plot.locator(".ytick")).to_contain_text(text)
    expect(plot.locator(".ytick")).to_contain_text("<b>%{x}</b> %{customdata} $x$")
    expect(plot.locator(".legendtext").first).to_contain_text(text)
    plot.locator(".bars path").first.hover(force=True)
    expect(plot.locator(".hovertext")).to_contain_text(f"{text} http")
    expect(plot.locator(".hovertext")).to_contain_text("<b>%{x}</b> %{customdata} $x$ 100.0%")
    page.get_by_test_id("stEChartsChart").hover()
    expect(page.get_by_test_id("stEChartsChart")).to_contain_text(text)
    saved = page.frame_locator("iframe")
    expect(saved.locator("h1")).to_contain_text(text)
    expect(saved.locator(".gtitle")).to_contain_text(text)
    for body in (page.locator("body"), saved.locator("body")):
        assert not [each for each in body.evaluate(_ELEMENTS) if "/chart" in each]


KINDS = (
    *("markdown", "help", "caption", "header", "subheader", "error", "title", "warning", "info", "success"),
    *("badge", "metric", "value", "delta", "table", "image", "progress", "toast", "expander", "page_link"),
    *("popover", "tab", "segmented", "option", "pills", "radio", "toggle", "checkbox", "slider", "download"),
    *("uploader", "text", "code"),
)


# --- the app, in a house that a stranger has furnished ---------------------------------------------


def evil(canary: Canary, what: str) -> str:
    """A name that gives itself away when anybody reads it as Markdown, HTML or an address."""
    return f"![m](http://{canary.address}/{what}) <img src=//{canary.address}/h> www.a.de :red[x]"


def evil_class(canary: Canary, number: int) -> str:
    """The same as the name of a class, which has at most 64 characters."""
    return f"![m](http://{canary.address}/class{number}) <b> www.a.de :red[x]"


def evil_file(canary: Canary, what: str) -> str:
    """The same as the name of a file, which has no slash in it."""
    return f"![m](http&colon;&sol;&sol;{canary.address}&sol;{what}) www.example.com"


@dataclass(frozen=True)
class Furnished:
    """The app in a house of hostile names, with those names."""

    url: str
    data_set: str
    empty_set: str
    frame: str
    classes: tuple[str, ...]

    def address(self, page: str, **query: str) -> str:
        return f"{self.url}/{page}?{urlencode(query)}"


@pytest.fixture(scope="module")
def furnished(serve: Serve, canary: Canary, tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    folder = tmp_path_factory.mktemp("house")
    house = House(folder / "data", folder / "models", folder / "cache")
    data_set, empty_set = evil_file(canary, "set"), evil_file(canary, "empty")
    frame = evil_file(canary, "frame")
    classes = tuple(evil_class(canary, number) for number in range(4))
    toytown(house.data / "toytown", 6, (96, 72))
    _write_sets(house.data, data_set, frame, classes)
    # Not among them: a class that occurs nowhere, and that begins with a backtick.
    (house.data / "mistakes" / "codes.txt").write_text("\n".join((*classes, f"`{evil_class(canary, 9)}")))
    (house.data / empty_set / "images").mkdir(parents=True)
    (house.data / empty_set / "labels").mkdir()
    (house.data / empty_set / "codes.txt").write_text("Road\n")
    house.models.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STREETSCOPE_MODELS", str(house.models))
        for name in ("street-lite0", "second", "badkey"):
            save_colour_model(name)
            _spoil(house.models / name / CARD, canary, classes)
        card = house.models / "badkey" / CARD
        card.write_text(json.dumps(json.loads(card.read_text()) | {evil(canary, "key"): 1}))
        for run, state in (("done", "finished"), ("broken", "failed")):
            _make_run(run, state, house.data / data_set, canary)
    return Furnished(serve(APP, env=house.settings).url, data_set, empty_set, frame, classes)


def _write_sets(data: Path, name: str, frame: str, classes: tuple[str, ...]) -> None:
    label = np.full((96, 128), SKY, dtype=np.uint8)
    label[60:] = ROAD
    seen, bad = label.copy(), label.copy()
    seen[0, :12] = ROAD
    bad[0, 0] = 9
    write_set(data / name, {"frame_1": (label, label), frame: (label, seen)})
    (data / name / "valid.txt").write_text(f"{frame}.png\n")
    write_set(data / "mistakes", {"frame_1": (label, label), frame: (bad, seen)})
    for each in (name, "mistakes"):
        (data / each / "codes.txt").write_text("\n".join(classes))


def _spoil(card: Path, canary: Canary, classes: tuple[str, ...]) -> None:
    """Write hostile text wherever a card has text."""
    spoilt = json.loads(card.read_text())
    for entry, name in zip(spoilt["class_list"]["classes"], classes, strict=True):
        entry |= {"name": name, "meaning": evil(canary, "meaning")}
    spoilt["class_list"]["name"] = evil(canary, "list")
    spoilt |= {
        "summary": evil(canary, "summary"),
        "licence": evil(canary, "licence"),
        "limits": [evil(canary, "limits")],
        "metrics": {
            "acc_camvid": 0.5,
            "dataset": evil(canary, "metricset"),
            "split": evil(canary, "split"),
            "size": evil(canary, "size"),
            evil(canary, "metric"): 1.5,
        },
    }
    card.write_text(json.dumps(spoilt))


def _make_run(name: str, state: str, data: Path, canary: Canary) -> None:
    """A run of one epoch whose title, note, message, log, machine and environment are hostile."""
    label = Label(title=evil(canary, "title"), note=evil(canary, "note"))
    create_run(make_recipe(make_stage("small", 1), name=evil(canary, "recipe")), data, run=name, label=label)
    folder = run_folder(name)
    enqueue(folder)
    append_row(folder / HISTORY, Epoch._fields, ("small", 1, 1.0, 1.0, 0.5, 0.5, 4.0))
    append_row(folder / BATCHES, Batch._fields, ("small", 1, 1, 1.0, 1.0, 1e-3, 0.9, 1.0))
    (folder / LOG).write_text(evil(canary, "log"))
    environment = {"processor": {"name": evil(canary, "cpu")}, "gpus": [evil(canary, "gpu")]}
    (folder / "environment.json").write_text(json.dumps(environment))
    write(folder, state=state, total=1, message=evil(canary, "message"), host=evil(canary, "host"))


class Visit:
    """A tab in which the app's pages are opened one after the other and looked at."""

    def __init__(self, page: Page, canary: Canary) -> None:
        self.page = page
        self._address = canary.address

    def open(self, address: str, *texts: str) -> None:
        """Open a page, and find these texts on it as they are, and nothing that was made of one."""
        self.page.goto(address)
        self.look(*texts)

    def look(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text)
        self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        named = [each for each in self.page.locator("body").evaluate(_ELEMENTS) if self._address in each]
        assert named == []


@pytest.fixture
def visit(open_page: OpenPage, furnished: Furnished, canary: Canary) -> Visit:
    return Visit(open_page("about:blank"), canary)


def test_a_link_to_a_run_shows_its_name_and_fetches_nothing(
    visit: Visit, furnished: Furnished, canary: Canary
) -> None:
    asked = f"![](http://{canary.address}/urlrun)"
    visit.open(furnished.address("runs", run=asked), f"The run {asked} no longer exists.")
    visit.look(evil(canary, "cpu"), evil(canary, "gpu"))


def test_a_runs_own_words_are_shown_as_they_are(visit: Visit, furnished: Furnished, canary: Canary) -> None:
    visit.open(furnished.address("runs", run="done", tab="Monitor"), evil(canary, "message"))
    visit.open(furnished.address("runs", run="broken", tab="About"), evil(canary, "message"))
    visit.open(furnished.address("runs", run="done", tab="Compare", compared="done,broken"))
    visit.open(
        furnished.address("training", set=furnished.data_set),
        *(evil(canary, kind) for kind in ("title", "note", "message")),
    )


def test_a_data_sets_names_are_shown_as_they_are(visit: Visit, furnished: Furnished, canary: Canary) -> None:
    visit.open(furnished.address("data", set=furnished.empty_set), f"{furnished.empty_set} cannot be shown")
    for tab, text in (
        ("Gallery", furnished.frame),
        ("Frame", furnished.frame),
        ("Classes", furnished.classes[0]),
        ("Statistics", "A street is mostly road"),
        ("Label file", furnished.classes[0]),
    ):
        visit.open(furnished.address("data", set=furnished.data_set, tab=tab, frame=furnished.frame), text)
    visit.open(furnished.address("data", set=furnished.data_set, tab="Frame", show="Prediction"), "Mean IoU")
    visit.open(furnished.address("data", set="mistakes", tab="Check"), furnished.frame)
    visit.page.get_by_text("classes do not occur").click()
    visit.look(f"`{evil_class(canary, 9)}")


def test_a_models_card_is_shown_as_it_is(visit: Visit, furnished: Furnished, canary: Canary) -> None:
    visit.open(
        furnished.address("", model="street-lite0"),
        *(evil(canary, kind) for kind in ("metricset", "split", "size", "metric", "limits", "licence")),
    )
    visit.look(" with ", furnished.classes[0])
    visit.open(furnished.address("", model="badkey"), evil(canary, "key"))
    visit.open(furnished.address("compare", model1="street-lite0", model2="second"), " with ")


def test_an_evaluation_shows_the_names_as_they_are(
    visit: Visit, furnished: Furnished, canary: Canary
) -> None:
    query = {"set": furnished.data_set, "model": "street-lite0", "other": "second"}
    visit.open(furnished.address("evaluate", **query), "Evaluate street-lite0 and second")
    visit.page.get_by_role("button", name="Evaluate street-lite0").click()
    visit.look(furnished.data_set, "Calibration error")
    for tab, text in (
        ("Confusion", f"{furnished.classes[0]} taken for {furnished.classes[1]}"),
        ("Worst frames", furnished.frame),
        ("Calibration", "Mean confidence"),
        ("Boundaries", "lie within"),
        ("Compare", "Both on"),
    ):
        visit.page.get_by_role("tab", name=tab).click()
        visit.look(text)


@pytest.mark.parametrize(
    ("page", "said", "silent"),
    [
        ("", "photo model", "view row col size neighbours temperature"),
        ("compare", "model1 model2", "size1 size2"),
        ("data", "set", "tab frame show split with sort chart"),
        ("evaluate", "set model other", "split figures_of results true said class_figure worst_by frame"),
        ("training", "set", "recipe edited part stage"),
        ("runs", "run", "tab compared figure over beneath"),
    ],
)
def test_whatever_stands_in_the_address(
    page: str, said: str, silent: str, visit: Visit, furnished: Furnished, canary: Canary
) -> None:
    """What is missing is named; of what we offer ourselves, such as a size, the usual one is shown."""
    asked = {name: f"![m](http://{canary.address}/{name}) www.a.de" for name in f"{said} {silent}".split()}
    visit.open(furnished.address(page, **asked), *(asked[name] for name in said.split()))
    visit.page.wait_for_timeout(500)
    visit.look()
