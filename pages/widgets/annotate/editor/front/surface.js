// The picture under its mask, in the screen's own pixels: what part of it is seen, and what changes in it.

import { element, setClass } from "./elements.js";
import {
  WHOLE_PICTURE,
  clamp,
  inside,
  panned,
  pixelAt,
  seenAt,
  toPlace,
  toSpot,
  zoomed,
} from "./geometry.js";
import { MarkPainter, paintBoundaries, paintGrid, paintPicture, setSize, watchSize } from "./painting.js";
import { paintPatterns } from "./patterns.js";
import { NOT_REVIEWED } from "./runs.js";
import { Tint, around } from "./tint.js";

const LARGEST_PIXEL = 64; // device pixels a picture pixel, at most
const NEAREST_FROM = 2; // CSS pixels a picture pixel, from which the photo is not smoothed
const GRID_FROM = 16; // likewise, from which lines are drawn between pixels
const ZOOM_STEP = 1.6; // of a key or a button

const layer = (className) => element("canvas", { className, attributes: { "aria-hidden": "true" } });

export class Surface {
  /** onView(): another part of the picture is seen. paintTool(context, surface): what the tool draws on top. */
  constructor({ onView, paintTool }) {
    this.onView = onView;
    this.paintTool = paintTool;
    this.viewport = WHOLE_PICTURE;
    this.canvasSize = { width: 0, height: 0 };
    this.unit = window.devicePixelRatio; // device pixels in a CSS pixel
    this.correction = null;
    this.photo = null;
    this.tint = null;
    this.boundaries = false;
    this.patterns = false;
    this.opacity = 0.55;
    this.hidden = false;
    this.dirty = null; // the rectangle of the mask that is to be painted again
    this.stale = new Set(); // layers that are to be painted from nothing
    this.frame = 0;
    this.photoLayer = layer("photo");
    this.maskLayer = layer("mask");
    this.linesLayer = layer("lines");
    this.marksLayer = element("canvas", { className: "marks", tabIndex: 0 });
    this.marksLayer.setAttribute("role", "application");
    this.element = element(
      "div",
      { className: "stage" },
      this.photoLayer,
      this.maskLayer,
      this.linesLayer,
      this.marksLayer,
    );
    this.watchSize();
  }

  watchSize() {
    this.observer = watchSize(this.marksLayer, (size) => {
      this.canvasSize = size;
      this.unit = window.devicePixelRatio;
      this.repaint();
    });
  }

  /** Show a correction over its photo. */
  show(photo, correction, colours) {
    this.close();
    this.photo = photo;
    this.correction = correction;
    this.tint = new Tint(correction.size, colours);
    this.maskChanged(null);
    this.repaint();
  }

  setColours(colours) {
    this.tint.setColours(colours);
    this.maskChanged(null);
  }

  close() {
    this.photo?.close();
    this.tint?.close();
    this.photo = this.correction = this.tint = null;
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
    this.close();
  }

  get size() {
    return this.correction.size;
  }

  // --- places ----------------------------------------------------------------------------------

  pixelAt(place) {
    return pixelAt(toSpot(place, this.viewport), this.size);
  }

  /** A place in half pixels for a brush of such a width: an odd one's middle is a pixel, an even one's a corner. */
  pointAt(place, width) {
    const { x, y } = toSpot(place, this.viewport);
    const snap = (at) => (width % 2 === 1 ? 2 * Math.floor(at) + 1 : 2 * Math.round(at));
    return { x: snap(x * this.size.width), y: snap(y * this.size.height) };
  }

  /** Where a point of half pixels is on the canvas, in device pixels. */
  onCanvas({ x, y }) {
    const place = toPlace({ x: x / 2 / this.size.width, y: y / 2 / this.size.height }, this.viewport);
    return { x: place.x * this.canvasSize.width, y: place.y * this.canvasSize.height };
  }

  /** Device pixels that a picture pixel takes. */
  get scale() {
    return this.canvasSize.width / (this.viewport.span * this.size.width);
  }

  // --- what part is seen -----------------------------------------------------------------------

  get leastSpan() {
    if (this.correction === null) return 1;
    return Math.min(1, this.canvasSize.width / (LARGEST_PIXEL * this.size.width));
  }

  canZoom(factor) {
    return factor < 1 ? this.viewport.span < 1 : this.viewport.span > this.leastSpan;
  }

  zoom(factor, place) {
    this.look(zoomed(this.viewport, factor, place, this.leastSpan));
  }

  zoomBy(direction, place) {
    this.zoom(ZOOM_STEP ** direction, place ?? { x: 0.5, y: 0.5 });
  }

