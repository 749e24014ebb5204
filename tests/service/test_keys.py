"""Keys are shown once, kept as hashes, and open what they should."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.__main__ import cli
from service.access.keys import KeyStore
from service.errors import KeyRefusedError, ServiceError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STREETSCOPE_SERVICE", str(tmp_path / "service"))
    return tmp_path / "service"


def run(*arguments: str) -> tuple[str, str]:
    result = CliRunner().invoke(cli, ["keys", *arguments], catch_exceptions=False, standalone_mode=False)
    return result.stdout, result.stderr


def test_a_key_is_printed_alone_so_that_a_shell_can_take_it(folder: Path):
    printed, said = run("make", "--name", "me")

    assert re.fullmatch(r"ss_[0-9a-f]{8}_[0-9a-f]{64}\n", printed)
    assert "opens segment, read" in said


def test_only_the_hash_of_a_key_is_kept(folder: Path):
    text = run("make", "--name", "me")[0].strip()
    secret = text.split("_")[2]

    kept = (folder / "keys.json").read_text("utf-8")

    assert secret not in kept
    assert json.loads(kept)["keys"][0]["sha256"] == hashlib.sha256(secret.encode()).hexdigest()
    assert folder.stat().st_mode & 0o077 == 0
    assert secret not in run("list", "--json")[0]
    assert "sha256" not in run("list", "--json")[0]


def test_a_revoked_key_opens_nothing_and_is_still_listed(folder: Path):
    text = run("make", "--name", "me", "--scope", "admin")[0].strip()
    store = KeyStore(folder)
    assert store.check(text).scopes == ("admin",)

    run("revoke", text.split("_")[1])

    with pytest.raises(KeyRefusedError, match="revoked"):
        store.check(text)
    assert [key["state"] for key in json.loads(run("list", "--json")[0])] == ["revoked"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("make", "--name", " "), "Give a name"),
        (("make", "--name", "x" * 61), "Give a name"),
        (("make", "--name", "a\x1b[31m"), "Give a name"),
        (("make", "--name", "me", "--rate", "often"), "10/second"),
        (("make", "--name", "me", "--rate", "0/second"), "10/second"),
        (("revoke", "00000000"), "no key with the id"),
    ],
)
def test_what_no_key_can_be_is_refused(folder: Path, arguments, words):
    with pytest.raises(ServiceError, match=words):
        run(*arguments)


def test_a_damaged_list_of_keys_is_said(folder: Path):
    run("make", "--name", "me")
    (folder / "keys.json").write_text('{"keys": [{"id": 1}]}')

    with pytest.raises(ServiceError, match="is not a list of keys"):
        KeyStore(folder).all()


def test_keys_made_by_two_at_once_are_both_kept(folder: Path):
    first, second = KeyStore(folder), KeyStore(folder)

    texts = [store.make("x", ("read",))[1] for store in (first, second, first)]

    assert [first.check(text).name for text in texts] == ["x", "x", "x"]
