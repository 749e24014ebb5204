"""The catalogues have all that the code marks, and say it with the same fields; `make texts` updates them."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message

from core.languages.catalogues import FOLDER
from tests.texts import (
    MARKS,
    ROOT,
    TEMPLATE,
    in_javascript,
    in_python,
    python_files,
    read,
    template,
    texts_of,
)

TRANSLATED = sorted(FOLDER.glob("*.po"))

DONE = (
    *("app.py", "models/", "core/classes.py", "core/datasets/", "core/durations.py", "core/reports/"),
    *("core/segmentation/", "pages/about.py", "pages/annotate.py", "pages/compare.py", "pages/data.py"),
    *("pages/evaluate.py", "pages/explore.py", "pages/gather.py", "pages/runs.py", "pages/service.py"),
    *("pages/training.py", "pages/widgets/about/", "pages/widgets/annotate/", "pages/widgets/data/"),
    *("pages/widgets/evaluate/", "pages/widgets/explore/", "pages/widgets/gather/", "pages/widgets/photos/"),
    *(
        "pages/widgets/runs/",
        "pages/widgets/segmentation/",
        "pages/widgets/service/",
        "pages/widgets/shared/",
    ),
    *("pages/widgets/top/", "pages/widgets/training/", "pages/widgets/viewer/"),
)
"""The rooms and files whose texts are all translated: the list may only grow."""

_KEPT = re.compile(r"\{[^{}]*\}|</?\w+|&#?\w+;|`[^`]*`|:material/\w+:|\*\*|\]\([^()]*\)")
"""What a translation has as often as the text: fields, tags, code, icons, bold, links."""


def messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def identities(catalogue: Catalog) -> set[tuple[object, object]]:
    return {(message.id, message.context) for message in messages(catalogue)}


@pytest.fixture(scope="module")
def marked() -> Catalog:
    return template()


@pytest.mark.parametrize("path", [TEMPLATE, *TRANSLATED], ids=lambda path: path.name)
def test_every_marked_text_is_in_the_catalogue(path, marked):
    assert identities(read(path)) == identities(marked), "run `make texts`"


@pytest.mark.parametrize("path", TRANSLATED, ids=lambda path: path.name)
def test_every_text_is_translated(path):
    catalogue = read(path)
    done = [message for message in messages(catalogue) if is_done(message)]
    missing = [message.id for message in done if not all(texts_of(message.string))]
    fuzzy = [message.id for message in messages(catalogue) if message.fuzzy]
    assert (missing, fuzzy) == ([], [])


def is_done(message: Message) -> bool:
    return any(place.startswith(DONE) for place, _ in message.locations)


@pytest.mark.parametrize("path", TRANSLATED, ids=lambda path: path.name)
def test_translations_have_the_fields_and_the_markup_of_the_text(path):
    different = []
    for message in messages(read(path)):
        forms = [Counter(_KEPT.findall(form)) for form in texts_of(message.id)]
        for string in filter(None, texts_of(message.string)):
            # A language without a plural may leave the count's field out of none of its forms.
            if Counter(_KEPT.findall(string)) not in forms:
                different.append((message.id, string))
            if [string[:1].isspace(), string[-1:].isspace()] != [
                texts_of(message.id)[0][:1].isspace(),
                texts_of(message.id)[0][-1:].isspace(),
            ]:
                different.append((message.id, string))
    assert different == []


def test_nothing_is_translated_at_import():
    """A module is imported once, by whoever comes first: their language would be everybody's."""
    early = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in python_files()
        if path.parent != ROOT / "pages" and path != ROOT / "app.py"
        for node in at_import(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in MARKS.keys() - {"mark", "sentence", "counted"}
        and any(in_python("", ast.unparse(node)))
    ]
    assert early == []


def at_import(node: ast.AST) -> Iterator[ast.AST]:
    """What is evaluated when a module is imported: all but the bodies of functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            arguments = [*child.args.defaults, *filter(None, child.args.kw_defaults), *child.decorator_list]
            for each in arguments:
                yield from ast.walk(each)
        elif not isinstance(child, ast.Lambda):
            yield child
            yield from at_import(child)


def test_a_sentence_that_is_put_together_cannot_be_marked():
    for source in ('_(f"The run {name}")', '_("The run " + name)'):
        with pytest.raises(ValueError, match=r"some\.py:1: mark sentences whole"):
            list(in_python("some.py", source))


def test_texts_are_found_in_javascript():
    source = 'const a = _("Row {row}", { row }); n_("{count} frame", "{count} frames", 2); gettext_("no");'
    found = [(each.text, each.several) for each in in_javascript("some.js", source)]
    assert found == [("Row {row}", ""), ("{count} frame", "{count} frames")]
