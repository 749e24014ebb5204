"""An environment with what a file of requirements brings along, and no more: links into our own."""

from __future__ import annotations

import sysconfig
import venv
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT


def make_environment(folder: Path, requirements: str) -> Path:
    """Make an environment in this folder, for a file of requirements by name; returns its Python."""
    venv.create(folder, symlinks=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    for each in _brought_along(requirements):
        for top in {path.parts[0] for path in each.files or ()} - {"..", "__pycache__"}:
            if not (packages / top).is_symlink():
                (packages / top).symlink_to(Path(str(each.locate_file(top))).resolve())
    broker = Path(sysconfig.get_path("scripts"), "nats-server")
    (folder / "bin/nats-server").symlink_to(broker.resolve())
    return folder / "bin/python"


def _brought_along(requirements: str) -> Iterator[Distribution]:
    """Each distribution that these requirements need, and those that they need themselves."""
    lines = (ROOT / requirements).read_text("utf-8").splitlines()
    left = [Requirement(line) for line in lines if line and not line.startswith("#")]
    seen: set[tuple[str, frozenset[str]]] = set()
    while left:
        one = left.pop()
        key = (canonicalize_name(one.name), frozenset(one.extras))
        if key in seen:
            continue
        seen.add(key)
        try:
            found = distribution(one.name)
        except PackageNotFoundError:  # needed on other systems only
            continue
        yield found
        for needed in map(Requirement, found.requires or ()):
            marker = needed.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *one.extras)):
                left.append(needed)
