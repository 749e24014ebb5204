"""The pictures of a run on the Runs page: only what a run has drawn itself is served."""

from __future__ import annotations

import os

import pytest

from core.training.runs.folder import PREVIEWS, create_run, run_folder
from pages.widgets.runs.previews import _addresses
from tests.runs import make_recipe


@pytest.mark.parametrize("kind", ["link", "link to a picture", "pipe", "folder", "text", "a link as folder"])
def test_what_is_no_picture_of_the_run_gets_no_address(store, tmp_path, kind):
    secret = tmp_path / "secret" / "photo-0.png"
    secret.parent.mkdir()
    secret.write_bytes(b"\x89PNG\r\n\x1a\n" if kind != "link" else b"secret")
    path = run_folder(create_run(make_recipe(), tmp_path, run="mine")) / PREVIEWS / "photo-0.png"
    if kind == "a link as folder":
        path.parent.symlink_to(secret.parent)
    else:
        path.parent.mkdir()
    match kind:
        case "link" | "link to a picture":
            path.symlink_to(secret)
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "text":
            path.write_text("<script>", "utf-8")

    assert _addresses([path]) == []
