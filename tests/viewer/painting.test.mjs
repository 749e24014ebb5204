// Which pixels of a canvas the viewer's painting covers.

import assert from "node:assert/strict";
import test from "node:test";

import { Canvas } from "./canvas.mjs";
import { chance, load } from "./modules.mjs";

const { MarkPainter, devicePixels, paintBoundaries, paintGrid, paintPicture, setSize } = await load("painting");
const { WHOLE_PICTURE, neighbourhood, toSpot } = await load("geometry");

const LIGHT = [255, 255, 255, 235];
const DARK = [0, 0, 0, 165];
const CLEAR = [0, 0, 0, 0];

// --- sizes ---------------------------------------------------------------------------------------

test("the browser's word counts for how it rounded, and ours where it left the pixel density out", () => {
  globalThis.window = { devicePixelRatio: 1.5 };
  assert.equal(devicePixels(333, 499), 499); // 499.5, rounded down
  assert.equal(devicePixels(333, 500), 500); // and up
  assert.equal(devicePixels(400, 400), 600);
  assert.equal(devicePixels(400, undefined), 600); // Safari does not say
  delete globalThis.window;
});

test("a canvas that has its size already is not given it again, which would wipe it", () => {
  const given = [];
  const target = { width: 3, height: 2 };
  const canvas = new Proxy(target, { set: (_, name, value) => given.push(name) && Reflect.set(target, name, value) });
  setSize(canvas, 3, 2);
  assert.deepEqual(given, []);
  setSize(canvas, 5, 2);
  assert.deepEqual(given, ["width", "height"]);
  assert.deepEqual(target, { width: 5, height: 2 });
});

test("the part of the picture in the viewport is laid over the whole canvas", () => {
  const canvas = new Canvas(300, 200);
  const source = {};
  const viewport = { left: 0.25, top: 0.5, span: 0.25 };
  paintPicture(canvas, source, viewport, { width: 64, height: 48 }, { smooth: false });
  assert.deepEqual(canvas.context.drawn, [[source, 16, 24, 16, 12, 0, 0, 300, 200]]);
  assert.equal(canvas.context.imageSmoothingEnabled, false);
});

// --- boundaries ----------------------------------------------------------------------------------

function boundaries({ width, height, labels, size, viewport = WHOLE_PICTURE, thickness = 1 }) {
  const canvas = new Canvas(width, height);
  paintBoundaries(canvas, Uint8Array.from(labels), viewport, size, thickness);
  return canvas;
}

const line = (canvas, y) => Array.from({ length: canvas.width }, (_, x) => canvas.pixel(x, y));

test("an upright boundary is light where the next class begins and dark before it", () => {
  // Three pixels of classes 0, 1, 1, each two device pixels wide.
  const canvas = boundaries({ width: 6, height: 2, labels: [0, 1, 1], size: { width: 3, height: 1 } });
  for (const y of [0, 1]) assert.deepEqual(line(canvas, y), [CLEAR, DARK, LIGHT, CLEAR, CLEAR, CLEAR]);
});

test("a level boundary is light where the next class begins and dark above it", () => {
  const canvas = boundaries({ width: 1, height: 6, labels: [4, 4, 9], size: { width: 1, height: 3 } });
  const column = Array.from({ length: 6 }, (_, y) => canvas.pixel(0, y));
  assert.deepEqual(column, [CLEAR, CLEAR, CLEAR, DARK, LIGHT, CLEAR]);
});

test("on a dense screen each half of the line is as many device pixels wide as asked for", () => {
  const canvas = boundaries({ width: 12, height: 1, labels: [0, 1], size: { width: 2, height: 1 }, thickness: 2 });
  const expected = [...Array(4).fill(CLEAR), DARK, DARK, LIGHT, LIGHT, ...Array(4).fill(CLEAR)];
  assert.deepEqual(line(canvas, 0), expected);
});

test("a picture of one class has no boundaries, nor has its edge", () => {
  const canvas = boundaries({ width: 8, height: 6, labels: Array(12).fill(3), size: { width: 4, height: 3 } });
  assert.ok(canvas.context.image.data.every((value) => value === 0));
});

test("a boundary at the very edge of the canvas shows the half that lies on it", () => {
  const size = { width: 4, height: 1 };
  const half = (left) => {
    return boundaries({ width: 4, height: 1, labels: [0, 0, 1, 1], size, viewport: { left, top: 0, span: 0.5 } });
  };
  assert.deepEqual(line(half(0.5), 0), [LIGHT, CLEAR, CLEAR, CLEAR]);
  assert.deepEqual(line(half(0), 0), [CLEAR, CLEAR, CLEAR, DARK]);
});

