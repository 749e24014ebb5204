// The mask as a layer of colours of the picture's own size, of which only what changes is painted again.
// What a suggestion would change is hatched.

import { NOT_REVIEWED, changes } from "./runs.js";

const FAINT = 120; // of 255: how strongly a class shows that nobody has reviewed
const STRIPES = 64; // diagonal stripes across a picture's width,
const LEAST_STRIPE = 6; // but each so many pixels from the next

const word = (bytes) => new Uint32Array(new Uint8Array(bytes).buffer)[0];
const [LIGHT, DARK] = [[255, 255, 255, 255], [0, 0, 0, 200]].map(word); // side by side they show on any picture

export class Tint {
  constructor({ width, height }, colours) {
    this.size = { width, height };
    this.canvas = Object.assign(document.createElement("canvas"), { width, height });
    this.context = this.canvas.getContext("2d");
    this.apart = Math.max(LEAST_STRIPE, Math.round(width / STRIPES)); // pixels from one stripe to the next
    this.thick = Math.max(1, Math.round(this.apart / 8));
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

  /**
   * Paint a rectangle, whose right and bottom edges are excluded.
   * own: what is shown without the suggestion that is in `start`; the same array if there is none.
   */
  paint({ mask, start, own }, { left, top, right, bottom }) {
    const image = new ImageData(right - left, bottom - top);
    const pixels = new Uint32Array(image.data.buffer);
    const { strong, faint } = this;
    const isHatched = own !== start;
    let to = 0;
    for (let row = top; row < bottom; row += 1) {
      const begin = row * this.size.width;
      for (let at = begin + left; at < begin + right; at += 1, to += 1) {
        if (mask[at] !== NOT_REVIEWED) pixels[to] = strong[mask[at]];
        else if (isHatched && changes(own[at], start[at])) pixels[to] = this.hatched(row + at - begin, start[at]);
        else pixels[to] = faint[start[at]];
      }
    }
    this.context.putImageData(image, left, top);
  }

  /** The colour of a pixel that would change. diagonal: the number of its diagonal in the picture. */
  hatched(diagonal, label) {
    const at = diagonal % this.apart;
    if (at < this.thick) return LIGHT;
    return at < 2 * this.thick ? DARK : this.faint[label];
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
