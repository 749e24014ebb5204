// The pixel viewer's front end: a photo under its coloured mask, read pixel by pixel.
//
// The browser holds the label map and the confidences, so pointing at a pixel and choosing one are
// answered here, at once. Python is told which pixel was chosen and answers with `data`, which this
// module follows: see `followChosen` for how the two are kept from pulling at each other.
//
// The view is what is painted (photo, overlay, mask ...), as in Python; the viewport is the part of the
// picture that the canvas shows.

import { element, inPercent, setClass } from "./elements.js";
import {
  WHOLE_PICTURE,
  between,
  centreOf,
  clamp,
  extentOf,
  neighbourhood,
  panned,
  pixelAt,
  samePixel,
  samePlace,
  sameViewport,
  seenAt,
  showing,
  toPlace,
  toSpot,
  zoomed,
} from "./geometry.js";
import { Gestures } from "./gestures.js";
import { _ } from "./language.js";
import { Legend } from "./legend.js";
import { Membership } from "./linking.js";
import { Looks } from "./looks.js";
import { MarkPainter, paintBoundaries, paintGrid, paintPicture, setSize, watchSize } from "./painting.js";
import { paintPatterns } from "./patterns.js";
import { Picture } from "./picture.js";
import { Reader } from "./reader.js";
import { Loupe, Pins, Readout } from "./readings.js";
import { Help, OpacitySlider, Scale, ViewPicker, ZoomButtons, boundariesToggle, entropyScale, patternsToggle } from "./toolbar.js";

const SEND_DELAY_MS = 120; // a held arrow key repeats some 30 times a second
const MOVE_MS = 160; // how long a viewport takes to get to where it was sent
const ZOOM_STEP = 1.6; // of a key or a button
const LARGEST_PIXEL = 64; // device pixels a picture pixel, at most
const NEAREST_FROM = 2; // CSS pixels a picture pixel, from which the photo is not smoothed
const GRID_FROM = 16; // likewise, from which lines are drawn between pixels
const ALIKE = 0.01; // aspect ratios that differ by less are the same photo's, at another size

const HINT_MS = 1600; // how long the picture says how it is zoomed
const OVERLAYS = "[role=dialog]"; // of the page: Escape closes them first
const TEXT_FIELDS = "input:not([type=radio], [type=range], [type=checkbox])";
const USES_ESCAPE = `${TEXT_FIELDS}, textarea, select, [contenteditable], dialog`; // to close or to undo

/** What a screen reader says of the picture, in the words of the hand that is there. */
const description = () => [
  element("span", { className: "fine", textContent: _("Click a pixel to read it.") }),
  element("span", { className: "coarse", textContent: _("Tap a pixel to read it.") }),
  " ",
  _("Arrow keys move the chosen pixel by 1, with Shift by 10. Plus and minus zoom, 0 shows the whole picture, Escape shows all classes again, question mark lists all keys."),
];

const CAN_ZOOM = /Mac/.test(navigator.platform) ? _("⌘ + wheel zooms") : _("Ctrl + wheel zooms");

/** What a viewer leaves to the next one with its key, when Streamlit removes and rebuilds it. */
const legacies = new Map();

/** Whether two pictures show the same photo, in the same proportions and with the same classes. */
const isOfTheSame = (a, b) => a.subject === b.subject && isAlike(a, b) && String(a.names) === String(b.names);

const isAlike = (a, b) => Math.abs((a.width * b.height) / (a.height * b.width) - 1) < ALIKE;

class PixelViewer {
  constructor(parent, style) {
    this.parent = parent;
    this.viewport = WHOLE_PICTURE; // the part of the picture that is shown
    this.targetViewport = WHOLE_PICTURE; // what the viewport is moving to
    this.canvasSize = { width: 0, height: 0 };
    this.painted = new Map(); // by layer: what it shows, in which viewport and size
    this.unit = window.devicePixelRatio; // device pixels in a CSS pixel

    this.wanted = null; // the description of the picture shown or on its way
    this.picture = null; // the picture that is read; null while another is on its way
    this.shown = null; // the picture that is painted: until the next one is there, the one before

    this.chosen = null;
    this.shape = "row";
    this.shapeSequence = 0; // counts the neighbourhoods picked here
    this.shapeUnanswered = false;
    this.neighbours = [];
    this.reader = null; // where the page wants readings
    this.pointer = null; // the place of this viewer's own pointer
    this.hovered = null;
    this.hoveredShown = null; // the hovered pixel that is on the screen

    this.sequence = 0; // counts the choices made here, and in linked viewers
    this.unanswered = false; // whether Python has not answered the newest of them yet
    this.timer = null;

    this.view = "overlay";
    this.paintedView = "overlay";
    this.pickedView = "overlay"; // differs from `view` while the picture does not have that one
    this.pageView = null; // what Python said last
    this.viewSequence = 0;
    this.viewUnanswered = false;

    this.membership = new Membership(this);
    this.looks = new Looks(this);
    this.build();
    this.gestures = new Gestures(this.marksLayer, this);
    this.adoptStyle(style);
    parent.append(this.root);
    this.watchSize();
  }

