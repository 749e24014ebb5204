// What one sets of a reading: the pixel by its numbers, its neighbours, where their window stands.

import { element, icon } from "./elements.js";
import { clamp } from "./geometry.js";
import { _, n_ } from "./language.js";

const SHAPES = { row: _("Row"), column: _("Column"), square: _("Square") };
const SHAPES_HELP = _(
  "Which 20 pixels are read with the chosen one: 10 before and 10 after it in its row or column, or the square of 5 x 5 around it without the corners.",
);
const REPEAT_AFTER_MS = 350; // a held button steps again after so long, and then
const REPEAT_MS = 60; // each time after so long

let groups = 0; // radio buttons of one name form a group, so each viewer needs its own name

const PIN_ICON = "M5.5 2.5h5M6.5 2.5v4l-2 2.5h7l-2-2.5v-4M8 9v4.5";

/** Row and column as numbers, for the keyboard and for exact pixels; and a button that keeps the pixel. */
export class PixelInputs {
  constructor({ onChoose, onPin }) {
    this.pixel = null;
    this.typed = null;
    const words = element("span", { textContent: _("Pin") });
    this.pin = element("button", { type: "button", className: "tool" }, icon(PIN_ICON), words);
    this.pin.setAttribute("aria-label", _("Pin this pixel"));
    this.pin.addEventListener("click", () => this.pin.getAttribute("aria-disabled") === "false" && onPin());
    this.allowPins(true);
    const field = (words, help, name) => {
      const input = element("input", { type: "number", min: 0, step: 1, inputMode: "numeric" });
      input.addEventListener("input", () => (this.typed = input));
      input.addEventListener("blur", () => (this.typed = null));
      input.addEventListener("change", () => {
        this.typed = null;
        const typed = Math.round(input.valueAsNumber);
        const value = Number.isNaN(typed) ? this.pixel[name] : clamp(typed, 0, Number(input.max));
        input.value = value;
        if (value !== this.pixel[name]) onChoose({ ...this.pixel, [name]: value });
      });
      // Arrow keys move the number, not the page's or the picture's pixel.
      input.addEventListener("keydown", (event) => event.stopPropagation());
      return [input, element("label", { title: help }, words, input)];
    };
    const [row, rowField] = field(_("Row"), _("Counted from 0 at the top"), "row");
    const [col, colField] = field(_("Column"), _("Counted from 0 at the left"), "col");
    this.inputs = { row, col };
    this.element = element("div", { className: "numbers" }, rowField, colField, this.pin);
  }

  /** `aria-disabled`, not `disabled`: a disabled button loses the focus. */
  allowPins(allowed) {
    this.pin.setAttribute("aria-disabled", !allowed);
    this.pin.title = allowed
      ? _("Keep this pixel under a name, to compare it with others below")
      : _("No more pixels can be pinned; remove some of the pins below");
  }

  show(pixel, { width, height }) {
    this.pixel = pixel;
    this.inputs.row.max = height - 1;
    this.inputs.col.max = width - 1;
    for (const name of ["row", "col"]) {
      const input = this.inputs[name];
      // Nothing is written over what is being typed.
      if (input !== this.typed) input.value = pixel[name];
    }
  }
}

/** Which neighbours are read, as radio buttons. */
export class ShapePicker {
  constructor(onPick) {
    const name = `neighbours-${(groups += 1)}`;
    this.inputs = Object.keys(SHAPES).map((value) => {
      const input = element("input", { type: "radio", name, value, className: "unseen" });
      input.addEventListener("change", () => onPick(value));
      return input;
    });
    const labels = this.inputs.map((input) =>
      element("label", {}, input, element("span", { textContent: SHAPES[input.value] })),
    );
    const legend = element("legend", { className: "unseen", textContent: _("Neighbours") });
    const choice = element("fieldset", { className: "views" }, legend, ...labels);
    const words = element("span", { textContent: _("Neighbours"), attributes: { "aria-hidden": "true" } });
    this.element = element("div", { className: "shapes", title: SHAPES_HELP }, words, choice);
  }

  show(shape) {
    for (const input of this.inputs) input.checked = input.value === shape;
  }
}

/** Where the window of neighbours stands that was moved by so many pixels. */
function standing(moved, shape) {
  const count = Math.abs(moved);
  if (shape === "column") {
    if (moved < 0)
      return n_("The window stands {count} row above the chosen pixel", "The window stands {count} rows above the chosen pixel", count);
    return n_("The window stands {count} row below the chosen pixel", "The window stands {count} rows below the chosen pixel", count);
  }
  if (moved < 0)
    return n_("The window stands {count} column left of the chosen pixel", "The window stands {count} columns left of the chosen pixel", count);
  return n_("The window stands {count} column right of the chosen pixel", "The window stands {count} columns right of the chosen pixel", count);
}

/** Buttons that move the window of neighbours away from the chosen pixel, and bring it back. */
export class WindowSteps {
  /** onStep(number of pixels), onBack(). */
  constructor({ onStep, onBack }) {
    this.back = this.button(_("Back to the chosen pixel"), _("Back"), onBack);
    this.before = this.stepper(_("Window one pixel back (hold N and move)"), "‹", () => onStep(-1));
    this.after = this.stepper(_("Window one pixel on (hold N and move)"), "›", () => onStep(1));
    this.element = element("div", { className: "steps" }, this.back, this.before, this.after);
    this.words = element("p", { className: "note", attributes: { role: "status" } });
    this.show(0, "row");
  }

  button(label, textContent, onClick) {
    const made = element("button", { type: "button", className: "tool", textContent, title: label });
    made.setAttribute("aria-label", label);
    made.addEventListener("click", onClick);
    return made;
  }

  /** A button that goes on stepping while it is held. */
  stepper(label, text, step) {
    let timer = null;
    let repeated = false;
    const made = this.button(label, text, () => {
      if (!repeated) step();
      repeated = false;
    });
    const again = () => {
      repeated = true;
      step();
      timer = setTimeout(again, REPEAT_MS);
    };
    made.addEventListener("pointerdown", () => {
      repeated = false;
      timer = setTimeout(again, REPEAT_AFTER_MS);
    });
    for (const type of ["pointerup", "pointerleave", "pointercancel"]) {
      made.addEventListener(type, () => clearTimeout(timer));
    }
    made.addEventListener("contextmenu", (event) => event.preventDefault()); // of a long touch
    return made;
  }

  /** moved: by how many pixels; held: whether the key is; hint: what else there is to say. */
  show(moved, shape, held = false, hint = "") {
    this.back.hidden = moved === 0;
    const along =
      shape === "column"
        ? _("Move the pointer along the column, or press the arrow keys")
        : _("Move the pointer along the row, or press the arrow keys");
    const words = moved === 0 ? (held ? along : hint) : standing(moved, shape);
    if (this.words.textContent !== words) this.words.textContent = words;
  }
}
