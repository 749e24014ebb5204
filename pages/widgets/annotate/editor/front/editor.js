// The editor: a picture under its mask, and the tools to put right what is wrong in it.
//
// The mask and its history are here, so every stroke shows at once; `Correction` brings it to the server and
// says when it is saved. What the tools cover is decided in strokes.js, as on the server; `Hand` holds them.

import { Aiming } from "./aiming.js";
import { ClassList } from "./classlist.js";
import { Correction } from "./correction.js";
import { Doubts } from "./doubts.js";
import { Drawing } from "./drawing.js";
import { element, setClass } from "./elements.js";
import { WHOLE_PICTURE } from "./geometry.js";
import { Hand } from "./hand.js";
import { HeldKeys } from "./holding.js";
import { Keyboard } from "./keyboard.js";
import { News } from "./news.js";
import { fetchPhoto } from "./picture.js";
import { NOT_REVIEWED } from "./runs.js";
import { Standing } from "./standing.js";
import { AS_SHOWN } from "./stroke.js";
import { Suggesting } from "./suggesting.js";
import { Surface } from "./surface.js";
import { ScalePicker, SizeSlider, Switch, ToolPicker, button, editorHelp, squareToggle } from "./toolbox.js";
import { OpacitySlider, ZoomButtons, boundariesToggle, patternsToggle } from "./toolbar.js";
import { _ } from "./language.js";

/** What the hand had, for the editor that Streamlit rebuilds in the place of one that it has removed. */
let legacy = null;

class Editor {
  /** paints: whether an empty picture is painted, in which nothing is to be reviewed. */
  constructor(parent, style, paints) {
    this.parent = parent;
    this.paints = paints;
    this.correction = null;
    this.wanted = null;
    this.data = null;
    this.mark = null; // a pixel
    this.buildSurface();
    this.buildTools();
    this.buildSide();
    this.build();
    this.held = new HeldKeys(this.root, ["h", " "], (key, on) => this.hold(key, on));
    this.hand = new Hand(this);
    this.drawing = new Drawing(this.surface.marksLayer, this.hand);
    this.aiming = new Aiming(this);
    this.keyboard = new Keyboard(this);
    this.news = new News((id) => this.askNews(id), this.root);
    const tree = parent.getRootNode();
    if (!tree.adoptedStyleSheets.includes(style)) tree.adoptedStyleSheets.push(style);
    parent.append(this.root);
    this.hand.pick("brush");
    this.inherit();
  }

  // --- the page --------------------------------------------------------------------------------

  buildSurface() {
    this.surface = new Surface({
      onView: () => this.showZoom(),
      paintTool: (context) => this.paintTool(context),
    });
  }

  buildTools() {
    this.picker = new ToolPicker((tool) => this.hand.pick(tool));
    this.sizes = new SizeSlider(() => this.surface.schedule());
    this.square = squareToggle(() => this.surface.schedule());
    this.scales = new ScalePicker(() => this.hand.wantRegions());
    this.undoButton = button(_("Undo"), "undo", () => this.change("undo"), { key: "Ctrl + Z" });
    this.redoButton = button(_("Redo"), "redo", () => this.change("redo"), { key: "Ctrl + Shift + Z" });
    this.zoomButtons = new ZoomButtons({
      onOut: () => this.surface.zoomBy(-1),
      onFit: () => this.fit(),
      onIn: () => this.surface.zoomBy(1),
    });
    this.help = editorHelp(this.paints);
    this.slider = new OpacitySlider(() => this.showOpacity());
    this.boundaries = boundariesToggle((on) => {
      this.surface.boundaries = on;
      this.surface.linesChanged();
    });
    this.patterns = patternsToggle((on) => {
      this.surface.patterns = on;
      setClass(this.root, "patterned", on);
      this.surface.linesChanged();
    });
  }

  buildSide() {
    this.accept = new Switch(_("Right as it is"), (on) => this.choose(on ? AS_SHOWN : this.classes.chosen), {
      key: "A",
      explained: _("What you draw over keeps its class and counts as reviewed"),
    });
    this.acceptAll = button(_("Whole picture is right"), null, () => this.hand.acceptEverything(), {
      wordy: true,
      explained: _("All that is not reviewed keeps its class and counts as reviewed"),
    });
    this.onlyUnreviewed = new Switch(_("Only over not reviewed"), () => {}, {
      explained: _("What somebody has reviewed stays as it is under your strokes"),
    });
    this.standing = new Standing(this.paints);
    this.suggesting = new Suggesting(this);
    this.doubts = new Doubts(this);
    this.classes = new ClassList({
      onChoose: (label) => this.choose(label),
      onAdd: (name) => this.addClass(name),
      onFound: () => this.surface.marksLayer.focus({ preventScroll: true }),
    });
  }

