// The reading beside the picture: what is read (the chosen pixel or, live, the one under the pointer), from
// which numbers, and the parts that show it.

import { PixelInputs, ShapePicker, WindowSteps } from "./controls.js";
import { Chart } from "./chart.js";
import { element, setClass } from "./elements.js";
import { clamp } from "./geometry.js";
import { HeldKeys } from "./holding.js";
import { _ } from "./language.js";
import { Logits } from "./logits.js";
import { Panel } from "./panel.js";
import { ServerReading, readPixel } from "./reading.js";
import { PixelTable } from "./table.js";
import { Toggle } from "./toolbar.js";

const [LIVE, PROVE, STEP] = ["l", "e", "n"]; // keys to hold
const KEYS = [
  [_("L, held"), _("lets the reading follow the pointer; a click fixes it")],
  [_("E, held"), _("shows how the entropy comes about")],
  [_("N, held"), _("moves the row or column of neighbours with the pointer, the arrow keys or the wheel")],
];
const LIVE_HINT = _("Live: move over the picture with the pointer or a finger");
const LIVE_ICON = "M8 3.5v-2M8 14.5v-2M3.5 8h-2M14.5 8h-2M8 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5";
const KEYBOARD_DELAY_MS = 120; // a held arrow in a number's field repeats

export class Reader {
  /** viewer: the PixelViewer whose pixels are read. */
  constructor(viewer) {
    this.viewer = viewer;
    this.logits = null; // null until they are there
    this.served = null; // a reading that Python made
    this.asked = null; // what Python said last: `_reading` in pixel_viewer.py
    this.pictureId = null; // the picture that Python said it of
    this.address = null; // of the logits that are there or on their way
    this.failed = null; // the picture whose logits could not be loaded
    this.window = []; // the pixels that are shown
    this.moved = 0; // pixels from the chosen pixel to the window's middle, along row or column
    this.isDirty = true;
    this.build();
    viewer.helpList.add(KEYS);
    this.keys = new HeldKeys(viewer.root, [LIVE, PROVE, STEP], (key, held) => this.hold(key, held));
    this.onWheel = (event) => this.wheel(event);
  }

  build() {
    const { viewer } = this;
    const pixels = {
      onHover: (pixel) => viewer.hoverPixel(pixel),
      onChoose: (pixel) => viewer.choosePixel(pixel, 0),
    };
    this.panel = new Panel(() => this.drawSoon());
    this.inputs = new PixelInputs({
      onChoose: (pixel) => viewer.choosePixel(pixel, KEYBOARD_DELAY_MS),
      onPin: () => viewer.pin(),
    });
    this.shapes = new ShapePicker((shape) => viewer.pickShape(shape));
    this.steps = new WindowSteps({ onStep: (count) => this.step(count), onBack: () => this.moveTo(0) });
    this.chart = new Chart(pixels);
    this.table = new PixelTable(pixels);
    this.live = new Toggle(_("Live"), LIVE_ICON, () => this.showLive());
    this.live.element.title = _("Live: the reading follows the pointer or the finger (hold L); a click fixes it");
    setClass(this.live.element, "live", true);
    this.note = element("p", { className: "note" });
    const strip = element("div", { className: "strip" }, this.shapes.element, this.steps.element);
    this.beside = element(
      "div",
      { className: "beside" },
      this.inputs.element,
      this.panel.element,
      this.note,
      strip,
      this.steps.words,
    );
    this.below = element("div", { className: "neighbours" }, this.chart.element, this.table.element);
  }

  // --- what is read --------------------------------------------------------------------------------

  get isLive() {
    return (this.live.on || this.keys.has(LIVE)) && !this.isStepping;
  }

  get isStepping() {
    return this.keys.has(STEP);
  }

  get pixel() {
    return (this.isLive && this.viewer.hovered) || this.viewer.chosen;
  }

  /** The window's middle: the pixel itself, unless the window was moved. */
  centreOf(pixel) {
    if (this.moved === 0 || pixel !== this.viewer.chosen) return pixel;
    const { axis, length } = this.line;
    return { ...pixel, [axis]: clamp(pixel[axis] + this.moved, 0, length - 1) };
  }

  /** The line along which the window is moved. */
  get line() {
    const { shape, wanted } = this.viewer;
    return shape === "column" ? { axis: "row", length: wanted.height } : { axis: "col", length: wanted.width };
  }

  // --- keys, buttons, wheel ------------------------------------------------------------------------

  hold(key, held) {
    if (key === PROVE) this.panel.prove(held);
    if (key === STEP) this.holdStep(held);
    this.showLive();
  }

  /** The wheel is listened to only while the key is held: a page scrolls better without that. */
  holdStep(held) {
    this.moved = 0;
    const { root } = this.viewer;
    if (held) root.addEventListener("wheel", this.onWheel, { capture: true, passive: false });
    else root.removeEventListener("wheel", this.onWheel, { capture: true });
  }

  showLive() {
    setClass(this.live.element, "held", this.keys.has(LIVE));
    setClass(this.viewer.marksLayer, "live", this.isLive);
    setClass(this.viewer.root, "live", this.isLive);
    this.drawSoon();
  }

