"""`python -m core plan`: the plan in words and how long it takes, as text and as JSON."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from core.commands.plan import COMMANDS
from core.errors import StreetScopeError
from core.training.runs.folder import run_ids
from tests.runs import make_recipe, make_stage


@pytest.fixture
def run(store, tmp_path, monkeypatch):
    """Run the command; what it raises is what `python -m core` makes a sentence of."""
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "cache"))
    (command,) = COMMANDS

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(command, arguments, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    return run


@pytest.mark.slow
def test_the_plan_and_the_time_are_printed_as_text_and_as_json(run, data, recipe_file):
    path = recipe_file(make_recipe(make_stage("one"), make_stage("two")))
    found = json.loads(run("--data", str(data), "--recipe", path, "--json"))
    printed = run("--data", str(data), "--recipe", path)

    assert (found["recipe"], found["data"]) == ("test", "toy")
    assert printed.splitlines()[: len(found["plan"])] == found["plan"]
    assert [stage["name"] for stage in found["estimate"]["stages"]] == ["one", "two"]
    assert found["estimate"]["seconds"] > 0
    # the same measurement, kept
    assert f"measured over {found['estimate']['measured']} batches" in printed
    assert printed.splitlines()[-2].startswith("one")
    assert run_ids() == []


def test_words_alone_need_no_measurement(run, data, recipe_file):
    arguments = ("--data", str(data), "--recipe", recipe_file(make_recipe()), "--no-measure")

    assert json.loads(run(*arguments, "--json"))["estimate"] is None
    assert run(*arguments).startswith("The network is a single convolution (pixel_colour). It ")


@pytest.mark.parametrize("arguments", [("--recipe", "nosuch"), ("--stage", "nosuch")])
def test_what_cannot_be_planned_is_refused(run, data, arguments):
    with pytest.raises(StreetScopeError, match="nosuch"):
        run("--data", str(data), *arguments)