  // --- the page --------------------------------------------------------------------------------

  build() {
    const layer = (className) => element("canvas", { className, attributes: { "aria-hidden": "true" } });
    this.photoLayer = layer("photo");
    this.maskLayer = layer("mask");
    this.veilLayer = layer("veil");
    this.linesLayer = layer("lines");
    this.marksLayer = element("canvas", { className: "marks", tabIndex: 0 });
    // "application": a screen reader then leaves the arrow keys to us.
    this.marksLayer.setAttribute("role", "application");
    this.marksLayer.setAttribute("aria-describedby", "description");
    this.pins = new Pins();
    this.hint = element("p", { className: "hint", textContent: CAN_ZOOM, attributes: { "aria-hidden": "true" } });
    this.stage = element(
      "div",
      { className: "stage" },
      this.photoLayer,
      this.maskLayer,
      this.veilLayer,
      this.linesLayer,
      this.marksLayer,
      this.pins.element,
      this.hint,
    );

    this.viewPicker = new ViewPicker((view) => this.pickView(view));
    this.boundaries = boundariesToggle(() => this.paintSoon());
    this.patterns = patternsToggle(() => this.showPatterns());
    this.slider = new OpacitySlider(() => this.showOpacity());
    this.scale = new Scale();
    this.note = element("p", { className: "note", attributes: { role: "status" } });
    this.zoomButtons = new ZoomButtons({
      onOut: () => this.zoomByKey(-1),
      onFit: () => this.fit(),
      onIn: () => this.zoomByKey(1),
    });
    this.helpList = new Help();
    const settings = element("div", { className: "settings" }, this.slider.element, this.scale.element, this.note);
    this.end = element("div", { className: "end" }, this.zoomButtons.element, this.helpList.button);
    this.toolbar = element(
      "div",
      { className: "toolbar" },
      this.viewPicker.element,
      this.boundaries.element,
      this.patterns.element,
      element("span", { className: "break" }),
      settings,
      this.end,
    );

    this.chosenReadout = new Readout("chosen", _("Chosen"), "");
    this.hoveredReadout = new Readout("hovered", _("Pointer"), "–");
    this.loupe = new Loupe({
      onHover: (pixel) => this.hoverPixel(pixel),
      onChoose: (pixel) => this.choosePixel(pixel, 0),
    });
    this.legend = new Legend(() => {
      this.paintSoon();
      this.membership.toolbar?.classesPicked(this.pickedClasses);
      this.noteLook();
    });
    this.words = element("p", { className: "says" });
    this.spoken = element("div", { className: "spoken unseen", attributes: { "aria-live": "polite" } });

    this.readouts = element("div", { className: "readouts" }, this.chosenReadout.element, this.hoveredReadout.element);
    this.root = element(
      "div",
      { className: "viewer", attributes: { "data-ready": "false" } },
      this.toolbar,
      this.readouts,
      this.stage,
      this.words,
      this.loupe.element,
      this.legend.element,
      this.helpList.dialog,
      element("p", { className: "unseen", id: "description" }, ...description()),
      this.spoken,
    );
    this.root.addEventListener("keydown", (event) => this.escape(event));
    this.pageKeys = new AbortController();
    // In the capture phase: afterwards, what Escape has closed would no longer be there to be seen.
    const options = { signal: this.pageKeys.signal, capture: true };
    document.addEventListener("keydown", (event) => this.escapeOnPage(event), options);
  }

  /** Escape brings back what is hidden or isolated. */
  escape(event) {
    if (event.key !== "Escape" || !this.legend.isAltered) return;
    event.preventDefault();
    this.legend.restore(null, []);
  }

