// The classes of a window of pixels as stacked bars, on a canvas: it is drawn anew at every move of the pointer.

import { element, fill, inPercent, swatch } from "./elements.js";
import { samePixel } from "./geometry.js";
import { _, n_ } from "./language.js";
import { devicePixels, setSize } from "./painting.js";

const COLOURED = 6; // classes with a colour of their own; the rest are summed
const LEAST_SEEN = 0.005; // the bars of a class that stays below this would be invisible
const PALE = "rgb(200 200 200)"; // for the classes that have no bar of their own
const EDGE = "rgb(128 128 128)"; // black classes vanish on a dark page, pale ones on a light page
const FRAME = "rgb(255 140 0)"; // no class has it
const [LEFT, RIGHT, TOP, BOTTOM] = [40, 4, 14, 36]; // CSS pixels around the bars
const GAP = 0.08; // of a bar's place

const TITLES = {
  row: ({ row }) => _("Row {row} from left to right", { row }),
  column: ({ col }) => _("Column {col} from top to bottom", { col }),
  square: ({ row, col }) => _("The square around ({row}, {col}), row by row", { row, col }),
};

const AXES = {
  row: ({ row }) => _("column (row {row})", { row }),
  column: ({ col }) => _("row (column {col})", { col }),
  square: () => _("each row from left to right"),
};

/** The most probable classes of the window, each by itself, and the rest as one: [{name, colour, heights}]. */
function stacksOf({ window }, names, colours) {
  const totals = new Float64Array(names.length);
  const highest = new Float64Array(names.length);
  for (const { label, probability, probabilities } of window) {
    const add = (each, number) => {
      totals[number] += each;
      highest[number] = Math.max(highest[number], each);
    };
    if (probabilities) probabilities.forEach(add);
    else add(probability, label);
  }
  const order = names.map((_, number) => number).sort((a, b) => totals[b] - totals[a] || a - b);
  const shown = order.slice(0, COLOURED).filter((number) => highest[number] >= LEAST_SEEN);
  const height = (each, number) => {
    if (each.probabilities) return each.probabilities[number];
    return each.label === number ? each.probability : 0;
  };
  const stacks = shown.map((number) => ({
    name: names[number],
    colour: colours(number),
    heights: window.map((each) => height(each, number)),
  }));
  const rest = names.length - shown.length;
  if (rest > 0) {
    const heights = window.map((_, index) => Math.max(0, 1 - stacks.reduce((sum, stack) => sum + stack.heights[index], 0)));
    stacks.push({ name: n_("{count} other", "{count} others", rest), colour: PALE, heights });
  }
  return stacks;
}

export class Chart {
  /** onHover(pixel or null), onChoose(pixel): the bars work like the picture's pixels. */
  constructor({ onHover, onChoose }) {
    this.canvas = element("canvas", { attributes: { role: "img", "aria-label": _("Probability") } });
    this.title = element("span", { className: "title" });
    this.hint = element("span", { className: "hint" });
    this.legend = element("ul");
    const caption = element("figcaption", {}, this.title, this.hint);
    this.element = element("figure", { className: "chart" }, caption, this.canvas, this.legend);
    this.reading = null;
    this.hovered = null;
    this.listed = "";
    this.canvas.addEventListener("pointermove", (event) => onHover(this.pixelOf(event)));
    this.canvas.addEventListener("pointerleave", () => onHover(null));
    this.canvas.addEventListener("click", (event) => {
      const pixel = this.pixelOf(event);
      if (pixel) onChoose(pixel);
    });
    this.observer = new ResizeObserver(([{ contentRect }]) => {
      this.size = { width: contentRect.width, height: contentRect.height };
      this.readTheme();
      this.draw();
    });
    this.observer.observe(this.canvas);
    this.size = { width: 0, height: 0 };
  }

  pixelOf({ clientX }) {
    if (this.reading === null) return null;
    const box = this.canvas.getBoundingClientRect();
    const { window } = this.reading;
    const index = Math.floor(((clientX - box.left - LEFT) / (box.width - LEFT - RIGHT)) * window.length);
    return window[index] ? { row: window[index].row, col: window[index].col } : null;
  }

  /** Colours and font as the style sheet gives them; asked once a theme, because asking costs a style pass. */
  readTheme() {
    const { color, fontFamily } = getComputedStyle(this.canvas);
    const { color: text } = getComputedStyle(this.element);
    this.theme = { text, muted: color, font: `12px ${fontFamily}` };
  }

  show(reading, names, colours) {
    this.reading = reading;
    this.stacks = stacksOf(reading, names, colours);
    this.draw(); // before the texts around it change: to draw text, the browser first works out all that did
    const { pixel, window, shape, chosenIndex } = reading;
    const title = TITLES[shape](pixel);
    if (this.title.textContent !== title) {
      this.title.textContent = title;
      const words = { title, count: window.length };
      const label = _("{title}: class probabilities of {count} pixels, stacked; the same as in the table.", words);
      this.canvas.setAttribute("aria-label", label);
    }
    const framed = reading.isLive ? _("the pixel under the pointer is framed") : _("the chosen pixel is framed");
    const hint = chosenIndex < 0 ? "" : framed;
    if (this.hint.textContent !== hint) this.hint.textContent = hint;
    this.list();
  }

