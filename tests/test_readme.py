"""The README says what is so."""

from __future__ import annotations

from click.testing import CliRunner

from core.__main__ import cli
from tests.conftest import ROOT


def test_the_command_help_in_the_readme_is_the_real_one() -> None:
    result = CliRunner().invoke(cli, ["--help"], prog_name="python -m core", terminal_width=100)
    assert result.output.strip() in (ROOT / "README.md").read_text(encoding="utf-8")
