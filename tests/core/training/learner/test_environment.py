"""What a run was trained with: what is told of it when a run goes on elsewhere, or with other data."""

from __future__ import annotations

from typing import Any

from core.training.learner.environment import changes, followed_by


def described(torch: str = "2.9", fingerprint: str = "ab", time: str = "monday") -> dict[str, Any]:
    return {
        "time": time,
        "data": {"name": "toy", "fingerprint": fingerprint},
        "versions": {"torch": torch},
        "gpus": [],
    }


def test_what_has_changed_is_named_and_the_time_is_no_change():
    assert changes(described(), described(time="tuesday")) == []
    assert changes(described(), described(torch="3.0", fingerprint="cd")) == [
        "data.fingerprint",
        "versions.torch",
    ]
    assert changes(described(), described() | {"device": "cuda"}) == ["device"]


def test_earlier_starts_are_kept_where_they_differ_the_oldest_first():
    first = followed_by({}, described())
    again = followed_by(first, described(time="tuesday"))
    other = followed_by(again, described(torch="3.0"))
    third = followed_by(other, described(torch="3.1"))

    assert "earlier" not in first
    assert "earlier" not in again
    assert [each["versions"]["torch"] for each in third["earlier"]] == ["2.9", "3.0"]
    assert third["versions"]["torch"] == "3.1"


def test_earlier_starts_are_not_kept_without_end():
    now: dict[str, Any] = {}
    for number in range(100):
        now = followed_by(now, described(torch=str(number)))

    assert [each["versions"]["torch"] for each in now["earlier"]] == [str(n) for n in range(79, 99)]
