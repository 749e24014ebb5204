"""The structure of a lesson: `lesson.toml`, checked part by part, each fault with its line.

languages = ["en", "id"]

[[steps]]
id = "hunt"
minutes = 8
activity = "vote"
shows = { page = "explore", photo = "toytown-rain", view = "mask" }

[steps.question]
key = "wrong_where_sure"
misconception = "M1"
parameters = { sure = 90 }
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from core.errors import LessonFault
from core.languages import sentence
from core.lessons.keys.key import Parameter, Parameters
from core.lessons.keys.look import is_drawn, is_photo, is_unseen
from core.lessons.keys.table import HUNTS, KEYS
from core.lessons.lesson import ACTIVITIES, INSTEAD, PAGES, RUNS, STATES, VIEWS, Activity, Shows
from core.segmentation.sizes import SIZES

FILE = "lesson.toml"
MOST_STEPS, MOST_LANGUAGES, LONGEST_STEP = 40, 12, 120
MISCONCEPTIONS = tuple(f"M{number}" for number in range(1, 9))

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_MODEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_MOST_VALUES = 40
_MOST_PIECES = 6


@dataclass(frozen=True)
class PlannedQuestion:
    """A question without its words."""

    key: str
    parameters: Parameters
    misconception: str
    line: int


@dataclass(frozen=True)
class PlannedStep:
    """A step without its words. asks: whether it has a question, also a wrong one. line: of its beginning."""

    id: str
    minutes: int
    activity: Activity
    shows: Shows | None
    question: PlannedQuestion | None
    asks: bool
    line: int


@dataclass
class Structure:
    """What a lesson.toml says, and what is wrong with it."""

    languages: tuple[str, ...] = ()
    steps: list[PlannedStep] = field(default_factory=list)
    faults: list[LessonFault] = field(default_factory=list)


def parse_structure(text: str) -> Structure:
    """The structure in the text of a lesson.toml; its faults tell what of it cannot be used."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        reason = _AT_LINE.sub("", str(error)).strip()
        line = int(found[1]) if found else text.count("\n") + 1
        return Structure(
            faults=[LessonFault(FILE, line, sentence("this is not TOML: {reason}", reason=reason[:200]))]
        )
    except RecursionError:
        return Structure(faults=[LessonFault(FILE, 0, sentence("it is nested too deeply"))])
    return _Reader(text).read(said)


