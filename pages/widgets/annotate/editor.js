// The editor: a picture under its mask, and the tools to put right what is wrong in it.
//
// The mask and its history are here, so every stroke shows at once; `Correction` brings it to the server and
// says when it is saved. What the tools cover is decided in strokes.js, as on the server.

import { ClassList } from "./classlist.js";
import { Correction } from "./correction.js";
import { Drawing } from "./drawing.js";
import { element, percent } from "./elements.js";
import { WHOLE_PICTURE } from "./geometry.js";
import { HeldKeys, isTyped } from "./holding.js";
import { fetchInflated } from "./fetching.js";
import { fetchPhoto } from "./picture.js";
import { Regions, packedBytes } from "./regions.js";
import { NOT_REVIEWED } from "./runs.js";
import { AS_SHOWN, Stroke } from "./stroke.js";
import { Surface } from "./surface.js";
import {
  ScalePicker,
  SizeSlider,
  TOOLS,
  ToolPicker,
  button,
  editorHelp,
  squareToggle,
  unreviewedToggle,
} from "./toolbox.js";
import { OpacitySlider, ZoomButtons, boundariesToggle } from "./toolbar.js";

const BRUSHES = new Set(["brush", "eraser"]);
const CLOSE_BY = 10; // CSS pixels from a polygon's first corner, which close it

/** What the hand had, for the editor that Streamlit rebuilds in the place of one that it has removed. */
let legacy = null;

class Editor {
  constructor(parent, style) {
    this.parent = parent;
    this.tool = "brush";
    this.value = 0; // a class, or AS_SHOWN
    this.correction = null;
    this.wanted = null;
    this.stroke = null;
    this.path = [];
    this.lastPoint = null; // where the last stroke ended
    this.corners = []; // of the polygon that is being drawn, in half pixels
    this.pointer = null;
    this.regions = null; // of the picture, once they are asked for and there
    this.outlined = { number: -1, path: null };
    this.build();
    this.drawing = new Drawing(this.surface.marksLayer, this);
    const tree = parent.getRootNode();
    if (!tree.adoptedStyleSheets.includes(style)) tree.adoptedStyleSheets.push(style);
    parent.append(this.root);
    this.held = new HeldKeys(this.root, ["h", " "], (key, on) => this.hold(key, on));
    this.ending = new AbortController();
    document.addEventListener("keydown", (event) => this.key(event), { signal: this.ending.signal, capture: true });
    this.pick(this.tool);
    this.inherit();
  }

  // --- the page --------------------------------------------------------------------------------

