// The window's pixels as a table: the same as the chart, in numbers.

import { element, fill, inPercent, setClass, setText, swatch } from "./elements.js";
import { samePixel } from "./geometry.js";
import { _ } from "./language.js";
import { runnerUp } from "./reading.js";

const COLUMNS = [_("Row"), _("Col"), _("Class"), _("Probability"), _("Runner-up"), _("Margin")];
const UNKNOWN = "…"; // until the logits are there

const tenths = (share) => inPercent(100 * share, 1);

export class PixelTable {
  /** onHover(pixel or null), onChoose(pixel): the rows work like the picture's pixels. */
  constructor({ onHover, onChoose }) {
    const head = COLUMNS.map((textContent) => element("th", { textContent, scope: "col" }));
    head.at(-1).title = _("How far the class is ahead of the runner-up");
    this.body = element("tbody");
    const caption = element("caption", { textContent: _("The same in numbers") });
    const table = element("table", {}, caption, element("thead", {}, element("tr", {}, ...head)), this.body);
    // It scrolls inside, and what scrolls can be reached with the keyboard.
    this.element = element("div", { className: "pixels", tabIndex: 0 }, table);
    this.element.setAttribute("role", "region");
    this.element.setAttribute("aria-label", _("The pixels as a table"));
    this.pixels = [];
    this.body.addEventListener("pointermove", (event) => onHover(this.pixelOf(event)));
    this.body.addEventListener("pointerleave", () => onHover(null));
    this.body.addEventListener("click", (event) => {
      const pixel = this.pixelOf(event);
      if (pixel) onChoose(pixel);
    });
  }

  pixelOf({ target }) {
    const { row, col } = this.pixels[target.closest("tr")?.sectionRowIndex] ?? {};
    return row === undefined ? null : { row, col };
  }

  line() {
    const cells = COLUMNS.map(() => element("td"));
    cells[2].append(swatch(), element("span"));
    return element("tr", {}, ...cells);
  }

  show({ window, chosenIndex }, names, colours) {
    this.pixels = window;
    const { rows } = this.body;
    while (rows.length > window.length) rows[rows.length - 1].remove();
    while (rows.length < window.length) this.body.append(this.line());
    window.forEach((each, index) => this.fillLine(rows[index], each, index === chosenIndex, names, colours));
  }

  fillLine(row, each, chosen, names, colours) {
    const second = runnerUp(each);
    const exact = each.probabilities !== null;
    const unknown = exact ? "" : UNKNOWN;
    const [at, column, own, probability, rival, margin] = row.cells;
    setText(at, String(each.row));
    setText(column, String(each.col));
    setText(own.lastChild, names[each.label]);
    fill(own.firstChild, colours(each.label));
    setText(probability, exact ? tenths(each.probability) : inPercent(Math.round(100 * each.probability)));
    setText(rival, second ? names[second.label] : unknown);
    setText(margin, second ? tenths(second.margin) : unknown);
    setClass(row, "chosen", chosen);
    if (chosen) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }

  point(pixel) {
    this.pixels.forEach((each, index) => setClass(this.body.rows[index], "pointed", samePixel(each, pixel)));
  }
}
