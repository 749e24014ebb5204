"""Whoever runs a service sees how it does, and looks after what it could not answer."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import nats
import psutil
import pytest

from core.files import write_json, write_text
from service.__main__ import main
from service.local import NotRunningError, RefusedError, announced, running, running_or_say_so
from service.rest.metrics import Window
from service.topics import messages, streams
from tests.conftest import ROOT
from tests.service.conftest import Running

REASON = "3 workers began it, and none ended it."


def broker_of(service: Running) -> str:
    """The address of a service's own broker, as its workers have it."""
    for child in psutil.Process(service.process.pid).children(recursive=True):
        if url := child.environ().get("NATS_URL"):
            return url
    raise AssertionError("the service has no worker")


def bury(service: Running, photo: bytes, *, sender: str = "0123abcd", **more: str) -> None:
    """Put a request among the dead letters, as a worker does."""

    async def publish() -> None:
        client = await nats.connect(broker_of(service))
        headers = {
            messages.ID: f"dead-{sender}-{os.urandom(8).hex()}",
            messages.REASON: REASON,
            messages.OPERATION: "segment",
            "model": "street-lite0",
            "size": "512",
            "answer": "index",
        }
        await client.jetstream().publish(
            streams.dead_subject(sender), photo, stream=streams.DEAD, headers=headers | more
        )
        await client.close()

    asyncio.run(publish())


@pytest.fixture
def empty(client: httpx.Client) -> Iterator[httpx.Client]:
    """A client of a service without dead letters, before and after."""
    yield client
    for letter in client.get("/v1/admin/dead").json():
        client.delete(f"/v1/admin/dead/{letter['number']}")


def test_the_status_counts_photos_and_says_how_long_they_took(
    service: Running, client: httpx.Client, photo: bytes
) -> None:
    before = client.get("/v1/admin/status").json()
    assert client.post("/v1/segment?size=full", content=photo).status_code == 200
    assert client.post("/v1/segment", content=b"no photo").status_code == 415
    now = client.get("/v1/admin/status").json()

    assert now["photos"] - before["photos"] <= 2  # others may have left the window
    assert now["photos"] >= 2
    assert now["failed"] >= 1
    assert 0 < now["p50"] <= now["p95"] <= now["p99"]
    assert now["rate"] == pytest.approx(now["photos"] / now["window"])
    assert now["waiting"] <= 1  # an answer comes before its request leaves the queue
    assert (now["workers"], now["workers_silent"], now["workers_wanted"]) == (1, 0, 1)
    assert now["kept_answers"] >= 1
    assert [psutil.pid_exists(worker["pid"]) for worker in client.get("/v1/admin/workers").json()] == [True]


def test_a_worker_that_is_stopped_counts_as_silent_until_it_goes_on(
    client: httpx.Client, photo: bytes
) -> None:
    def wait_for(silent: int, ready: int) -> None:
        deadline = time.monotonic() + 60
        while (
            client.get("/v1/admin/status").json()["workers_silent"] != silent
            or client.get("/readyz").status_code != ready
        ):
            assert time.monotonic() < deadline
            time.sleep(0.1)

    (worker,) = client.get("/v1/admin/workers").json()
    os.kill(worker["pid"], signal.SIGSTOP)
    try:
        wait_for(silent=1, ready=503)
        refused = client.post("/v1/segment", content=photo + b"another")
        assert (refused.status_code, refused.json()["detail"][:15]) == (503, "Nobody is there")
        assert client.get("/v1/admin/workers").json() == [worker | {"silent": True}]
    finally:
        os.kill(worker["pid"], signal.SIGCONT)
    wait_for(silent=0, ready=200)


def test_the_figures_do_not_wait_for_a_broker_that_hangs(
    service: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.local._ASK_SECONDS", 4.0)  # less than the broker would have
    (broker,) = (child for child in psutil.Process(service.process.pid).children() if "nats" in child.name())
    broker.suspend()
    try:
        said = running_or_say_so(service.folder).get("/v1/admin/status")
    finally:
        broker.resume()

    assert (said["waiting"], said["dead"], said["workers"]) == (None, None, 1)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/admin/status"),
        ("GET", "/v1/admin/workers"),
        ("GET", "/v1/admin/dead"),
        ("DELETE", "/v1/admin/dead/1"),
        ("POST", "/v1/admin/dead/1/resend"),
    ],
)
def test_only_a_key_for_admin_opens_it(service: Running, method: str, path: str) -> None:
    with service.client() as nobody, service.client(service.key("segment", "read")) as other:
        assert nobody.request(method, path).status_code == 401
        refused = other.request(method, path)
    assert refused.status_code == 403
    assert refused.headers["content-type"] == "application/problem+json"


