// Painting in the screen's own pixels: pictures in a viewport, lines between classes, a grid, marks.

import { cornerOf, toPlace } from "./geometry.js";

/**
 * A length in the screen's own pixels. Only the browser knows which way it rounded, so its value counts,
 * unless it ignores the pixel density (as Chromium does when emulating one).
 */
export function devicePixels(length, reported) {
  const expected = length * window.devicePixelRatio;
  return Math.abs(reported - expected) <= 1 ? reported : Math.round(expected);
}

/** Tell a canvas's size in the screen's own pixels, now and whenever window, zoom or pixel density change it. */
export function watchSize(canvas, tell) {
  const observer = new ResizeObserver(([entry]) => {
    const device = entry.devicePixelContentBoxSize?.[0];
    tell({
      width: devicePixels(entry.contentRect.width, device?.inlineSize),
      height: devicePixels(entry.contentRect.height, device?.blockSize),
    });
  });
  try {
    observer.observe(canvas, { box: "device-pixel-content-box" });
  } catch {
    observer.observe(canvas); // Safari has no such box
  }
  return observer;
}

export function setSize(canvas, width, height) {
  if (canvas.width === width && canvas.height === height) return;
  canvas.width = width;
  canvas.height = height;
}

/** Paint the part of `source` that the viewport shows over the whole canvas, which is empty. */
export function paintPicture(canvas, source, viewport, { width, height }, { smooth }) {
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = smooth;
  context.imageSmoothingQuality = "medium"; // "high" takes longer and differs only where it magnifies
  const part = [viewport.left * width, viewport.top * height, viewport.span * width, viewport.span * height];
  context.drawImage(source, ...part, 0, 0, canvas.width, canvas.height);
}

// --- lines between classes -----------------------------------------------------------------------

export const LIGHT = [255, 255, 255, 235];
export const DARK = [0, 0, 0, 165];

/** Which position of the picture each device pixel from -margin to count + margin shows. */
export function shown(count, margin, start, span, length) {
  return Int32Array.from({ length: count + 2 * margin }, (_, index) => {
    const at = Math.floor((start + ((index - margin + 0.5) / count) * span) * length);
    return Math.min(Math.max(at, 0), length - 1);
  });
}

/**
 * Paint the boundaries of classes: a light line with a dark one beside it, each `thickness` wide.
 *
 * Asks each device pixel whether the ones before and after it show another class. That costs the same
 * however many boundaries there are, and the lines are as crisp at every zoom.
 */
export function paintBoundaries(canvas, labels, viewport, { width, height }, thickness) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  const [light, dark] = new Uint32Array(new Uint8Array([...LIGHT, ...DARK]).buffer);
  const cols = shown(canvas.width, thickness, viewport.left, viewport.span, width);
  const rows = shown(canvas.height, thickness, viewport.top, viewport.span, height);
  for (let y = 0; y < canvas.height; y += 1) {
    const [above, here, below] = [rows[y], rows[y + thickness], rows[y + 2 * thickness]];
    const first = y * canvas.width;
    if (y > 0 && above === rows[y - 1] && here === rows[y + thickness - 1] && below === rows[y + 2 * thickness - 1]) {
      pixels.copyWithin(first, first - canvas.width, first); // magnified: the same as the line above
      continue;
    }
    for (let x = 0; x < canvas.width; x += 1) {
      const col = cols[x + thickness];
      const label = labels[here * width + col];
      if (labels[here * width + cols[x]] !== label || labels[above * width + col] !== label) {
        pixels[first + x] = light;
      } else if (labels[here * width + cols[x + 2 * thickness]] !== label || labels[below * width + col] !== label) {
        pixels[first + x] = dark;
      }
    }
  }
  context.putImageData(image, 0, 0);
}

/** Thin lines between pixels, on the device pixels where the next one begins, beneath what is there. */
export function paintGrid(canvas, viewport, { width, height }) {
  const context = canvas.getContext("2d");
  context.fillStyle = "rgb(128 128 128 / 55%)";
  context.globalCompositeOperation = "destination-over";
  const lines = (length, start, extent, paint) => {
    for (let at = Math.ceil(start * length); at <= (start + viewport.span) * length; at += 1) {
      paint(Math.ceil(((at / length - start) / viewport.span) * extent - 0.5));
    }
  };
  lines(width, viewport.left, canvas.width, (x) => context.fillRect(x, 0, 1, canvas.height));
  lines(height, viewport.top, canvas.height, (y) => context.fillRect(0, y, canvas.width, 1));
  context.globalCompositeOperation = "source-over";
}

// --- marks ---------------------------------------------------------------------------------------

/** Stroke the context's path so that it shows on any background: light on a wider dark line. */
function strokeTwice(context, width, edge) {
  context.lineWidth = width + 2 * edge;
  context.strokeStyle = "rgb(0 0 0 / 75%)";
  context.stroke();
  context.lineWidth = width;
  context.strokeStyle = "white";
  context.stroke();
}

/** The pixels' rows from the top, each with its first and last column (they have no gaps). */
function rowsOf(pixels) {
  const rows = new Map();
  for (const { row, col } of pixels) {
    const known = rows.get(row);
    if (known) known.last = col;
    else rows.set(row, { row, first: col, last: col });
  }
  return [...rows.values()];
}

