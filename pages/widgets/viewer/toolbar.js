// The row above the picture: views, boundaries, opacity or a scale, zoom, help.

import { GRADIENT } from "./colourmap.js";
import { bits, element, icon, inDigits, inPercent } from "./elements.js";
import { _ } from "./language.js";

const STARTING_OPACITY = 55; // per cent: colours are clear, and the photo still shows through

const VIEW_NAMES = {
  photo: _("Photo"),
  overlay: _("Overlay"),
  mask: _("Mask"),
  confidence: _("Confidence"),
  entropy: _("Entropy"),
};

const ICONS = {
  boundaries: "M2.5 2.5h11v11h-11zM2.5 9.5h5v-7M7.5 6h6",
  patterns: "M2.5 2.5h11v11h-11zM2.5 8L8 2.5M2.5 13.5l11-11M8 13.5L13.5 8",
  out: "M3.5 8h9",
  in: "M3.5 8h9M8 3.5v9",
  fit: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
};

const MOUSE = [
  [_("Point"), _("names the pixel under the pointer")],
  [_("Click"), _("chooses it")],
  [_("Ctrl + wheel"), _("zooms in and out; on a Mac ⌘ + wheel")],
  [_("Wheel"), _("scrolls the page, up and down")],
  [_("Drag"), _("moves a zoomed picture")],
  [_("Double click"), _("shows the whole picture")],
];

const FINGERS = [
  [_("Tap"), _("chooses a pixel")],
  [_("Two fingers"), _("zoom and move the picture")],
  [_("One finger"), _("moves a zoomed picture, else scrolls the page")],
  [_("Double tap"), _("shows the whole picture")],
];

const KEYS = [
  ["← ↑ → ↓", _("move the chosen pixel by 1")],
  [_("Shift + arrow"), _("by 10")],
  [_("Enter"), _("chooses the pixel under the pointer")],
  ["+ −", _("zoom")],
  ["0", _("shows the whole picture")],
  [_("Esc"), _("shows all hidden and isolated classes again, also without the focus")],
  ["?", _("opens this list")],
];

const OTHER_PHOTO = _(
  "Another photo is shown whole, with all its classes; the same one at another size or by another model as before.",
);

let groups = 0; // radio buttons of one name form a group, so each viewer needs its own name

/** The choice of a view: radio buttons, which arrow keys and screen readers can use. */
export class ViewPicker {
  constructor(onPick) {
    this.onPick = onPick;
    this.name = `view-${(groups += 1)}`;
    this.element = element("fieldset", { className: "views" });
    this.offered = "";
  }

  show(views, view) {
    if (this.offered !== String(views)) {
      this.offered = String(views);
      const legend = element("legend", { className: "unseen", textContent: _("Show") });
      this.element.replaceChildren(legend, ...views.map((each) => this.button(each)));
    }
    for (const input of this.element.querySelectorAll("input")) input.checked = input.value === view;
  }

  button(view) {
    const input = element("input", { type: "radio", name: this.name, value: view, className: "unseen" });
    input.addEventListener("change", () => this.onPick(view));
    return element("label", {}, input, element("span", { textContent: VIEW_NAMES[view] }));
  }
}

/** A button that stays pressed, made of what is given. */
export class OnOff {
  constructor(words, { className, title }, parts, onChange) {
    this.element = element("button", { type: "button", className, title }, ...parts);
    this.element.setAttribute("aria-label", words);
    this.set(false);
    this.element.addEventListener("click", () => {
      this.set(!this.on);
      onChange(this.on);
    });
  }

  set(on) {
    this.on = on;
    this.element.setAttribute("aria-pressed", on);
  }
}

/** One with an icon, for the toolbar. */
export class Toggle extends OnOff {
  constructor(words, path, onChange) {
    const text = element("span", { className: "words", textContent: words });
    super(words, { className: "tool", title: words }, [icon(path), text], onChange);
  }
}

export const boundariesToggle = (onChange) => new Toggle(_("Boundaries"), ICONS.boundaries, onChange);

/** For those whom the colours do not tell enough: each class has a hatching of its own, and an outline. */
export const patternsToggle = (onChange) => new Toggle(_("Patterns"), ICONS.patterns, onChange);

/** The slider for the mask's opacity; it changes a style and nothing else. */
export class OpacitySlider {
  constructor(onChange) {
    this.input = element("input", { type: "range", min: 0, max: 100, value: STARTING_OPACITY });
    this.output = element("output");
    this.element = element("label", { className: "opacity", title: _("Mask opacity") }, _("Mask"), this.input, this.output);
    this.input.setAttribute("aria-label", _("Mask opacity"));
    this.input.addEventListener("input", () => {
      this.describe();
      onChange();
    });
    this.describe();
  }

