"""How each format describes itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.annotation.exchange.labelled import LabelledSet, Prepared
from core.annotation.exchange.source import Source
from core.annotation.exchange.zips import ZipWriter
from core.classes import ClassList


@dataclass(frozen=True)
class Format:
    """A format: its name in commands, its name for people, and the two ways.

    write: puts pictures, one at a time, into a zip that is open.
    fits: whether a source is in this format, by the names of its files and what its documents are.
    read: what a source in this format holds; AnnotationError if it is damaged.
    loads: how to load the zip in the tools that know it, in plain words.
    keeps: what becomes of "not reviewed", and what the format cannot say.
    losses: what becomes of classes that the format does not have, one sentence each.
    """

    name: str
    title: str
    write: Callable[[Iterable[Prepared], ClassList, ZipWriter], None]
    fits: Callable[[Source], bool]
    read: Callable[[Source], LabelledSet]
    loads: str
    keeps: str
    losses: Callable[[ClassList], tuple[str, ...]] = lambda class_list: ()
    readme: str = "README.txt"