  build() {
    this.surface = new Surface({
      onView: () => this.showZoom(),
      paintTool: (context) => this.paintTool(context),
    });
    this.picker = new ToolPicker((tool) => this.pick(tool));
    this.sizes = new SizeSlider(() => this.surface.schedule());
    this.square = squareToggle(() => this.surface.schedule());
    this.scales = new ScalePicker(() => this.wantRegions());
    this.undoButton = button("Undo", "undo", () => this.undo(), { key: "Ctrl + Z" });
    this.redoButton = button("Redo", "redo", () => this.redo(), { key: "Ctrl + Shift + Z" });
    this.zoomButtons = new ZoomButtons({
      onOut: () => this.surface.zoomBy(-1),
      onFit: () => this.fit(),
      onIn: () => this.surface.zoomBy(1),
    });
    this.help = editorHelp();
    this.slider = new OpacitySlider(() => this.showOpacity());
    this.boundaries = boundariesToggle((on) => {
      this.surface.boundaries = on;
      this.surface.linesChanged();
    });
    this.suggest = button("Suggest the rest", null, () => this.askForSuggestion(), {
      wordy: true,
      explained: "A class for all that is not reviewed, learnt from what you have drawn; you see it before you take it",
    });
    this.take = button("Take it", null, () => this.takeSuggestion(), {
      wordy: true,
      explained: "All that is suggested counts as reviewed",
    });
    this.discard = button("Discard it", null, () => this.endSuggestion(), { wordy: true });
    this.suggestionWords = element("p", { className: "note", attributes: { role: "status" } });
    this.onlyUnreviewed = unreviewedToggle(() => {});
    this.classes = new ClassList({
      onChoose: (label) => this.choose(label),
      onAdd: (name) => this.addClass(name),
      onFound: () => this.surface.marksLayer.focus({ preventScroll: true }),
    });
    const part = (className, ...children) => element("div", { className }, ...children);
    const tools = part(
      "toolbar",
      this.picker.element,
      part("pair", this.undoButton, this.redoButton),
      part("settings brushing", this.sizes.element, this.square.element),
      this.scales.element,
      part("settings", this.slider.element, this.boundaries.element),
      part("end", this.zoomButtons.element, this.help.button),
    );
    this.accept = button("Right as it is", "accept", () => this.choose(AS_SHOWN), {
      key: "A",
      wordy: true,
      explained: "What you draw over keeps its class and counts as reviewed",
    });
    this.acceptAll = button("Whole picture is right", "accept", () => this.acceptEverything(), {
      wordy: true,
      explained: "All that is not reviewed keeps its class and counts as reviewed",
    });
    this.bar = element("progress", { max: 1, value: 0 });
    this.bar.setAttribute("aria-label", "Share of the picture that is reviewed");
    this.reviewed = element("span", { className: "reviewed" });
    this.sign = element("p", { className: "sign", attributes: { role: "status" } });
    this.spoken = element("p", { className: "under", attributes: { "aria-live": "off" } });
    const side = part(
      "side",
      part("progress", this.bar, this.reviewed),
      part("accepting", this.accept, this.acceptAll, this.onlyUnreviewed.element),
      part("suggesting", this.suggest, this.take, this.discard, this.suggestionWords),
      this.classes.element,
    );
    const below = part("below", this.spoken, this.sign);
    const description = element("p", { className: "unseen", id: "editor-keys" });
    description.textContent = "Draw with a mouse, a pen or a finger. Question mark lists all keys.";
    this.surface.marksLayer.setAttribute("aria-describedby", "editor-keys");
    this.root = element(
      "div",
      { className: "viewer editor", attributes: { "data-ready": "false" } },
      part("layout", part("tools", tools), part("look", this.surface.element, below), side),
      description,
      this.help.dialog,
    );
    this.showOpacity();
  }

  inherit() {
    if (!legacy) return;
    this.sizes.set(legacy.width);
    this.square.set(legacy.square);
    this.slider.set(legacy.opacity);
    this.showOpacity();
    this.classes.chosen = Math.max(legacy.value, 0);
    this.value = legacy.value;
    this.pick(legacy.tool);
    this.surface.viewport = legacy.viewport;
    this.inherited = legacy.id;
  }

  // --- following Python ------------------------------------------------------------------------

  update({ data, setStateValue }) {
    this.data = data;
    this.send = (message) => setStateValue("edits", message);
    this.askSuggestion = (question) => setStateValue("suggest", question);
    this.ask = (wanted) => setStateValue("regions", wanted);
    this.surface.marksLayer.setAttribute("aria-label", data.label);
    this.root.dataset.readOnly = data.readOnly !== "";
    this.root.style.setProperty("--rows", data.picture.height);
    this.root.style.setProperty("--columns", data.picture.width);
    const isNew = data.picture.id !== this.wanted?.id || data.picture.start !== this.wanted?.start;
    this.correction?.hear(data.answer);
    this.leaving?.hear(data.answer);
    if (isNew) this.load(data.picture);
    else if (this.correction) {
      this.followClasses(data.picture);
      this.showState();
    }
    this.followRegions();
    this.followSuggestion();
  }

  // --- suggest the rest --------------------------------------------------------------------------

