"""The words of a lesson in one language: Markdown, whose headings say what is for whom.

# What does a machine see in a street?
One paragraph that says what the lesson is about.
### Audience
Anyone from twelve.
## hunt: Sure and wrong
What the students read.
### Teacher
What only the teacher reads.
### Question
Of the pixels that the network is sure of, how many are wrong?
- None at all
- About {share}
### Why
It was wrong at {wrong} of {count} pixels.
### Rule
Being sure is not being right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.errors import LessonFault
from core.languages import class_name, in_digits, sentence, use
from core.lessons.keys.key import Named, Number, Value

PARTS = ("Audience", "Teacher", "Question", "Why", "Rule")
"""What a heading of the third level may say, in every language alike."""

LONGEST_LINE = 4000
PLACE = re.compile(r"\{([a-z_]{1,30})\}")
_STEP = re.compile(r"##\s+([a-z0-9-]{1,40}):\s*(\S.*)")
_APART = re.compile(r"(?<=\d)[ \N{NO-BREAK SPACE}]%")


@dataclass
class Part:
    """Words under one heading. line: of the heading, from 1."""

    line: int
    title: str = ""
    lines: list[str] = field(default_factory=list)
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The words, without empty lines around them."""
        return "\n".join(self.lines).strip()

    def part(self, name: str) -> str:
        """The words of a part of it; empty if it has none."""
        return self.parts[name].text if name in self.parts else ""


@dataclass
class Words:
    """A lesson's words: its head, and its steps by their IDs."""

    head: Part
    steps: dict[str, Part]


def parse_words(text: str, file: str) -> tuple[Words, list[LessonFault]]:
    """The words in the text of a file, and what is wrong with it."""
    words, faults = Words(Part(0), {}), list[LessonFault]()
    step = here = words.head
    for number, line in enumerate(text.splitlines(), start=1):
        if reason := _refused(line):
            faults.append(LessonFault(file, number, reason))
        elif line.startswith("### "):
            name = line[4:].strip()
            if name not in PARTS or name in step.parts:
                reason = (
                    sentence("the part {name!r} is there twice", name=name[:40])
                    if name in step.parts
                    else sentence(
                        "the part {name!r} is none of {parts}", name=name[:40], parts=", ".join(PARTS)
                    )
                )
                faults.append(LessonFault(file, number, reason))
            here = step.parts[name] = Part(number)
        elif line.startswith("## "):
            found = _STEP.fullmatch(line.strip())
            if found is None:
                reason = sentence(
                    "a step's heading is its ID, a colon and its title, as in ## hunt: Sure and wrong"
                )
                faults.append(LessonFault(file, number, reason))
                continue
            if found[1] in words.steps:
                faults.append(
                    LessonFault(file, number, sentence("the step {found} is there twice", found=found[1]))
                )
            step = here = words.steps[found[1]] = Part(number, found[2].strip())
        elif line.startswith("# "):
            if words.head.title or words.steps:
                faults.append(LessonFault(file, number, sentence("there is more than one title")))
            words.head.title, words.head.line = line[2:].strip(), number
        else:
            here.lines.append(line)
    if not words.head.title:
        faults.append(
            LessonFault(file, 1, sentence("there is no title; begin with a line such as # My lesson"))
        )
    return words, faults


def question_and_options(part: Part) -> tuple[str, tuple[str, ...]]:
    """A question's text, and its options: the lines at its end that begin with a hyphen."""
    lines = part.text.splitlines()
    options = list[str]()
    while lines and (not lines[-1].strip() or lines[-1].startswith("- ")):
        if line := lines.pop()[2:].strip():
            options.insert(0, line)
    return "\n".join(lines).strip(), tuple(options)


def _refused(line: str) -> str:
    """Why a line cannot stand in a lesson; empty if it can."""
    if len(line) > LONGEST_LINE:
        return sentence("the line has more than {longest_line} characters", longest_line=LONGEST_LINE)
    if any(ord(sign) < 32 and sign != "\t" for sign in line):
        return sentence("the line has a control character")
    # A visitor's browser would fetch it from wherever it says.
    if "![" in line:
        return sentence("a lesson has no pictures of its own; name a photo in lesson.toml")
    if re.search(r"<\s*[a-zA-Z/!]", line):
        return sentence("a lesson has no HTML; write Markdown")
    return ""


def fill(text: str, values: Mapping[str, Value], language: str) -> str:
    """A text with values in its {places}, written as the language writes them; unknown places stay.

    A number and its sign for per cent stand together, as everywhere in the app.
    """
    filled = PLACE.sub(
        lambda found: written(values[found[1]], language) if found[1] in values else found[0], text
    )
    return _APART.sub("%", filled)


def written(value: Value, language: str) -> str:
    """A value in words: a name as it is, a count as 1,234, a share as 12.5%."""
    match value:
        case str():
            return value
        case Named(name):
            with use(language):
                return class_name(name)
        case Number(amount, digits):
            return in_digits(amount, f",.{digits}f", language)
        case int():
            return in_digits(value, ",", language)
        case float():
            return in_digits(value, _decimals(value), language)


def _decimals(share: float) -> str:
    """How a share in [0, 1] is written: whole per cent; with decimals where 0 or 100 would not be true."""
    small = 0 < share < 0.095 or 0.99 <= share < 1
    return ".2%" if 0 < share < 0.00095 else ".1%" if small else ".0%"
