"""Seats: a phone that joins gets a random token and a made-up nickname, and finds its seat by the token."""

from __future__ import annotations

import hashlib
import random
import re
import secrets
import sqlite3
from dataclasses import dataclass

from core.classroom.leading import read_class
from core.classroom.nicknames import nickname
from core.classroom.records import Class, Seat
from core.classroom.store import ClassStore
from core.errors import ClassroomError
from core.languages import sentence

MOST_SEATS = 100
"""More than a class has; a program that joins again and again fills no disk."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
_TOKEN_BYTES = 16
_CHANCE = random.SystemRandom()


@dataclass(frozen=True)
class Joined:
    """A seat that was just taken. token: what its phone keeps; the class keeps only its hash."""

    token: str
    seat: Seat


def join(store: ClassStore, code: str) -> Joined:
    """Take a seat in the class with this room code. ClassroomError: no such class, or no seat is free."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with store.writing() as database:
        now = read_class(database)
        given = code.strip().upper()[:16]
        if now is None or not secrets.compare_digest(given.encode(), now.code.encode()):
            raise ClassroomError(
                sentence("There is no class with this code: type the code that is on the wall.")
            )
        taken = {row[0] for row in database.execute("SELECT nickname FROM seats")}
        name = nickname(now.language, taken, _CHANCE)
        if len(taken) >= MOST_SEATS or name is None:
            raise ClassroomError(
                sentence(
                    "All {most_seats} seats are taken: share a phone with your neighbour.",
                    most_seats=MOST_SEATS,
                )
            )
        database.execute("INSERT INTO seats (token, nickname) VALUES (?, ?)", (_hash(token), name))
        return Joined(token, _found(find_in(database, token)))


def find_seat(store: ClassStore, token: str) -> Seat | None:
    """The seat of a token, which can be anything; None if there is none, as after the end of the class."""
    with store.reading() as database:
        return find_in(database, token)


def find_in(database: sqlite3.Connection, token: str) -> Seat | None:
    """As `find_seat`, within a transaction."""
    if not _TOKEN.fullmatch(token):
        return None
    row = database.execute("SELECT id, nickname FROM seats WHERE token = ?", (_hash(token),)).fetchone()
    return None if row is None else Seat(*row)


def seated(database: sqlite3.Connection, token: str) -> tuple[Class, Seat]:
    """The class and the seat of a token. ClassroomError if the class is over or the token is no seat's."""
    now, seat = read_class(database), find_in(database, token)
    if now is None or seat is None:
        raise ClassroomError(sentence("This class has ended: scan the code on the wall to join another one."))
    return now, seat


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _found(seat: Seat | None) -> Seat:
    if seat is None:
        raise ClassroomError(sentence("The seat could not be kept: join again."))
    return seat