  /** Likewise elsewhere on the page, where nothing else wants the key. */
  escapeOnPage(event) {
    const path = event.composedPath();
    const isUsed = path.some((each) => each instanceof Element && each.matches(USES_ESCAPE));
    if (path.includes(this.root) || isUsed || document.querySelector(OVERLAYS)) return;
    this.escape(event);
  }

  /** Make room for readings beside the picture; a page that wants them wants them from the beginning. */
  addReader() {
    this.reader = new Reader(this);
    const { beside, below, live, steps } = this.reader;
    setClass(this.root, "reads", true);
    this.end.prepend(live.element);
    steps.words.before(this.loupe.element);
    const part = (className, ...children) => element("div", { className }, ...children);
    const picture = [part("tools", this.toolbar), part("look", this.readouts, this.stage)];
    this.root.prepend(part("layout", ...picture, beside, below, this.legend.element));
  }

  /** Adopted, the style sheet is parsed once for all viewers of the page. */
  adoptStyle(style) {
    const tree = this.parent.getRootNode();
    if (!tree.adoptedStyleSheets.includes(style)) tree.adoptedStyleSheets.push(style);
  }

  /** Paint in the screen's own pixels, whatever the window's width, zoom and pixel density. */
  watchSize() {
    this.observer = watchSize(this.marksLayer, (size) => {
      this.canvasSize = size;
      this.unit = window.devicePixelRatio;
      this.paint();
    });
  }

  // --- outliving the page's changes --------------------------------------------------------------

  bequeath() {
    const { legend, boundaries, patterns, slider, viewport, wanted, pickedView, pageView } = this;
    const { isolated, hidden, open } = legend;
    const legacy = { wanted, viewport, pickedView, pageView, isolated, hidden, open };
    const reader = this.reader?.legacy ?? null;
    const looks = this.looks.legacy;
    const { temperatureAsked } = this;
    const settings = { boundaries: boundaries.on, patterns: patterns.on, opacity: slider.value };
    legacies.set(this.data.key, { ...legacy, ...settings, temperatureAsked, reader, looks });
  }

  /** `load` then decides, as for any other picture, what of it fits the one that comes. */
  inherit({ key }) {
    const legacy = legacies.get(key);
    if (!legacy) return;
    this.wanted = legacy.wanted && { ...legacy.wanted, id: null };
    this.viewport = this.targetViewport = legacy.viewport;
    this.pickedView = legacy.pickedView;
    this.pageView = legacy.pageView;
    this.legend.isolated = legacy.isolated;
    this.legend.hidden = legacy.hidden;
    this.legend.open = legacy.open;
    this.boundaries.set(legacy.boundaries);
    this.patterns.set(legacy.patterns);
    this.showPatterns();
    this.slider.set(legacy.opacity);
    if (legacy.reader) this.reader?.inherit(legacy.reader);
    this.looks.inherit(legacy.looks);
    this.temperatureAsked = legacy.temperatureAsked;
  }

  // --- following Python ------------------------------------------------------------------------

  /** Called with every run of the script, and when the theme changes. */
  update({ data, setStateValue, setTriggerValue }) {
    if (this.data === undefined) {
      if (data.reading) this.addReader();
      this.inherit(data);
    }
    this.data = data;
    this.send = setStateValue;
    this.trigger = setTriggerValue;
    this.followShape(data);
    this.toolbar.hidden = !data.toolbar;
    setClass(this.root, "ruled", !data.toolbar);
    if (data.picture.id !== this.wanted?.id) this.load(data.picture);
    this.membership.join(data.link);
    this.followChosen(data);
    this.followView(data);
    this.showWords();
    this.reader?.update(data.reading, data.picture.id, data.pinnable);
    this.followTemperature(data.temperature);
    this.looks.follow(data);
    this.describe();
    this.showPins();
    if (this.veilColour !== this.readVeilColour()) {
      this.paintSoon(); // the theme is another
      this.reader?.themeChanged();
    }
  }

  /** A temperature that the page asks for is set once; what is done with the slider afterwards stays. */
  followTemperature(wanted) {
    if (!wanted || wanted.asked === this.temperatureAsked) return;
    this.temperatureAsked = wanted.asked;
    this.reader?.setTemperature(wanted.value);
  }

  /** Follow the neighbourhood, but not back to what it was before the newest one picked here. */
  followShape({ shape, shapeEcho }) {
    if (this.shapeUnanswered && shapeEcho < this.shapeSequence) return;
    this.shapeSequence = Math.max(this.shapeSequence, shapeEcho);
    this.shapeUnanswered = false;
    this.shape = shape;
  }

