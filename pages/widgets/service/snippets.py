"""A request for other programs to send: as a command of curl, and as Python."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import urlencode

_METHODS = {"json": "segment", "index": "mask", "colour": "colour_mask"}
_ENDINGS = {"json": "json", "index": "png", "colour": "png"}


def curl(url: str, photo: str, words: Mapping[str, str]) -> str:
    """The command. photo: the file's name. words: model, size, answer."""
    address = shlex.quote(f"{url}/v1/segment?{urlencode(words)}")
    out = f"answer.{_ENDINGS[words['answer']]}"
    return (
        'curl --fail-with-body -H "Authorization: Bearer $STREETSCOPE_KEY" \\\n'
        f"  --data-binary {shlex.quote(f'@{_file(photo)}')} \\\n  {address} -o {out}"
    )


def python(url: str, photo: str, words: Mapping[str, str]) -> str:
    """The program; parameters as for `curl`."""
    answer = words["answer"]
    then = {
        "json": "print(answer)",
        "index": "print(answer)",
        "colour": 'answer.save("answer.png")',
    }[answer]
    return (
        "from streetscope.client import Client\n\n"
        f"with Client({url!r}) as streets:  # the key: STREETSCOPE_KEY\n"
        f"    answer = streets.{_METHODS[answer]}(\n"
        f"        {_file(photo)!r}, model={words['model']!r}, size={words['size']!r}\n"
        "    )\n"
        f"    {then}"
    )


def _file(photo: str) -> str:
    """A file's name without folders, and nothing that a terminal could take for more than a letter."""
    name = "".join(letter for letter in PurePosixPath(photo).name if letter.isprintable())
    return name or "photo.jpg"
