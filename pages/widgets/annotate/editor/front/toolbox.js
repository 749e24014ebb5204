// The tools above the picture: which one is in hand, how large the brush is, undo and redo, and the list of keys.

import { element, icon } from "./elements.js";
import { Help, OnOff, Toggle } from "./toolbar.js";
import { _ } from "./language.js";

export const WIDEST = 200; // pixels, as core.annotation.strokes has it

const ICONS = {
  brush: ["M13.2 2.8 7.6 8.4M6.2 9.4c-2 0-2.2 1.6-2.6 2.6-.2.6-.8 1-1.4 1 .6.6 1.8.9 2.9.8 1.7-.2 2.7-1.3 2.7-2.7"],
  eraser: ["M9.3 2.7l4 4-6.3 6.3H4.5L2.5 11z", "M6 6l4 4", "M4.5 13h9"],
  bucket: ["M7 2.5l5.5 5.5-4.5 4.5L2.8 7.3z", "M2.8 7.3h9", "M13.4 10.4c.9 1.2 1 2.6 0 2.6s-.9-1.4 0-2.6"],
  polygon: ["M3 11.5 5 3.5l6-1 2.5 6-4.5 5z"],
  pick: ["M9.5 4.5l2 2M8.8 5.2 3 11v2h2l5.8-5.8M10.2 3.8l1.3-1.3 2 2-1.3 1.3"],
  move: ["M8 2v12M2 8h12M6.3 3.7 8 2l1.7 1.7M6.3 12.3 8 14l1.7-1.7M3.7 6.3 2 8l1.7 1.7M12.3 6.3 14 8l-1.7 1.7"],
  region: ["M2.5 4.5 6 2.5l3.5 1.5 4-1v8.5l-3.5 2-4-1.5-3.5 1.5z", "M6 2.5v9M10 4v9"],
  undo: ["M5.5 3 2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8h-3"],
  redo: ["M10.5 3l3 3-3 3M13.5 6h-7a4 4 0 0 0 0 8h3"],
  square: ["M3.5 3.5h9v9h-9z"],
  hide: ["M1.5 8s2.4-4.3 6.5-4.3S14.5 8 14.5 8s-2.4 4.3-6.5 4.3S1.5 8 1.5 8z", "M3 13 13 3"],
};

export const TOOLS = {
  brush: { words: _("Brush"), key: "B" },
  eraser: { words: _("Eraser"), key: "E" },
  bucket: { words: _("Fill"), key: "G" },
  region: { words: _("Region"), key: "R" },
  polygon: { words: _("Polygon"), key: "P" },
  pick: { words: _("Pick"), key: "I" },
  move: { words: _("Move"), key: "V" },
};

const TOOL_KEYS = [
  ["B", _("brush: draw with the chosen class")],
  ["E", _("eraser: back to what the picture started from; also with Alt held")],
  ["G", _("fill: the whole patch under the pointer gets the chosen class")],
  ["R", _("region: a piece of the picture that looks alike lights up; a click or a drag gives it the chosen class")],
  ["P", _("polygon: click its corners; Enter or a double click closes it, Backspace takes the last corner back, Esc gives up; with Alt it erases")],
  ["I", _("pick: choose the class under the pointer")],
  ["V", _("move the picture; also with Space held, the middle button or two fingers")],
  ["[ ]", _("smaller and larger brush; also Alt + wheel")],
  ["Q", _("round or square brush")],
  [_("Shift"), _("straight line, from where the last one ended")],
  [_("Arrow keys"), _("move the pointer by 8 pixels, with Shift by 1, once the picture has the focus")],
  ["Enter", _("draws where they have brought it; with Shift a straight line of the brush")],
  ["1 ... 9, 0", _("choose one of the first ten classes")],
  ["− =", _("the class before and after")],
  ["A", _("“right as it is”: what you draw over keeps its class and counts as reviewed")],
  ["L", _("live: what the network would now say of the rest follows each stroke")],
  ["N", _("next doubtful place: where the network is unsure and nothing is reviewed")],
  [_("H, held"), _("hides the mask")],
  ["Ctrl + Z", _("undo; Ctrl + Shift + Z or Ctrl + Y does it again")],
  [_("Ctrl + wheel"), _("zooms; also + and _")],
  ["W", _("shows the whole picture")],
  ["?", _("opens this list")],
];

/** What there is to review, which a picture that is painted has not. */
export const REVIEWING_KEYS = new Set(["A", "L", "N"]);

const BUTTONS = [
  [_("Next doubtful place"), _("goes where the network is unsure and nothing is reviewed yet")],
  [_("Whole picture is right"), _("all that is not reviewed keeps its class and counts as reviewed")],
  [_("Right as it is"), _("what you draw over keeps its class and counts as reviewed")],
  [_("Only over not reviewed"), _("what somebody has reviewed stays as it is under your strokes")],
  [_("Suggest the rest"), _("a class for all that is not reviewed, learnt from what you have drawn; you see it before you take it")],
  [_("Live"), _("the suggestion follows each stroke")],
  [_("Whole set"), _("what is reviewed in the other pictures of this set teaches the suggestion, too")],
  [_("Lock"), _("beside a class: what shows that class stays as it is under your strokes")],
];

