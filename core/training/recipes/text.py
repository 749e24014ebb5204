"""A recipe as text that people edit: the line of an error, and one setting changed with the comments kept."""

from __future__ import annotations

import re
from typing import Any

import tomlkit
from pydantic import ValidationError
from tomlkit.exceptions import TOMLKitError

from core.errors import RecipeError
from core.languages import sentence
from core.training.recipes.recipe import MAX_BYTES as MAX_BYTES
from core.training.recipes.recipe import Recipe, parse_recipe, to_toml

_LISTS = {name: re.compile(rf"\s*\[\[\s*{name}\s*\]\]") for name in ("stages", "mix")}
"""The heads of the tables of which a recipe has several."""
_TABLE = re.compile(r"\s*\[\[?\s*[\w.\"'-]+\s*\]")


def read_recipe_text(content: str | bytes, source: str = "The recipe") -> Recipe:
    """A recipe from TOML that somebody typed, or from the bytes of a TOML or JSON file.

    source: its name in error messages; the suffix .json means JSON. RecipeError says what is wrong, and in
    which line if that is known.
    """
    try:
        return parse_recipe(content, source)
    except RecipeError as error:
        cause = error.__cause__
        text = content if isinstance(content, str) else content.decode("utf-8", "replace")
        line = line_of(text, cause.errors()[0]["loc"]) if isinstance(cause, ValidationError) else None
        if line is None or source.endswith(".json"):
            raise
        raise RecipeError(sentence("{reason} (line {line})", reason=error, line=line)) from cause


def line_of(text: str, location: tuple[int | str, ...]) -> int | None:
    """The line, from 1, in which a recipe's TOML gives a setting; a table's head if the table lacks it.

    location: as in pydantic, such as ("stages", 0, "lr"). None if it is not known, as for a setting that the
    recipe lacks.
    """
    wanted, head_of = -1, _LISTS["stages"]
    if location[:1] in (("stages",), ("mix",)) and len(location) > 1 and isinstance(location[1], int):
        head_of, wanted, location = _LISTS[str(location[0])], location[1], location[2:]
    key = re.compile(rf"\s*[\"']?{re.escape(str(location[0]))}[\"']?\s*=") if location else None
    place, head, inside = -1, None, True
    for number, line in enumerate(text.splitlines(), start=1):
        if head_of.match(line):
            place, inside = place + 1, True
            if place == wanted:
                head = number
        elif _TABLE.match(line):
            inside = False  # another table, such as [shares] or the other list's
        elif inside and place == wanted and key is not None and key.match(line):
            return number
    return head


def change_setting(text: str, position: int, setting: str, value: Any) -> str:
    """The recipe's TOML with one setting of a stage changed; comments and order stay.

    position: the stage's, from 0. value: plain data as in TOML; None removes the setting.
    RecipeError if the recipe is invalid, before or after the change.
    """
    recipe = read_recipe_text(text)
    values = recipe.model_dump(mode="json", exclude_unset=True)
    stage = values["stages"][position]
    if value is None:
        stage.pop(setting, None)
    else:
        stage[setting] = value
    wanted = _checked(values)
    changed = _edited(text, position, setting, value)
    # The editor may fail on text such as `stages = [{...}]`: check that the result is the recipe we want.
    return changed if _says(changed, wanted) else to_toml(wanted)


def _checked(values: dict[str, Any]) -> Recipe:
    # Parsed from text, as a pair is a list there.
    return parse_recipe(tomlkit.dumps(_without_none(values)))


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(inner) for key, inner in value.items() if inner is not None}
    return [_without_none(inner) for inner in value] if isinstance(value, list) else value


def _edited(text: str, position: int, setting: str, value: Any) -> str:
    try:
        document: Any = tomlkit.parse(text)
        stage = document["stages"][position]
        if value is None:
            stage.remove(setting)
        else:
            stage[setting] = _number(value)
        return tomlkit.dumps(document)
    except (TOMLKitError, KeyError, TypeError, ValueError, RecursionError):
        return ""


def _number(value: Any) -> Any:
    """Numbers as people write them: 0.002, but 5e-05 as 5e-5."""
    if not isinstance(value, float):
        return value
    written = re.sub(r"e([+-])0*(\d)", r"e\1\2", repr(value))
    return tomlkit.parse(f"value = {written}").item("value")


def _says(text: str, wanted: Recipe) -> bool:
    try:
        return parse_recipe(text) == wanted
    except RecipeError:
        return False