/** The marks over the picture: the neighbourhood's outline, the chosen pixel, the pixel pointed at. */
export class MarkPainter {
  /** unit: device pixels in a CSS pixel; strokes and least sizes are in CSS pixels. */
  constructor(canvas, viewport, size, unit) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.viewport = viewport;
    this.size = size;
    this.unit = unit;
    this.context.clearRect(0, 0, canvas.width, canvas.height);
    this.context.lineJoin = "round";
    this.context.lineCap = "round";
  }

  /** A pixel's upper left corner on the canvas, in device pixels. */
  corner(row, col) {
    const place = toPlace(cornerOf({ row, col }, this.size), this.viewport);
    return { x: place.x * this.canvas.width, y: place.y * this.canvas.height };
  }

  box(top, left, bottom, right) {
    const [from, to] = [this.corner(top, left), this.corner(bottom + 1, right + 1)];
    return { left: from.x, top: from.y, right: to.x, bottom: to.y };
  }

  isOutside({ left, top, right, bottom }) {
    return right < 0 || bottom < 0 || left > this.canvas.width || top > this.canvas.height;
  }

  /** Keep a line at the picture's edge on the canvas; where the viewport continues, let it leave. */
  kept(position, margin, extent, start) {
    const atStart = start <= 0;
    const atEnd = start + this.viewport.span >= 1 - 1e-9; // sums of fractions round
    if (atStart && position < margin) return margin;
    if (atEnd && position > extent - margin) return extent - margin;
    return position;
  }

  keptX(x, margin) {
    return this.kept(x, margin, this.canvas.width, this.viewport.left);
  }

  keptY(y, margin) {
    return this.kept(y, margin, this.canvas.height, this.viewport.top);
  }

  /** A frame around a box, never so small that its line hides the box. */
  frame(box, { least, line, edge }) {
    if (this.isOutside(box)) return;
    const margin = (line / 2 + edge) * this.unit;
    const growX = Math.max(0, least * this.unit - (box.right - box.left)) / 2 + margin;
    const growY = Math.max(0, least * this.unit - (box.bottom - box.top)) / 2 + margin;
    const [left, right] = [this.keptX(box.left - growX, margin), this.keptX(box.right + growX, margin)];
    const [top, bottom] = [this.keptY(box.top - growY, margin), this.keptY(box.bottom + growY, margin)];
    this.context.beginPath();
    this.context.rect(left, top, right - left, bottom - top);
    strokeTwice(this.context, line * this.unit, edge * this.unit);
  }

  neighbourhood(pixels) {
    const style = { least: 4, line: 1.25, edge: 1 };
    const rows = rowsOf(pixels);
    const [first, last] = [Math.min(...rows.map((r) => r.first)), Math.max(...rows.map((r) => r.last))];
    const box = this.box(rows[0].row, first, rows.at(-1).row, last);
    const pixelSize = (box.right - box.left) / (last - first + 1);
    const isRectangle = rows.every((row) => row.first === first && row.last === last);
    // Corners that are smaller than the line would only blur it.
    if (isRectangle || pixelSize < 2 * this.unit) this.frame(box, style);
    else if (!this.isOutside(box)) this.outline(rows, style);
  }

  /** The outline of rows without gaps, moved outwards so that it hides none of their pixels. */
  outline(rows, { line, edge }) {
    const margin = (line / 2 + edge) * this.unit;
    const corner = (row, col, outwards, upwards) => {
      const { x, y } = this.corner(row, col);
      return [this.keptX(x + outwards * margin, margin), this.keptY(y + upwards * margin, margin)];
    };
    const [down, up] = [[], []];
    rows.forEach(({ row, first, last }, index) => {
      const [before, after] = [rows[index - 1], rows[index + 1]];
      // A step's own line moves up where this row is the wider one above it, down where it is below.
      down.push(corner(row, last + 1, 1, before && before.last > last ? 1 : -1));
      down.push(corner(row + 1, last + 1, 1, after && after.last > last ? -1 : 1));
      up.push(corner(row, first, -1, before && before.first < first ? 1 : -1));
      up.push(corner(row + 1, first, -1, after && after.first < first ? -1 : 1));
    });
    this.context.beginPath();
    for (const point of [...down, ...up.reverse()]) this.context.lineTo(...point);
    this.context.closePath();
    strokeTwice(this.context, line * this.unit, edge * this.unit);
  }

  hovered({ row, col }) {
    this.frame(this.box(row, col, row, col), { least: 4, line: 1, edge: 0.75 });
  }

  /** A large enough pixel is framed; a smaller one gets a ring that leaves it visible. */
  chosen({ row, col }) {
    const box = this.box(row, col, row, col);
    if (this.isOutside(box)) return;
    if (box.right - box.left >= 12 * this.unit) {
      this.frame(box, { least: 12, line: 2.5, edge: 1.25 });
      return;
    }
    const x = (box.left + box.right) / 2;
    const y = (box.top + box.bottom) / 2;
    const [inner, outer] = [5.5 * this.unit, 11 * this.unit];
    this.context.beginPath();
    this.context.arc(x, y, inner, 0, 2 * Math.PI);
    // Inside the ring only the picture shows, not the neighbourhood's outline.
    this.context.globalCompositeOperation = "destination-out";
    this.context.fill();
    this.context.globalCompositeOperation = "source-over";
    for (const direction of [-1, 1]) {
      this.context.moveTo(x, y + direction * inner);
      this.context.lineTo(x, y + direction * outer);
    }
    strokeTwice(this.context, 1.75 * this.unit, this.unit);
  }
}
