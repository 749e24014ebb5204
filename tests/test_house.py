"""The house: imports run down from room to room, never up and never in a circle.

A room is a folder. Imports inside functions and those for type checkers count like all others, so what two
modules need of each other must be a third module.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import ROOT

# From the ground floor up: a room may import from those before it. `core/__main__.py` is the command
# line's door.
FLOORS = (
    "core/languages",
    "core",
    "core/hardware",
    "core/photos/containers",
    "core/photos",
    "core/photos/video",
    "core/photos/fetch",
    "core/models",
    "core/photos/faces",
    "core/segmentation/engines",
    "core/segmentation",
    "core/photos/gather",
    "core/datasets",
    "core/datasets/layouts",
    "core/datasets/contents",
    "core/datasets/acquire",
    "core/datasets/cutouts",
    "core/toytown/drawing",
    "core/toytown/things",
    "core/toytown/drive",
    "core/toytown/jakarta/things",
    "core/toytown/jakarta",
    "core/toytown",
    "core/evaluation",
    "core/inside",
    "core/annotation",
    "core/annotation/exchange",
    "core/annotation/formats",
    "core/grading",
    "core/training",
    "core/training/recipes",
    "core/training/corrections",
    "core/training/mix",
    "core/training/runs",
    "core/training/control",
    "core/training/distributed",
    "core/training/batches",
    "core/training/learner",
    "core/training/workers",
    "core/notebooks",
    "core/reports",
    "core/lessons/keys",
    "core/lessons",
    "core/classroom",
    "core/classroom/reports",
    "core/commands",
    "core/__main__.py",
    "service",
    "service/access",
    "service/engine",
    "service/topics",
    "service/rest/photos",
    "service/rest",
    "service/__main__.py",
    "streetscope",
    "pages/widgets",
    "pages/widgets/shared",
    "pages/widgets/top",
    "pages/widgets/viewer",
    "pages/widgets/segmentation",
    "pages/widgets/photos",
    "pages/widgets/explore",
    "pages/widgets/gather",
    "pages/widgets/data",
    "pages/widgets/annotate/editor",
    "pages/widgets/annotate/shapes",
    "pages/widgets/annotate",
    "pages/widgets/paint",
    "pages/widgets/evaluate",
    "pages/widgets/runs",
    "pages/widgets/inside",
    "pages/widgets/training",
    "pages/widgets/service",
    "pages/widgets/about",
    "pages/widgets/lessons",
    "pages/widgets/classroom",
    "pages",
    "app.py",
    "serve.py",
    "bench/peers",
    "bench",
)

Imports = Mapping[str, set[str]]
"""What each file imports, by paths such as `core/jobs.py`."""


def imports_of(root: Path) -> Imports:
    """Which files of the project each of its files imports, wherever in the file it does so."""
    folders = [root / top for top in ("core", "service", "streetscope", "pages", "bench")]
    files = [
        root / "app.py",
        root / "serve.py",
        *(path for folder in folders for path in folder.rglob("*.py")),
    ]
    paths = {path.relative_to(root).as_posix() for path in files}
    return {
        path: {found for names in _imported(root / path) if (found := _file(names, paths)) and found != path}
        for path in paths
    }


def _imported(path: Path) -> Iterable[tuple[str, ...]]:
    """What a file imports, by dotted names; of `from a import b`, which may mean either, `a.b` and `a`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name,) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import; give the whole name"
            yield from ((f"{node.module}.{alias.name}", str(node.module)) for alias in node.names)


def _file(names: tuple[str, ...], paths: set[str]) -> str | None:
    """The file of the project that is meant, if it is one."""
    stems = (name.replace(".", "/") for name in names)
    places = (place for stem in stems for place in (f"{stem}.py", f"{stem}/__init__.py"))
    return next((place for place in places if place in paths), None)


