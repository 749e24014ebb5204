// The hand on the picture: the tool that it holds, and what mouse, pen and fingers do with that.

import { Polygon } from "./polygon.js";
import { RegionTool } from "./regiontool.js";
import { NOT_REVIEWED } from "./runs.js";
import { AS_SHOWN, Stroke } from "./stroke.js";

const BRUSHES = new Set(["brush", "eraser"]);

export class Hand {
  /**
   * `editor` has `surface`, `correction`, `canDraw`, `sizes`, `square`, `scales`, `classes`, `onlyUnreviewed`
   * and `held`; it is told `toolChanged()`, `choose(label)`, `say(place)`, `drawn(hasChanged)` and `begun()`.
   */
  constructor(editor) {
    this.editor = editor;
    this.tool = "brush";
    this.value = 0; // a class, or AS_SHOWN
    this.stroke = null;
    this.path = [];
    this.lastPoint = null; // where the last stroke ended
    this.pointer = null; // its place
    this.polygon = new Polygon(editor.surface, (corners, event) => this.cutOut(corners, event.altKey));
    this.regions = new RegionTool(editor.surface, editor.scales, (scale) => editor.regionsReady(scale));
  }

  get surface() {
    return this.editor.surface;
  }

  get correction() {
    return this.editor.correction;
  }

  pick(tool) {
    this.polygon.drop();
    this.tool = tool;
    this.surface.setMoving(this.moves());
    this.wantRegions();
    this.editor.toolChanged();
    this.surface.schedule();
  }

  wantRegions() {
    if (this.tool !== "region") return;
    this.regions.want(this.correction);
    this.editor.say(this.pointer);
  }

  /** Another picture is shown. */
  start() {
    this.lastPoint = null;
    this.polygon.drop();
    this.wantRegions();
  }

  moves() {
    return this.tool === "move" || this.editor.held.has(" ") || !this.editor.canDraw;
  }

  // --- strokes ---------------------------------------------------------------------------------

  /** What a pixel must not be to be drawn over; null if any may be. */
  keeps() {
    const [locked, only] = [this.editor.classes.locked, this.editor.onlyUnreviewed.on];
    if (locked.size === 0 && !only) return null;
    return (shown, isReviewed) => (only && isReviewed) || locked.has(shown);
  }

  newStroke(isErasing = false) {
    const value = this.tool === "eraser" || isErasing ? NOT_REVIEWED : this.value;
    return new Stroke(this.correction, value, this.keeps(), (rectangle) => this.surface.maskChanged(rectangle));
  }

  begin(place, event) {
    this.editor.begun();
    if (this.tool === "pick") this.pickClass(place);
    else if (this.tool === "bucket") this.fill(place, event.altKey);
    else if (this.tool === "polygon") this.polygon.add(place, event);
    else if (this.tool === "region") {
      this.regions.begin();
      this.stroke = this.newStroke(event.altKey);
      this.regions.cover(this.stroke, [place]);
    } else {
      this.stroke = this.newStroke(event.altKey);
      const point = this.pointAt(place);
      this.path = event.shiftKey && this.lastPoint ? [this.lastPoint, point] : [point];
      this.cover(this.path);
    }
  }

  pointAt(place) {
    return this.surface.pointAt(place, this.editor.sizes.width);
  }

  cover(path) {
    this.stroke.way(path, this.editor.sizes.width, this.editor.square.on ? "square" : "round");
  }

  draw(places, event) {
    if (this.stroke === null) return;
    if (this.tool === "region") {
      this.regions.cover(this.stroke, places);
      return;
    }
    if (event.shiftKey) {
      this.stroke.restore();
      this.path = [this.path[0], this.pointAt(places.at(-1))];
      this.cover(this.path);
      return;
    }
    const points = places.map((place) => this.pointAt(place));
    this.cover([this.path.at(-1), ...points]);
    this.path.push(...points);
  }

  end() {
    if (this.stroke !== null && BRUSHES.has(this.tool)) this.lastPoint = this.path.at(-1);
    this.finish();
  }

  /** End the stroke in hand; it counts. */
  finish() {
    const { stroke } = this;
    if (stroke === null) return;
    this.stroke = null;
    this.editor.drawn(stroke.end());
  }

  giveUp() {
    if (this.stroke === null) return;
    this.stroke.restore();
    this.stroke = null;
    this.editor.drawn(false);
  }

  fill(place, isErasing) {
    this.stroke = this.newStroke(isErasing);
    this.stroke.component(this.surface.pixelAt(place));
    this.finish();
  }

  cutOut(corners, isErasing) {
    this.stroke = this.newStroke(isErasing);
    this.stroke.polygon(corners);
    this.finish();
  }

  pickClass(place) {
    const { row, col } = this.surface.pixelAt(place);
    const label = this.correction.shown[row * this.correction.size.width + col];
    if (label !== NOT_REVIEWED) this.editor.choose(label);
  }

  /** Everything that is not reviewed keeps the class that it shows. */
  acceptEverything() {
    if (!this.editor.canDraw) return;
    this.finish();
    this.stroke = new Stroke(this.correction, AS_SHOWN, null, (rectangle) => this.surface.maskChanged(rectangle));
    this.stroke.everything();
    this.finish();
  }

  // --- the rest of the gestures ------------------------------------------------------------------

  closeShape(event) {
    if (this.tool === "polygon") this.polygon.close(event);
  }

  point(place) {
    this.pointer = place;
    if (this.correction === null) return;
    this.surface.schedule();
    this.editor.say(place);
  }

  zoom(factor, place) {
    this.surface.zoom(factor, place);
  }

  canZoom(factor) {
    return this.surface.canZoom(factor);
  }

  pan(x, y) {
    this.surface.pan(x, y);
  }

  pinch(from, to, factor) {
    this.surface.pinch(from, to, factor);
  }

  resize(by) {
    this.editor.sizes.step(by);
    this.surface.schedule();
  }

  wheelScrolls() {}

  followsFinger() {
    return false;
  }

  // --- what is seen of it --------------------------------------------------------------------------

  paint(context) {
    const { surface, pointer } = this;
    this.polygon.paint(context, pointer);
    if (pointer === null || this.moves()) return;
    if (this.tool === "region") this.regions.paint(context, pointer);
    if (BRUSHES.has(this.tool)) this.paintBrush(context, surface.onCanvas(this.pointAt(pointer)));
  }

  paintBrush(context, { x, y }) {
    const reach = (this.editor.sizes.width / 2) * this.surface.scale;
    context.beginPath();
    if (this.editor.square.on) context.rect(x - reach, y - reach, 2 * reach, 2 * reach);
    else context.arc(x, y, reach, 0, 2 * Math.PI);
    this.surface.strokeTwice(context);
  }
}
