"""The teacher's PIN."""

from __future__ import annotations

import pytest

from core.classroom.entrance import SECONDS, TRIES, Entrance
from core.errors import ClassroomError


def test_the_right_pin_admits_and_a_wrong_one_does_not() -> None:
    entrance = Entrance()
    assert not entrance.admits("000001", "000000", "room", 0.0)
    assert not entrance.admits("äöü", "000000", "room", 0.0)
    assert entrance.admits(" 000000 ", "000000", "room", 0.0)


def test_the_room_tries_five_times_a_minute_and_keeps_no_teacher_out() -> None:
    entrance = Entrance()
    for _ in range(TRIES):
        assert not entrance.admits("1", "000000", "room", 10.0)
    with pytest.raises(ClassroomError, match=r"^Too many wrong PINs: wait 55 s, then"):
        entrance.admits("000000", "000000", "room", 15.0)  # not even the right one
    assert entrance.admits("000000", "000000", "here", 15.0)
    assert entrance.admits("000000", "000000", "room", 10.0 + SECONDS)