def test_dead_letters_are_listed_page_by_page_without_their_photos(
    service: Running, empty: httpx.Client, photo: bytes
) -> None:
    for _ in range(3):
        bury(service, photo)
    first = empty.get("/v1/admin/dead?limit=2").json()
    rest = empty.get(f"/v1/admin/dead?after={first[-1]['number']}").json()

    assert [len(first), len(rest)] == [2, 1]
    letter = rest[0]
    assert letter["number"] > first[1]["number"] > first[0]["number"]
    assert (letter["model"], letter["size"], letter["reason"]) == ("street-lite0", "512", REASON)
    assert (letter["sender"], letter["bytes"]) == ("0123abcd", len(photo))
    assert empty.get("/v1/admin/status").json()["dead"] == 3
    assert empty.get(f"/v1/admin/dead?after={letter['number']}").json() == []


def test_a_dead_letter_is_removed_once(service: Running, empty: httpx.Client, photo: bytes) -> None:
    bury(service, photo)
    (letter,) = empty.get("/v1/admin/dead").json()
    address = f"/v1/admin/dead/{letter['number']}"

    assert empty.delete(address).status_code == 204
    assert empty.get("/v1/admin/dead").json() == []
    again = empty.delete(address)
    assert (again.status_code, again.json()["type"]) == (404, "/problems/no-such-letter")
    assert empty.post(f"{address}/resend").status_code == 404


def test_a_dead_letter_that_is_sent_again_is_answered(
    service: Running, empty: httpx.Client, photo: bytes
) -> None:
    bury(service, photo)
    (letter,) = empty.get("/v1/admin/dead").json()
    sent = empty.post(f"/v1/admin/dead/{letter['number']}/resend").json()

    async def answer() -> str:
        client = await nats.connect(broker_of(service))
        subject = streams.response_subject("0123abcd", sent["request"])
        coming = await client.jetstream().subscribe(subject, stream=streams.RESPONSES)
        message = await coming.next_msg(timeout=120)
        await client.close()
        return (message.headers or {})[messages.STATUS]

    assert asyncio.run(answer()) == "200"
    assert empty.get("/v1/admin/dead").json() == []


def test_what_nobody_would_get_an_answer_to_is_not_sent_again(
    service: Running, empty: httpx.Client, photo: bytes
) -> None:
    bury(service, photo, sender=messages.NOBODY)
    bury(service, b"", **{messages.CLAIM: "a-photo-that-is-gone"})
    for letter in empty.get("/v1/admin/dead").json():
        refused = empty.post(f"/v1/admin/dead/{letter['number']}/resend")
        assert refused.status_code == 422
        assert "can only be removed" in refused.json()["detail"]
    assert len(empty.get("/v1/admin/dead").json()) == 2


@pytest.mark.parametrize("words", ["limit=0", "limit=101", "after=-1", "limit=many", "after=1e99"])
def test_a_parameter_that_cannot_be_used_is_a_problem(client: httpx.Client, words: str) -> None:
    refused = client.get(f"/v1/admin/dead?{words}")
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/bad-parameter")
    assert words.partition("=")[0] in refused.json()["detail"]


def test_programs_of_the_same_user_find_the_service(service: Running) -> None:
    found = running_or_say_so(service.folder)

    assert (found.url, found.pid) == (service.url, service.process.pid)
    assert stat.S_IMODE((service.folder / "running.key").stat().st_mode) == 0o600
    assert found.key not in repr(found)
    assert found.key not in (service.folder / "running.json").read_text("utf-8")
    assert found.get("/v1/admin/status")["workers_wanted"] == 1
    with pytest.raises(RefusedError, match="no dead letter"):
        found.delete("/v1/admin/dead/999")


def test_a_photo_is_sent_and_its_refusal_is_said(service: Running, photo: bytes) -> None:
    found = running_or_say_so(service.folder)
    answered = found.send(photo, {"size": "full", "answer": "colour"})
    assert (answered.status, answered.kind, answered.problem) == (200, "image/png", "")
    assert "not a picture" in found.send(b"no photo", {}).problem
    assert "no valid key" in found.send(photo, {}, "ss_00000000_" + 64 * "0").problem


