"""Labels that name CamVid's 32 classes and hold SegNet's 11: which of the 32 a pixel is, they do not tell.

SegNet's copy of CamVid is passed around in fastai's layout, with the list of all 32 names. Taken at its word,
it would teach a network that lane paint is Road and a wall is Building. What the label maps hold says better.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.cache import Cache, cache_key
from core.classes import CAMVID_11, CAMVID_32, ClassList
from core.datasets.dataset import Frame, SegmentationDataset
from core.datasets.labels import numbers_in
from core.datasets.listing import Listing
from core.errors import DatasetError
from core.files import signature

_LOOKED_AT = 24
"""Label maps that are looked at, evenly spread: one with a finer class ends it."""
_STREETS = 8
_PLAIN = 9
"""At least so many of them have Road, and together so many of the 11 classes: they show streets. Hardly one
of CamVid's true label maps has no lane paint, no wall, no truck, no traffic light and no hedge."""

MERGED = Cache("merged", 1024**2)
"""One letter for each data set that was looked at, by its label maps' paths, sizes and times."""

NOTE = (
    "The labels are merged ones: of CamVid's 32 classes only SegNet's 11 occur. What is labelled Road may be "
    "lane paint, a Building a wall, a Car a truck; a network with finer classes is taught and measured so."
)


def with_merged_labels(listing: Listing) -> Listing:
    """The listing of a data set whose classes know that its labels are SegNet's, if they are."""
    dataset = listing.dataset
    classes = dataset.class_list
    said = any(each.may_be for each in classes.classes)
    if said or not {*CAMVID_32.names} <= {*classes.names} or not _kept(dataset):
        return listing
    known = tuple(replace(each, may_be=_members(each.name)) for each in classes.classes)
    merged = replace(dataset, class_list=replace(classes, classes=known))
    return replace(listing, dataset=merged, notes=(*listing.notes, NOTE))


def occurs_never(classes: ClassList, name: str) -> bool:
    """Whether a class list is one of merged labels, in which the class of that name is only a name."""
    road = next((each for each in classes.classes if each.name == "Road"), None)
    merged = road is not None and road.may_be == _members("Road") and {*CAMVID_32.names} <= {*classes.names}
    return merged and name not in CAMVID_11.names


def _members(name: str) -> tuple[str, ...]:
    """What SegNet called by this name, where that is more than one of CamVid's classes."""
    if name not in CAMVID_11.names:
        return ()
    members = tuple(each.name for each in CAMVID_32.classes if each.group == name)
    return members if len(members) > 1 else ()


def _kept(dataset: SegmentationDataset) -> bool:
    """`_are_merged` for some of a data set's label maps; read again only when one of these has changed."""
    frames = dataset.frames()
    count = min(len(frames), _LOOKED_AT)
    chosen = [frames[number * len(frames) // count] for number in range(count)]
    files = [(str(frame.label), signature(frame.label)) for frame in chosen]
    key = cache_key(dataset.class_list.names, dataset.colour_labels, dataset.values, files)
    if (kept := MERGED.read(key)) is not None:
        return kept == b"y"
    found = count >= _STREETS and _are_merged(dataset, chosen)
    MERGED.write(key, b"y" if found else b"n")
    return found


def _are_merged(dataset: SegmentationDataset, frames: Iterable[Frame]) -> bool:
    """Whether label maps show streets, and none of the classes that SegNet's grouping lost."""
    classes, streets, seen = dataset.class_list, 0, set[str]()
    lost = {each.name for each in CAMVID_32.classes} - {*CAMVID_11.names, "Void"}
    for frame in frames:
        try:
            numbers = numbers_in(dataset.read_label(frame))
        except DatasetError:
            return False  # the Check tab names it
        names = {classes.names[number] for number in numbers if number < len(classes)}
        if names & lost:
            return False
        streets += "Road" in names
        seen |= names & {*CAMVID_11.names}
    return streets >= _STREETS and len(seen) >= _PLAIN
