"""The shared cache: made once, bounded, dropped when its last user leaves."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.segmentation.cache import SharedCache


@pytest.fixture
def cache() -> SharedCache[bytes]:
    return SharedCache(100, len)


def never() -> bytes:
    raise AssertionError("this value was kept; it need not be made")


def test_a_value_is_made_once(cache):
    assert cache.get("ann", "key", lambda: b"value") == b"value"
    assert cache.get("bob", "key", never) == b"value"


def test_values_differ_by_key(cache):
    cache.get("ann", ("photo", 512), lambda: b"small")
    assert cache.get("ann", ("photo", 1024), lambda: b"large") == b"large"


def test_many_who_ask_at_once_wait_for_one(cache):
    made = []
    begun = threading.Event()
    go_on = threading.Event()

    def make() -> bytes:
        made.append(threading.get_ident())
        begun.set()
        assert go_on.wait(30)
        return b"value"

    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(cache.get, "0", "key", make)
        assert begun.wait(30)
        others = [pool.submit(cache.get, str(i), "key", make) for i in range(1, 8)]
        go_on.set()
        assert {f.result(30) for f in (first, *others)} == {b"value"}
    assert len(made) == 1


def test_other_keys_are_made_meanwhile(cache):
    def slow() -> bytes:
        # while this one is being made, another thread gets its own
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(cache.get, "bob", "other", lambda: b"quick").result(30) == b"quick"
        return b"slow"

    assert cache.get("ann", "key", slow) == b"slow"


def test_the_least_recently_used_gives_way(cache):
    for key in "abc":
        cache.get("ann", key, lambda: bytes(40))  # the third makes 120 of 100
        if key == "b":
            cache.get("ann", "a", never)
    assert cache.nbytes <= 100
    cache.get("ann", "a", never)
    assert cache.get("ann", "b", lambda: b"again") == b"again"


def test_what_is_larger_than_everything_is_handed_out_and_not_kept(cache):
    cache.get("ann", "small", lambda: b"small")
    assert len(cache.get("ann", "huge", lambda: bytes(101))) == 101
    cache.get("ann", "small", never)
    assert cache.nbytes == 5


def test_a_value_goes_with_its_last_owner(cache):
    cache.get("ann", "shared", lambda: b"value")
    cache.get("bob", "shared", never)
    cache.get("ann", "own", lambda: b"own")
    cache.release("ann")
    assert cache.nbytes == 5
    cache.get("bob", "shared", never)
    cache.release("bob")
    assert cache.nbytes == 0


def test_an_error_is_passed_on_and_the_next_try_may_succeed(cache):
    def fail() -> bytes:
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            cache.get("ann", "key", fail)
    assert cache.get("ann", "key", lambda: b"yes") == b"yes"
