// Pixels, places, spots and viewports: the laws that they keep, at values by chance and by hand.

import assert from "node:assert/strict";
import test from "node:test";

import { chance, load } from "./modules.mjs";

const geometry = await load("geometry");
const {
  WHOLE_PICTURE,
  between,
  centreOf,
  clamp,
  cornerOf,
  extentOf,
  inside,
  neighbourhood,
  panned,
  pixelAt,
  samePixel,
  samePlace,
  sameViewport,
  seenAt,
  showing,
  toPlace,
  toSpot,
  zoomed,
} = geometry;

const TIMES = 500;
const LEAST_SPAN = 1 / 64;

function near(actual, expected, tolerance = 1e-9) {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

function nearPoint(actual, expected) {
  near(actual.x, expected.x);
  near(actual.y, expected.y);
}

function isInside({ left, top, span }) {
  for (const edge of [left, top]) {
    assert.ok(edge >= 0, `begins at ${edge}`);
    assert.ok(edge + span <= 1 + 1e-12, `ends at ${edge + span}`);
  }
}

test("a clamped value lies between its limits, and stays where it is if it did", () => {
  assert.deepEqual([-1, 0, 0.5, 3, 4].map((value) => clamp(value, 0, 3)), [0, 0, 0.5, 3, 3]);
});

test("pixels are the same by row and column, and no pixel is the same as none", () => {
  assert.equal(samePixel({ row: 1, col: 2 }, { row: 1, col: 2 }), true);
  assert.equal(samePixel({ row: 1, col: 2 }, { row: 2, col: 1 }), false);
  assert.equal(samePixel({ row: 1, col: 2 }, { row: 1, col: 3 }), false);
  assert.equal(samePixel(null, { row: 1, col: 2 }), false);
  assert.equal(samePixel({ row: 1, col: 2 }, null), false);
  assert.equal(samePixel(null, null), false);
});

test("viewports are the same by left edge, top edge and span", () => {
  const viewport = { left: 0.25, top: 0.5, span: 0.125 };
  assert.equal(sameViewport(viewport, { ...viewport }), true);
  for (const edge of ["left", "top", "span"]) assert.equal(sameViewport(viewport, { ...viewport, [edge]: 0 }), false);
});

// --- places, spots and pixels --------------------------------------------------------------------

test("in the whole picture places are spots", () => {
  assert.deepEqual(WHOLE_PICTURE, { left: 0, top: 0, span: 1 });
  assert.deepEqual(toSpot({ x: 0.3, y: 0.7 }, WHOLE_PICTURE), { x: 0.3, y: 0.7 });
});

test("the canvas's corners show the viewport's", () => {
  const viewport = { left: 0.25, top: 0.5, span: 0.125 };
  assert.deepEqual(toSpot({ x: 0, y: 0 }, viewport), { x: 0.25, y: 0.5 });
  assert.deepEqual(toSpot({ x: 1, y: 1 }, viewport), { x: 0.375, y: 0.625 });
  assert.deepEqual(toPlace({ x: 0.3125, y: 0.5625 }, viewport), { x: 0.5, y: 0.5 });
});

test("a place's spot is at that place, and a spot's place shows that spot", () => {
  const by = chance(1);
  for (let i = 0; i < TIMES; i += 1) {
    const [viewport, point] = [by.viewport(), by.place()];
    nearPoint(toPlace(toSpot(point, viewport), viewport), point);
    nearPoint(toSpot(toPlace(point, viewport), viewport), point);
  }
});

test("a spot belongs to the pixel that it lies in: floor, never round", () => {
  const size = { width: 4, height: 2 };
  const at = (x, y) => pixelAt({ x, y }, size);
  assert.deepEqual(at(0, 0), { row: 0, col: 0 });
  assert.deepEqual(at(0.2499, 0.4999), { row: 0, col: 0 }); // rounding would say (1, 1)
  assert.deepEqual(at(0.25, 0.5), { row: 1, col: 1 });
  assert.deepEqual(at(0.9999, 0.9999), { row: 1, col: 3 });
});

test("the last edge, and all that lies outside, belongs to the nearest pixel", () => {
  const size = { width: 4, height: 2 };
  assert.deepEqual(pixelAt({ x: 1, y: 1 }, size), { row: 1, col: 3 });
  assert.deepEqual(pixelAt({ x: 7, y: -3 }, size), { row: 0, col: 3 });
  assert.deepEqual(pixelAt({ x: -0.01, y: 1.01 }, size), { row: 1, col: 0 });
});

test("every part of a pixel is that pixel's", () => {
  const by = chance(2);
  for (let i = 0; i < TIMES; i += 1) {
    const size = by.size(2000);
    const pixel = { row: by.whole(0, size.height - 1), col: by.whole(0, size.width - 1) };
    for (const part of [0.001, 0.25, 0.499, 0.501, 0.75, 0.999]) {
      const spot = { x: (pixel.col + part) / size.width, y: (pixel.row + part) / size.height };
      assert.deepEqual(pixelAt(spot, size), pixel);
    }
    assert.deepEqual(pixelAt(centreOf(pixel, size), size), pixel);
  }
});

test("a pixel's centre lies half a pixel from its corner", () => {
  const size = { width: 4, height: 2 };
  assert.deepEqual(cornerOf({ row: 1, col: 3 }, size), { x: 0.75, y: 0.5 });
  assert.deepEqual(centreOf({ row: 1, col: 3 }, size), { x: 0.875, y: 0.75 });
});

test("the same place in another picture is the pixel where this one's centre is", () => {
  const [small, large] = [{ width: 2, height: 3 }, { width: 20, height: 30 }];
  assert.deepEqual(samePlace({ row: 1, col: 1 }, small, large), { row: 15, col: 15 });
  assert.deepEqual(samePlace({ row: 15, col: 15 }, large, small), { row: 1, col: 1 });
  const by = chance(3);
  for (let i = 0; i < TIMES; i += 1) {
    const [size, other] = [by.size(900), by.size(900)];
    const pixel = { row: by.whole(0, size.height - 1), col: by.whole(0, size.width - 1) };
    const found = samePlace(pixel, size, other);
    const { x, y } = centreOf(pixel, size);
    // The centre lies in the pixel that was found, its edges included: sums of fractions round.
    for (const [along, count, position] of [[x, other.width, found.col], [y, other.height, found.row]]) {
      assert.ok(position >= 0 && position < count);
      assert.ok(along * count >= position - 1e-9 && along * count <= position + 1 + 1e-9);
    }
    assert.deepEqual(samePlace(pixel, size, size), pixel);
  }
});

// --- viewports -----------------------------------------------------------------------------------

test("a viewport moved inside shows nothing outside the picture, and stays where it is if it did not", () => {
  assert.deepEqual(inside({ left: -0.2, top: 0.9, span: 0.5 }), { left: 0, top: 0.5, span: 0.5 });
  assert.deepEqual(inside({ left: 0.3, top: -1, span: 1 }), WHOLE_PICTURE);
  const by = chance(4);
  for (let i = 0; i < TIMES; i += 1) {
    const viewport = by.viewport();
    isInside(inside({ ...viewport, left: 4 * by.number() - 2, top: 4 * by.number() - 2 }));
    assert.deepEqual(inside(viewport), viewport);
  }
});

test("zooming in keeps the spot at the place around which it zooms", () => {
  const by = chance(5);
  for (let i = 0; i < TIMES; i += 1) {
    const [viewport, place, factor] = [by.viewport(), by.place(), 1 + 3 * by.number()];
    const after = zoomed(viewport, factor, place, LEAST_SPAN);
    isInside(after);
    near(after.span, Math.max(viewport.span / factor, LEAST_SPAN));
    nearPoint(toSpot(place, after), toSpot(place, viewport));
  }
});

test("zooming out shows more, never more than the picture, and keeps the spot where the picture's edge allows", () => {
  const by = chance(6);
  for (let i = 0; i < TIMES; i += 1) {
    const [viewport, place, factor] = [by.viewport(), by.place(), 1 / (1 + 3 * by.number())];
    const after = zoomed(viewport, factor, place, LEAST_SPAN);
    isInside(after);
    near(after.span, Math.min(viewport.span / factor, 1));
    const spot = toSpot(place, viewport);
    const wished = { left: spot.x - place.x * after.span, top: spot.y - place.y * after.span };
    for (const [edge, axis] of [["left", "x"], ["top", "y"]]) {
      if (wished[edge] >= 0 && wished[edge] <= 1 - after.span) near(toSpot(place, after)[axis], spot[axis]);
    }
  }
});

test("zooming ends at the least span and at the whole picture", () => {
  assert.equal(zoomed(WHOLE_PICTURE, 1e6, { x: 0.5, y: 0.5 }, LEAST_SPAN).span, LEAST_SPAN);
  const viewport = { left: 0.7, top: 0.1, span: 0.25 };
  assert.deepEqual(zoomed(viewport, 0.25, { x: 0.9, y: 0.2 }, LEAST_SPAN), WHOLE_PICTURE);
  assert.deepEqual(zoomed(viewport, 1e-6, { x: 0.9, y: 0.2 }, LEAST_SPAN), WHOLE_PICTURE);
});

test("zooming by hand: twice around the middle of the right edge", () => {
  const after = zoomed(WHOLE_PICTURE, 2, { x: 1, y: 0.5 }, LEAST_SPAN);
  assert.deepEqual(after, { left: 0.5, top: 0.25, span: 0.5 });
});

test("a spot is seen at the place asked for, where the picture's edge allows", () => {
  assert.deepEqual(seenAt({ x: 0.5, y: 0.5 }, { x: 0.25, y: 0.5 }, 0.5), { left: 0.375, top: 0.25, span: 0.5 });
  assert.deepEqual(seenAt({ x: 0, y: 1 }, { x: 0.5, y: 0.5 }, 0.5), { left: 0, top: 0.5, span: 0.5 });
});

test("dragging moves the picture with the pointer, and no further than its edge", () => {
  const viewport = { left: 0.5, top: 0.5, span: 0.25 };
  assert.deepEqual(panned(viewport, 0.5, -0.5), { left: 0.375, top: 0.625, span: 0.25 });
  assert.deepEqual(panned(viewport, 100, -100), { left: 0, top: 0.75, span: 0.25 });
  assert.deepEqual(panned(WHOLE_PICTURE, 0.3, 0.3), WHOLE_PICTURE);
  const by = chance(7);
  for (let i = 0; i < TIMES; i += 1) {
    const [from, place] = [by.viewport(), by.place()];
    const [x, y] = [by.number() - 0.5, by.number() - 0.5];
    const to = panned(from, x, y);
    isInside(to);
    assert.equal(to.span, from.span);
    const spot = toSpot(place, from);
    if (to.left > 0 && to.left < 1 - to.span) near(toPlace(spot, to).x, place.x + x);
    if (to.top > 0 && to.top < 1 - to.span) near(toPlace(spot, to).y, place.y + y);
  }
});

test("between two viewports lie viewports; a spot that both show at one place stays there", () => {
  const by = chance(8);
  for (let i = 0; i < TIMES; i += 1) {
    const [from, place] = [by.viewport(), by.place()];
    const to = zoomed(from, 1 + 3 * by.number(), place, LEAST_SPAN);
    assert.deepEqual(between(from, to, 0), from);
    const end = between(from, to, 1);
    for (const edge of ["left", "top", "span"]) near(end[edge], to[edge]);
    const part = by.number();
    const half = between(from, to, part);
    isInside(half);
    nearPoint(toSpot(place, half), toSpot(place, from));
    near(half.span, from.span + part * (to.span - from.span));
  }
});

test("a viewport that shows a spot well inside its edges stays", () => {
  const viewport = { left: 0.25, top: 0.25, span: 0.5 };
  assert.deepEqual(showing(viewport, { x: 0.5, y: 0.5 }), viewport);
  assert.deepEqual(showing(viewport, { x: 0.32, y: 0.68 }), viewport);
});

test("a viewport moves no further than needed to show a spot", () => {
  const viewport = { left: 0.25, top: 0.25, span: 0.5 };
  const right = showing(viewport, { x: 0.8, y: 0.5 }); // 0.12 of the span, 0.06, is kept free beside it
  near(right.left, 0.8 + 0.06 - 0.5);
  assert.equal(right.top, 0.25);
  near(showing(viewport, { x: 0.5, y: 0.2 }).top, 0.14);
  const by = chance(9);
  for (let i = 0; i < TIMES; i += 1) {
    const [from, spot] = [by.viewport(), by.place()];
    const to = showing(from, spot);
    isInside(to);
    assert.equal(to.span, from.span);
    const { x, y } = toPlace(spot, to);
    for (const along of [x, y]) assert.ok(along >= -1e-9 && along <= 1 + 1e-9);
    const again = showing(to, spot);
    near(again.left, to.left);
    near(again.top, to.top);
  }
});

// --- neighbours ----------------------------------------------------------------------------------

test("the neighbours on a row are the 10 before and the 10 after, moved inwards at the picture's edges", () => {
  const size = { width: 30, height: 5 };
  const cols = (col) => neighbourhood({ row: 3, col }, size, "row").map((pixel) => pixel.col);
  const from = (first) => Array.from({ length: 21 }, (_, index) => first + index);
  assert.deepEqual(cols(15), from(5));
  assert.deepEqual(cols(0), from(0));
  assert.deepEqual(cols(10), from(0));
  assert.deepEqual(cols(11), from(1));
  assert.deepEqual(cols(29), from(9));
  assert.ok(neighbourhood({ row: 3, col: 15 }, size, "row").every(({ row }) => row === 3));
});

test("the neighbours in a column are the 10 above and the 10 below", () => {
  const found = neighbourhood({ row: 15, col: 2 }, { width: 5, height: 30 }, "column");
  assert.deepEqual(found, Array.from({ length: 21 }, (_, index) => ({ row: 5 + index, col: 2 })));
});

test("the neighbours around a pixel are the 20 nearest: a square of 5 without its corners", () => {
  const found = neighbourhood({ row: 10, col: 10 }, { width: 30, height: 30 }, "square");
  const expected = [];
  for (let row = 8; row <= 12; row += 1) {
    for (let col = 8; col <= 12; col += 1) {
      if (Math.abs(row - 10) !== 2 || Math.abs(col - 10) !== 2) expected.push({ row, col });
    }
  }
  assert.deepEqual(found, expected);
});

test("a neighbourhood holds its pixel, lies in the picture, has no pixel twice and is in order", () => {
  const by = chance(10);
  for (let i = 0; i < TIMES; i += 1) {
    const size = by.size(40);
    const pixel = { row: by.whole(0, size.height - 1), col: by.whole(0, size.width - 1) };
    const counts = {
      row: Math.min(21, size.width),
      column: Math.min(21, size.height),
      square: Math.min(21, Math.min(5, size.width) * Math.min(5, size.height)),
    };
    for (const [shape, count] of Object.entries(counts)) {
      const found = neighbourhood(pixel, size, shape);
      assert.equal(found.length, count);
      assert.ok(found.some((each) => samePixel(each, pixel)));
      const order = found.map(({ row, col }) => row * size.width + col);
      assert.ok(order.every((each, index) => index === 0 || each > order[index - 1]));
      assert.ok(found.every(({ row, col }) => row >= 0 && row < size.height && col >= 0 && col < size.width));
    }
  }
});

test("the extent of pixels is the rectangle around them", () => {
  const pixels = [{ row: 3, col: 9 }, { row: 5, col: 2 }, { row: 4, col: 4 }];
  assert.deepEqual(extentOf(pixels), { top: 3, left: 2, bottom: 5, right: 9, rows: 3, cols: 8 });
  assert.deepEqual(extentOf([{ row: 7, col: 1 }]), { top: 7, left: 1, bottom: 7, right: 1, rows: 1, cols: 1 });
});
