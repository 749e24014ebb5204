"""Notebooks, written from their source: `walk.py`, cells of Python between lines that begin with `# %%`.

    write_notebook(Path("walk.ipynb"), {"EPOCHS": 10})

The source is never imported; it is checked with all other code. The format of its marks is Jupytext's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import NotebookError
from core.files import write_text
from core.languages import sentence

Value = str | int | float | bool | None | tuple[int, ...]

_MARK = re.compile(r"^# %%(?P<words>.*)$", re.MULTILINE)
_PARAMETERS = 'tags=["parameters"]'


def walk_source() -> str:
    """The source of the article's walk."""
    return Path(__file__).with_name("walk.py").read_text(encoding="utf-8")


def parameter_names() -> tuple[str, ...]:
    """What can be chosen in the walk, in the order of its cell."""
    (cell,) = (text for words, text in _cells(walk_source()) if _PARAMETERS in words)
    return tuple(re.findall(r"^([A-Z_]+) = ", cell, re.MULTILINE))


def notebook_text(parameters: Mapping[str, Value] | None = None) -> str:
    """The walk as the JSON of a notebook. parameters: values instead of those in its cell of parameters.

    NotebookError for a parameter that the walk does not have.
    """
    parameters = parameters or {}
    if unknown := sorted(set(parameters) - set(parameter_names())):
        raise NotebookError(
            sentence(
                "The notebook has no parameter {unknown}; its parameters are {parameter_names}.",
                unknown=unknown[0],
                parameter_names=", ".join(parameter_names()),
            )
        )
    cells = [
        _cell(number, words, text, parameters) for number, (words, text) in enumerate(_cells(walk_source()))
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}
    return json.dumps(notebook, indent=1) + "\n"


def _cell(number: int, words: str, text: str, parameters: Mapping[str, Value]) -> dict[str, Any]:
    """A cell in the format of notebooks, version 4.5 (nbformat's documentation, "The Notebook file format").

    It has an id of its own number, so that the same notebook is written each time.
    """
    cell: dict[str, Any] = {"id": f"cell-{number}", "metadata": {}}
    if "[markdown]" in words:
        return cell | {"cell_type": "markdown", "source": re.sub(r"^# ?", "", text, flags=re.MULTILINE)}
    if _PARAMETERS in words:
        cell["metadata"] = {"tags": ["parameters"]}
        text = _chosen(text, parameters)
    return cell | {"cell_type": "code", "source": text, "outputs": [], "execution_count": None}


def write_notebook(
    path: Path, parameters: Mapping[str, Value] | None = None, *, replace: bool = False
) -> None:
    """Write the walk. NotebookError if the file exists, unless it may be replaced; DiskFullError."""
    if path.suffix != ".ipynb":
        raise NotebookError(
            sentence("{name!r} does not end in .ipynb; give a name such as walk.ipynb.", name=path.name)
        )
    if path.exists() and not replace:
        raise NotebookError(
            sentence("{path} exists; choose another name, or give --replace to write over it.", path=path)
        )
    write_text(path, notebook_text(parameters))


def _cells(source: str) -> list[tuple[str, str]]:
    """(words of the mark, text) of each cell."""
    marks = list(_MARK.finditer(source))
    ends = [mark.start() for mark in marks[1:]] + [len(source)]
    return [
        (mark["words"].strip(), source[mark.end() : end].strip())
        for mark, end in zip(marks, ends, strict=True)
    ]


def _chosen(cell: str, parameters: Mapping[str, Value]) -> str:
    def line(found: re.Match[str]) -> str:
        name = found["name"]
        return f"{name} = {parameters[name]!r}" if name in parameters else found[0]

    return re.sub(r"^(?P<name>[A-Z_]+) = .*?(?=  #|$)", line, cell, flags=re.MULTILINE)
