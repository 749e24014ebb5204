"""The article's walk as a notebook: its cells, its parameters, and that its last cell agrees with the app."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from core.errors import NotebookError
from core.notebooks.writing import notebook_text, parameter_names, write_notebook
from tests.conftest import ROOT


def test_the_parameters_stand_in_a_cell_of_their_own_that_is_tagged() -> None:
    notebook = nbformat.reads(notebook_text({"EPOCHS": 3, "DATA": "it's # here"}), as_version=4)
    (cell,) = (each for each in notebook.cells if each.metadata.get("tags") == ["parameters"])
    chosen: dict[str, object] = {}
    exec(cell.source, chosen)  # noqa: S102 (it is ours)
    assert chosen["EPOCHS"] == 3
    assert chosen["DATA"] == "it's # here"
    assert chosen["SEED"] == 42
    assert set(parameter_names()) == {name for name in chosen if name.isupper()}


def test_the_same_notebook_is_written_each_time() -> None:
    assert notebook_text() == notebook_text()
    nbformat.validate(nbformat.reads(notebook_text(), as_version=4))


def test_what_is_there_is_not_written_over_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "walk.ipynb"
    path.write_text("mine")
    with pytest.raises(NotebookError, match="--replace"):
        write_notebook(path)
    assert path.read_text() == "mine"
    write_notebook(path, replace=True)
    nbformat.validate(nbformat.read(path, as_version=4))


@pytest.mark.parametrize(("name", "sentence"), [("walk.py", "ends? in .ipynb"), ("walk", "end in .ipynb")])
def test_a_notebook_is_called_one(tmp_path: Path, name: str, sentence: str) -> None:
    with pytest.raises(NotebookError, match=sentence):
        write_notebook(tmp_path / name)


def test_a_parameter_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(NotebookError, match="no parameter COLOUR; its parameters are DATA, FRAMES"):
        notebook_text({"COLOUR": 1})


@pytest.mark.slow
def test_the_walk_runs_to_its_end_and_agrees_with_the_app(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "cache"))
    short = {"FRAMES": 12, "SIZE": (96, 64), "NETWORK": "unet_tiny", "PRETRAINED": False, "BATCHES": 2}
    small = {"SIZES": (128, 256), "PIXEL": (40, 60), "FOLDER": str(tmp_path / "walk")}
    notebook = nbformat.reads(notebook_text(short | small), as_version=4)
    NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
    (said,) = notebook.cells[-1].outputs
    assert said.text.startswith("Agreed: ")