def test_the_command_line_says_and_does_the_same(
    service: Running,
    empty: httpx.Client,
    photo: bytes,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("STREETSCOPE_SERVICE", str(service.folder))
    bury(service, photo)
    bury(service, photo)

    def run(*words: str) -> str:
        assert main(list(words)) == 0
        return capsys.readouterr().out

    said = json.loads(run("status", "--json"))
    assert (said["url"], said["dead"], len(said["worker_pids"])) == (service.url, 2, 1)
    assert "1 of 1 workers answer" in run("status")
    first, second = json.loads(run("dead", "list", "--json"))
    assert REASON in run("dead", "list")
    assert ", 2 dead letters." in run("status")
    assert "removed" in run("dead", "remove", str(first["number"]))
    assert ", 1 dead letter." in run("status")
    assert json.loads(run("dead", "resend", str(second["number"]), "--json"))["number"] == second["number"]
    assert "no dead letters" in run("dead", "list")
    assert main(["dead", "remove", str(first["number"])]) == 2
    assert "no dead letter of this number" in capsys.readouterr().err


def test_without_a_service_the_command_line_says_how_to_start_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STREETSCOPE_SERVICE", str(tmp_path))
    assert main(["status"]) == 2
    assert "`make serve` starts one" in capsys.readouterr().err


def test_what_a_dead_service_has_left_is_no_service(tmp_path: Path) -> None:
    with announced(tmp_path, "http://127.0.0.1:1", "ss_1_2"):
        found = running_or_say_so(tmp_path)
        assert found.pid == os.getpid()
        with pytest.raises(NotRunningError, match="make serve"):  # nobody listens there
            found.get("/v1/admin/status")
        kept = json.loads((tmp_path / "running.json").read_text("utf-8"))
        write_json(tmp_path / "running.json", kept | {"pid": 2**22 + 1})  # more than Linux gives
        assert running(tmp_path) is None
    assert running(tmp_path) is None


FILE = {"url": "http://127.0.0.1:1", "pid": 1, "started": 0}
NO_SERVICES = {
    "empty": "",
    "list": "[]",
    "nothing": "{}",
    "a file's address": json.dumps(FILE | {"url": "file:///etc/passwd"}),
    "no address": json.dumps(FILE | {"url": "http://["}),
    "no process": json.dumps(FILE | {"pid": -1}),
    "no time": json.dumps(FILE | {"started": 1e99}),
}


@pytest.mark.parametrize("said", NO_SERVICES.values(), ids=NO_SERVICES)
def test_a_file_that_says_something_else_is_no_service(tmp_path: Path, said: str) -> None:
    write_text(tmp_path / "running.json", said)
    write_text(tmp_path / "running.key", "ss_1_2")
    assert running(tmp_path) is None


def test_who_ends_takes_away_what_it_wrote_and_nothing_else(tmp_path: Path) -> None:
    with announced(tmp_path, "http://127.0.0.1:1", "ss_1_2"):
        pass
    assert list(tmp_path.iterdir()) == []
    with announced(tmp_path, "http://127.0.0.1:1", "ss_1_2"):
        kept = json.loads((tmp_path / "running.json").read_text("utf-8"))
        write_json(tmp_path / "running.json", kept | {"pid": os.getppid()})
    assert (tmp_path / "running.json").exists()


def test_a_service_that_hangs_is_given_up_soon(tmp_path: Path) -> None:

    with socket.create_server(("127.0.0.1", 0)) as hanging:
        url = f"http://127.0.0.1:{hanging.getsockname()[1]}"
        with announced(tmp_path, url, "ss_1_2"), pytest.raises(NotRunningError, match="does not answer"):
            running_or_say_so(tmp_path).get("/v1/admin/status")


def test_finding_a_service_imports_none_of_it() -> None:
    heavy = ["fastapi", "faststream", "nats", "torch", "streamlit", "httpx", "uvicorn"]
    code = f"import sys, service.local; sys.exit(bool(set({heavy}) & set(sys.modules)))"

    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_quantiles_of_a_window_are_those_of_its_photos() -> None:
    window = Window(seconds=10)
    window.note(0, 100, failed=False)  # before the window
    for number in range(1, 101):
        window.note(20, number / 10, failed=False)
    window.note(20, 0.001, failed=True)  # refused at once, so no photo's time
    recent = window.recent(21)

    assert (recent.photos, recent.failed, recent.seconds) == (101, 1, 10)
    assert (recent.p50, recent.p95, recent.p99) == (5.0, 9.5, 9.9)
    assert recent.rate == 10.1


def test_a_full_window_goes_back_less_far() -> None:
    window = Window(seconds=60, most=10)
    for second in range(20):
        window.note(second, 0.1, failed=False)
    recent = window.recent(20)
    assert (recent.photos, recent.seconds, recent.rate) == (10, 10, 1.0)


def test_an_empty_window_has_no_times() -> None:
    recent = Window().recent(0)
    assert (recent.photos, recent.p50, recent.p99, recent.rate) == (0, None, None, 0)
