"""JSON from elsewhere: plain values pass, and what nobody could show or write again is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.strict_json import DEEPEST, parse_json

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=20,
)


@given(plain)
def test_plain_values_come_back_as_they_were(values):
    assert parse_json(json.dumps(values)) == values


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("NaN", "NaN is not a number"),
        ('{"a": [-Infinity]}', "-Infinity is not a number"),
        ("1e999", "too large"),
        ('{"a": 1, "a": 2}', "'a' twice"),
        ('{"b": {"a": 1, "a": 1}}', "'a' twice"),
        ('["\\ud800"]', "half a character"),
        ('{"\\udc00": 1}', "half a character"),
        (str(2**63), "64 bits"),
        (str(-(10**400)), "64 bits"),
        ("1" * 10_000, "digits"),
        ("[" * (DEEPEST + 2) + "]" * (DEEPEST + 2), "nested too deeply"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ("", "Expecting value"),
    ],
)
def test_what_is_not_quite_json_is_refused_with_words(text, words):
    with pytest.raises(ValueError, match=words):
        parse_json(text)


def test_as_many_levels_as_may_be_are_read():
    values = parse_json("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1))
    assert values
