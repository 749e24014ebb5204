// What a search in the legend finds.

import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./modules.mjs";

const { isSought } = await load("legend");

const BUS = { name: "Truck_Bus", meaning: "A truck, lorry or bus." };
const BUSHES = { name: "VegetationMisc", meaning: "Green that is not a tree: grass, hedges, bushes." };
const CONE = { name: "TrafficCone", meaning: "A traffic cone." };

test("a class is found by a part of its name, whatever the case and the signs between", () => {
  assert.ok(isSought("truckbus", BUS));
  assert.ok(isSought("cone", CONE));
});

test("a class is found by a word of its meaning, or by the beginning of a long one", () => {
  assert.ok(isSought("lorry", BUS));
  assert.ok(isSought("hedge", BUSHES));
  assert.ok(!isSought("bus", BUSHES));
});

test("the beginning of a group's name finds all of its classes", () => {
  assert.ok(isSought("moving", BUS, "Moving objects"));
  assert.ok(!isSought("objects", BUS, "Moving objects"));
});