test("at every zoom a device pixel is painted as its neighbours' classes say", () => {
  const by = chance(11);
  for (let i = 0; i < 60; i += 1) {
    const size = by.size(9);
    const labels = Array.from({ length: size.width * size.height }, () => by.whole(0, 2));
    const [viewport, thickness] = [by.viewport(), by.whole(1, 2)];
    const canvas = boundaries({ width: by.whole(1, 40), height: by.whole(1, 30), labels, size, viewport, thickness });
    // The class that the canvas, were it larger, would show at (x, y); beyond the picture, that of its edge.
    const labelAt = (x, y) => {
      const spot = toSpot({ x: (x + 0.5) / canvas.width, y: (y + 0.5) / canvas.height }, viewport);
      const [col, row] = [Math.floor(spot.x * size.width), Math.floor(spot.y * size.height)];
      const within = (value, count) => Math.min(Math.max(value, 0), count - 1);
      return labels[within(row, size.height) * size.width + within(col, size.width)];
    };
    for (let y = 0; y < canvas.height; y += 1) {
      for (let x = 0; x < canvas.width; x += 1) {
        const label = labelAt(x, y);
        const begins = labelAt(x - thickness, y) !== label || labelAt(x, y - thickness) !== label;
        const ends = labelAt(x + thickness, y) !== label || labelAt(x, y + thickness) !== label;
        assert.deepEqual(canvas.pixel(x, y), begins ? LIGHT : ends ? DARK : CLEAR);
      }
    }
  }
});

// --- the grid ------------------------------------------------------------------------------------

const columnsOf = ({ filled }) => filled.filter(({ rectangle }) => rectangle[1] === 0 && rectangle[2] === 1);

test("the grid is one device pixel wide where the next pixel of the picture begins, beneath what is there", () => {
  const canvas = new Canvas(40, 20);
  paintGrid(canvas, WHOLE_PICTURE, { width: 4, height: 2 });
  const { filled } = canvas.context;
  assert.deepEqual(
    filled.map(({ rectangle }) => rectangle.map((each) => each + 0)), // -0 is a place as good as 0
    [...[0, 10, 20, 30, 40].map((x) => [x, 0, 1, 20]), ...[0, 10, 20].map((y) => [0, y, 40, 1])],
  );
  assert.ok(filled.every(({ operation }) => operation === "destination-over"));
  assert.equal(canvas.context.globalCompositeOperation, "source-over");
});

test("in a viewport only the lines within it are drawn", () => {
  const canvas = new Canvas(40, 40);
  paintGrid(canvas, { left: 0.3, top: 0.3, span: 0.25 }, { width: 16, height: 16 });
  // From 4.8 to 8.8 pixels: the lines at 5, 6, 7 and 8, ten device pixels apart.
  assert.deepEqual(columnsOf(canvas.context).map(({ rectangle }) => rectangle[0]), [2, 12, 22, 32]);
});

test("the grid's lines are where the picture's pixels change on the canvas", () => {
  const by = chance(12);
  for (let i = 0; i < 100; i += 1) {
    const [size, viewport] = [by.size(30), by.viewport()];
    const canvas = new Canvas(by.whole(100, 900), 10);
    paintGrid(canvas, viewport, size);
    const colAt = (x) => Math.floor(toSpot({ x: (x + 0.5) / canvas.width, y: 0 }, viewport).x * size.width);
    const changes = [];
    for (let x = 1; x < canvas.width; x += 1) if (colAt(x) !== colAt(x - 1)) changes.push(x);
    const lines = columnsOf(canvas.context).map(({ rectangle }) => rectangle[0]);
    const between = lines.filter((x) => x > 0 && x < canvas.width);
    assert.deepEqual([...new Set(between)], changes);
  }
});

// --- marks ---------------------------------------------------------------------------------------

const SIZE = { width: 40, height: 30 };

function painter({ scale = 1, viewport = WHOLE_PICTURE, unit = 1 } = {}) {
  const canvas = new Canvas(SIZE.width * scale, SIZE.height * scale);
  return { canvas, marks: new MarkPainter(canvas, viewport, SIZE, unit) };
}

/** The frame that was stroked: what its line covers, outermost, and what it leaves free within. */
function frameOf({ canvas }) {
  const { path, width } = canvas.context.strokes[0]; // the wider, dark line beneath
  const [[kind, left, top, across, down]] = path;
  assert.equal(kind, "rect");
  const grown = (by) => ({ left: left - by, top: top - by, right: left + across + by, bottom: top + down + by });
  return { covered: grown(width / 2), free: grown(-width / 2) };
}

function holds(outer, inner) {
  const tolerance = 1e-9; // sums of fractions round
  const isHeld =
    outer.left <= inner.left + tolerance &&
    outer.top <= inner.top + tolerance &&
    outer.right >= inner.right - tolerance &&
    outer.bottom >= inner.bottom - tolerance;
  assert.ok(isHeld, `${JSON.stringify(outer)} does not hold ${JSON.stringify(inner)}`);
}

test("marks begin with an empty canvas", () => {
  assert.deepEqual(painter({ scale: 2 }).canvas.context.cleared, [[0, 0, 80, 60]]);
});

test("a frame lies around its pixel and hides none of it", () => {
  const painted = painter({ scale: 20 });
  painted.marks.hovered({ row: 10, col: 12 });
  holds(frameOf(painted).free, { left: 240, top: 200, right: 260, bottom: 220 });
});

