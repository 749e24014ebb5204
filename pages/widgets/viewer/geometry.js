// Pixels, places and viewports: where a pixel is on the canvas, what zooming and panning do to that, and
// which neighbours a chosen pixel has. Numbers only; nothing here knows of a page.
//
// A pixel is {row, col} of the picture at its working size, counted from 0.
// A place is {x, y} on the canvas: (0, 0) its upper left corner, (1, 1) its lower right one.
// A spot is {x, y} in the picture, in the same fractions; linked pictures of any size share spots.
// A viewport is the part of the picture that the canvas shows: from the spot (left, top), `span` of its
// width and of its height. Span 1 is the whole picture, span 1/8 magnifies eight times.

const NEIGHBOURS_BEFORE = 10;
const LINE_LENGTH = 21;
const SQUARE_SIDE = 5;
const SQUARE_NEIGHBOURS = 20;

export const WHOLE_PICTURE = Object.freeze({ left: 0, top: 0, span: 1 });

export const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

export const samePixel = (a, b) => a !== null && b !== null && a.row === b.row && a.col === b.col;

export const sameViewport = (a, b) => a.left === b.left && a.top === b.top && a.span === b.span;

// --- places, spots and pixels --------------------------------------------------------------------

export const toSpot = (place, viewport) => ({
  x: viewport.left + place.x * viewport.span,
  y: viewport.top + place.y * viewport.span,
});

export const toPlace = (spot, viewport) => ({
  x: (spot.x - viewport.left) / viewport.span,
  y: (spot.y - viewport.top) / viewport.span,
});

/**
 * The pixel at a spot.
 *
 * Floor and clamp, never round: rounding would move the right half of each pixel to the next one,
 * and the last edge of the canvas would lie outside the picture.
 */
export function pixelAt(spot, { width, height }) {
  const [row, col] = [Math.floor(spot.y * height), Math.floor(spot.x * width)];
  return { row: clamp(row, 0, height - 1), col: clamp(col, 0, width - 1) };
}

/** The spot of a pixel's upper left corner. */
export const cornerOf = ({ row, col }, { width, height }) => ({ x: col / width, y: row / height });

export const centreOf = ({ row, col }, size) => cornerOf({ row: row + 0.5, col: col + 0.5 }, size);

/**
 * The pixel of another picture where this one has `pixel`; ViewerPicture.same_place has the same rule.
 * Whole numbers until the division, so that both round alike.
 */
export function samePlace({ row, col }, size, other) {
  return {
    row: Math.floor(((2 * row + 1) * other.height) / (2 * size.height)),
    col: Math.floor(((2 * col + 1) * other.width) / (2 * size.width)),
  };
}

// --- viewports -----------------------------------------------------------------------------------

/** The viewport moved so that it shows nothing outside the picture. */
export function inside({ left, top, span }) {
  return { left: clamp(left, 0, 1 - span), top: clamp(top, 0, 1 - span), span };
}

/** Magnify `factor` times around a place, which keeps its spot; never beyond `leastSpan`. */
export function zoomed(viewport, factor, place, leastSpan) {
  return seenAt(toSpot(place, viewport), place, clamp(viewport.span / factor, leastSpan, 1));
}

/** The viewport that shows a spot at a place. */
export function seenAt(spot, place, span) {
  return inside({ left: spot.x - place.x * span, top: spot.y - place.y * span, span });
}

/** Drag the picture by so much of the canvas. */
export function panned(viewport, x, y) {
  return inside({ ...viewport, left: viewport.left - x * viewport.span, top: viewport.top - y * viewport.span });
}

/** Between two viewports; a spot that both show at one place stays there. `part` is 0 ... 1. */
export function between(from, to, part) {
  const mix = (a, b) => a + (b - a) * part;
  return { left: mix(from.left, to.left), top: mix(from.top, to.top), span: mix(from.span, to.span) };
}

/** The viewport moved no further than needed to show a spot, a little away from the canvas's edge. */
export function showing(viewport, spot) {
  const margin = 0.12 * viewport.span;
  return inside({
    ...viewport,
    left: clamp(viewport.left, spot.x + margin - viewport.span, spot.x - margin),
    top: clamp(viewport.top, spot.y + margin - viewport.span, spot.y - margin),
  });
}

// --- neighbours ----------------------------------------------------------------------------------

/** The positions around `position`, moved to lie within 0 ... length - 1; all where there are fewer. */
function slid(position, before, count, length) {
  const shown = Math.min(count, length);
  const first = clamp(position - before, 0, length - shown);
  return Array.from({ length: shown }, (_, index) => first + index);
}

/**
 * The chosen pixel with its neighbours, row by row; core.segmentation.reading.neighbourhood has the same rule.
 *
 * "row", "column": the 10 before and the 10 after. "square": the 20 nearest of the 5 x 5 around it, of
 * equally near ones the upper and then the left first. At an edge of the picture all slide inwards.
 */
export function neighbourhood({ row, col }, { width, height }, shape) {
  if (shape === "row") {
    return slid(col, NEIGHBOURS_BEFORE, LINE_LENGTH, width).map((each) => ({ row, col: each }));
  }
  if (shape === "column") {
    return slid(row, NEIGHBOURS_BEFORE, LINE_LENGTH, height).map((each) => ({ row: each, col }));
  }
  const half = (SQUARE_SIDE - 1) / 2;
  const cols = slid(col, half, SQUARE_SIDE, width);
  const block = slid(row, half, SQUARE_SIDE, height).flatMap((r) => cols.map((c) => ({ row: r, col: c })));
  const distance = (pixel) => (pixel.row - row) ** 2 + (pixel.col - col) ** 2;
  const inOrder = (a, b) => a.row - b.row || a.col - b.col;
  // Sorting keeps the order of what is equally near, and the block is in order of row and column.
  const nearest = block.sort((a, b) => distance(a) - distance(b)).slice(0, 1 + SQUARE_NEIGHBOURS);
  return nearest.sort(inOrder);
}

/** The rectangle around pixels. */
export function extentOf(pixels) {
  const rows = pixels.map(({ row }) => row);
  const cols = pixels.map(({ col }) => col);
  const [top, left] = [Math.min(...rows), Math.min(...cols)];
  const [bottom, right] = [Math.max(...rows), Math.max(...cols)];
  return { top, left, bottom, right, rows: bottom - top + 1, cols: right - left + 1 };
}
