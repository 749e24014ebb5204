"""What the viewer's legend says of classes beside their shares: groups, meanings, and marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.classes import CAMVID_32, FEW, class_groups
from core.languages import gettext as _

_MEANINGS = {each.name: each.meaning for each in CAMVID_32.classes}


def legend_of(names: Sequence[str], marks: Mapping[str, str]) -> dict[str, object]:
    """How the browser lists the classes with these names: few as they are, many by group and with a search.

    marks: a sentence for each class, by name, of which there is something to say.
    """
    many = len(names) > FEW
    return {
        "searchable": many,
        "groups": [{"name": _(group.name), "classes": group.numbers} for group in class_groups(names)],
        "meanings": [_(_MEANINGS.get(name, "")) for name in names] if many else [],
        "marks": {str(number): marks[name] for number, name in enumerate(names) if name in marks},
    }
