"""A changed recipe in the page's address: it comes back as it was, and nothing else is taken for one."""

from __future__ import annotations

import base64
import zlib

import pytest

from core.training.recipes.recipe import recipe_text, shipped_recipes
from core.training.recipes.text import MAX_BYTES
from pages.widgets.training.address import packed, unpacked


@pytest.mark.parametrize("text", [*map(recipe_text, shipped_recipes()), "", 'näme = "ü"\n', "x" * MAX_BYTES])
def test_a_text_comes_back_as_it_was(text):
    assert packed(text).replace("-", "").replace("_", "").isalnum()
    assert unpacked(packed(text)) == text


@pytest.mark.parametrize(
    "word",
    [
        "",
        "%%%",
        "AAAA",
        "ä",
        packed("name = 1")[:-4],
        packed("x" * (MAX_BYTES + 1)),
        packed("0" * 10**8),
        base64.urlsafe_b64encode(zlib.compress(b"\xff\xfe")).decode(),
    ],
)
def test_what_is_no_packed_recipe_is_nothing(word):
    assert unpacked(word) is None