  pickShape(shape) {
    this.shape = shape;
    this.shapeSequence += 1;
    this.shapeUnanswered = true;
    this.mark(this.chosen);
    this.send("shape", { shape, sequence: this.shapeSequence });
  }

  /**
   * Follow the chosen pixel.
   *
   * Python names the newest choice it knows of (`echo`). As long as that is not the newest one
   * made here, its `chosen` is outdated, and following it would make the marks jump back. With
   * another picture it is followed in any case: `load` forgets the choice.
   */
  followChosen({ chosen, echo }) {
    if (this.unanswered && echo < this.sequence) {
      this.mark(this.chosen); // the shape may be another
      return;
    }
    const moved = !this.unanswered && this.chosen !== null && !samePixel(chosen, this.chosen);
    this.sequence = Math.max(this.sequence, echo);
    this.unanswered = false;
    this.cancelSending();
    this.mark(chosen);
    if (!moved) return;
    this.speak();
    this.keepInSight(chosen);
  }

  /** Follow the view when the page changes it; what was picked here stays otherwise. */
  followView({ view, viewEcho }) {
    const overtaken = this.viewUnanswered && viewEcho < this.viewSequence;
    if (!overtaken) {
      this.viewSequence = Math.max(this.viewSequence, viewEcho);
      this.viewUnanswered = false;
      if (view !== this.pageView) this.pickedView = view;
      this.pageView = view;
    }
    this.applyView();
  }

  async load(description) {
    const before = this.wanted;
    this.wanted = description;
    this.unanswered = false;
    this.putAside(before !== null && isAlike(before, description));
    this.root.style.setProperty("--rows", description.height);
    this.root.style.setProperty("--columns", description.width);
    this.looks.drop();
    if (before !== null && !isOfTheSame(before, description)) {
      this.legend.reset();
      this.moveTo(WHOLE_PICTURE, { smooth: false });
      this.looks.said = null; // what Python says of this one is news, even if it said the same of the other
    }
    this.membership.toolbar?.welcome(this);
    try {
      const picture = await Picture.load(description);
      if (this.wanted === description) this.show(picture);
      else picture.close(); // another picture was requested meanwhile, or the viewer is gone
    } catch (error) {
      if (this.wanted === description) this.complain(error);
    }
  }

  show(picture) {
    this.shown?.close();
    this.picture = this.shown = picture;
    this.pinned = null;
    this.legend.show(picture);
    this.describe();
    this.mark(this.chosen);
    this.applyView();
    if (this.isWaiting && this.data.entropy === null) this.pickView(this.view); // picked before it was there
    this.showPins();
    this.reader?.draw();
    this.paint();
    this.root.dataset.ready = "true";
    this.reader?.pictureShown();
    this.looks.note({ isTold: false });
  }

  /** Ends pointing into the picture; it stays visible if the next one is like it. */
  putAside(staysVisible) {
    this.root.dataset.ready = "false";
    this.point(null);
    this.trouble?.remove();
    this.picture = null;
    this.reader?.forget();
    if (staysVisible) return;
    this.shown?.close();
    this.shown = null;
    for (const canvas of this.stage.querySelectorAll("canvas")) setSize(canvas, 0, 0);
    this.painted.clear();
    this.pins.element.replaceChildren();
    this.pins.pins = [];
  }

  complain(error) {
    console.warn("The pixel viewer could not load its picture.", error);
    this.putAside(false);
    this.wanted = null; // the next answer from Python tries again
    const words = _("The picture could not be loaded. Reload the page to try again.");
    this.trouble = element("p", { className: "trouble", textContent: words, attributes: { role: "alert" } });
    this.stage.append(this.trouble);
  }

  describe() {
    const { label } = this.data;
    const words = this.picture === null ? label : `${label}, ${this.picture.inWords()}`;
    // If set again, the same text might be read out again.
    if (this.marksLayer.getAttribute("aria-label") !== words) this.marksLayer.setAttribute("aria-label", words);
  }

  showPins() {
    const pinned = JSON.stringify(this.data.pins);
    if (this.picture === null || pinned === this.pinned) return;
    this.pinned = pinned;
    this.pins.show(this.data.pins, this.picture);
    this.pins.place(this.viewport);
  }

  // --- views -----------------------------------------------------------------------------------

