// What a picture says of its pixels and classes, and the colours that it gives them.

import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./modules.mjs";

const { Picture } = await load("picture");
const { colourOf } = await load("colourmap");

// Three columns, two rows: Sky Sky Road / Road Sky 9, a number beyond the list of classes.
const LABELS = [0, 0, 1, 1, 0, 9];
const CONFIDENCES = [100, 50, 40, 60, 0, 30];
const ENTROPIES = [0, 50, 25, 10, 5, 50]; // fiftieths of a bit

const DESCRIPTION = { width: 3, height: 2, names: ["Sky", "Road"], colours: [[1, 2, 3], null] };

function picture({ confident = true, entropies = null } = {}) {
  const maps = [Uint8Array.from(LABELS)];
  if (confident) maps.push(Uint8Array.from(CONFIDENCES));
  const made = new Picture(DESCRIPTION, null, maps);
  made.entropies = entropies && Uint8Array.from(entropies);
  return made;
}

function tinted(made, view, hidden = []) {
  const pixels = new Uint32Array(LABELS.length);
  made.tintPixels(pixels, view, new Set(hidden));
  const bytes = new Uint8Array(pixels.buffer);
  return LABELS.map((_, index) => [...bytes.subarray(4 * index, 4 * index + 4)]);
}

test("a pixel is read by row and column", () => {
  const made = picture({ entropies: ENTROPIES });
  const sky = { name: "Sky", colour: "rgb(1 2 3)", label: 0, confidence: 50, entropy: 1 };
  assert.deepEqual(made.read({ row: 0, col: 1 }), sky);
  assert.deepEqual(made.read({ row: 1, col: 0 }), { name: "Road", colour: "", label: 1, confidence: 60, entropy: 0.2 });
});

test("a number beyond the list of classes is no class", () => {
  const unknown = { name: "no class", colour: "", label: 9, confidence: 30, entropy: null };
  assert.deepEqual(picture().read({ row: 1, col: 2 }), unknown);
});

test("a picture without confidences says none", () => {
  const made = picture({ confident: false });
  assert.equal(made.read({ row: 0, col: 0 }).confidence, null);
  assert.ok(made.classes.every(({ confidence }) => confidence === null));
});

test("classes are listed by their share, each with its mean confidence", () => {
  assert.deepEqual(picture().classes, [
    { label: 0, share: 1 / 2, confidence: 50 },
    { label: 1, share: 1 / 3, confidence: 50 },
    { label: 9, share: 1 / 6, confidence: 30 },
  ]);
});

test("the picture in words: its size, and its classes by share", () => {
  assert.equal(picture().inWords(), `3 by 2 pixels: Sky 50.0%, Road 33.3%, no class 16.7%`);
});

test("a pixel in words says what is known of it", () => {
  const words = (made) => Picture.inWords(made.read({ row: 0, col: 1 }));
  assert.equal(words(picture({ confident: false })), "Sky");
  assert.equal(words(picture()), "Sky · 50%");
  assert.equal(words(picture({ entropies: ENTROPIES })), "Sky · 50% · 1.0\u00a0bits");
});

test("the most entropy is that of classes which are all as probable", () => {
  assert.equal(picture().mostEntropy, 1); // two classes
});

const CLEAR = [0, 0, 0, 0];
const SKY = [1, 2, 3, 255];

test("overlay and mask have the classes' colours; a class without one is clear", () => {
  const expected = [SKY, SKY, CLEAR, CLEAR, SKY, CLEAR];
  assert.deepEqual(tinted(picture(), "mask"), expected);
  assert.deepEqual(tinted(picture(), "overlay"), expected);
});

test("confidence has the colour map's colours, from 0 to 100 per cent", () => {
  assert.deepEqual(tinted(picture(), "confidence"), CONFIDENCES.map((value) => [...colourOf(value / 100), 255]));
});

test("entropy has the colour map's colours, from 0 to the most that these classes allow", () => {
  const found = tinted(picture({ entropies: ENTROPIES }), "entropy");
  assert.deepEqual(found, ENTROPIES.map((value) => [...colourOf(value / 50), 255]));
});

test("hidden classes are clear in every view", () => {
  assert.deepEqual(tinted(picture(), "mask", [0]), Array(6).fill(CLEAR));
  const hidden = tinted(picture(), "confidence", [0, 9]);
  LABELS.forEach((label, index) => assert.equal(hidden[index][3], label === 1 ? 255 : 0));
});

test("what is painted for a view is named so that only another painting has another name", () => {
  const made = picture();
  assert.equal(made.tintRecipe("overlay", new Set()), made.tintRecipe("mask", new Set())); // opacity apart the same
  assert.notEqual(made.tintRecipe("mask", new Set()), made.tintRecipe("confidence", new Set()));
  assert.notEqual(made.tintRecipe("mask", new Set()), made.tintRecipe("mask", new Set([1])));
  assert.equal(made.tintRecipe("mask", new Set([1, 0])), made.tintRecipe("mask", new Set([0, 1])));
});