test("at the picture's edge a frame's line is kept on the canvas", () => {
  for (const [row, col] of [[0, 0], [0, 39], [29, 0], [29, 39]]) {
    const painted = painter({ scale: 20 });
    painted.marks.hovered({ row, col });
    holds({ left: 0, top: 0, right: 800, bottom: 600 }, frameOf(painted).covered);
  }
});

test("at the edge of a viewport within the picture a frame leaves the canvas with its pixel", () => {
  const viewport = { left: 0.25, top: 0.2, span: 0.5 }; // columns 10 to 29, rows 6 to 20
  const covered = (pixel) => {
    const painted = painter({ scale: 20, viewport });
    painted.marks.hovered(pixel);
    return frameOf(painted).covered;
  };
  assert.ok(covered({ row: 10, col: 10 }).left < 0);
  assert.ok(covered({ row: 10, col: 29 }).right > 800);
  assert.ok(covered({ row: 6, col: 15 }).top < 0);
  assert.ok(covered({ row: 20, col: 15 }).bottom > 600);
});

test("what is out of sight gets no mark", () => {
  const { canvas, marks } = painter({ scale: 20, viewport: { left: 0.5, top: 0.5, span: 0.25 } });
  marks.hovered({ row: 0, col: 0 });
  marks.chosen({ row: 29, col: 39 });
  marks.neighbourhood(neighbourhood({ row: 2, col: 5 }, SIZE, "square"));
  assert.deepEqual(canvas.context.strokes, []);
});

test("marks are light on a wider dark line, to be seen on any ground", () => {
  const { canvas, marks } = painter({ scale: 20, unit: 2 });
  marks.hovered({ row: 10, col: 12 });
  const [under, over] = canvas.context.strokes;
  assert.deepEqual(under.path, over.path);
  assert.deepEqual([under.width, over.width], [5, 2]); // 1 and two edges of 0.75, in units of 2
  assert.equal(over.style, "white");
});

test("a small chosen pixel gets a ring around its centre, a large one a frame", () => {
  const small = painter({ scale: 4 });
  small.marks.chosen({ row: 10, col: 12 });
  assert.deepEqual(small.canvas.context.strokes[0].path[0], ["arc", 50, 42, 5.5]);
  const large = painter({ scale: 12 });
  large.marks.chosen({ row: 10, col: 12 });
  assert.equal(large.canvas.context.strokes[0].path[0][0], "rect");
});

test("the neighbours on a row are framed together", () => {
  const painted = painter({ scale: 20 });
  painted.marks.neighbourhood(neighbourhood({ row: 10, col: 20 }, SIZE, "row"));
  holds(frameOf(painted).free, { left: 200, top: 200, right: 620, bottom: 220 }); // columns 10 to 30
});

/** Whether a point lies within the polygon of these corners: how often a ray from it crosses an edge. */
function isWithin(point, corners) {
  let within = false;
  corners.forEach(([x, y], index) => {
    const [nextX, nextY] = corners[(index + 1) % corners.length];
    const crosses = y > point.y !== nextY > point.y && point.x < x + ((point.y - y) / (nextY - y)) * (nextX - x);
    if (crosses) within = !within;
  });
  return within;
}

test("the outline of a square neighbourhood holds its pixels and no others", () => {
  for (const pixel of [{ row: 15, col: 20 }, { row: 0, col: 0 }, { row: 1, col: 38 }, { row: 29, col: 17 }]) {
    const { canvas, marks } = painter({ scale: 20 });
    const pixels = neighbourhood(pixel, SIZE, "square");
    marks.neighbourhood(pixels);
    const corners = canvas.context.strokes[0].path.map(([, x, y]) => [x, y]);
    const known = new Set(pixels.map(({ row, col }) => `${row} ${col}`));
    for (let row = 0; row < SIZE.height; row += 1) {
      for (let col = 0; col < SIZE.width; col += 1) {
        const centre = { x: 20 * (col + 0.5), y: 20 * (row + 0.5) };
        assert.equal(isWithin(centre, corners), known.has(`${row} ${col}`), `row ${row}, col ${col}`);
      }
    }
  }
});

test("the line of a square neighbourhood's outline hides none of its pixels", () => {
  const { canvas, marks } = painter({ scale: 20 });
  const pixels = neighbourhood({ row: 15, col: 20 }, SIZE, "square");
  marks.neighbourhood(pixels);
  const { path, width } = canvas.context.strokes[0];
  path.forEach(([, x, y], index) => {
    const [, nextX, nextY] = path[(index + 1) % path.length];
    const [left, right] = [Math.min(x, nextX) - width / 2, Math.max(x, nextX) + width / 2];
    const [top, bottom] = [Math.min(y, nextY) - width / 2, Math.max(y, nextY) + width / 2];
    for (const { row, col } of pixels) {
      const across = Math.min(right, 20 * (col + 1)) - Math.max(left, 20 * col);
      const down = Math.min(bottom, 20 * (row + 1)) - Math.max(top, 20 * row);
      assert.ok(Math.min(across, down) < 1e-9, `row ${row}, col ${col}, by ${across} x ${down}`);
    }
  });
});