  /** A view was picked. Python is told if the page wants to know, or if Python has the map to show. */
  pickView(view) {
    this.pickedView = view;
    const offered = this.data.views.includes(view);
    const wantsMap = offered && view === "entropy" && this.picture?.entropies === null && this.data.entropy === null;
    if (this.data.tellView || wantsMap) {
      this.viewSequence += 1;
      this.viewUnanswered = true;
      this.send("view", { view, sequence: this.viewSequence });
    }
    this.applyView();
  }

  applyView() {
    const { picture } = this;
    const { views, entropy } = this.data;
    this.view = views.includes(this.pickedView) ? this.pickedView : "overlay";
    const misses = this.view === "entropy" && picture !== null && picture.entropies === null;
    if (misses && entropy) this.loadEntropy(picture, entropy);
    const applied = `${views} ${this.view} ${misses} ${picture?.description.id}`;
    if (applied === this.applied) return;
    this.applied = applied;
    this.isWaiting = misses;
    this.root.dataset.view = this.view;
    this.root.toggleAttribute("data-waiting", misses);
    this.viewPicker.show(views, this.view);
    this.note.textContent = misses ? _("Working out the entropy …") : "";
    if (this.view === "confidence") this.scale.show(inPercent(0), inPercent(100));
    if (picture && this.view === "entropy") this.scale.show(...entropyScale(picture));
    this.membership.toolbar?.show();
    this.paintSoon();
  }

  // --- one toolbar for linked viewers ------------------------------------------------------------

  /** Show what the toolbar of the link says. It knows classes by name: each picture numbers its own. */
  obey({ view, boundaries, patterns, opacity, isolated, hidden }) {
    const { names } = this.wanted ?? this.data.picture;
    const numbers = (all) => all.map((name) => names.indexOf(name)).filter((number) => number >= 0);
    [this.legend.isolated = null] = numbers([isolated]); // a picture that knows no such class shows all
    this.legend.hidden = new Set(numbers([...hidden]));
    this.legend.update();
    this.boundaries.set(boundaries);
    this.patterns.set(patterns);
    this.showPatterns();
    this.slider.set(opacity);
    if (view !== null && view !== this.pickedView) this.pickView(view);
    this.showOpacity();
    this.paintSoon();
  }

  /** The classes isolated and hidden here, for the toolbar of the link. */
  get pickedClasses() {
    const { names } = this.wanted;
    const { isolated, hidden } = this.legend;
    return { names, isolated: names[isolated] ?? null, hidden: [...hidden].map((label) => names[label]) };
  }

  async loadEntropy(picture, address) {
    if (picture.isLoadingEntropy) return;
    picture.isLoadingEntropy = true;
    try {
      await picture.loadEntropy(address);
    } catch (error) {
      console.warn("The pixel viewer could not load the entropy map.", error);
      if (this.picture === picture) this.note.textContent = _("The entropy could not be loaded. Choose another view, then try again.");
      return;
    } finally {
      picture.isLoadingEntropy = false;
    }
    if (this.picture !== picture) return;
    this.applyView();
    this.mark(this.chosen);
  }

  showOpacity() {
    const opacity = String(this.paintedView === "overlay" ? this.slider.value / 100 : 1);
    if (this.maskLayer.style.opacity !== opacity) this.maskLayer.style.opacity = opacity;
  }

  // --- the viewport: zoom and pan --------------------------------------------------------------

  get cssSize() {
    return { width: this.canvasSize.width / this.unit, height: this.canvasSize.height / this.unit };
  }

  get leastSpan() {
    if (this.wanted === null) return 1;
    return Math.min(1, this.canvasSize.width / (LARGEST_PIXEL * this.wanted.width));
  }

  isWhole() {
    return this.viewport.span === 1;
  }

  canZoom(factor) {
    if (this.picture === null) return false;
    return factor < 1 ? this.targetViewport.span < 1 : this.targetViewport.span > this.leastSpan;
  }

  zoom(factor, place, { smooth }) {
    this.moveTo(zoomed(this.targetViewport, factor, place, this.leastSpan), { smooth });
  }

  /** One step in (1) or out (-1), around the chosen pixel if it is visible. */
  zoomByKey(direction) {
    const factor = ZOOM_STEP ** direction;
    if (!this.canZoom(factor)) return;
    const place = toPlace(centreOf(this.chosen, this.wanted), this.targetViewport);
    const inSight = [place.x, place.y].every((each) => each >= 0 && each <= 1);
    this.zoom(factor, inSight ? place : { x: 0.5, y: 0.5 }, { smooth: true });
  }