  pinch(from, to, factor) {
    this.look(seenAt(toSpot(from, this.viewport), to, clamp(this.viewport.span / factor, this.leastSpan, 1)));
  }

  pan(x, y) {
    this.look(panned(this.viewport, x, y));
  }

  look(viewport) {
    this.viewport = inside({ ...viewport, span: clamp(viewport.span, this.leastSpan, 1) });
    this.repaint();
    this.onView();
  }

  // --- painting --------------------------------------------------------------------------------

  /** Paint the mask again, in a rectangle of its pixels or (null) all of it. */
  maskChanged(rectangle) {
    if (this.correction === null) return;
    const { width, height } = this.size;
    this.dirty = around(this.dirty, rectangle ?? { left: 0, top: 0, right: width, bottom: height });
    this.schedule();
  }

  repaint() {
    for (const name of ["photo", "mask", "lines"]) this.stale.add(name);
    this.schedule();
  }

  linesChanged() {
    this.stale.add("lines");
    this.schedule();
  }

  schedule() {
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.paint());
  }

  paint() {
    this.frame = 0;
    if (this.correction === null || this.canvasSize.width === 0) return;
    this.paintPhoto();
    this.paintMask();
    this.paintLines();
    this.paintMarks();
    this.stale.clear();
    this.dirty = null;
  }

  blank(canvas) {
    setSize(canvas, this.canvasSize.width, this.canvasSize.height);
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    return context;
  }

  paintPhoto() {
    if (!this.stale.has("photo")) return;
    this.blank(this.photoLayer);
    const smooth = this.scale / this.unit <= NEAREST_FROM;
    paintPicture(this.photoLayer, this.photo, this.viewport, this.size, { smooth });
  }

  paintMask() {
    this.maskLayer.style.opacity = this.hidden ? 0 : this.opacity;
    if (this.dirty) this.tint.paint(this.correction, this.dirty);
    if (this.stale.has("mask")) {
      this.blank(this.maskLayer);
      paintPicture(this.maskLayer, this.tint.canvas, this.viewport, this.size, { smooth: false });
    } else if (this.dirty) {
      this.paintMaskWithin(this.dirty);
    }
  }

  /** Paint a rectangle of the mask alone: a brush then costs what it covers, not what the picture has. */
  paintMaskWithin({ left, top, right, bottom }) {
    const context = this.maskLayer.getContext("2d");
    const from = this.onCanvas({ x: 2 * left, y: 2 * top });
    const to = this.onCanvas({ x: 2 * right, y: 2 * bottom });
    const [x, y] = [Math.floor(from.x) - 1, Math.floor(from.y) - 1];
    context.save();
    context.beginPath();
    context.rect(x, y, Math.ceil(to.x) + 1 - x, Math.ceil(to.y) + 1 - y);
    context.clip();
    context.clearRect(0, 0, this.maskLayer.width, this.maskLayer.height);
    paintPicture(this.maskLayer, this.tint.canvas, this.viewport, this.size, { smooth: false });
    context.restore();
  }

  paintLines() {
    const grid = this.scale / this.unit >= GRID_FROM;
    const lines = (this.boundaries || this.patterns) && !this.hidden;
    if (!this.stale.has("lines") && !(lines && this.dirty)) return;
    this.blank(this.linesLayer);
    const thickness = Math.max(1, Math.round(this.unit));
    const { shown } = this.correction;
    if (lines) paintBoundaries(this.linesLayer, shown, this.viewport, this.size, thickness);
    if (lines && this.patterns) {
      paintPatterns(this.linesLayer, shown, this.viewport, this.size, thickness, (label) => label === NOT_REVIEWED);
    }
    if (grid) paintGrid(this.linesLayer, this.viewport, this.size);
  }

  paintMarks() {
    const context = this.blank(this.marksLayer);
    this.paintTool(context);
  }

  /** A mark around one pixel, as the viewer has it. */
  markPixel(pixel) {
    new MarkPainter(this.marksLayer, this.viewport, this.size, this.unit).chosen(pixel);
  }

  /** The path in hand, light on dark: it shows on any picture. */
  strokeTwice(context) {
    for (const [extra, colour] of [
      [2 * this.unit, "rgb(0 0 0 / 65%)"],
      [0, "white"],
    ]) {
      context.lineWidth = 1.25 * this.unit + extra;
      context.strokeStyle = colour;
      context.stroke();
    }
  }

  setMoving(on) {
    setClass(this.marksLayer, "moving", on);
  }
}
