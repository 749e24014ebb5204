"""Made-up nicknames: nobody types a name, so nobody's name is kept."""

from __future__ import annotations

import random
from collections.abc import Collection

ENGLISH = (
    (
        *("brave", "calm", "clever", "curious", "eager", "fair", "gentle", "happy", "jolly", "keen"),
        *("kind", "lively", "lucky", "merry", "mighty", "neat", "nimble", "patient", "proud", "quick"),
        *("quiet", "sharp", "steady", "sunny", "swift", "tidy", "warm", "wise", "witty", "young"),
    ),
    (
        *("badger", "bat", "bear", "beaver", "bee", "crane", "crow", "deer", "dolphin", "dove"),
        *("duck", "eagle", "falcon", "finch", "fox", "frog", "gecko", "goose", "hare", "hawk"),
        *("heron", "horse", "kite", "koala", "lark", "lion", "lynx", "moose", "newt", "orca"),
        *("otter", "owl", "panda", "parrot", "puffin", "raven", "robin", "seal", "swan", "tiger"),
    ),
)
"""Qualities, and animals that may have them."""

_INDONESIAN = (
    (
        *("berani", "bijak", "cakap", "cekatan", "cepat", "cerah", "cerdas", "cerdik", "ceria", "cermat"),
        *("gagah", "gembira", "gesit", "giat", "hangat", "hebat", "jujur", "kuat", "lembut", "lincah"),
        *("luwes", "muda", "rajin", "ramah", "rapi", "sabar", "sigap", "tangkas", "tekun", "tenang"),
    ),
    (
        *("angsa", "badak", "bangau", "banteng", "bebek", "beo", "beruang", "camar", "cenderawasih", "domba"),
        *("elang", "gajah", "gurita", "hiu", "jalak", "kakaktua", "kancil", "katak", "kelinci", "kenari"),
        *("kepiting", "kuda", "kukang", "kupu-kupu", "lebah", "lumba-lumba", "lutung", "macan", "merak"),
        *("merpati", "orang utan", "panda", "paus", "penyu", "pipit", "rajawali", "rusa", "semut"),
        *("tapir", "tupai"),
    ),
)


def nickname(language: str, taken: Collection[str], chance: random.Random) -> str | None:
    """A nickname that nobody in the class has; None when all are taken.

    language: "id" gives Indonesian ones, with the animal first; any other English ones.
    """
    qualities, animals = _INDONESIAN if language == "id" else ENGLISH
    pairs = [(quality, animal) for quality in qualities for animal in animals]
    names = (
        f"{animal} {quality}" if language == "id" else f"{quality} {animal}" for quality, animal in pairs
    )
    free = [name for name in names if name not in taken]
    return chance.choice(free) if free else None
