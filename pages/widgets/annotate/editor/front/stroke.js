// What a tool does to a correction between pressing and letting go. It shows at once and counts at the end.

import { NOT_REVIEWED } from "./runs.js";
import { coverComponent, coverPath, coverPolygon } from "./strokes.js";
import { around } from "./tint.js";

/** In the place of a class number: "right as it is", each pixel becomes what it shows. */
export const AS_SHOWN = -1;

export class Stroke {
  /**
   * value: a class, NOT_REVIEWED to erase, or AS_SHOWN. kept(shown, isReviewed): whether such a pixel stays as
   * it is. onDirty(rectangle): so much of the mask is to be painted again.
   */
  constructor(correction, value, kept, onDirty) {
    this.correction = correction;
    this.value = value;
    this.kept = kept;
    this.onDirty = onDirty;
    this.before = correction.mask.slice();
    this.extent = null; // the rectangle that was changed
    this.cover = this.cover.bind(this);
  }

  cover(row, first, last) {
    const { before, value, kept, correction } = this;
    const { mask, shown, start, size } = correction;
    const begin = row * size.width;
    for (let at = begin + first; at <= begin + last; at += 1) {
      const old = before[at];
      const seen = old === NOT_REVIEWED ? start[at] : old;
      if (kept !== null && kept(seen, old !== NOT_REVIEWED)) continue;
      const now = value === AS_SHOWN ? seen : value;
      mask[at] = now;
      shown[at] = now === NOT_REVIEWED ? start[at] : now;
    }
    this.touched = around(this.touched ?? null, { left: first, top: row, right: last + 1, bottom: row + 1 });
  }

  /** Tell what the last covering has touched. */
  tell() {
    if (!this.touched) return;
    this.extent = around(this.extent, this.touched);
    this.onDirty(this.touched);
    this.touched = null;
  }

  way(path, reach, tip) {
    coverPath(this.correction.size, path, reach, tip, this.cover);
    this.tell();
  }

  polygon(corners) {
    coverPolygon(this.correction.size, corners, this.cover);
    this.tell();
  }

  component(pixel) {
    coverComponent(this.correction.shown.slice(), this.correction.size, pixel, this.cover);
    this.tell();
  }

  /** starts, lengths: of runs of pixels, which may go on in the next row. */
  runs({ starts, lengths }) {
    const { width } = this.correction.size;
    starts.forEach((start, i) => {
      for (let at = start, left = lengths[i]; left > 0; ) {
        const col = at % width;
        const length = Math.min(left, width - col);
        this.cover((at - col) / width, col, col + length - 1);
        at += length;
        left -= length;
      }
    });
    this.tell();
  }

  everything() {
    const { width, height } = this.correction.size;
    for (let row = 0; row < height; row += 1) this.cover(row, 0, width - 1);
    this.tell();
  }

  /** Put everything back as it was before. */
  restore() {
    if (this.extent === null) return;
    const { mask, size } = this.correction;
    const { left, top, right, bottom } = this.extent;
    for (let row = top; row < bottom; row += 1) {
      const [from, to] = [row * size.width + left, row * size.width + right];
      mask.set(this.before.subarray(from, to), from);
      this.correction.show(from, to);
    }
    this.onDirty(this.extent);
    this.extent = null;
  }

  /** Make it count; whether anything is different now. */
  end() {
    if (this.extent === null) return false;
    const { width } = this.correction.size;
    const [from, to] = [this.extent.top * width, this.extent.bottom * width];
    return this.correction.record(this.before.subarray(from, to), from, to);
  }
}
