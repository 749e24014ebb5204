"""Where a class is kept: one SQLite file in the data folder, with one writer.

A transaction that has ended is on the disk: what was confirmed to a phone survives `kill -9`, and a power cut
too. Readers see the last transaction that ended and never wait for the writer (SQLite's "WAL" mode).
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import ClassroomError
from core.files import no_room_sentence
from core.languages import sentence
from core.project import data_folder

CLASS = "STREETSCOPE_CLASS"
"""With this in the environment, the app is in class mode: whoever has not typed the PIN is a student."""

_WAIT_SECONDS = 10.0
"""For another process that writes, such as the command that deletes a class."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS class (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    code TEXT NOT NULL, pin TEXT NOT NULL, lesson TEXT NOT NULL, language TEXT NOT NULL,
    step TEXT NOT NULL, opened REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS progress (
    step TEXT PRIMARY KEY, phase TEXT NOT NULL, since REAL NOT NULL, ends REAL, asked TEXT
);
CREATE TABLE IF NOT EXISTS seats (
    id INTEGER PRIMARY KEY, token BLOB NOT NULL UNIQUE, nickname TEXT NOT NULL UNIQUE
);
CREATE TABLE IF NOT EXISTS votes (
    seat INTEGER NOT NULL, step TEXT NOT NULL, ballot INTEGER NOT NULL, option INTEGER NOT NULL,
    PRIMARY KEY (step, ballot, seat)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cards (
    step TEXT NOT NULL, ballot INTEGER NOT NULL, option INTEGER NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (step, ballot, option)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS clicks (
    seat INTEGER NOT NULL, step TEXT NOT NULL, row INTEGER NOT NULL, col INTEGER NOT NULL,
    height INTEGER NOT NULL, width INTEGER NOT NULL, correct INTEGER NOT NULL,
    PRIMARY KEY (step, seat, row, col)
) WITHOUT ROWID;
"""
_TABLES = ("class", "progress", "seats", "votes", "cards", "clicks")


def class_file() -> Path:
    """Where the class of this data folder is kept, whether there is one or not."""
    return data_folder() / ".classroom" / "class.sqlite"


class ClassStore:
    """The file of one class, open for all threads of a process. ClassroomError if it cannot be used."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # It holds the teacher's PIN: nobody else on this machine is to read it.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._write_lock, self._read_lock = threading.Lock(), threading.Lock()
        with _explained(path):
            self._writer = _connect(path)
            self._writer.executescript(_SCHEMA)
            self._reader = _connect(path)
            self._reader.execute("PRAGMA query_only = ON")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, on the disk when the block has ended; after an error nothing of it is kept."""
        with self._write_lock, _explained(self.path):
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that reads; all that a block reads is of one moment."""
        with self._read_lock, _explained(self.path):
            self._reader.execute("BEGIN")
            try:
                yield self._reader
            finally:
                self._reader.execute("ROLLBACK")

    def erase(self) -> None:
        """Delete everything: overwritten in the file, and no copy of it is left beside the file."""
        with self.writing() as database:
            for table in _TABLES:
                database.execute(f"DELETE FROM {table}")  # noqa: S608 (names of ours)
        with self._write_lock, _explained(self.path):
            self._writer.execute("VACUUM")
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Give the file back; the store is of no more use."""
        with self._write_lock, self._read_lock:
            self._reader.close()
            self._writer.close()


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, _WAIT_SECONDS, isolation_level=None, check_same_thread=False)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")  # each transaction waits until it is on the disk
    database.execute("PRAGMA secure_delete = ON")
    return database


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """SQLite's errors as sentences."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise ClassroomError(no_room_sentence(sentence("the class"))) from error
        if error.sqlite_errorcode in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise ClassroomError(
                sentence("{path} is damaged: remove it, and open the class anew.", path=path)
            ) from error
        raise ClassroomError(
            sentence("{path} cannot be used now ({reason}): try again.", path=path, reason=error)
        ) from error
