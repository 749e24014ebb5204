// Hatching by class: classes are told apart by its direction and density where colours do not tell them apart.

import { PATTERNS, patternOf } from "./elements.js";
import { DARK, LIGHT, shown } from "./painting.js";

const SPARSE = 12; // CSS pixels from one line to the next
const DENSE = 6;

/** Whether a pattern has a line at a place; `step` is from one line to the next. */
const KINDS = [
  (x, y, step) => (x + y) % step === 0,
  (x, y, step) => (x + step * y - y) % step === 0, // the other way, without negative numbers
  (x, y, step) => y % step === 0,
  (x, y, step) => x % step === 0,
  (x, y, step) => x % step === 0 && y % step < step / 3,
  (x, y, step) => x % step === 0 || y % step === 0,
];

/** Whether the pattern of a class has a line at a place, in CSS pixels. */
export function isLine(label, x, y) {
  const pattern = patternOf(label);
  return KINDS[pattern % KINDS.length](x, y, pattern < PATTERNS / 2 ? SPARSE : DENSE);
}

/** Paint the patterns over what is there: light lines with a dark edge, `thickness` device pixels wide. */
export function paintPatterns(canvas, labels, viewport, { width, height }, thickness, isHidden) {
  const made = new OffscreenCanvas(canvas.width, canvas.height);
  const context = made.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  const [light, dark] = new Uint32Array(new Uint8Array([...LIGHT, ...DARK]).buffer);
  const cols = shown(canvas.width, thickness, viewport.left, viewport.span, width);
  const rows = shown(canvas.height, thickness, viewport.top, viewport.span, height);
  for (let y = 0; y < canvas.height; y += 1) {
    const row = rows[y + thickness] * width;
    const down = Math.floor(y / thickness);
    for (let x = 0; x < canvas.width; x += 1) {
      const label = labels[row + cols[x + thickness]];
      if (isHidden(label)) continue;
      const right = Math.floor(x / thickness);
      if (isLine(label, right, down)) pixels[y * canvas.width + x] = light;
      else if (right > 0 && down > 0 && isLine(label, right - 1, down - 1)) pixels[y * canvas.width + x] = dark;
    }
  }
  context.putImageData(image, 0, 0);
  canvas.getContext("2d").drawImage(made, 0, 0);
}