  build() {
    const part = (className, ...children) => element("div", { className }, ...children);
    const tools = part(
      "toolbar",
      this.picker.element,
      part("pair", this.undoButton, this.redoButton),
      part("settings brushing", this.sizes.element, this.square.element),
      this.scales.element,
      part("settings", this.slider.element, this.boundaries.element, this.patterns.element),
      part("end", this.zoomButtons.element, this.help.button),
    );
    const side = part(
      "side",
      this.standing.element,
      part("judging", this.doubts.button, this.acceptAll, this.doubts.heard),
      part("accepting", this.accept.element, this.onlyUnreviewed.element),
      this.suggesting.element,
      this.classes.element,
    );
    this.spoken = element("p", { className: "under", attributes: { "aria-live": "off" } });
    const below = part("below", this.spoken, this.standing.sign);
    const description = element("p", { className: "unseen", id: "editor-keys" });
    description.textContent = _(
      "Draw with a mouse, a pen or a finger, or with keys: arrows move the pointer and say what is there, Enter draws. Question mark lists all keys.",
    );
    this.surface.marksLayer.setAttribute("aria-describedby", "editor-keys");
    this.root = element(
      "div",
      { className: "viewer editor", attributes: { "data-ready": "false", "data-paints": this.paints } },
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
    this.hand.value = this.paints ? this.classes.chosen : legacy.value;
    this.hand.pick(legacy.tool);
    this.surface.viewport = legacy.viewport;
    this.suggesting.resumes = legacy.live;
    this.suggesting.wholeSet.set(legacy.wholeSet);
    this.inherited = legacy.id;
  }

  // --- following Python ------------------------------------------------------------------------

  update({ data, setStateValue }) {
    this.data = data;
    this.news.hasRun();
    this.send = (message) => setStateValue("edits", message);
    this.suggesting.ask = (question) => setStateValue("suggest", question);
    this.suggesting.askLive = (on) => setStateValue("live", { on, set: this.suggesting.usesSet, number: Math.random() });
    this.doubts.ask = (question) => setStateValue("doubt", question);
    this.askNews = (id) => setStateValue("news", { id, number: Math.random() });
    this.hand.regions.ask = (wanted) => setStateValue("regions", wanted);
    this.suggesting.isOffered = data.suggests;
    this.suggesting.offerSet(data.others);
    this.doubts.button.hidden = !data.suggests;
    this.surface.marksLayer.setAttribute("aria-label", data.label);
    this.root.dataset.readOnly = data.readOnly !== "";
    this.root.style.setProperty("--rows", data.picture.height);
    this.root.style.setProperty("--columns", data.picture.width);
    const isNew = data.picture.id !== this.wanted?.id || data.picture.start !== this.wanted?.start;
    this.leaving?.hear(data.answer);
    if (isNew) {
      this.correction?.hear(data.answer);
      this.load(data.picture);
    } else if (this.correction) {
      this.followClasses(data.picture);
      this.correction.listen(data.picture, data.answer);
      this.showState();
    }
    this.hand.regions.follow(data.regions);
    this.suggesting.follow(data.suggestion);
    this.suggesting.followLive(data.live);
    this.doubts.follow(data.doubtful);
  }

  /** A class may have been added, here or in another window. */
  followClasses({ names, colours, legend }) {
    const { description } = this.correction;
    if (names.length === description.names.length) return;
    Object.assign(description, { names, colours, legend });
    this.classes.show(names, colours, legend);
    this.surface.setColours(colours);
    if (this.correction.added) this.classes.choose(this.classes.find(this.correction.added));
    this.correction.added = null;
    this.showCounts();
  }

  async load(description) {
    this.hand.finish();
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
          isHeld: () => this.hand.stroke !== null,
          onState: () => this.stateChanged(),
          onSaved: () => this.news.tell(description.id),
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
    this.suggesting.start();
    this.doubts.start();
    const { names, colours, legend, look, at } = correction.description;
    const isSame = before?.id === correction.id || this.inherited === correction.id;
    this.inherited = null;
    this.classes.show(names, colours, legend);
    this.surface.show(photo, correction, colours);
    if (!isSame) this.surface.look(look ?? WHOLE_PICTURE);
    this.mark = isSame ? null : at; // the pixel that somebody came with
    if (this.hand.value !== AS_SHOWN) this.choose(this.classes.chosen);
    this.root.dataset.ready = "true";
    this.showZoom();
    this.maskChanged(null);
    this.showState();
    this.hand.start();
    this.news.tell(correction.id);
    this.followClasses(this.data.picture);
    correction.listen(this.data.picture, this.data.answer); // there were runs while it was loaded
    this.suggesting.followLive(this.data.live);
  }

  complain(error) {
    console.warn("The editor could not load its picture.", error);
    this.wanted = null; // the next answer from Python tries again
    const words = _("The picture could not be loaded. Reload the page to try again.");
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
    this.standing.count(this.correction.reviewed);
    this.suggesting.count();
  }

  /** Something was drawn, or saved, or has come from another window. */
  stateChanged() {
    this.showState();
    this.suggesting.showLive(); // one for this very mask may have been here before it
  }

  showState() {
    const { correction, data } = this;
    if (correction === null) return;
    this.standing.show(correction, data);
    this.undoButton.setAttribute("aria-disabled", data.readOnly || correction.history.done.length === 0);
    this.redoButton.setAttribute("aria-disabled", data.readOnly || correction.history.undone.length === 0);
    this.root.dataset.saved = correction.isSaved;
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
    if (this.mark) this.surface.markPixel(this.mark);
    this.doubts.paint(context);
    this.hand.paint(context);
    this.aiming.paint();
  }

  // --- choosing and changing ---------------------------------------------------------------------

  get canDraw() {
    return this.correction !== null && !this.data.readOnly;
  }

  toolChanged() {
    this.picker.show(this.hand.tool);
    this.root.dataset.tool = this.hand.tool;
  }

  addClass(name) {
    if (!this.canDraw) return;
    this.correction.addClass(name);
  }

  /** Draw with a class, or with "right as it is". */
  choose(value) {
    const { hand } = this;
    hand.value = value;
    this.accept.set(value === AS_SHOWN);
    if (value === AS_SHOWN) {
      for (const entry of this.classes.entries) entry.querySelector(".pick").setAttribute("aria-pressed", false);
    } else if (this.classes.chosen !== value) {
      this.classes.choose(value);
      return;
    } else this.classes.mark();
    this.root.dataset.accepts = value === AS_SHOWN;
    if (hand.tool === "eraser" || hand.tool === "pick" || hand.tool === "move") hand.pick("brush");
  }

  hold(key, on) {
    if (key === "h") {
      this.surface.hidden = on;
      this.surface.linesChanged();
    } else this.surface.setMoving(this.hand.moves());
    this.surface.schedule();
  }

  /** step: "undo" or "redo". */
  change(step) {
    if (!this.canDraw) return;
    this.hand.finish();
    this.correction[step]();
  }

  // --- told by the hand --------------------------------------------------------------------------

  begun() {
    this.mark = null;
    this.doubts.leave();
  }

  drawn(hasChanged) {
    if (hasChanged) this.showCounts();
    else {
      // What has waited for the end of the stroke.
      this.correction.catchUp();
      this.suggesting.showLive();
    }
  }

  regionsReady(scale) {
    this.root.dataset.regions = scale;
    this.say(this.hand.pointer);
  }

  /** What is under the pointer: its class, and whether somebody has reviewed it. */
  say(place) {
    if (this.correction === null) return;
    if (this.doubts.spoken) {
      this.spoken.textContent = this.doubts.spoken;
      return;
    }
    if (place === null || place.x < 0 || place.y < 0 || place.x > 1 || place.y > 1) {
      this.classes.point(null);
      this.spoken.textContent = "";
      return;
    }
    const { row, col } = this.surface.pixelAt(place);
    const at = row * this.correction.size.width + col;
    const label = this.correction.shown[at];
    const name = this.correction.description.names[label] ?? _("no class");
    const looks = this.hand.tool === "region" && !this.hand.regions.isReady ? _("Finding the regions … ") : "";
    if (this.paints) this.spoken.textContent = _("{looks}Row {row}, column {col}: {name}", { looks, row, col, name });
    else {
      const state = this.correction.mask[at] === NOT_REVIEWED ? _("not reviewed") : _("reviewed");
      this.spoken.textContent = _("{looks}Row {row}, column {col}: {name}, {state}", { looks, row, col, name, state });
    }
    this.classes.point(label);
  }

  destroy() {
    this.hand.finish();
    legacy = {
      id: this.correction?.id,
      tool: this.hand.tool,
      value: this.hand.value,
      width: this.sizes.width,
      square: this.square.on,
      opacity: this.slider.value,
      viewport: this.surface.viewport,
      live: this.suggesting.live.on,
      wholeSet: this.suggesting.wholeSet.on,
    };
    this.correction?.close();
    this.leaving?.close();
    this.keyboard.destroy();
    this.news.destroy();
    this.doubts.leave();
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
  if (!editors.has(parentElement)) editors.set(parentElement, new Editor(parentElement, style, component.data.paints === true));
  editors.get(parentElement).update(component);
  return () => {
    editors.get(parentElement)?.destroy();
    editors.delete(parentElement);
  };
}
