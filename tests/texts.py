"""Collects the texts that the code marks for translation: `make texts` writes them into the catalogues.

In Python what stands in `_()`, `gettext()`, `ngettext()`, `pgettext()`, `mark()`, `markdown()`,
`html()`, `sentence()`, `counted()` and `fault()`; in JavaScript what stands in `_()` and `n_()`; and the
names and meanings of the classes, the explanations of settings, and the words of models and recipes.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from core.classes import CAMVID_11, CAMVID_32, class_groups
from core.languages.browser import marked
from core.languages.catalogues import FOLDER
from core.training.recipes.mixed import Mix
from core.training.recipes.recipe import Recipe, Stage, explanations, read_recipe, shipped_recipes

ROOT = Path(__file__).parents[1]
TEMPLATE = FOLDER / "messages.pot"

MARKS = {
    "mark": 1,
    "_": 1,
    "gettext": 1,
    "ngettext": 2,
    "pgettext": 2,
    "markdown": 1,
    "html": 1,
    "sentence": 1,
    "counted": 2,
    "fault": 2,
}
"""The functions whose first arguments are marked, with how many they are."""

_NOT_WORDS = re.compile(r"(?s)<style>.*</style>|\{[^{}]*\}|<[^<>]+>|&#?\w+;|`[^`]*`|:material/\w+:")
_WORD = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Text:
    """A text of the code. where: the file, from the repository's folder."""

    where: str
    text: str
    several: str = ""
    context: str = ""


def texts() -> Iterator[Text]:
    """All texts that are marked, by file."""
    for path in python_files():
        yield from in_python(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
    for path in sorted((ROOT / "pages").rglob("*.js")):
        yield from in_javascript(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
    for name in dict.fromkeys((*CAMVID_32.names, *CAMVID_11.names)):
        yield Text("core/classes.py", name, context="class")
    for each in CAMVID_32.classes:
        yield Text("core/classes.py", each.meaning)
    for group in class_groups(CAMVID_32.names):
        yield Text("core/classes.py", group.name)
    for model in (Recipe, Stage, Mix):
        yield from (Text("core/training/recipes/recipe.py", each) for each in explanations(model).values())
    for name in shipped_recipes():
        yield Text("core/training/recipes/recipe.py", read_recipe(name).summary)
    for path in sorted((ROOT / "models").glob("*/model.json")):
        card = json.loads(path.read_text("utf-8"))
        yield from (
            Text(path.relative_to(ROOT).as_posix(), text) for text in (*card["limits"], card["licence"])
        )


def python_files() -> list[Path]:
    """The files whose texts are translated."""
    return [
        ROOT / "app.py",
        *(path for top in ("core", "pages") for path in sorted((ROOT / top).rglob("*.py"))),
    ]


def in_python(where: str, source: str) -> Iterator[Text]:
    """The texts of a Python file. ValueError for one that that is put together where it is marked."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            name = node.func.id
            written = [str(each.value) for each in node.args[: MARKS[name]] if isinstance(each, ast.Constant)]
            if len(written) != MARKS[name]:
                if any(isinstance(each, ast.JoinedStr | ast.BinOp) for each in node.args[:1]):
                    raise ValueError(f"{where}:{node.lineno}: mark sentences whole, with named fields")
                continue  # a text that is marked where it is written
            if name == "pgettext":
                yield Text(where, written[1], context=written[0])
            elif name == "fault":  # a name for programs, then the text
                yield Text(where, written[1])
            elif has_words(written[0]):
                yield Text(where, *written)


def has_words(text: str) -> bool:
    """Whether there is something in it to translate."""
    return bool(_WORD.search(_NOT_WORDS.sub("", text)))


def in_javascript(where: str, source: str) -> Iterator[Text]:
    """The texts of a JavaScript file, which are written in double quotes."""
    for one, several in marked(source):
        yield Text(where, one, several)


def template() -> Catalog:
    """The texts of the code as a catalogue without translations."""
    catalogue = Catalog(project="StreetScope", charset="utf-8", fuzzy=False)
    for each in texts():
        identity = (each.text, each.several) if each.several else each.text
        catalogue.add(identity, locations=[(each.where, 0)], context=each.context or None)
    return catalogue


def read(path: Path) -> Catalog:
    """A catalogue as it lies there."""
    with path.open("rb") as file:
        return read_po(file, locale=path.stem if path.suffix == ".po" else None)


def write(catalogue: Catalog, path: Path) -> None:
    """Write a catalogue; without line numbers and dates, so that it changes with its texts alone."""
    with path.open("wb") as file:
        write_po(file, catalogue, width=110, include_lineno=False, omit_header=True, ignore_obsolete=True)


HEADER = """# {title}
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
{more}
"""


def update() -> None:
    """Bring all catalogues up to date: new texts come in empty, old ones go."""
    found = template()
    _write_with_header(found, TEMPLATE, "The texts of StreetScope.", "")
    for path in sorted(FOLDER.glob("*.po")):
        catalogue = read(path)
        catalogue.update(found, no_fuzzy_matching=True)
        more = f'"Language: {path.stem}\\n"\n"Plural-Forms: {catalogue.plural_forms}\\n"\n'
        _write_with_header(catalogue, path, f"StreetScope in {Locale(path.stem).english_name}.", more)
        empty = sum(not any(texts_of(message.string)) for message in catalogue if message.id)
        sys.stdout.write(f"{path.name}: {len(catalogue)} texts, {empty} without a translation\n")


def texts_of(string: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """The forms of a text or a translation."""
    return (string or "",) if isinstance(string, str | None) else tuple(string)


def _write_with_header(catalogue: Catalog, path: Path, title: str, more: str) -> None:
    write(catalogue, path)
    path.write_text(HEADER.format(title=title, more=more) + path.read_text("utf-8"), "utf-8")


if __name__ == "__main__":
    update()