class _Reader:
    """Reads what TOML says, and gathers faults."""

    def __init__(self, text: str) -> None:
        self.faults = list[LessonFault]()
        self._lines = dict(_places(text))

    def read(self, said: Mapping[str, Any]) -> Structure:
        self._known(said, ("languages", "steps"), 0, ())
        languages = self._languages(said.get("languages"))
        steps = said.get("steps")
        if not isinstance(steps, list) or not 1 <= len(steps) <= MOST_STEPS:
            self._wrong(
                sentence("give 1 to {most_steps} steps, each below a line [[steps]]", most_steps=MOST_STEPS),
                0,
            )
            steps = []
        planned = [self._step(step, number) for number, step in enumerate(steps, start=1)]
        seen = set[str]()
        for step in planned:
            if step.id in seen:
                self._wrong(sentence("the step {id!r} is there twice", id=step.id), step.line)
            seen.add(step.id)
        return Structure(languages, planned, self.faults)

    def _languages(self, said: Any) -> tuple[str, ...]:
        line = self._line(0, (), "languages")
        right = isinstance(said, list) and all(
            isinstance(each, str) and _LANGUAGE.fullmatch(each) for each in said
        )
        if not right or not 1 <= len(said) <= MOST_LANGUAGES or len(set(said)) < len(said):
            self._wrong(
                sentence('give the languages that the lesson has words in, as in languages = ["en", "id"]'),
                line,
            )
            return ()
        return tuple(said)

    def _step(self, said: Any, number: int) -> PlannedStep:
        line = self._line(number, (), "")
        if not isinstance(said, dict):
            self._wrong(sentence("a step is a table below a line [[steps]]"), line)
            said = {}
        self._known(said, ("id", "minutes", "activity", "shows", "question"), number, ())
        name = self._word(said, "id", number, (), _ID, sentence("small letters, digits and hyphens"))
        minutes = self._whole(said, "minutes", number, 1, LONGEST_STEP)
        chosen = self._choice(said, "activity", number, (), ACTIVITIES, "")
        activity: Activity = next((each for each in ACTIVITIES if each == chosen), "")
        shows = self._shows(said["shows"], number) if "shows" in said else None
        question = self._question(said["question"], number) if "question" in said else None
        if question is not None or "question" not in said:  # else the question's own fault is told
            self._check_activity(activity, question, number)
        return PlannedStep(
            name or f"step-{number}", minutes, activity, shows, question, "question" in said, line
        )

    def _check_activity(self, activity: str, question: PlannedQuestion | None, number: int) -> None:
        line = self._line(number, (), "activity")
        if activity and question is None:
            self._wrong(sentence("the activity {activity!r} needs a question", activity=activity), line)
        elif question is not None and question.key in HUNTS and activity != "click":
            self._wrong(
                sentence('the key {key!r} checks clicks: the activity is "click"', key=question.key), line
            )
        elif question is not None and question.key in KEYS and activity not in ("vote", "cards"):
            self._wrong(
                sentence('the key {key!r} needs the activity "vote" or "cards"', key=question.key), line
            )

    def _shows(self, said: Any, number: int) -> Shows | None:
        where = ("shows",)
        if not isinstance(said, dict):
            self._wrong(
                sentence('give what is shown as a table, as in shows = {{ page = "explore" }}'),
                self._line(number, (), "shows"),
            )
            return None
        self._known(said, tuple(Shows.__dataclass_fields__), number, where)
        page = self._choice(said, "page", number, where, PAGES, None)
        photo = said.get("photo")
        if photo is not None and not (isinstance(photo, str) and is_photo(photo)):
            self._wrong(
                sentence(
                    "there is no photo {shown}: name a sample, or a drawn frame as in toytown-30003-7",
                    shown=_shown(photo),
                ),
                self._line(number, where, "photo"),
            )
            photo = None
        if page is None:
            return None
        return Shows(
            page,  # type: ignore[arg-type]
            photo,
            self._word(said, "model", number, where, _MODEL, sentence("a model's name"), needed=False)
            or None,
            self._choice(said, "size", number, where, tuple(SIZES), "") or None,
            self._whole(said, "row", number, 0, 2047, where) if "row" in said else None,
            self._whole(said, "col", number, 0, 2047, where) if "col" in said else None,
            self._choice(said, "view", number, where, VIEWS, "") or None,  # type: ignore[arg-type]
            self._temperature(said, number),
            self._pieces(said.get("pieces", []), number),
            self._whole(said, "side", number, 8, 240, where) if "side" in said else None,
            self._choice(said, "instead", number, where, INSTEAD, ""),  # type: ignore[arg-type]
            self._choice(said, "run", number, where, RUNS, ""),  # type: ignore[arg-type]
            self._state(said.get("state", {}), number),
        )

    def _state(self, said: Any, number: int) -> dict[str, str]:
        fits = isinstance(said, dict) and all(
            name in STATES and isinstance(value, str) and re.fullmatch(r"[\w .-]{1,60}", value)
            for name, value in said.items()
        )
        if not fits:
            known = ", ".join(STATES)
            reason = sentence(
                'state is a table of words by these names: {known}; as in {{ tab = "Frame" }}', known=known
            )
            self._wrong(reason, self._line(number, ("shows",), "state"))
            return {}
        return dict(said)

    def _pieces(self, said: Any, number: int) -> tuple[tuple[float, float], ...]:
        fits = isinstance(said, list) and len(said) <= _MOST_PIECES and all(map(_is_place, said))
        if not fits:
            reason = sentence(
                "pieces is a list of up to {most_pieces} parts of height and width, as in [[0.5, 0.3]]",
                most_pieces=_MOST_PIECES,
            )
            self._wrong(reason, self._line(number, ("shows",), "pieces"))
            return ()
        return tuple((float(row), float(col)) for row, col in said)

    def _temperature(self, said: Mapping[str, Any], number: int) -> float | None:
        value = said.get("temperature")
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 100:
            self._wrong(
                sentence("the temperature is a number above 0 and at most 100"),
                self._line(number, ("shows",), "temperature"),
            )
            return None
        return float(value)

    def _question(self, said: Any, number: int) -> PlannedQuestion | None:
        where = ("question",)
        line = self._line(number, where, "")
        if not isinstance(said, dict):
            self._wrong(sentence("a question is a table below a line [steps.question]"), line)
            return None
        self._known(said, ("key", "parameters", "misconception"), number, where)
        if "key" not in said:
            self._wrong(
                sentence("the question has no key: name the function that computes which option is right"),
                line,
            )
            return None
        key = said["key"]
        if not isinstance(key, str) or key not in KEYS | HUNTS:
            names = ", ".join([*KEYS, *HUNTS])
            self._wrong(
                sentence(
                    "there is no key function {shown}; there are {names}", shown=_shown(key), names=names
                ),
                self._line(number, where, "key"),
            )
            return None
        misconception = self._choice(said, "misconception", number, where, MISCONCEPTIONS, "")
        parameters = self._parameters(said.get("parameters", {}), key, number)
        return PlannedQuestion(key, parameters, misconception or "", line)

    def _parameters(self, said: Any, key: str, number: int) -> Parameters:
        where = ("question", "parameters")
        line = self._line(number, where, "") or self._line(number, ("question",), "parameters")
        if not isinstance(said, dict):
            self._wrong(sentence("parameters are a table, as in parameters = {{ sure = 90 }}"), line)
            return {}
        usual: Parameters = KEYS[key].parameters if key in KEYS else HUNTS[key].parameters
        about = KEYS[key].about if key in KEYS else "photos"
        checked = dict[str, Parameter]()
        for name, value in said.items():
            place = self._line(number, where, name) or line
            if name == about:
                self._subjects(value, about, place, checked, unseen=key in KEYS and KEYS[key].unseen)
            elif name not in usual:
                known = ", ".join([about, *usual])
                self._wrong(
                    sentence(
                        "the key {key!r} has no parameter {shown}; it has {known}",
                        key=key,
                        shown=_shown(name),
                        known=known,
                    ),
                    place,
                )
            elif (made := _alike(value, usual[name])) is None:
                self._wrong(
                    sentence(
                        "the parameter {name!r} is to be like {shown}", name=name, shown=_shown(usual[name])
                    ),
                    place,
                )
            elif name == "edges" and not _ascends(made):
                self._wrong(
                    sentence("the edges are to be shares above 0 and below 1, each above the one before"),
                    place,
                )
            else:
                checked[name] = made
        return checked

    def _subjects(
        self, value: Any, about: str, line: int, checked: dict[str, Parameter], *, unseen: bool
    ) -> None:
        fits = is_drawn if about == "photos" else _MODEL.fullmatch
        what = (
            sentence("drawn frames, as in toytown-30003-7")
            if about == "photos"
            else sentence("names of models")
        )
        if not isinstance(value, list) or not 1 <= len(value) <= _MOST_VALUES:
            self._wrong(
                sentence(
                    "{about} is a list of 1 to {most_values} {what}",
                    about=about,
                    most_values=_MOST_VALUES,
                    what=what,
                ),
                line,
            )
        elif wrong := [each for each in value if not (isinstance(each, str) and fits(each))]:
            self._wrong(
                sentence(
                    "{about} has {shown}; it is a list of {what}",
                    about=about,
                    shown=_shown(wrong[0]),
                    what=what,
                ),
                line,
            )
        elif unseen and (seen := [each for each in value if not is_unseen(each)]):
            self._wrong(
                sentence(
                    "a network may have learnt from {shown}: this key needs frames of drives that no "
                    "set has, such as jakarta-59002-4 or toytown-69003-7",
                    shown=_shown(seen[0]),
                ),
                line,
            )
        else:
            checked[about] = tuple(value)

    def _word(
        self,
        said: Mapping[str, Any],
        name: str,
        number: int,
        where: tuple[str, ...],
        form: re.Pattern[str],
        what: str,
        needed: bool = True,
    ) -> str:
        value = said.get(name)
        if value is None and not needed:
            return ""
        if not isinstance(value, str) or not form.fullmatch(value):
            self._wrong(
                sentence("{name} is to be {what}, at most 40 of them", name=name, what=what)
                if name == "id"
                else sentence("{name} is to be {what}", name=name, what=what),
                self._line(number, where, name),
            )
            return ""
        return value

    def _whole(
        self,
        said: Mapping[str, Any],
        name: str,
        number: int,
        low: int,
        high: int,
        where: tuple[str, ...] = (),
    ) -> int:
        value = said.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self._wrong(
                sentence(
                    "{name} is to be a whole number from {low} to {high}", name=name, low=low, high=high
                ),
                self._line(number, where, name),
            )
            return low
        return value

    def _choice(
        self,
        said: Mapping[str, Any],
        name: str,
        number: int,
        where: tuple[str, ...],
        choices: tuple[str, ...],
        otherwise: str | None,
    ) -> str | None:
        value = said.get(name, otherwise)
        if value == otherwise and otherwise is not None:
            return otherwise
        if not isinstance(value, str) or value not in choices:
            listed = ", ".join(filter(None, choices))
            self._wrong(
                sentence(
                    "{name} is to be one of {listed}, not {shown}",
                    name=name,
                    listed=listed,
                    shown=_shown(value),
                ),
                self._line(number, where, name),
            )
            return otherwise
        return value

    def _known(
        self, said: Mapping[str, Any], names: tuple[str, ...], number: int, where: tuple[str, ...]
    ) -> None:
        for name in said:
            if name not in names:
                line = self._line(number, where, name)
                self._wrong(
                    sentence(
                        "nobody knows what {shown} means here; there are {names}",
                        shown=_shown(name),
                        names=", ".join(names),
                    ),
                    line,
                )

    def _line(self, number: int, where: tuple[str, ...], name: str) -> int:
        """The line where something is said of a step, or the nearest that is known."""
        places = [(where, name)]
        for depth in range(
            len(where), 0, -1
        ):  # `parameters = {...}` has no line of its own for what is in it
            places += [(where[: depth - 1], where[depth - 1]), (where[:depth], "")]
        known = ((number, *place) for place in (*places, ((), "")))
        return next((self._lines[place] for place in known if place in self._lines), 0)

    def _wrong(self, reason: str, line: int) -> None:
        self.faults.append(LessonFault(FILE, line, reason))