def room_of(path: str) -> str:
    """The folder of a file; a door is a room of its own."""
    return path if path in FLOORS else path.rpartition("/")[0]


def upward_arrows(imports: Imports) -> list[str]:
    """Each import of a room that is not below, as a line that names both files."""
    return sorted(
        f"{path} -> {found}"
        for path, found_ones in imports.items()
        for found in found_ones
        if room_of(path) != room_of(found) and FLOORS.index(room_of(path)) <= FLOORS.index(room_of(found))
    )


def circle(imports: Imports) -> list[str]:
    """The files of one circle, if there is any, each imported by the one before it."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


@pytest.fixture(scope="module")
def imports() -> Imports:
    return imports_of(ROOT)


def test_every_room_is_on_a_floor(imports: Imports) -> None:
    assert {room_of(path) for path in imports} - set(FLOORS) == set()


def test_no_floor_is_empty(imports: Imports) -> None:
    assert set(FLOORS) - {room_of(path) for path in imports} == set()


def test_no_import_runs_upward(imports: Imports) -> None:
    assert upward_arrows(imports) == []


def test_no_imports_run_in_a_circle(imports: Imports) -> None:
    assert circle(imports) == []


def test_the_library_knows_no_page_and_no_streamlit() -> None:
    for path in (ROOT / "core").rglob("*.py"):
        tops = {names[0].partition(".")[0] for names in _imported(path)}
        assert tops.isdisjoint({"streamlit", "service", "pages", "app", "bench", "tests"}), path


def test_the_service_knows_no_page() -> None:
    for path in (ROOT / "service").rglob("*.py"):
        tops = {names[0].partition(".")[0] for names in _imported(path)}
        assert tops.isdisjoint({"streamlit", "pages", "app"}), path


SERVICES_DOOR = {
    *("service/local.py", "service/launch.py"),
    *("service/settings.py", "service/errors.py", "service/access/keys.py"),
}
"""What the Service page may know: where the service is, how to start it, its keys; not how it answers."""


def test_pages_know_of_the_service_what_lies_at_its_door(imports: Imports) -> None:
    for path, found in imports.items():
        if path.startswith("pages/"):
            known = {each for each in found if each.startswith("service/")} - {"service/__init__.py"}
            assert known <= (SERVICES_DOOR if path.startswith("pages/widgets/service/") else set()), path


def test_the_services_door_is_light() -> None:
    for door in SERVICES_DOOR:
        tops = {names[0].partition(".")[0] for names in _imported(ROOT / door)}
        assert tops.isdisjoint({"fastapi", "faststream", "nats", "torch", "streamlit", "uvicorn"}), door


def test_the_client_knows_httpx_and_nothing_else_of_ours_or_others() -> None:
    for path in (ROOT / "streetscope").rglob("*.py"):
        tops = {names[0].partition(".")[0] for names in _imported(path)}
        assert tops <= {*sys.stdlib_module_names, "httpx", "streetscope"}, path


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house of its own, with a late import that runs upward and a type-only one that closes a circle."""
    for room in ("core/photos", "core/reports", "service", "pages", "bench"):
        (tmp_path / room).mkdir(parents=True)
    (tmp_path / "app.py").write_text("import core.reports.charts\n")
    (tmp_path / "serve.py").touch()
    (tmp_path / "core/photos/images.py").write_text("def draw():\n    from core.reports import charts\n")
    (tmp_path / "core/reports/charts.py").write_text("from core.reports.tables import rows\n")
    (tmp_path / "core/reports/tables.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from core.reports.charts import Chart\n"
    )
    return tmp_path


def test_a_late_import_that_runs_upward_is_named(house: Path) -> None:
    assert upward_arrows(imports_of(house)) == ["core/photos/images.py -> core/reports/charts.py"]


def test_a_circle_by_a_type_only_import_is_named(house: Path) -> None:
    assert set(circle(imports_of(house))) == {"core/reports/charts.py", "core/reports/tables.py"}