  askForSuggestion() {
    if (!this.canDraw || this.question) return;
    this.finish();
    // Unlike any before the page was loaded: the server answers each question once.
    this.question = { id: this.correction.id, number: Math.floor(Math.random() * 2 ** 31) };
    this.saySuggestion("Working it out …");
    this.askSuggestion(this.question);
  }

  async followSuggestion() {
    const { question, correction } = this;
    const answer = this.data.suggestion;
    if (!question || !answer || answer.number !== question.number || correction?.id !== question.id) return;
    this.question = null;
    if (answer.trouble) {
      this.saySuggestion(answer.trouble);
      return;
    }
    try {
      const labels = await fetchInflated(answer.labels, correction.mask.length);
      if (this.correction !== correction) return;
      this.finish();
      correction.preview(labels);
      this.saySuggestion("This is a suggestion. Take it all, or draw “right as it is” over what you like.");
    } catch (error) {
      console.warn("The suggestion could not be loaded.", error);
      this.saySuggestion("The suggestion could not be loaded. Ask for it again.");
    }
  }

  takeSuggestion() {
    this.acceptEverything();
    this.endSuggestion();
  }

  endSuggestion() {
    this.finish();
    this.correction?.preview(null);
    this.saySuggestion("");
  }

  saySuggestion(words) {
    this.suggestionWords.textContent = words;
    const isPreview = this.correction?.isPreview ?? false;
    this.suggest.hidden = isPreview || !this.data.suggests;
    this.take.hidden = this.discard.hidden = !isPreview;
    this.suggest.setAttribute("aria-disabled", this.question != null);
  }

  /** A class may have been added, here or in another window. */
  followClasses({ names, colours }) {
    const { description } = this.correction;
    if (names.length === description.names.length) return;
    Object.assign(description, { names, colours });
    this.classes.show(names, colours);
    this.surface.setColours(colours);
    if (this.correction.added) this.classes.choose(this.classes.find(this.correction.added));
    this.correction.added = null;
    this.showCounts();
  }

  // --- regions ---------------------------------------------------------------------------------

  /** Ask for the regions of the picture in the size that is chosen. */
  wantRegions() {
    if (this.tool !== "region" || this.correction === null) return;
    const wanted = { id: this.correction.id, scale: this.scales.value };
    if (this.regions?.id === wanted.id && this.regions.scale === wanted.scale) return;
    this.regions = null;
    if (this.data.regions?.id === wanted.id && this.data.regions.scale === wanted.scale) this.followRegions();
    else this.ask(wanted);
    this.say(this.pointer);
  }

  async followRegions() {
    const { data, correction } = this;
    const offered = data.regions;
    if (!offered || offered.id !== correction?.id || offered.scale !== this.scales.value) return;
    if (this.regions?.address === offered.address) return;
    try {
      const bytes = await fetchInflated(offered.address, packedBytes(correction.size));
      if (this.correction !== correction || offered.scale !== this.scales.value) return;
      this.regions = { ...offered, map: Regions.unpack(bytes, correction.size) };
      this.outlined = { number: -1, path: null };
      this.root.dataset.regions = offered.scale;
      this.surface.schedule();
      this.say(this.pointer);
    } catch (error) {
      console.warn("The regions could not be loaded.", error);
    }
  }

  /** Give the regions at some places to the stroke in hand: what of them shows the class under the pointer. */
  coverRegions(places) {
    if (this.regions === null) return;
    const { width } = this.correction.size;
    const { map } = this.regions;
    for (const place of places) {
      const { row, col } = this.surface.pixelAt(place);
      const like = this.seen[row * width + col];
      this.stroke.runs(map.runsWithin(map.at(row, col), (at) => this.seen[at] === like));
    }
  }