def _places(text: str) -> Iterator[tuple[tuple[int, tuple[str, ...], str], int]]:
    """Where what is said stands: by step, table and name, the line. tomllib keeps no lines.

    Only for messages: a line inside a text of several lines may be taken for another.
    """
    number, where = 0, tuple[str, ...]()
    for line, content in enumerate(text.splitlines(), start=1):
        sign = content.strip()
        if sign.startswith("[[steps]]"):
            number, where = number + 1, ()
        elif header := re.match(r"\[\s*steps\.([\w.]+)\s*\]", sign):
            where = tuple(header[1].split("."))
        elif name := re.match(r"([\w-]+)\s*=", sign):
            yield (number, where, name[1]), line
            continue
        else:
            continue
        yield (number, where, ""), line


def _alike(value: Any, usual: Parameter) -> Parameter | None:
    """A value as a parameter of the same kind as the usual one; None if it is of another."""
    if isinstance(usual, tuple):
        fits = isinstance(value, list) and len(value) == len(usual) and all(map(_is_number, value))
        return tuple(float(each) for each in value) if fits else None
    if isinstance(usual, str):
        return value if isinstance(value, str) and len(value) <= 100 else None
    fits = isinstance(value, int) if isinstance(usual, int) else True
    return value if fits and _is_number(value) else None


def _ascends(edges: Parameter) -> bool:
    """Whether edges of ranges are shares between 0 and 1 in ascending order."""
    bounds = (
        [0.0, *(float(each) for each in edges if not isinstance(each, str)), 1.0]
        if isinstance(edges, tuple)
        else []
    )
    return all(low < high for low, high in pairwise(bounds))


def _is_place(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(_is_number(each) and 0 <= each <= 1 for each in value)
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -1e9 < value < 1e9


def _shown(value: object) -> str:
    """What somebody wrote, cut to what a sentence has room for."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