  /** A click or tap has chosen: the reading stays there. */
  fix() {
    if (this.live.on) this.live.set(false);
    this.showLive();
  }

  step(count) {
    this.moveTo(this.moved + count);
  }

  moveTo(moved) {
    const { chosen } = this.viewer;
    if (chosen === null) return;
    const { axis, length } = this.line;
    this.moved = clamp(moved, -chosen[axis], length - 1 - chosen[axis]);
    this.drawSoon();
  }

  /** The pointer is at another pixel, which is read if live; with the step key held the window follows. */
  point(pixel) {
    if (this.isLive) this.isDirty = true;
    if (!this.isStepping || pixel === null || this.viewer.chosen === null) return;
    const { axis } = this.line;
    this.moveTo(pixel[axis] - this.viewer.chosen[axis]);
  }

  wheel(event) {
    event.preventDefault();
    event.stopPropagation();
    this.step(Math.sign(event.deltaY || event.deltaX));
  }

  // --- where the numbers come from -----------------------------------------------------------------

  /** Python's answer: see `_reading` in pixel_viewer.py. */
  update(asked, pictureId, pinnable) {
    this.inputs.allowPins(pinnable);
    this.asked = asked;
    this.pictureId = pictureId;
    this.served = asked.served && new ServerReading(asked.served);
    const { megabytes } = asked;
    this.note.textContent = megabytes
      ? _(
          "All numbers of this photo would be {megabytes} MB, too many for the browser: each reading comes from the server, a moment after the click.",
          { megabytes },
        )
      : "";
    if (this.viewer.root.dataset.ready === "true") this.loadLogits();
    this.drawSoon();
  }

  /** The picture is on the screen: only now are the logits fetched. */
  pictureShown() {
    this.moved = 0;
    requestAnimationFrame(() => setTimeout(() => this.loadLogits()));
  }

  async loadLogits() {
    const { picture } = this.viewer;
    const { logits } = this.asked;
    const id = picture?.description.id;
    if (logits === null || id !== this.pictureId || this.address === logits.address || this.failed === id) return;
    this.address = logits.address;
    try {
      const loaded = await Logits.load(logits);
      if (this.viewer.picture !== picture) return;
      this.logits = loaded;
      this.viewer.root.dataset.logits = "ready";
    } catch (error) {
      console.warn("The pixel viewer could not load the numbers of all classes; the server reads instead.", error);
      if (this.viewer.picture !== picture) return;
      this.failed = id;
      this.viewer.root.dataset.logits = "served";
      this.viewer.send("unread", { picture: id });
    }
    this.drawSoon();
  }

  forget() {
    this.logits = this.address = null;
    this.viewer.root.dataset.logits = "";
  }

  // --- showing it ----------------------------------------------------------------------------------

  drawSoon() {
    this.isDirty = true;
    this.viewer.paintMarksSoon();
  }

  /** Called once a frame, if anything may have changed. */
  draw() {
    const { picture, chosen, hovered, shape } = this.viewer;
    if (picture === null || chosen === null) return;
    if (this.isDirty) this.drawAll(picture, shape);
    this.chart.point(hovered);
    this.table.point(hovered);
  }

  drawAll(picture, shape) {
    this.isDirty = false;
    const { pixel, viewer } = this;
    const reading = readPixel(picture, this.logits ?? this.served, pixel, this.centreOf(pixel), shape);
    reading.isLive = pixel !== viewer.chosen;
    const { names, legend } = picture.description;
    const colours = (label) => picture.classOf(label).colour;
    this.window = reading.window;
    this.chart.hovered = viewer.hovered;
    this.chart.show(reading, names, colours);
    this.panel.show(reading, names, colours, legend.marks);
    viewer.loupe.show(picture, reading.window, pixel, shape);
    viewer.loupe.point(viewer.hovered);
    this.table.show(reading, names, colours);
    this.inputs.show(viewer.chosen, viewer.wanted);
    this.shapes.show(shape);
    const waits = this.isLive && viewer.hovered === null;
    this.steps.show(this.moved, shape, this.isStepping, waits ? LIVE_HINT : "");
    Object.assign(viewer.root.dataset, { readRow: pixel.row, readCol: pixel.col });
  }

  /** The chosen pixel's sentence, to be read out. */
  sentence() {
    const { picture, chosen, shape } = this.viewer;
    return readPixel(picture, this.logits ?? this.served, chosen, chosen, shape).sentence;
  }

  themeChanged() {
    this.chart.readTheme();
    this.drawSoon();
  }

  get legacy() {
    return { live: this.live.on, temperature: this.panel.temperature.value, proves: this.panel.proves.byButton };
  }

  inherit({ live, temperature, proves }) {
    this.live.set(live);
    this.panel.temperature.set(temperature);
    this.panel.proves.byButton = proves;
  }

  setTemperature(value) {
    this.panel.temperature.set(value);
    this.drawSoon();
  }

  destroy() {
    this.keys.destroy();
    this.chart.destroy();
  }
}