const SCALES = { small: _("Small"), middle: _("Middle"), large: _("Large") };

let groups = 0; // radio buttons of one name form a group

/** The tools as radio buttons, which arrow keys and screen readers can use. */
export class ToolPicker {
  constructor(onPick) {
    const name = `tool-${(groups += 1)}`;
    const legend = element("legend", { className: "unseen", textContent: _("Tool") });
    this.inputs = new Map();
    const labels = Object.entries(TOOLS).map(([tool, { words, key }]) => {
      const input = element("input", { type: "radio", name, value: tool, className: "unseen" });
      input.setAttribute("aria-label", words);
      input.addEventListener("change", () => onPick(tool));
      this.inputs.set(tool, input);
      const text = element("span", { className: "words", textContent: words });
      return element("label", { title: _("{words} (key {key})", { words, key }) }, input, icon(...ICONS[tool]), text);
    });
    this.element = element("fieldset", { className: "views toolset" }, legend, ...labels);
  }

  show(tool) {
    this.inputs.get(tool).checked = true;
  }
}

/** How wide the brush is: the slider is finer where brushes are small. */
export class SizeSlider {
  constructor(onChange) {
    this.input = element("input", { type: "range", min: 0, max: 100, value: 0 });
    this.output = element("output");
    this.element = element("label", { className: "opacity size", title: _("Width of the brush in pixels ([ and ])") });
    this.element.append(_("Width"), this.input, this.output);
    this.input.setAttribute("aria-label", _("Width of the brush in pixels"));
    this.input.addEventListener("input", () => {
      this.width = Math.round(WIDEST ** (Number(this.input.value) / 100));
      this.describe();
      onChange();
    });
    this.set(20);
  }

  set(width) {
    this.width = Math.min(Math.max(Math.round(width), 1), WIDEST);
    this.input.value = Math.round((100 * Math.log(this.width)) / Math.log(WIDEST));
    this.describe();
  }

  /** One step smaller (-1) or larger (1): a tenth, at least a pixel. */
  step(by) {
    this.set(this.width + by * Math.max(1, Math.round(this.width / 10)));
  }

  describe() {
    this.input.style.setProperty("--filled", `${this.input.value}%`);
    this.input.setAttribute("aria-valuetext", _("{width} pixels", { width: this.width }));
    this.output.textContent = `${this.width} px`;
  }
}

/** How large the regions are. */
export class ScalePicker {
  constructor(onPick) {
    this.value = "middle";
    const name = `scale-${(groups += 1)}`;
    const legend = element("legend", { className: "unseen", textContent: _("Size of the regions") });
    const labels = Object.entries(SCALES).map(([scale, words]) => {
      const input = element("input", { type: "radio", name, value: scale, className: "unseen" });
      input.checked = scale === this.value;
      input.addEventListener("change", () => {
        this.value = scale;
        onPick();
      });
      return element("label", { title: _("{size} regions", { size: words }) }, input, element("span", { textContent: words }));
    });
    this.element = element("fieldset", { className: "views scales" }, legend, ...labels);
  }
}

/** A button that does something once. */
export function button(words, name, onClick, { key = "", wordy = false, explained = words } = {}) {
  const title = key ? `${explained} (${key})` : explained;
  const made = element("button", { type: "button", className: "tool", title }, ...(name ? [icon(...ICONS[name])] : []));
  if (wordy) made.append(element("span", { textContent: words }));
  made.setAttribute("aria-label", words);
  made.addEventListener("click", onClick);
  return made;
}

export const squareToggle = (onChange) => new Toggle(_("Square"), ICONS.square[0], onChange);

/** A switch with its words beside it: on or off, unlike a button that does something once. */
export class Switch extends OnOff {
  constructor(words, onChange, { key = "", explained }) {
    const title = key ? `${explained} (${key})` : explained;
    const knob = element("span", { className: "knob", attributes: { "aria-hidden": "true" } });
    const text = element("span", { textContent: words });
    super(words, { className: "switch", title }, [knob, text], onChange);
  }
}

const NOTES = {
  review: _("Everything is saved as it happens. Pixels that nobody has judged are “not reviewed”: they show faintly."),
  paint: _("Every stroke is counted as it ends. Pixels without a class count as wrong."),
};

/** paints: whether an empty picture is painted, in which nothing is to be reviewed. */
export const editorHelp = (paints) =>
  new Help({
    title: _("Tools and keys"),
    mouse: [],
    fingers: [
      [_("One finger"), _("draws")],
      [_("Two fingers"), _("move and zoom the picture")],
    ],
    buttonsTitle: _("Beside the picture"),
    buttons: paints ? BUTTONS.slice(-1) : BUTTONS,
    keysTitle: _("Keys, with the pointer over the picture"),
    keys: paints ? TOOL_KEYS.filter(([key]) => !REVIEWING_KEYS.has(key)) : TOOL_KEYS,
    note: paints ? NOTES.paint : NOTES.review,
  });
