"""What is drawn on a drawable canvas goes into a correction, each shape once; its undo takes it out again.

The canvas sends all that is on it after every shape. Emptying it for each would lose the next shape: while
it loads, it forgets what it has not sent yet. So shapes stay on it and are known again, until the visitor
turns to something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.annotation.runs import NOT_REVIEWED, Mask, between
from core.annotation.shapes import MAX_SHAPES, Drawn, Sheet, draw, shapes_in
from core.annotation.store import OpenCorrection
from core.classes import RGB, ClassList
from core.errors import AnnotationError, StreetScopeError
from core.languages import gettext as _
from core.languages import translated

_MANY = MAX_SHAPES // 2
"""Shapes after which the canvas is emptied in any case: it sends all of them after each."""

_OPACITY = 0.6
_ERASER: RGB = (255, 255, 255)


def colours(class_list: ClassList) -> dict[int, str]:
    """The CSS colour in which a canvas draws each class, and NOT_REVIEWED; no two are the same."""
    found: dict[int, str] = {}
    wanted = {number: one.colour for number, one in enumerate(class_list.classes)}
    for number, (red, green, blue) in (wanted | {NOT_REVIEWED: _ERASER}).items():
        text = _css(red, green, blue)
        while text in found.values():
            blue = (blue + 1) % 256
            text = _css(red, green, blue)
        found[number] = text
    return found


def _css(red: int, green: int, blue: int) -> str:
    return f"rgba({red}, {green}, {blue}, {_OPACITY})"


@dataclass(eq=False)
class Canvas:
    """A canvas over a correction.

    size: (height, width) of the canvas in CSS pixels. under: (H, W) the mask under the shapes that are on
    it. rounds: how often it was emptied.
    """

    correction: OpenCorrection
    size: tuple[int, int]
    under: Mask = field(init=False)
    rounds: int = 0
    _shapes: tuple[Drawn, ...] = ()
    _emptying: bool = False
    _version: int = field(init=False)

    def __post_init__(self) -> None:
        self.under, self._version = self.correction.mask, self.correction.version

    @property
    def sheet(self) -> Sheet:
        """How the canvas lies over the mask."""
        values = {text: number for number, text in colours(self.correction.class_list).items()}
        return Sheet(self.correction.start.shape, self.size, values)

    def take(self, drawing: object) -> str:
        """Bring the mask up to what is on the canvas, and save it; why that cannot be, as a sentence.

        drawing: the canvas's JSON, which can be anything.
        """
        shapes: tuple[Drawn, ...] = ()
        try:
            shapes = shapes_in(drawing)
            self._take(shapes)
        except AnnotationError as error:
            self._shapes = shapes  # or the same shape would be refused again with every other one
            self.empty()
            return translated(error)
        except StreetScopeError as error:
            return translated(error)
        if len(self._shapes) >= _MANY:
            self.empty()
        return ""

    def empty(self) -> None:
        """Have the shapes taken off the canvas; its background then shows the mask as it is."""
        self.under, self._version = self.correction.mask, self.correction.version
        if self._shapes and not self._emptying:
            self.rounds, self._emptying = self.rounds + 1, True

    @property
    def is_current(self) -> bool:
        """Whether nothing but this canvas has changed the mask."""
        return self._version == self.correction.version

    def _take(self, shapes: tuple[Drawn, ...]) -> None:
        known = len(self._shapes)
        added = shapes[:known] == self._shapes
        if self._emptying and not (added and known):
            # It is empty by now, or has been.
            self._shapes, self._emptying, known, added = (), False, 0, True
        if shapes == self._shapes:
            return
        if added:
            wanted = draw(self.correction.mask, shapes[known:], self.sheet)
        elif self.is_current:
            wanted = draw(self.under, shapes, self.sheet)
        else:
            raise AnnotationError(_("The mask was changed elsewhere: draw on it as it is now."))
        mask, current = self.correction.mask, self.is_current
        self.correction.edit(between(mask, wanted).packed())
        self._shapes = shapes
        if self._emptying:
            self.under = self.correction.mask
        if current or self._emptying:
            self._version = self.correction.version


def sent_drawing(state: object) -> Mapping[str, object] | None:
    """The JSON in a canvas's state, which can be anything; None before it has sent any."""
    drawing = state.get("drawing") if isinstance(state, Mapping) else None
    raw = drawing.get("raw") if isinstance(drawing, Mapping) else None
    return raw if isinstance(raw, Mapping) else None
