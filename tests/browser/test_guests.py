"""An open server in class: who comes from another machine looks, who sits at this one does everything."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect

from core.training.runs.folder import CHECKPOINTS, HISTORY, Label, append_row, create_run, run_folder
from core.training.runs.records import Epoch
from core.training.runs.status import enqueue
from tests.browser.conftest import CHROMIUM_ARGUMENTS, executable
from tests.browser.house import APP, House
from tests.conftest import save_colour_model
from tests.runs import make_recipe, make_stage, write

if TYPE_CHECKING:
    from tests.browser.conftest import RunningApp, Serve

HERE, THERE = "192.0.2.1", "192.0.2.2"
"""This machine's address and the other one's, in a network that is set aside for examples."""

CHANGING = {
    "annotate": ("Whole picture is right", "Undo"),
    "data": ("Open a folder", "Draw a town", "Get CamVid"),
    "training": ("Start training", "Measure on this machine", "Resume", "Edit"),
    "runs": ("Resume",),
    "service": ("Make a key",),
    "runs?tab=Epochs": ("Use as a model",),
    "runs?tab=About": ("Save", "Delete the run"),
}
"""The buttons that change something, by page; the first one is always offered to whom it is meant for."""


class Network:
    """Two machines with nothing but a cable between them: network namespaces, apart from all other tests."""

    def __init__(self, folder: Path) -> None:
        self.here, self.there = (f"{name}-{os.getpid()}" for name in ("host", "guest"))
        self.folder = folder

    def lay(self) -> bool:
        """Returns whether this process may."""
        if shutil.which("ip") is None or ip("netns", "add", self.here).returncode != 0:
            return False
        steps = [
            ["netns", "add", self.there],
            [
                "-n",
                self.here,
                "link",
                "add",
                "cable",
                "type",
                "veth",
                "peer",
                "name",
                "cable",
                "netns",
                self.there,
            ],
        ]
        for name, address in ((self.here, HERE), (self.there, THERE)):
            # Chromium drops what it is loading when an address comes, as IPv6's do some seconds later.
            steps.append(["netns", "exec", name, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1"])
            steps.append(["-n", name, "address", "add", f"{address}/24", "dev", "cable"])
            steps += [["-n", name, "link", "set", link, "up"] for link in ("lo", "cable")]
        for step in steps:
            done = ip(*step)
            assert done.returncode == 0, done.stderr
        return True

    def take_away(self) -> None:
        for name in (self.here, self.there):
            ip("netns", "delete", name)

    def browser(self, chromium: Browser, namespace: str) -> Browser:
        """A browser on one of the machines."""
        command = self.folder / namespace
        command.write_text(f'#!/bin/sh\nexec ip netns exec {namespace} {executable()} "$@"\n')
        command.chmod(0o755)
        return chromium.browser_type.launch(executable_path=command, args=CHROMIUM_ARGUMENTS)


def ip(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["ip", *words], capture_output=True, text=True, check=False)


@contextlib.contextmanager
def inside(namespace: str) -> Iterator[None]:
    """What this thread starts and opens belongs to that network."""
    libc = ctypes.CDLL(None, use_errno=True)
    own, other = Path("/proc/thread-self/ns/net"), Path("/run/netns", namespace)
    with own.open() as before, other.open() as wanted:
        assert libc.setns(wanted.fileno(), 0) == 0, os.strerror(ctypes.get_errno())
        try:
            yield
        finally:
            assert libc.setns(before.fileno(), 0) == 0, os.strerror(ctypes.get_errno())


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    network = Network(tmp_path_factory.mktemp("network"))
    if not network.lay():
        pytest.skip("a second network address needs Linux, the command ip and root")
    try:
        yield network
    finally:
        network.take_away()


@pytest.fixture(scope="module")
def open_server(
    network: Network, serve: Serve, house: House, tmp_path_factory: pytest.TempPathFactory
) -> RunningApp:
    """The app as a teacher opens it to a class, with one run that was stopped after an epoch."""
    models = tmp_path_factory.mktemp("models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STREETSCOPE_MODELS", str(models))
        save_colour_model("street-lite0")
        create_run(make_recipe(make_stage("only", 2)), house.data / "toytown", run="one", label=Label())
        folder = run_folder("one")
        enqueue(folder)
        append_row(folder / HISTORY, Epoch._fields, ("only", 1, 1.0, 2.0, 0.2, 0.1, 3.0))
        (folder / CHECKPOINTS).mkdir()
        (folder / CHECKPOINTS / "only.safetensors").touch()  # nobody asks what is in it
        write(folder, state="stopped", stage="only", epoch=1, epochs=2, done=1, total=2, message="Stopped.")
    settings = house.settings | {"STREETSCOPE_MODELS": str(models), "STREETSCOPE_GUESTS": "1"}
    with inside(network.here):
        return serve(APP, env=settings, options=("--server.address=0.0.0.0",))


def shown(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", level=2).first).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def test_a_guest_looks_and_the_host_does_everything(
    open_server: RunningApp, network: Network, chromium: Browser
) -> None:
    port = open_server.url.rpartition(":")[2]
    browsers = [network.browser(chromium, namespace) for namespace in (network.there, network.here)]
    guest, host = (browser.new_page() for browser in browsers)
    for path, buttons in CHANGING.items():
        shown(guest, f"http://{HERE}:{port}/{path}")
        for button in buttons:
            expect(guest.get_by_role("button", name=button)).to_have_count(0)
        shown(host, f"http://{HERE}:{port}/{path}")  # from this machine, by its address in the network
        expect(host.get_by_role("button", name=buttons[0]).first).to_be_visible()
    guest.goto(f"http://{HERE}:{port}/explore")
    expect(guest.get_by_text("china.jpg at 512 x 342")).to_be_visible()
    # Over plain HTTP no browser lets the guest's page use a camera.
    guest.get_by_role("button", name="Camera", exact=True).click()
    expect(guest.get_by_text("On a phone, Upload opens its camera.", exact=False)).to_be_visible()
    expect(guest.get_by_test_id("stCameraInput")).to_have_count(0)
    chooser = guest.locator("[data-testid=stPopoverBody] input[type=file]")
    expect(chooser).to_have_attribute("accept", "image/*")
    # Who sits at this machine shares a link that others can open.
    host.goto(f"http://localhost:{port}/?hide=Sky")
    host.get_by_role("button", name="Share", exact=True).click()
    link = host.get_by_role("textbox", name="Link to what the page shows")
    expect(link).to_have_value(re.compile(rf"^http://{re.escape(HERE)}:{port}/\?.*hide=Sky"))
    expect(host.get_by_role("img", name="QR code of the link")).to_be_visible()
    guest.goto(link.input_value())
    expect(guest.get_by_role("button", name="Hide Sky")).to_have_attribute("aria-pressed", "true")
    for browser in browsers:
        browser.close()
