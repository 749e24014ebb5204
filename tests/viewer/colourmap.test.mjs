// Numbers as colours: the ends, the order of lightness, and what lies outside.

import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./modules.mjs";

const { GRADIENT, colourOf } = await load("colourmap");

/** Relative luminance, WCAG 2.2. */
function luminance(colour) {
  const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const [red, green, blue] = colour.map((channel) => linear(channel / 255));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test("the map begins dark blue and ends yellow", () => {
  assert.deepEqual(colourOf(0), [0, 34, 78]);
  assert.deepEqual(colourOf(1), [254, 232, 56]);
});

test("numbers outside 0 to 1 have the colours of the ends", () => {
  assert.deepEqual(colourOf(-0.5), colourOf(0));
  assert.deepEqual(colourOf(1.5), colourOf(1));
});

test("between two of its colours lie those between them, in whole numbers", () => {
  assert.deepEqual(colourOf(1 / 32), [0, 40, 92]); // half way from (0, 34, 78) to (0, 46, 106)
  for (let step = 0; step <= 1000; step += 1) {
    assert.ok(colourOf(step / 1000).every((channel) => Number.isInteger(channel) && channel >= 0 && channel <= 255));
  }
});

test("more is lighter, all along", () => {
  const lights = Array.from({ length: 65 }, (_, step) => luminance(colourOf(step / 64)));
  assert.ok(lights.every((light, step) => step === 0 || light > lights[step - 1]));
});

test("the scale bar shows the same colours, from left to right", () => {
  const shown = [...GRADIENT.matchAll(/rgb\((\d+) (\d+) (\d+)\)/g)].map((match) => match.slice(1).map(Number));
  assert.ok(GRADIENT.startsWith("linear-gradient(to right, "));
  assert.equal(shown.length, 17);
  shown.forEach((colour, index) => assert.deepEqual(colour, colourOf(index / 16)));
});
