"""Class lists: what the numbers in a label map mean, and the colours they are shown in.

A class list is plain data, so that a data set can have its own. CamVid's 32 classes and the
SegNet grouping of them into 11 live here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.errors import DatasetError
from core.languages import sentence

RGB = tuple[int, int, int]

UNLABELLED = 255
"""The number of a pixel that nobody labelled and that no class stands for: it is never counted.

A class list has at most 255 classes, numbered from 0 to 254. Cityscapes' trainIds and PASCAL VOC's label maps
use this number in the same sense.
"""

_VOID_NAMES = (
    "void",
    "unlabelled",
    "unlabeled",
    "notlabelled",
    "notlabeled",
    "nolabel",
    "ignore",
    "ignored",
    "ignorelabel",
    "ignoreregion",
    "dontcare",
)


def void_number(names: Sequence[str]) -> int | None:
    """The number of the class that stands for "not labelled"; None if there is none.

    names: those of a class list, in order. What a name says decides: void, unlabelled, not labelled, no
    label, ignore(d), ignore label or region and don't care, in any case, spelling and punctuation.
    Background, other, unknown and the like are classes as any other: people label them, and networks learn
    them. With several such names, the one that comes first in this list counts, and the others are ordinary
    classes.
    """
    plain = ["".join(sign for sign in name.casefold() if sign.isalnum()) for name in names]
    return next((plain.index(name) for name in _VOID_NAMES if name in plain), None)


@dataclass(frozen=True)
class SegmentationClass:
    """One class: its name, its colour (red, green, blue in 0..255), a plain sentence, and its group.

    `group` names the class of a coarser list that this one counts as (SegNet's 11 for CamVid). `may_be` names
    the classes of other lists that a pixel with this label may be, where that is said; see
    `ClassList.members`.
    """

    name: str
    colour: RGB
    meaning: str = ""
    group: str = ""
    may_be: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClassList:
    """An ordered list of classes: the number in a label map is the position in this list.

    `void` is the number of the class that stands for "not labelled", or None if there is none
    (`void_number`). Void pixels are ignored in the loss and in every metric, and so are UNLABELLED ones.
    """

    name: str
    classes: tuple[SegmentationClass, ...]
    void: int | None = None

    def __len__(self) -> int:
        return len(self.classes)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The class names, in order."""
        return tuple(c.name for c in self.classes)

    @cached_property
    def palette(self) -> NDArray[np.uint8]:
        """(C, 3) colours, 0..255."""
        return np.array([c.colour for c in self.classes], dtype=np.uint8)

    @property
    def unlabelled(self) -> int:
        """The number for what the list has no class for: the Void class's, or UNLABELLED if there is none."""
        return UNLABELLED if self.void is None else self.void

    @cached_property
    def full_palette(self) -> NDArray[np.uint8]:
        """(256, 3) the colour of every number that a label map can hold; black where there is no class."""
        colours = np.zeros((256, 3), dtype=np.uint8)
        colours[: len(self)] = self.palette
        return colours

    def name_of(self, number: int) -> str:
        """The name of the class with that number, or what to say where there is none."""
        return self.names[number] if number < len(self) else "not labelled"

    def index(self, name: str) -> int:
        """The number of the class called `name`; DatasetError if there is none."""
        try:
            return self.names.index(name)
        except ValueError:
            raise DatasetError(
                sentence(
                    "There is no class {name!r} in the class list {list}.",
                    name=name,
                    list=self.name,
                )
            ) from None

    def select(self, name: str, keep: tuple[str, ...]) -> Self:
        """A shorter list called `name` with the classes `keep`, in that order."""
        chosen = tuple(self.classes[self.index(k)] for k in keep)
        void = self.names[self.void] if self.void is not None else None
        return type(self)(name, chosen, keep.index(void) if void in keep else None)

    def translation(self, target: ClassList) -> NDArray[np.uint8]:
        """(C,) lookup table from this list's numbers to `target`'s, by name, then by group.

        A class that `target` has under neither becomes its void, or UNLABELLED if it has none. One that says
        what it `may_be` becomes that class of `target`, if it is a single one.
        """
        nothing = target.unlabelled
        numbers = {name: number for number, name in enumerate(target.names)}
        said = [own[0] if len(own) == 1 else nothing for own in self.members(target)]
        table = [
            one if c.may_be else numbers.get(c.name, numbers.get(c.group, nothing))
            for c, one in zip(self.classes, said, strict=True)
        ]
        return np.array(table, dtype=np.uint8)

    def members(self, target: ClassList) -> tuple[tuple[int, ...], ...]:
        """For each class of this list, which of `target`'s classes a pixel with that label may be, ascending.

        It may be the class of that name, and each class that `target` groups under that name and that this
        list does not tell apart: SegNet's Building may be CamVid's Building, Bridge, Tunnel or Wall. A class
        that `target` has not is the one that it is grouped as. Where a class says what it `may_be`, that
        counts instead, by name or, in a coarser `target`, by what CamVid's class of that name is grouped as.
        Among classes that say the same of themselves, each is itself: a network that is taught a data set's
        own list has no finer classes. Void, and what is neither, may be nothing that is known: ().
        """
        if self.classes == target.classes:
            return tuple(() if number == self.void else (number,) for number in range(len(self)))
        numbers = {name: number for number, name in enumerate(target.names) if number != target.void}
        return tuple(
            () if number == self.void else self._members_of(own, target, numbers)
            for number, own in enumerate(self.classes)
        )

    def _members_of(
        self, own: SegmentationClass, target: ClassList, numbers: dict[str, int]
    ) -> tuple[int, ...]:
        if own.may_be:
            groups = {each.name: each.group for each in CAMVID_32.classes}
            named = [name if name in numbers else groups.get(name) for name in own.may_be]
            return tuple(sorted({numbers[name] for name in named if name in numbers}))
        return self._members_by_group(own, target, numbers)

    def _members_by_group(
        self, own: SegmentationClass, target: ClassList, numbers: dict[str, int]
    ) -> tuple[int, ...]:
        grouped = [
            numbers[each.name]
            for each in target.classes
            if each.group == own.name and each.name not in self.names and each.name in numbers
        ]
        named = [numbers[own.name]] if own.name in numbers else []
        if not named and not grouped and own.group in numbers:
            named = [numbers[own.group]]
        return tuple(sorted({*named, *grouped}))


def _camvid(name: str, colour: RGB, meaning: str, group: str = "") -> SegmentationClass:
    return SegmentationClass(name, colour, meaning, group or name)


# Order: codes.txt of fastai's camvid.tgz. Colours: label_colors.txt of the original data set
# (Brostow, Fauqueur, Cipolla, "Semantic object classes in video", 2009). Grouping: SegNet
# (Badrinarayanan, Kendall, Cipolla, 2017), as its CamVid copy merged the 32 classes: counted pixel by pixel
# over 101 frames. That copy made an archway, a child, a cart and what else moves Void.
CAMVID_32 = ClassList(
    "CamVid-32",
    (
        _camvid(
            "Animal", (64, 128, 64), "A dog, a horse, a bird: any living thing that is not a person.", "Void"
        ),
        _camvid("Archway", (192, 0, 128), "An arch that one drives or walks through.", "Void"),
        _camvid("Bicyclist", (0, 128, 192), "A person on a bicycle, together with the bicycle."),
        _camvid("Bridge", (0, 128, 64), "A bridge that spans the road.", "Building"),
        _camvid("Building", (128, 0, 0), "Houses, shops, churches: walls, windows, doors and roofs."),
        _camvid("Car", (64, 0, 128), "A passenger car, parked or driving."),
        _camvid(
            "CartLuggagePram",
            (64, 0, 192),
            "Something pushed or pulled by a person: a cart, luggage, a pram.",
            "Void",
        ),
        _camvid("Child", (192, 128, 64), "A child on foot.", "Void"),
        _camvid("Column_Pole", (192, 192, 128), "Posts, lamp columns and poles: thin and easily missed."),
        _camvid("Fence", (64, 64, 128), "A fence or railing, often seen through."),
        _camvid(
            "LaneMkgsDriv",
            (128, 0, 192),
            "Paint on the road that one may drive over: lane lines, arrows.",
            "Road",
        ),
        _camvid(
            "LaneMkgsNonDriv",
            (192, 0, 64),
            "Paint on the road that one must not drive over: hatched areas.",
            "Road",
        ),
        _camvid(
            "Misc_Text",
            (128, 128, 64),
            "Writing that is not a traffic sign: shop names, posters.",
            "SignSymbol",
        ),
        _camvid(
            "MotorcycleScooter",
            (192, 0, 192),
            "A motorcycle, motorbike or scooter, with its rider.",
            "Bicyclist",
        ),
        _camvid("OtherMoving", (128, 64, 64), "Something else that moves: a trailer, a digger.", "Void"),
        _camvid("ParkingBlock", (64, 192, 128), "Ground set aside for parking.", "Sidewalk"),
        _camvid("Pedestrian", (64, 64, 0), "A person on foot."),
        _camvid("Road", (128, 64, 128), "The surface that cars drive on."),
        _camvid(
            "RoadShoulder",
            (128, 128, 192),
            "The strip beside the road that is neither road nor pavement.",
            "Sidewalk",
        ),
        _camvid("Sidewalk", (0, 0, 192), "The pavement beside the road, for people on foot."),
        _camvid("SignSymbol", (192, 128, 128), "Traffic signs and their symbols."),
        _camvid("Sky", (128, 128, 128), "The sky with its clouds."),
        _camvid("SUVPickupTruck", (64, 128, 192), "A large passenger car: an SUV or a pickup truck.", "Car"),
        _camvid("TrafficCone", (0, 0, 64), "A traffic cone.", "Column_Pole"),
        _camvid("TrafficLight", (0, 64, 64), "A traffic light: the lamps with their box.", "SignSymbol"),
        _camvid("Train", (192, 64, 128), "A train or tram.", "Void"),
        _camvid("Tree", (128, 128, 0), "Trees with trunk and leaves."),
        _camvid("Truck_Bus", (192, 128, 192), "A truck, lorry or bus.", "Car"),
        _camvid("Tunnel", (64, 0, 64), "A tunnel that the road leads into.", "Building"),
        _camvid("VegetationMisc", (192, 192, 0), "Green that is not a tree: grass, hedges, bushes.", "Tree"),
        _camvid("Void", (0, 0, 0), "Not labelled, or none of the other classes; ignored in every figure."),
        _camvid("Wall", (64, 192, 0), "A free-standing wall.", "Building"),
    ),
    void=30,
)

CAMVID_31 = CAMVID_32.select("CamVid-31", tuple(name for name in CAMVID_32.names if name != "Void"))
"""CamVid's classes without Void: a network trained on it never says that it does not know."""

CAMVID_11 = CAMVID_32.select(
    "CamVid-11",
    (
        "Sky",
        "Building",
        "Column_Pole",
        "Road",
        "Sidewalk",
        "Tree",
        "SignSymbol",
        "Fence",
        "Car",
        "Pedestrian",
        "Bicyclist",
    ),
)
"""SegNet's 11 classes in SegNet's order; it has no Void: a network trained on it always predicts a class."""

FEW = 15
"""Classes that a list shows at a glance: 11 and what a page adds. More are found by group and search."""


@dataclass(frozen=True)
class Group:
    """Classes that people look for together: a name, and their numbers in a class list."""

    name: str
    numbers: tuple[int, ...]


# The headings under which the CamVid data set lists its classes (Brostow, Fauqueur, Cipolla, 2009, table 1).
_CAMVID_GROUPS = {
    "Moving objects": (
        "Animal",
        "Bicyclist",
        "Car",
        "CartLuggagePram",
        "Child",
        "MotorcycleScooter",
        "OtherMoving",
        "Pedestrian",
        "SUVPickupTruck",
        "Train",
        "Truck_Bus",
    ),
    "Road": ("Road", "LaneMkgsDriv", "LaneMkgsNonDriv", "RoadShoulder"),
    "Sky and ceiling": ("Sky", "Archway", "Tunnel"),
    "Fixed objects": (
        "Bridge",
        "Building",
        "Column_Pole",
        "Fence",
        "Misc_Text",
        "ParkingBlock",
        "Sidewalk",
        "SignSymbol",
        "TrafficCone",
        "TrafficLight",
        "Tree",
        "VegetationMisc",
        "Wall",
    ),
}


def class_groups(names: Sequence[str]) -> tuple[Group, ...]:
    """CamVid's groups of the classes with these names; () where a list needs none, or they are other classes.

    names: those of a class list, in order; what follows a comma, as in "Car, wrongly", is a remark. A list of
    at most FEW needs no groups. Names that CamVid does not have, such as Void or a class that somebody added,
    are in no group; with more of them than of CamVid's there are none.
    """
    plain = [name.partition(",")[0] for name in names]
    groups = tuple(
        Group(title, tuple(number for number, name in enumerate(plain) if name in members))
        for title, members in _CAMVID_GROUPS.items()
    )
    known = sum(len(group.numbers) for group in groups)
    if len(names) <= FEW or 2 * known < len(names):
        return ()
    return tuple(group for group in groups if group.numbers)