  paintRegion(context) {
    const { row, col } = this.surface.pixelAt(this.pointer);
    const number = this.regions.map.at(row, col);
    if (this.outlined.number !== number) {
      const path = new Path2D();
      const sides = this.regions.map.outline(number);
      for (let i = 0; i < sides.length; i += 4) {
        path.moveTo(sides[i + 1], sides[i]);
        path.lineTo(sides[i + 3], sides[i + 2]);
      }
      this.outlined = { number, path };
    }
    const corner = this.surface.onCanvas({ x: 0, y: 0 });
    context.save();
    context.setTransform(this.surface.scale, 0, 0, this.surface.scale, corner.x, corner.y);
    const unit = this.surface.unit / this.surface.scale;
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

  async load(description) {
    this.finish();
    const before = this.wanted;
    this.wanted = description;
    this.root.dataset.ready = "false";
    // The picture that is left is saved to the end.
    if (this.correction && !this.correction.isSaved) this.leaving = this.correction;
    this.correction = null;
    try {
      const [photo, correction] = await Promise.all([
        fetchPhoto(description.photo),
        Correction.load(description, {
          onChange: (extent) => this.maskChanged(extent),
          onReplace: () => this.finish(),
          onState: () => this.showState(),
          send: (message) => this.send(message),
        }),
      ]);
      if (this.wanted === description) this.show(photo, correction, before);
      else photo.close();
    } catch (error) {
      if (this.wanted === description) this.complain(error);
    }
  }

  show(photo, correction, before) {
    this.trouble?.remove();
    this.correction = correction;
    this.lastPoint = null;
    this.question = null;
    this.saySuggestion("");
    this.corners = [];
    const { names, colours, look, at } = correction.description;
    const isSame = before?.id === correction.id || this.inherited === correction.id;
    this.inherited = null;
    this.classes.show(names, colours);
    this.surface.show(photo, correction, colours);
    if (!isSame) this.surface.look(look ?? WHOLE_PICTURE);
    this.mark = isSame ? null : at; // the pixel that somebody came with
    if (this.value !== AS_SHOWN) this.choose(this.classes.chosen);
    this.root.dataset.ready = "true";
    this.showZoom();
    this.maskChanged(null);
    this.showState();
    this.wantRegions();
  }

  complain(error) {
    console.warn("The editor could not load its picture.", error);
    this.wanted = null; // the next answer from Python tries again
    const words = "The picture could not be loaded. Reload the page to try again.";
    this.trouble?.remove();
    this.trouble = element("p", { className: "trouble", textContent: words, attributes: { role: "alert" } });
    this.surface.element.append(this.trouble);
  }

  // --- what is shown ---------------------------------------------------------------------------

  /** The mask is another between two pixel numbers, or everywhere. */
  maskChanged(extent) {
    const { width } = this.correction.size;
    const rows = extent && { top: Math.floor(extent.from / width), bottom: Math.ceil(extent.to / width) };
    this.surface.maskChanged(rows && { left: 0, right: width, ...rows });
    this.showCounts();
  }

  showCounts() {
    this.classes.count(this.correction.counts());
    const { reviewed } = this.correction;
    this.bar.value = reviewed;
    const share = 100 * reviewed;
    const shown = share > 0 && share < 0.1 ? "less than 0.1" : share.toFixed(share > 99.9 && share < 100 ? 2 : 1);
    this.reviewed.textContent = `${percent(shown)} reviewed`;
  }

  showState() {
    const { correction, data } = this;
    if (correction === null) return;
    const [state, words] = this.stateInWords();
    this.sign.dataset.state = state;
    this.sign.textContent = words;
    this.undoButton.setAttribute("aria-disabled", data.readOnly || correction.history.done.length === 0);
    this.redoButton.setAttribute("aria-disabled", data.readOnly || correction.history.undone.length === 0);
    this.root.dataset.saved = correction.isSaved;
  }

  stateInWords() {
    const { correction, data } = this;
    if (data.readOnly) return ["locked", data.readOnly];
    if (correction.trouble) return ["trouble", `Not saved: ${correction.trouble}`];
    if (!correction.isSaved) return ["saving", "Saving …"];
    if (data.notice) return ["notice", `Saved. ${data.notice}`];
    if (correction.version === 0) return ["fresh", "Nothing drawn yet. Every stroke is saved as you draw."];
    return ["saved", "Saved"];
  }

  showOpacity() {
    this.surface.opacity = this.slider.value / 100;
    this.surface.schedule();
  }

  showZoom() {
    this.zoomButtons.show(this.surface.viewport.span, this.surface.leastSpan);
  }

  fit() {
    this.surface.look(WHOLE_PICTURE);
  }

  paintTool(context) {
    const { surface, pointer } = this;
    if (this.mark) surface.markPixel(this.mark);
    context.lineWidth = 1.25 * surface.unit;
    if (this.corners.length > 0) this.paintPolygon(context);
    if (this.tool === "region" && this.regions && pointer && !this.moves()) this.paintRegion(context);
    if (pointer === null || !BRUSHES.has(this.tool) || this.data.readOnly || this.moves()) return;
    const { x, y } = surface.onCanvas(surface.pointAt(pointer, this.sizes.width));
    const reach = (this.sizes.width / 2) * surface.scale;
    context.beginPath();
    if (this.square.on) context.rect(x - reach, y - reach, 2 * reach, 2 * reach);
    else context.arc(x, y, reach, 0, 2 * Math.PI);
    this.strokeTwice(context);
  }

  paintPolygon(context) {
    const points = this.corners.map((corner) => this.surface.onCanvas(corner));
    if (this.pointer) points.push(this.surface.onCanvas(this.surface.pointAt(this.pointer, 2)));
    context.beginPath();
    for (const { x, y } of points) context.lineTo(x, y);
    this.strokeTwice(context);
    context.beginPath();
    context.arc(points[0].x, points[0].y, 4 * this.surface.unit, 0, 2 * Math.PI);
    this.strokeTwice(context);
  }

  /** Light on dark: it shows on any picture. */
  strokeTwice(context) {
    const width = this.surface.unit;
    for (const [extra, colour] of [
      [2 * width, "rgb(0 0 0 / 65%)"],
      [0, "white"],
    ]) {
      context.lineWidth = 1.25 * width + extra;
      context.strokeStyle = colour;
      context.stroke();
    }
  }

  // --- choosing --------------------------------------------------------------------------------

  pick(tool) {
    this.corners = [];
    this.tool = tool;
    this.picker.show(tool);
    this.root.dataset.tool = tool;
    this.surface.setMoving(this.moves());
    this.wantRegions();
    this.surface.schedule();
  }

  addClass(name) {
    if (!this.canDraw) return;
    this.correction.addClass(name);
  }

  /** Draw with a class, or with "right as it is". */
  choose(value) {
    this.value = value;
    this.accept.setAttribute("aria-pressed", value === AS_SHOWN);
    if (value === AS_SHOWN) {
      for (const entry of this.classes.list.children) entry.querySelector(".pick").setAttribute("aria-pressed", false);
    } else if (this.classes.chosen !== value) {
      this.classes.choose(value);
      return;
    } else this.classes.mark();
    this.root.dataset.accepts = value === AS_SHOWN;
    if (this.tool === "eraser" || this.tool === "pick" || this.tool === "move") this.pick("brush");
  }

  hold(key, on) {
    if (key === "h") {
      this.surface.hidden = on;
      this.surface.linesChanged();
    } else this.surface.setMoving(this.moves());
    this.surface.schedule();
  }

  // --- drawing: called by the gestures -----------------------------------------------------------

  get canDraw() {
    return this.correction !== null && !this.data.readOnly;
  }

  moves() {
    return this.tool === "move" || this.held.has(" ") || !this.canDraw;
  }

  /** What a pixel must not be to be drawn over; null if any may be. */
  keeps() {
    const [locked, only] = [this.classes.locked, this.onlyUnreviewed.on];
    if (locked.size === 0 && !only) return null;
    return (shown, isReviewed) => (only && isReviewed) || locked.has(shown);
  }

  newStroke(isErasing = false) {
    const value = this.tool === "eraser" || isErasing ? NOT_REVIEWED : this.value;
    return new Stroke(this.correction, value, this.keeps(), (rectangle) => this.surface.maskChanged(rectangle));
  }

  begin(place, event) {
    this.mark = null;
    if (this.tool === "pick") this.pickClass(place);
    else if (this.tool === "bucket") this.fill(place, event.altKey);
    else if (this.tool === "polygon") this.addCorner(place, event);
    else if (this.tool === "region") {
      this.seen = this.correction.shown.slice();
      this.stroke = this.newStroke(event.altKey);
      this.coverRegions([place]);
    } else {
      this.stroke = this.newStroke(event.altKey);
      const point = this.pointAt(place);
      this.path = event.shiftKey && this.lastPoint ? [this.lastPoint, point] : [point];
      this.cover(this.path);
    }
  }

  pointAt(place) {
    return this.surface.pointAt(place, this.sizes.width);
  }

  cover(path) {
    this.stroke.way(path, this.sizes.width, this.square.on ? "square" : "round");
  }

  draw(places, event) {
    if (this.stroke === null) return;
    if (this.tool === "region") {
      this.coverRegions(places);
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
    this.stroke = null;
    if (stroke?.end()) this.showCounts();
  }

  giveUp() {
    this.stroke?.restore();
    this.stroke = null;
  }

  fill(place, isErasing) {
    this.stroke = this.newStroke(isErasing);
    this.stroke.component(this.surface.pixelAt(place));
    this.finish();
  }

  pickClass(place) {
    const { row, col } = this.surface.pixelAt(place);
    const label = this.correction.shown[row * this.correction.size.width + col];
    if (label !== NOT_REVIEWED) this.choose(label);
  }

  acceptEverything() {
    if (!this.canDraw) return;
    const { value } = this;
    this.value = AS_SHOWN;
    this.stroke = new Stroke(this.correction, AS_SHOWN, null, (rectangle) => this.surface.maskChanged(rectangle));
    this.stroke.everything();
    this.value = value;
    this.finish();
  }

  // --- the polygon -----------------------------------------------------------------------------

  addCorner(place, event) {
    const corner = this.surface.pointAt(place, 2);
    const last = this.corners.at(-1);
    if (this.corners.length > 2 && this.isNear(this.corners[0], corner)) this.closePolygon(event.altKey);
    else if (!last || last.x !== corner.x || last.y !== corner.y) this.corners.push(corner);
    this.surface.schedule();
  }

  isNear(a, b) {
    const [from, to] = [this.surface.onCanvas(a), this.surface.onCanvas(b)];
    return Math.hypot(from.x - to.x, from.y - to.y) < CLOSE_BY * this.surface.unit;
  }

  closeShape(event) {
    if (this.tool === "polygon") this.closePolygon(event.altKey);
  }

  closePolygon(isErasing) {
    if (this.corners.length > 2) {
      this.stroke = this.newStroke(isErasing);
      this.stroke.polygon(this.corners);
      this.finish();
    }
    this.corners = [];
    this.surface.schedule();
  }

  // --- the rest of the gestures ------------------------------------------------------------------

  point(place) {
    this.pointer = place;
    if (this.correction === null) return;
    this.surface.schedule();
    this.say(place);
  }

  /** What is under the pointer: its class, and whether somebody has reviewed it. */
  say(place) {
    if (this.correction === null) return;
    if (place === null || place.x < 0 || place.y < 0 || place.x > 1 || place.y > 1) {
      this.classes.point(null);
      this.spoken.textContent = "";
      return;
    }
    const { row, col } = this.surface.pixelAt(place);
    const at = row * this.correction.size.width + col;
    const label = this.correction.shown[at];
    const name = this.correction.description.names[label] ?? "no class";
    const state = this.correction.mask[at] === NOT_REVIEWED ? "not reviewed" : "reviewed";
    const looks = this.tool === "region" && this.regions === null ? "Finding the regions … " : "";
    this.spoken.textContent = `${looks}Row ${row}, column ${col}: ${name}, ${state}`;
    this.classes.point(label);
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
    this.sizes.step(by);
    this.surface.schedule();
  }

  wheelScrolls() {}

  followsFinger() {
    return false;
  }

  undo() {
    this.change("undo");
  }

  redo() {
    this.change("redo");
  }

  change(step) {
    if (!this.canDraw) return;
    this.finish();
    this.correction[step]();
  }

  // --- keys ------------------------------------------------------------------------------------

  /** Keys count while the pointer or the focus is in the editor, and nobody types. */
  key(event) {
    const isHere = this.root.matches(":hover, :focus-within");
    if (!isHere || this.help.dialog.open || isTyped(event)) return;
    if (event.key === " " && !this.presses(event)) event.preventDefault(); // held, it moves; the page stays
    if (!this.does(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Whether the key does something here. */
  does(event) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.ctrlKey || event.metaKey) return this.doesWithControl(key, event);
    if (event.altKey) return false;
    const { action } = this.actionOf(key, event);
    action?.();
    return action !== null;
  }

  doesWithControl(key, event) {
    if (key === "z") this.change(event.shiftKey ? "redo" : "undo");
    else if (key === "y") this.redo();
    else return false;
    return true;
  }

  actionOf(key, event) {
    const tool = Object.keys(TOOLS).find((each) => TOOLS[each].key.toLowerCase() === key);
    if (tool) return { action: () => this.pick(tool) };
    if (/^\d$/.test(key)) return { action: () => this.classes.choose((Number(key) + 9) % 10) };
    const actions = {
      "[": () => this.resize(-1),
      "]": () => this.resize(1),
      "-": () => this.classes.step(-1),
      "=": () => this.classes.step(1),
      "+": () => this.surface.zoomBy(1, this.pointer),
      _: () => this.surface.zoomBy(-1, this.pointer),
      a: () => this.choose(AS_SHOWN),
      q: () => this.square.element.click(),
      w: () => this.fit(),
      "?": () => this.help.open(),
    };
    if (actions[key]) return { action: actions[key] };
    return { action: this.polygonAction(key, event) };
  }

  polygonAction(key, event) {
    if (this.corners.length === 0) return null;
    const changed = (corners) => () => {
      this.corners = corners;
      this.surface.schedule();
    };
    if (key === "Enter") return () => this.closePolygon(event.altKey);
    if (key === "Backspace") return changed(this.corners.slice(0, -1));
    return key === "Escape" ? changed([]) : null;
  }

  /** Whether Space presses a button there. */
  presses(event) {
    const [target] = event.composedPath();
    return target instanceof Element && target.matches("button, input");
  }

  destroy() {
    this.finish();
    legacy = {
      id: this.correction?.id,
      tool: this.tool,
      value: this.value,
      width: this.sizes.width,
      square: this.square.on,
      opacity: this.slider.value,
      viewport: this.surface.viewport,
    };
    this.correction?.close();
    this.leaving?.close();
    this.ending.abort();
    this.held.destroy();
    this.surface.destroy();
    this.root.remove();
  }
}

// --- Streamlit's entrance ------------------------------------------------------------------------

const editors = new WeakMap();

/** Called again whenever data or theme change. */
export default function editor(component, style) {
  const { parentElement } = component;
  if (!editors.has(parentElement)) editors.set(parentElement, new Editor(parentElement, style));
  editors.get(parentElement).update(component);
  return () => {
    editors.get(parentElement)?.destroy();
    editors.delete(parentElement);
  };
}