  get value() {
    return Number(this.input.value);
  }

  set(value) {
    this.input.value = value;
    this.describe();
  }

  describe() {
    this.input.style.setProperty("--filled", `${this.value}%`);
    this.input.setAttribute("aria-valuetext", inPercent(this.value));
    this.output.textContent = inPercent(this.value);
  }
}

/** What the colours of a map of numbers mean. */
export class Scale {
  constructor() {
    this.least = element("span");
    this.most = element("span");
    const bar = element("span", { className: "bar" });
    bar.style.backgroundImage = GRADIENT;
    this.element = element("p", { className: "scale" }, bar, this.least, this.most);
  }

  show(least, most) {
    this.least.textContent = least;
    this.most.textContent = most;
  }
}

/** What the ends of the scale mean for a picture's entropy. */
export function entropyScale(picture) {
  return [_("sure"), _("no idea, {bits}", { bits: bits(picture.mostEntropy) })];
}

/** The buttons that zoom. */
export class ZoomButtons {
  constructor({ onOut, onFit, onIn }) {
    const button = (label, path, onClick) => {
      const made = element("button", { type: "button", className: "tool", title: label }, icon(path));
      made.setAttribute("aria-label", label);
      made.addEventListener("click", onClick);
      return made;
    };
    this.out = button(_("Zoom out"), ICONS.out, onOut);
    this.fit = button(_("Whole picture"), ICONS.fit, onFit);
    this.in = button(_("Zoom in"), ICONS.in, onIn);
    this.level = element("span", { className: "level", title: _("Magnification") });
    this.element = element("div", { className: "zoom" }, this.out, this.level, this.in, this.fit);
  }

  /** `aria-disabled`, not `disabled`: a disabled button loses the focus. */
  show(span, leastSpan) {
    this.level.textContent = `${inDigits(1 / span, span > 0.1 ? 1 : 0)}×`;
    for (const button of [this.out, this.fit]) button.setAttribute("aria-disabled", span >= 1);
    this.in.setAttribute("aria-disabled", span <= leastSpan);
  }
}

const entriesOf = (entries) =>
  entries.flatMap(([what, does]) => [element("dt", { textContent: what }), element("dd", { textContent: does })]);

const VIEWERS_HELP = {
  title: _("Pointer and keys"),
  mouse: MOUSE,
  fingers: FINGERS,
  keysTitle: _("Keys, with the picture in focus"),
  keys: KEYS,
  note: OTHER_PHOTO,
};

/** The button "?" and the list of keys and gestures that it opens; closing it returns the focus. */
export class Help {
  /** said: `buttons`, if there are any, are words on the page that a finger cannot have explained by hovering. */
  constructor(said = VIEWERS_HELP) {
    const list = (entries, className = "") => element("dl", { className }, ...entriesOf(entries));
    const title = element("h2", { textContent: said.title, id: "help-title" });
    const close = element("button", { type: "button", className: "tool close", textContent: _("Close") });
    const keysTitle = element("h3", { textContent: said.keysTitle });
    const buttons = said.buttons ? [element("h3", { textContent: said.buttonsTitle }), list(said.buttons)] : [];
    this.keys = list(said.keys);
    this.dialog = element(
      "dialog",
      {},
      title,
      list(said.mouse, "fine"),
      list(said.fingers, "coarse"),
      ...buttons,
      keysTitle,
      this.keys,
      element("p", { textContent: said.note }),
      close,
    );
    this.dialog.setAttribute("aria-labelledby", "help-title");
    close.addEventListener("click", () => this.dialog.close());
    // A click beside the list is on the dialog's backdrop, which is the dialog itself.
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
    // Keys pressed in here are not for the viewer.
    this.dialog.addEventListener("keydown", (event) => event.stopPropagation());
    this.button = element("button", { type: "button", className: "tool", textContent: "?", title: _("Keys and gestures") });
    this.button.setAttribute("aria-label", _("Keys and gestures"));
    this.button.setAttribute("aria-haspopup", "dialog");
    this.button.addEventListener("click", () => this.open());
  }

  /** Keys that this viewer has on top of every viewer's. */
  add(keys) {
    this.keys.append(...entriesOf(keys));
  }

  open() {
    this.dialog.showModal();
    this.dialog.scrollTop = 0; // the focus goes to its last button, which may be out of sight
  }
}