  list() {
    const key = this.stacks.map(({ name }) => name).join("\n");
    if (key === this.listed) return;
    this.listed = key;
    const entries = this.stacks.map(({ name, colour }) => {
      const chip = swatch();
      fill(chip, colour);
      return element("li", {}, chip, name);
    });
    this.legend.replaceChildren(...entries);
  }

  point(pixel) {
    if (samePixel(pixel, this.hovered) || (pixel === null && this.hovered === null)) return;
    this.hovered = pixel;
    this.draw();
  }

  draw() {
    const { width, height } = this.size;
    if (this.reading === null || width === 0) return;
    const unit = window.devicePixelRatio;
    setSize(this.canvas, devicePixels(width, width * unit), devicePixels(height, height * unit));
    const context = this.canvas.getContext("2d");
    context.font = this.theme.font;
    context.setTransform(unit, 0, 0, unit, 0, 0);
    context.clearRect(0, 0, width, height);
    const box = { left: LEFT, top: TOP, width: width - LEFT - RIGHT, height: height - TOP - BOTTOM };
    this.drawScale(context, box);
    this.drawBars(context, box);
    this.drawFrame(context, box);
    this.drawNames(context, box);
  }

  drawScale(context, { left, top, width, height }) {
    Object.assign(context, { textAlign: "right", textBaseline: "middle" });
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      const y = top + height * (1 - share);
      context.globalAlpha = 0.25;
      context.fillStyle = this.theme.muted;
      context.fillRect(left, y, width, 1);
      context.globalAlpha = 1;
      if (share % 0.5 === 0) context.fillText(inPercent(100 * share), left - 6, y);
    }
  }

  drawBars(context, { left, top, width, height }) {
    const { window } = this.reading;
    const place = width / window.length;
    const sums = new Float64Array(window.length);
    context.lineWidth = 0.5;
    context.strokeStyle = EDGE;
    for (const { colour, heights } of this.stacks) {
      context.fillStyle = colour;
      heights.forEach((share, index) => {
        const [x, y] = [left + (index + GAP / 2) * place, top + height * (1 - sums[index] - share)];
        const box = [x, y, place * (1 - GAP), height * share];
        context.fillRect(...box);
        if (share >= LEAST_SEEN) context.strokeRect(...box);
        sums[index] += share;
      });
    }
  }

  drawFrame(context, { left, top, width, height }) {
    const { window, chosenIndex } = this.reading;
    const place = width / window.length;
    const pointed = window.findIndex((each) => samePixel(each, this.hovered));
    if (pointed >= 0 && pointed !== chosenIndex) {
      context.lineWidth = 1.5;
      context.strokeStyle = this.theme.text;
      context.strokeRect(left + pointed * place, top, place, height);
    }
    if (chosenIndex < 0) return;
    context.lineWidth = 3;
    context.strokeStyle = context.fillStyle = FRAME;
    context.strokeRect(left + chosenIndex * place, top, place, height);
    const middle = left + (chosenIndex + 0.5) * place;
    context.beginPath();
    context.moveTo(middle - 5, top - 11);
    context.lineTo(middle + 5, top - 11);
    context.lineTo(middle, top - 4);
    context.fill();
  }

  drawNames(context, box) {
    const { pixel, shape } = this.reading;
    Object.assign(context, { fillStyle: this.theme.muted, textAlign: "center", textBaseline: "top" });
    if (shape === "square") this.nameRows(context, box);
    else this.namePixels(context, box, shape === "row" ? "col" : "row");
    context.fillText(AXES[shape](pixel), box.left + box.width / 2, box.top + box.height + 21);
  }

  /** Numbers below the bars, as many as there is room for, the chosen pixel's among them. */
  namePixels(context, { left, top, width, height }, axis) {
    const { window, chosenIndex } = this.reading;
    const place = width / window.length;
    const widest = context.measureText(String(window.at(-1)[axis])).width + 6;
    const step = Math.ceil(widest / place);
    window.forEach((each, index) => {
      if ((index - Math.max(chosenIndex, 0)) % step !== 0) return;
      context.fillText(String(each[axis]), left + (index + 0.5) * place, top + height + 5);
    });
  }

  /** The row below each group of bars. */
  nameRows(context, { left, top, width, height }) {
    const { window } = this.reading;
    const place = width / window.length;
    window.forEach(({ row }, first) => {
      if (window[first - 1]?.row === row) return;
      const count = window.filter((each) => each.row === row).length;
      if (first > 0) context.fillRect(left + first * place - 0.5, top, 1, height + 14);
      const words = count * place > 52 ? `row ${row}` : String(row);
      context.fillText(words, left + (first + count / 2) * place, top + height + 5);
    });
  }

  destroy() {
    this.observer.disconnect();
  }
}
