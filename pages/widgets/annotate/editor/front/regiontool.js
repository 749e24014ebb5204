// The tool "region": pieces of the picture that look alike, of which the one under the pointer lights up.

import { fetchInflated } from "./fetching.js";
import { Regions, packedBytes } from "./regions.js";

export class RegionTool {
  /**
   * surface: under it. scales: the `ScalePicker`. onReady(scale): the regions of the picture are there in that
   * size. `ask` is set before the first picture is shown: ask(wanted) brings them into Python's data.
   */
  constructor(surface, scales, onReady) {
    this.surface = surface;
    this.scales = scales;
    this.onReady = onReady;
    this.correction = null;
    this.offered = null; // by Python
    this.loaded = null; // {id, scale, address, map}
    this.outlined = { number: -1, path: null };
    this.seen = null; // what showed when the drag began
  }

  get isReady() {
    return this.loaded !== null;
  }

  /** Ask for the regions of a picture in the size that is chosen. */
  want(correction) {
    this.correction = correction;
    if (correction === null) return;
    const wanted = { id: correction.id, scale: this.scales.value };
    if (this.loaded?.id === wanted.id && this.loaded.scale === wanted.scale) return;
    this.loaded = null;
    if (this.offered?.id === wanted.id && this.offered.scale === wanted.scale) this.follow(this.offered);
    else this.ask(wanted);
  }

  /** Take the regions that Python offers, if they are the ones that are wanted. */
  async follow(offered) {
    this.offered = offered;
    const { correction } = this;
    if (!offered || offered.id !== correction?.id || offered.scale !== this.scales.value) return;
    if (this.loaded?.address === offered.address) return;
    try {
      const bytes = await fetchInflated(offered.address, packedBytes(correction.size));
      if (this.correction !== correction || offered.scale !== this.scales.value) return;
      this.loaded = { ...offered, map: Regions.unpack(bytes, correction.size) };
      this.outlined = { number: -1, path: null };
      this.surface.schedule();
      this.onReady(offered.scale);
    } catch (error) {
      console.warn("The regions could not be loaded.", error);
    }
  }

  begin() {
    this.seen = this.correction.shown.slice();
  }

  /** Give the regions at some places to a stroke: what of them shows the class under the pointer. */
  cover(stroke, places) {
    if (!this.isReady) return;
    const { width } = this.correction.size;
    const { map } = this.loaded;
    for (const place of places) {
      const { row, col } = this.surface.pixelAt(place);
      const like = this.seen[row * width + col];
      stroke.runs(map.runsWithin(map.at(row, col), (at) => this.seen[at] === like));
    }
  }

  /** Light up the region under the pointer. */
  paint(context, pointer) {
    if (!this.isReady) return;
    const { surface } = this;
    const { row, col } = surface.pixelAt(pointer);
    const number = this.loaded.map.at(row, col);
    if (this.outlined.number !== number) this.outlined = { number, path: this.outlineOf(number) };
    const corner = surface.onCanvas({ x: 0, y: 0 });
    context.save();
    context.setTransform(surface.scale, 0, 0, surface.scale, corner.x, corner.y);
    const unit = surface.unit / surface.scale;
    for (const [width, colour] of [
      [4, "rgb(0 0 0 / 65%)"],
      [2, "white"],
    ]) {
      context.lineWidth = width * unit;
      context.strokeStyle = colour;
      context.stroke(this.outlined.path);
    }
    context.restore();
  }

  outlineOf(number) {
    const path = new Path2D();
    const sides = this.loaded.map.outline(number);
    for (let i = 0; i < sides.length; i += 4) {
      path.moveTo(sides[i + 1], sides[i]);
      path.lineTo(sides[i + 3], sides[i + 2]);
    }
    return path;
  }
}
