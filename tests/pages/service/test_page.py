"""The Service page without a browser: who sees what, keys, and a service that ends or hangs."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.widgets.service import snippets
from pages.widgets.service.state import look
from service.access.keys import KeyStore
from service.local import announced
from tests.conftest import ROOT
from tests.told_service import FIGURES, KEY, told_service


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("STREETSCOPE_SERVICE", str(tmp_path / "service"))
    look.clear()
    yield tmp_path / "service"
    look.clear()


@pytest.fixture
def told(folder: Path) -> Iterator[list[tuple[str, str]]]:
    """A service runs here; what it was asked."""
    with told_service(folder) as asked:
        yield asked


def page() -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page("pages/service.py").run()
    assert not app.exception
    return app


def text(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.error, app.subheader, app.code)
    return "\n".join(str(each.value) for kind in kinds for each in kind)


def button(app: AppTest, label: str):
    return next(each for each in app.button if each.label == label)


def places(app: AppTest) -> list[int]:
    """Where on the page each part is: one that moves is another one to Streamlit, and loses clicks."""
    return list(app.main.children)


def test_without_a_service_the_page_says_what_one_is_for_and_how_to_start_it(folder: Path) -> None:
    app = page()
    assert "No service runs here" in text(app)
    assert [code.value for code in app.code] == ["make serve"]
    assert len(app.metric) == 0
    assert "Keys" in text(app)  # they can be made before


def test_a_service_that_runs_shows_its_figures(told: list[tuple[str, str]]) -> None:
    app = page()
    assert {metric.label: metric.value for metric in app.metric} == {
        "Photos a second": "2.00",
        "Half within (p50)": "61 ms",
        "95% within (p95)": "250 ms",
        "99% within (p99)": "1.8 s",
        "In the queue": "3",
        "Workers": "1 of 2",
        "Answers kept": "40",
    }
    assert "Refused or failed: 2." in text(app)
    assert "1 of 2 workers answers" in app.warning[0].value
    (documentation,) = app.get("link_button")
    assert documentation.proto.url == f"{look().url}/docs"


def test_visitors_ask_the_service_once_a_second_together(told: list[tuple[str, str]]) -> None:
    for _ in range(5):
        look()
    assert len(told) == 2  # figures, and the letters that they say there are


def test_a_dead_letter_is_shown_with_its_reason_and_its_words_are_escaped(
    told: list[tuple[str, str]],
) -> None:
    app = page()
    shown = text(app)
    assert "3 workers began it, and none ended it" in shown
    assert "2026-01-02 03:04:05 UTC" in shown.replace("\\", "").replace(":color[", "").replace("]", "")
    assert "![x](" not in shown
    button(app, "Send again").click().run()
    assert ("POST", "/v1/admin/dead/7/resend") in told
    button(app, "Remove it").click().run()
    assert ("DELETE", "/v1/admin/dead/7") in told
    assert not app.exception


def test_a_key_is_made_shown_once_and_revoked(folder: Path) -> None:
    app = page()
    next(each for each in app.text_input if each.label == "Name").input("classroom")
    button(app, "Make").click().run()
    (key,) = KeyStore(folder).all()
    (made,) = [code.value for code in app.code if code.value.startswith("ss_")]
    assert KeyStore(folder).check(made) == key
    assert (key.name, key.scopes, key.rate) == ("classroom", ("segment", "read"), "120/minute")
    assert "not shown again" in text(app)
    assert app.dataframe[0].value["name"].tolist() == ["classroom"]

    before = places(app)
    button(app, "I have copied it").click().run()
    assert made not in text(app)
    assert places(app) == before
    assert button(app, "Revoke it").disabled
    app.checkbox[0].check().run()
    button(app, "Revoke it").click().run()
    assert KeyStore(folder).all()[0].revoked is not None
    assert len(app.dataframe) == 0
    assert not app.exception


def test_a_key_without_a_name_is_refused_in_a_sentence(folder: Path) -> None:
    app = page()
    button(app, "Make").click().run()
    assert "Give a name" in text(app)
    assert KeyStore(folder).all() == ()


def test_keys_that_cannot_be_read_are_a_sentence(folder: Path) -> None:
    folder.mkdir()
    (folder / "keys.json").write_text("{", "utf-8")
    assert "is not a list of keys" in text(page()).replace("\\", "")


def test_a_guest_sees_figures_and_nothing_else(
    told: list[tuple[str, str]], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    KeyStore(folder).make("a secret name", ("segment",))
    for unknown in ("p50", "p95", "p99", "waiting"):
        monkeypatch.setitem(FIGURES, unknown, None)
    monkeypatch.setenv("STREETSCOPE_GUESTS", "1")
    monkeypatch.setattr(type(st.context), "ip_address", property(lambda _: "192.0.2.77"))
    app = page()
    assert len(app.metric) == 7
    assert "No photo was answered in the last minutes" in text(app)  # no axes without a curve
    assert "The queue of requests does not answer" in app.warning[0].value
    assert "Only somebody at the computer" in text(app)
    assert (len(app.dataframe), len(app.text_input), len(app.code)) == (1, 0, 0)  # the workers
    assert {each.label for each in app.button}.isdisjoint({"Make", "Send", "Send again", "Remove it"})
    for word in ("secret name", "workers began it", "Dead letters", KEY):
        assert word not in text(app)


def test_a_service_that_hangs_does_not_hang_the_page(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        url = f"http://127.0.0.1:{hanging.getsockname()[1]}"
        with announced(folder, url, KEY):
            app = page()
    assert "does not answer" in text(app)
    assert "Keys" in text(app)
    assert len(app.metric) == 0


def test_what_a_killed_service_has_left_is_no_service(folder: Path) -> None:
    with announced(folder, "http://127.0.0.1:1", KEY):
        file = folder / "running.json"
        file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"pid": 2**22 + 1}), "utf-8")
        assert (folder / "running.key").exists()
        assert "No service runs here" in text(page())


WORDS = {"model": "street-lite0", "size": "512", "answer": "json"}


@pytest.mark.parametrize("answer", ["json", "index", "colour"])
def test_the_programs_shown_are_whole_and_hold_no_key(answer: str) -> None:
    python = snippets.python("http://127.0.0.1:8600", "a 'b'.jpg", WORDS | {"answer": answer})
    compile(python, "shown", "exec")
    assert "STREETSCOPE_KEY" in python
    assert "ss_" not in python


def test_a_file_name_cannot_become_a_command(tmp_path: Path) -> None:
    name = "$(touch gone); 'x' `y`\x1b[2J.jpg"
    command = snippets.curl("http://127.0.0.1:1", name, WORDS)
    assert "\x1b" not in command
    words = subprocess.run(
        ["sh", "-c", f"curl() {{ printf '%s\\n' \"$@\"; }}\n{command}"],
        cwd=tmp_path,
        env={"STREETSCOPE_KEY": "mine", "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert "Authorization: Bearer mine" in words
    assert "@$(touch gone); 'x' `y`[2J.jpg" in words
    assert list(tmp_path.iterdir()) == []