  pinch(from, to, factor) {
    if (this.picture === null) return;
    const span = clamp(this.viewport.span / factor, this.leastSpan, 1);
    this.moveTo(seenAt(toSpot(from, this.viewport), to, span), { smooth: false });
  }

  pan(x, y) {
    this.moveTo(panned(this.viewport, x, y), { smooth: false });
  }

  fit() {
    this.moveTo(WHOLE_PICTURE, { smooth: true });
  }

  keepInSight(pixel) {
    if (!this.isWhole()) this.moveTo(showing(this.targetViewport, centreOf(pixel, this.wanted)), { smooth: true });
  }

  moveTo(target, { smooth }) {
    cancelAnimationFrame(this.moving);
    this.targetViewport = target;
    if (!smooth || window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.setViewport(target);
      return;
    }
    const from = this.viewport;
    let start = null;
    const step = (now) => {
      start ??= now;
      const part = Math.min(1, (now - start) / MOVE_MS);
      this.setViewport(part === 1 ? target : between(from, target, 1 - (1 - part) ** 3));
      if (part < 1) this.moving = requestAnimationFrame(step);
    };
    this.moving = requestAnimationFrame(step);
  }

  /** Python is told of a look, if it wants to know, while there is a picture and the viewport rests. */
  noteLook() {
    const isKept = this.data?.look && this.picture !== null;
    if (isKept) this.looks.note({ isTold: true });
  }

  /** The wheel was turned without the key that makes it zoom: say which one does. */
  wheelScrolls() {
    setClass(this.hint, "shown", true);
    clearTimeout(this.hintTimer);
    this.hintTimer = setTimeout(() => setClass(this.hint, "shown", false), HINT_MS);
  }

  setViewport(viewport) {
    this.showViewport(viewport);
    this.noteLook();
    this.membership.tell("followViewport", viewport);
  }

  followViewport(viewport) {
    cancelAnimationFrame(this.moving);
    this.targetViewport = viewport;
    this.showViewport(viewport);
  }

  showViewport(viewport) {
    if (sameViewport(viewport, this.viewport)) return;
    this.viewport = viewport;
    this.showZoom();
    this.pins.place(viewport);
    if (this.pointer) this.point(this.pointer); // another pixel is under it now
    this.paintSoon();
  }

  showZoom() {
    const { left, top, span } = this.viewport;
    Object.assign(this.root.dataset, { zoom: 1 / span, left, top });
    setClass(this.marksLayer, "zoomed", !this.isWhole());
    this.zoomButtons.show(this.viewport.span, this.leastSpan);
    this.membership.toolbar?.showZoom();
  }

  // --- pointing --------------------------------------------------------------------------------

  point(place) {
    this.pointer = place;
    this.hoverSpot(place && this.picture && toSpot(place, this.viewport));
  }

  hoverPixel(pixel) {
    this.pointer = null;
    this.hoverSpot(pixel && this.picture && centreOf(pixel, this.wanted));
  }

  hoverSpot(spot) {
    this.followHover(spot);
    this.membership.tell("followHover", spot);
  }

  followHover(spot) {
    const pixel = spot && this.picture && pixelAt(spot, this.wanted);
    this.pins.point(pixel && toPlace(spot, this.viewport), this.viewport, this.cssSize);
    if (samePixel(pixel, this.hovered) || (pixel === null && this.hovered === null)) return;
    this.hovered = pixel;
    this.root.dataset.hoverRow = pixel?.row ?? "";
    this.root.dataset.hoverCol = pixel?.col ?? "";
    this.reader?.point(pixel);
    this.paintMarksSoon();
  }

  /** Once a frame, however often the pointer has moved. */
  showHovered() {
    if (this.hovered === this.hoveredShown) return;
    this.hoveredShown = this.hovered;
    const reading = this.hovered && this.picture && this.picture.read(this.hovered);
    this.hoveredReadout.show(this.hovered, reading);
    this.legend.point(reading?.label ?? null);
    this.loupe.point(this.hovered);
  }

  // --- choosing --------------------------------------------------------------------------------

  /** A click or tap. `again`: the second of a double click, which shows the whole picture. */
  choose(place, again) {
    if (again || this.picture === null) return;
    this.choosePixel(pixelAt(toSpot(place, this.viewport), this.wanted), 0);
    this.reader?.fix();
  }

  /** Whether one finger moves the reading, and not the picture or the page. */
  followsFinger() {
    return this.reader?.isLive ?? false;
  }

