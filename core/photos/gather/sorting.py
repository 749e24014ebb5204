"""Which photos of a set show the same, and which may be no use: marked, and nothing is taken away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.languages import sentence
from core.photos.gather.entry import Entry

ALIKE = 10
"""Bits of 128 that the looks of two photos may differ in to show the same."""

SMALL = 400
"""A photo whose longer side has fewer pixels is marked: the network works at 512."""

DARK = 35.0
"""A mean brightness below this, of 255, is marked."""

STREET = 0.02
"""A photo is marked if the ground of a street covers less than this share of it."""

_GROUND = frozenset(("Road", "Sidewalk", "LaneMkgsDriv", "LaneMkgsNonDriv", "RoadShoulder", "ParkingBlock"))


def marks(entry: Entry) -> tuple[str, ...]:
    """What may speak against a photo, in a word or three each."""
    if entry.state != "taken":
        return ()
    found = []
    if entry.group and entry.group != entry.number:
        found.append(sentence("same as {number}", number=entry.group))
    if max(entry.height, entry.width) < SMALL:
        found.append(sentence("small"))
    if entry.brightness < DARK:
        found.append(sentence("dark"))
    if entry.shares and sum(entry.shares.get(name, 0.0) for name in _GROUND) < STREET:
        # Without a road, the network calls much of what it never saw Building.
        found.append(
            sentence("no road") if entry.shares.get("Building", 0.0) >= STREET else sentence("no street")
        )
    return tuple(found)


def grouped(entries: Sequence[Entry]) -> dict[int, dict[str, Any]]:
    """What changes in the entries when those that show the same are found: `group`, and `kept` of new ones.

    The best of a group gives it its number: the one with the most pixels, then bytes, then the first. The
    others are dropped when they join it; whoever takes one up again keeps it.
    """
    taken = [entry for entry in entries if entry.state == "taken" and entry.look]
    changes: dict[int, dict[str, Any]] = {}
    for group in _groups(taken):
        best = max(group, key=lambda entry: (entry.height * entry.width, entry.size, -entry.number))
        number = best.number if len(group) > 1 else 0
        for entry in group:
            if entry.group == number:
                continue
            changes[entry.number] = {"group": number}
            if entry is not best and not entry.group:
                changes[entry.number]["kept"] = False
    return changes


def _groups(entries: Sequence[Entry]) -> Iterable[list[Entry]]:
    """The entries by what they show; alone where nothing else shows the same."""
    leader = list(range(len(entries)))

    def lead(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    same = _alike(entries)
    for first, second in zip(*np.nonzero(same), strict=True):
        leader[lead(int(second))] = lead(int(first))
    groups: Mapping[int, list[Entry]] = defaultdict(list)
    for place, entry in enumerate(entries):
        groups[lead(place)].append(entry)
    return groups.values()


def _alike(entries: Sequence[Entry]) -> NDArray[np.bool_]:
    """(N, N) whether two entries show the same; only above the diagonal."""
    if not entries:
        return np.zeros((0, 0), bool)
    looks = np.array([list(bytes.fromhex(entry.look)) for entry in entries], np.uint8)
    apart = np.stack([np.bitwise_count(looks ^ own).sum(axis=1) for own in looks])
    hashes = np.array([entry.sha256 for entry in entries])
    return np.asarray(np.triu((apart <= ALIKE) | (hashes[:, None] == hashes[None]), 1))
