"""Which of CamVid's classes a thing of Jakarta's street is; docs/jakarta.md says why."""

from __future__ import annotations

from core.toytown.drawing import kinds

MEANINGS = {
    "motorcycle, its riders and their load": kinds.MOTORCYCLE,
    "parked scooter": kinds.MOTORCYCLE,
    "bajaj": kinds.OTHER_MOVING,
    "becak": kinds.BICYCLIST,
    "angkot": kinds.SUV,
    "TransJakarta bus": kinds.TRUCK,
    "kaki lima cart": kinds.CART,
    "warung": kinds.BUILDING,
    "awning": kinds.BUILDING,
    "corrugated roof": kinds.BUILDING,
    "shop board": kinds.TEXT,
    "banner": kinds.TEXT,
    "open drain": kinds.SHOULDER,
    "dirt verge": kinds.SHOULDER,
    "median planter": kinds.WALL,
    "plants of a planter": kinds.GREEN,
    "median railing": kinds.FENCE,
    "kerb in black and white": kinds.SIDEWALK,
    "flyover": kinds.BRIDGE,
    "footbridge": kinds.BRIDGE,
    "gapura": kinds.ARCHWAY,
    "palm": kinds.TREE,
    "banyan": kinds.TREE,
    "utility pole": kinds.POLE,
    "cable": kinds.VOID,
    "plastic stool": kinds.VOID,
    "own handlebars": kinds.VOID,
}
"""The class of each thing, by the words that the documentation uses."""

MOTORCYCLE = MEANINGS["motorcycle, its riders and their load"]
PARKED = MEANINGS["parked scooter"]
BAJAJ = MEANINGS["bajaj"]
BECAK = MEANINGS["becak"]
ANGKOT = MEANINGS["angkot"]
BUS = MEANINGS["TransJakarta bus"]
CART = MEANINGS["kaki lima cart"]
WARUNG = MEANINGS["warung"]
AWNING = MEANINGS["awning"]
ROOF = MEANINGS["corrugated roof"]
BOARD = MEANINGS["shop board"]
BANNER = MEANINGS["banner"]
DRAIN = MEANINGS["open drain"]
DIRT = MEANINGS["dirt verge"]
PLANTER = MEANINGS["median planter"]
PLANTS = MEANINGS["plants of a planter"]
RAILING = MEANINGS["median railing"]
KERBSTONE = MEANINGS["kerb in black and white"]
FLYOVER = MEANINGS["flyover"]
FOOTBRIDGE = MEANINGS["footbridge"]
GAPURA = MEANINGS["gapura"]
PALM = MEANINGS["palm"]
BANYAN = MEANINGS["banyan"]
UTILITY_POLE = MEANINGS["utility pole"]
CABLE = MEANINGS["cable"]
STOOL = MEANINGS["plastic stool"]
OWN = MEANINGS["own handlebars"]
