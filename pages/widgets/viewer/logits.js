// The network's logits, from which the browser works out the probabilities of any pixel by itself: the same
// interpolation as in core/segmentation/segmentation.py, rounded alike at every step.

import { fetchInflated } from "./fetching.js";
import { clamp } from "./geometry.js";
import { softmax } from "./probabilities.js";

const { fround } = Math;
const HALVES = 65536; // the values that two bytes can have

let table = null; // the value of each half-precision number, by its two bytes

function halfValue(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const halfValues = () => (table ??= Float32Array.from({ length: HALVES }, (_, bits) => halfValue(bits)));

/** The cells before and after a pixel's position, and the weight of the latter in 0 ... 1. */
function cellsAround(position, cells, stride) {
  const centre = fround(clamp((position + 0.5) / stride - 0.5, 0, cells - 1));
  const before = Math.floor(centre);
  return { before, after: Math.min(before + 1, cells - 1), weight: fround(centre - before) };
}

const mix = (first, second, weight) => fround(fround(first * fround(1 - weight)) + fround(second * weight));

export class Logits {
  /** description: what `_logits` in pixel_viewer.py says of them. */
  static async load(description) {
    const { address, classes, rows, cols } = description;
    const count = classes * rows * cols;
    const bytes = await fetchInflated(address, 2 * count);
    const halves = new Uint16Array(count);
    for (let i = 0; i < count; i += 1) halves[i] = bytes[i] | (bytes[count + i] << 8);
    return new Logits(halves, description);
  }

  /** halves: half-precision numbers, class by class, row by row. */
  constructor(halves, { classes, rows, cols, stride }) {
    Object.assign(this, { halves, classes, rows, cols, stride });
    this.values = halfValues();
  }

  /** The logits of all classes at a pixel. */
  at({ row, col }) {
    const { halves, values, classes, rows, cols, stride } = this;
    const found = new Float32Array(classes);
    const plane = rows * cols;
    if (stride === 1) {
      for (let i = 0, cell = row * cols + col; i < classes; i += 1, cell += plane) found[i] = values[halves[cell]];
      return found;
    }
    const down = cellsAround(row, rows, stride);
    const across = cellsAround(col, cols, stride);
    const [top, bottom] = [down.before * cols, down.after * cols];
    for (let i = 0, first = 0; i < classes; i += 1, first += plane) {
      const value = (rowStart, column) => values[halves[first + rowStart + column]];
      const upper = mix(value(top, across.before), value(top, across.after), across.weight);
      const lower = mix(value(bottom, across.before), value(bottom, across.after), across.weight);
      found[i] = mix(upper, lower, down.weight);
    }
    return found;
  }

  /** The probabilities of all classes at a pixel. */
  probabilities(pixel) {
    return softmax(this.at(pixel));
  }
}