  /** The finger that the reading followed has gone up. */
  chooseLast(place) {
    if (this.picture === null) return;
    this.choosePixel(pixelAt(toSpot(place, this.viewport), this.wanted), 0);
    this.point(null);
  }

  chooseHovered() {
    if (this.hovered) this.choosePixel(this.hovered, 0);
  }

  move(rows, cols) {
    if (this.picture === null) return;
    if (this.reader?.isStepping) {
      this.reader.step(this.shape === "column" ? rows : cols);
      return;
    }
    const row = clamp(this.chosen.row + rows, 0, this.wanted.height - 1);
    const col = clamp(this.chosen.col + cols, 0, this.wanted.width - 1);
    this.choosePixel({ row, col }, SEND_DELAY_MS);
    this.keepInSight({ row, col });
  }

  /** Choose a pixel: shown at once, told to Python after `delay` milliseconds without another. */
  choosePixel(pixel, delay) {
    if (this.picture === null) return;
    this.expectAnswer(this.sequence + 1);
    this.mark(pixel);
    this.membership.tell("followChoice", pixel, this.wanted, this.sequence);
    const choice = { ...pixel, picture: this.wanted.id, sequence: this.sequence };
    const tell = () => {
      this.speak();
      this.send("chosen", choice);
    };
    if (delay === 0) tell();
    else this.timer = setTimeout(tell, delay);
  }

  /** A linked viewer has chosen; it is the one to tell Python, and Python answers both. */
  followChoice(pixel, size, sequence) {
    if (this.wanted === null) return;
    this.expectAnswer(sequence);
    this.mark(samePlace(pixel, size, this.wanted));
  }

  /** Join a linked viewer: this one takes over what it shows and counts. */
  follow(other) {
    this.sequence = Math.max(this.sequence, other.sequence);
    this.followViewport(other.viewport);
  }

  expectAnswer(sequence) {
    this.sequence = sequence;
    this.unanswered = true;
    this.cancelSending();
  }

  cancelSending() {
    clearTimeout(this.timer);
    this.timer = null;
  }

  /** Mark a chosen pixel and its neighbourhood. */
  mark(pixel) {
    if (this.reader && !samePixel(pixel, this.chosen)) this.reader.moved = 0;
    this.chosen = pixel;
    if (pixel === null || this.wanted === null) return;
    this.neighbours = neighbourhood(pixel, this.wanted, this.shape);
    const { left, right } = extentOf(this.neighbours);
    Object.assign(this.root.dataset, { row: pixel.row, col: pixel.col, first: left, last: right });
    this.chosenReadout.show(pixel, this.picture?.read(pixel)); // blank while the picture is on its way
    this.showWords();
    if (this.reader) {
      this.reader.drawSoon();
    } else if (this.picture) {
      this.loupe.show(this.picture, this.neighbours, pixel, this.shape);
      this.loupe.point(this.hovered);
    }
    this.paintMarksSoon();
  }

  /** What the page says about the chosen pixel; nothing while it has not heard of the newest one. */
  showWords() {
    const words = this.unanswered ? "\u00a0" : this.data.words;
    this.words.hidden = this.data.words === "";
    if (this.words.textContent !== words) this.words.textContent = words;
  }

  speak() {
    if (this.picture === null) return;
    if (this.reader) {
      this.spoken.textContent = this.reader.sentence();
      return;
    }
    const { name, confidence } = this.picture.read(this.chosen);
    const sure = confidence === null ? "" : `, ${inPercent(confidence)}`;
    this.spoken.textContent = _("Row {row}, column {col}: {name}", { ...this.chosen, name: `${name}${sure}` });
  }

  /** Keep the chosen pixel: Python does so, and names the pin. */
  pin() {
    if (this.picture !== null) this.trigger("pinned", { ...this.chosen, picture: this.wanted.id });
  }

  help() {
    this.helpList.open();
  }

  // --- painting --------------------------------------------------------------------------------

