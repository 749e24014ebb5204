// What one sets of a reading: the pixel by its numbers, its neighbours, where their window stands.

import { element, icon } from "./elements.js";
import { clamp } from "./geometry.js";

const SHAPES = { row: "Row", column: "Column", square: "Square" };
const SHAPES_HELP =
  "Which 20 pixels are read with the chosen one: 10 before and 10 after it in its row or column, or the " +
  "square of 5 x 5 around it without the corners.";
const REPEAT_AFTER_MS = 350; // a held button steps again after so long, and then
const REPEAT_MS = 60; // each time after so long

let groups = 0; // radio buttons of one name form a group, so each viewer needs its own name

const PIN_ICON = "M5.5 2.5h5M6.5 2.5v4l-2 2.5h7l-2-2.5v-4M8 9v4.5";

/** Row and column as numbers, for the keyboard and for exact pixels; and a button that keeps the pixel. */
export class PixelInputs {
  constructor({ onChoose, onPin }) {
    this.pixel = null;
    this.typed = null;
    const words = element("span", { textContent: "Pin" });
    this.pin = element("button", { type: "button", className: "tool" }, icon(PIN_ICON), words);
    this.pin.setAttribute("aria-label", "Pin this pixel");
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
    const [row, rowField] = field("Row", "Counted from 0 at the top", "row");
    const [col, colField] = field("Column", "Counted from 0 at the left", "col");
    this.inputs = { row, col };
    this.element = element("div", { className: "numbers" }, rowField, colField, this.pin);
  }

  /** `aria-disabled`, not `disabled`: a disabled button loses the focus. */
  allowPins(allowed) {
    this.pin.setAttribute("aria-disabled", !allowed);
    this.pin.title = allowed
      ? "Keep this pixel under a name, to compare it with others below"
      : "No more pixels can be pinned; remove some of the pins below";
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
    const legend = element("legend", { className: "unseen", textContent: "Neighbours" });
    const choice = element("fieldset", { className: "views" }, legend, ...labels);
    const words = element("span", { textContent: "Neighbours", attributes: { "aria-hidden": "true" } });
    this.element = element("div", { className: "shapes", title: SHAPES_HELP }, words, choice);
  }

  show(shape) {
    for (const input of this.inputs) input.checked = input.value === shape;
  }
}

/** Buttons that move the window of neighbours away from the chosen pixel, and bring it back. */
export class WindowSteps {
  /** onStep(number of pixels), onBack(). */
  constructor({ onStep, onBack }) {
    this.back = this.button("Back to the chosen pixel", "Back", onBack);
    this.before = this.stepper("Window one pixel back (hold N and move)", "‹", () => onStep(-1));
    this.after = this.stepper("Window one pixel on (hold N and move)", "›", () => onStep(1));
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
    const [unit, before, after] = shape === "column" ? ["row", "above", "below"] : ["column", "left of", "right of"];
    const count = Math.abs(moved);
    const where = `${count} ${unit}${count === 1 ? "" : "s"} ${moved < 0 ? before : after} the chosen pixel`;
    const how = `Move the pointer along the ${shape === "column" ? "column" : "row"}, or press the arrow keys`;
    const words = moved === 0 ? (held ? how : hint) : `The window stands ${where}`;
    if (this.words.textContent !== words) this.words.textContent = words;
  }
}
