// The mask as a layer of colours of the picture's own size, of which only what changes is painted again.

import { NOT_REVIEWED } from "./runs.js";

const FAINT = 120; // of 255: how strongly a class shows that nobody has reviewed

export class Tint {
  constructor({ width, height }, colours) {
    this.size = { width, height };
    this.canvas = Object.assign(document.createElement("canvas"), { width, height });
    this.context = this.canvas.getContext("2d");
    this.setColours(colours);
  }

  /** colours: [red, green, blue] of each class. */
  setColours(colours) {
    const table = (alpha) => {
      const words = new Uint32Array(256);
      const bytes = new Uint8Array(words.buffer);
      colours.forEach((colour, label) => bytes.set([...colour, alpha], 4 * label));
      return words;
    };
    this.strong = table(255);
    this.faint = table(FAINT);
  }

  /** Paint a rectangle, whose right and bottom edges are excluded. */
  paint({ mask, start }, { left, top, right, bottom }) {
    const image = new ImageData(right - left, bottom - top);
    const pixels = new Uint32Array(image.data.buffer);
    const { strong, faint } = this;
    let to = 0;
    for (let row = top; row < bottom; row += 1) {
      const begin = row * this.size.width;
      for (let at = begin + left; at < begin + right; at += 1, to += 1) {
        pixels[to] = mask[at] === NOT_REVIEWED ? faint[start[at]] : strong[mask[at]];
      }
    }
    this.context.putImageData(image, left, top);
  }

  close() {
    Object.assign(this.canvas, { width: 0, height: 0 });
  }
}

/** The smallest rectangle around two, either of which may be null. */
export function around(a, b) {
  if (a === null || b === null) return a ?? b;
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}