  /** The pointer can move several times a frame; painting once is enough. */
  paintMarksSoon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.reader?.draw();
      this.showHovered();
      if (this.isDirty) this.paint();
      else this.paintMarks();
    });
  }

  /** Likewise, and all layers. */
  paintSoon() {
    this.isDirty = true;
    this.paintMarksSoon();
  }

  paint() {
    this.isDirty = false;
    const { shown, viewport } = this;
    if (shown === null || this.canvasSize.width === 0) return;
    // A picture that waits for the next one keeps its view.
    if (shown === this.picture) this.paintedView = this.view;
    const view = this.paintedView;
    this.showOpacity();
    const pixel = this.canvasSize.width / (viewport.span * shown.size.width) / this.unit; // in CSS pixels
    this.showZoom();

    const photoShows = view === "photo" || view === "overlay" || this.isWaiting;
    this.layOver(this.photoLayer, photoShows && "photo", () => shown.photo, { smooth: pixel <= NEAREST_FROM });

    const tintShows = view !== "photo" && !this.isWaiting;
    const tint = tintShows && shown.tintRecipe(view, this.legend.hidden);
    this.layOver(this.maskLayer, tint, () => shown.tint(view, this.legend.hidden));

    const one = this.legend.lit ?? this.legend.isolated;
    const colour = (this.veilColour = this.readVeilColour());
    setClass(this.veilLayer, "light", one !== this.legend.isolated);
    this.layOver(this.veilLayer, one !== null && `${one} ${colour}`, () => shown.veil(one, colour));

    const patterned = this.patterns.on && view !== "photo" && !this.isWaiting;
    const [lines, grid] = [this.boundaries.on || patterned, pixel >= GRID_FROM];
    const hidden = patterned && [...this.legend.hidden].sort();
    this.paintLayer(this.linesLayer, (lines || grid) && `${lines} ${grid} ${hidden}`, (canvas) => {
      const thickness = Math.max(1, Math.round(this.unit));
      if (lines) paintBoundaries(canvas, shown.labels, viewport, shown.size, thickness);
      if (patterned) {
        const isHidden = (label) => this.legend.hidden.has(label);
        paintPatterns(canvas, shown.labels, viewport, shown.size, thickness, isHidden);
      }
      if (grid) paintGrid(canvas, viewport, shown.size);
    });
    this.paintMarks();
  }

  showPatterns() {
    setClass(this.root, "patterned", this.patterns.on);
    this.paintSoon();
  }

  readVeilColour() {
    return getComputedStyle(this.root).getPropertyValue("--veil").trim();
  }

  /** Lay the picture that `source()` makes over the layer; see `paintLayer`. */
  layOver(canvas, recipe, source, { smooth = false } = {}) {
    const paint = () => paintPicture(canvas, source(), this.viewport, this.shown.size, { smooth });
    this.paintLayer(canvas, recipe && `${recipe} ${smooth}`, paint);
  }

  /** Paint a layer unless it already shows this recipe in this viewport; without a recipe it is empty. */
  paintLayer(canvas, recipe, paint) {
    if (canvas.hidden !== (recipe === false)) canvas.hidden = recipe === false;
    if (canvas.hidden) {
      this.painted.delete(canvas);
      setSize(canvas, 0, 0); // frees its memory
      return;
    }
    const { width, height } = this.canvasSize;
    const { left, top, span } = this.viewport;
    const now = [this.shown.description.id, recipe, left, top, span, width, height].join();
    if (this.painted.get(canvas) === now) return;
    setSize(canvas, width, height);
    canvas.getContext("2d").clearRect(0, 0, width, height);
    paint(canvas);
    this.painted.set(canvas, now);
  }

  paintMarks() {
    if (this.shown === null || this.chosen === null || this.canvasSize.width === 0) return;
    setSize(this.marksLayer, this.canvasSize.width, this.canvasSize.height);
    const painter = new MarkPainter(this.marksLayer, this.viewport, this.wanted, this.unit);
    painter.neighbourhood(this.reader?.window ?? this.neighbours);
    painter.chosen(this.chosen);
    if (this.hovered && !samePixel(this.hovered, this.chosen)) painter.hovered(this.hovered);
  }

  destroy() {
    this.bequeath();
    this.membership.leave();
    this.cancelSending();
    this.looks.drop();
    this.pageKeys.abort();
    clearTimeout(this.hintTimer);
    cancelAnimationFrame(this.frame);
    cancelAnimationFrame(this.moving);
    this.observer.disconnect();
    this.reader?.destroy();
    this.putAside(false);
    this.wanted = null;
    this.root.remove();
  }
}

// --- Streamlit's entrance ------------------------------------------------------------------------

const viewers = new WeakMap();

/** Called again whenever data or theme change; a page may hold several viewers. */
export default function pixelViewer(component, style) {
  const { parentElement } = component;
  if (!viewers.has(parentElement)) viewers.set(parentElement, new PixelViewer(parentElement, style));
  viewers.get(parentElement).update(component);
  return () => {
    viewers.get(parentElement)?.destroy();
    viewers.delete(parentElement);
  };
}
