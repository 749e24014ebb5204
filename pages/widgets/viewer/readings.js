// Readings of single pixels: the two readouts, the loupe, the flags of pins.

import { element, fill, setClass, setText, swatch } from "./elements.js";
import { centreOf, extentOf, samePixel, toPlace } from "./geometry.js";
import { _ } from "./language.js";
import { Picture } from "./picture.js";

/** A line about a pixel: a swatch, the class with its confidence, the place. */
export class Readout {
  constructor(kind, role, whenEmpty) {
    this.whenEmpty = whenEmpty;
    this.swatch = swatch();
    this.what = element("span", { className: "what" });
    this.where = element("span", { className: "where" });
    const name = element("span", { className: "role", textContent: role });
    this.element = element("p", { className: `readout ${kind}` }, name, this.swatch, this.what, this.where);
    this.show(null, null);
  }

  show(pixel, reading) {
    const empty = !pixel || !reading;
    setClass(this.element, "empty", empty);
    fill(this.swatch, empty ? "" : reading.colour);
    setText(this.what, empty ? "" : Picture.inWords(reading));
    setText(this.where, empty ? this.whenEmpty : _("row {row}, col {col}", pixel));
  }
}

const CAPTIONS = {
  row: (extent) => [_("row {top}, columns {left} to {right}", extent), _("left → right")],
  column: (extent) => [_("column {left}, rows {top} to {bottom}", extent), _("top → bottom")],
  square: (extent) => [_("rows {top} to {bottom}, columns {left} to {right}", extent), ""],
};

/** The magnified neighbourhood: each pixel's colour in the photo, and below it the colour of its class. */
export class Loupe {
  /** onHover(pixel or null), onChoose(pixel): the loupe's pixels work like the picture's. */
  constructor({ onHover, onChoose }) {
    this.cells = element("div", { className: "cells", attributes: { role: "img", "aria-label": _("Neighbours") } });
    this.caption = element("span");
    this.direction = element("span");
    const caption = element("p", { className: "caption" }, this.caption, this.direction);
    this.element = element("div", { className: "loupe" }, this.cells, caption);
    this.pixels = [];
    this.cells.addEventListener("pointermove", (event) => onHover(this.pixelOf(event)));
    this.cells.addEventListener("pointerleave", () => onHover(null));
    this.cells.addEventListener("click", (event) => {
      const pixel = this.pixelOf(event);
      if (pixel) onChoose(pixel);
    });
  }

  pixelOf({ target }) {
    return this.pixels[Number(target.closest(".cell")?.dataset.index ?? -1)] ?? null;
  }

  show(picture, pixels, chosen, shape) {
    this.pixels = pixels;
    const extent = extentOf(pixels);
    const readings = pixels.map((pixel) => picture.read(pixel));
    const photo = picture.photoColours(pixels);
    while (this.cells.childElementCount > pixels.length) this.cells.lastChild.remove();
    while (this.cells.childElementCount < pixels.length) this.cells.append(this.newCell());
    pixels.forEach((pixel, index) => {
      const cell = this.cells.children[index];
      cell.style.setProperty("--photo", photo[index]);
      fill(cell, readings[index].colour);
      setClass(cell, "chosen", samePixel(pixel, chosen));
      cell.style.gridArea =
        shape === "square" ? `${pixel.row - extent.top + 1} / ${pixel.col - extent.left + 1}` : "auto";
    });
    this.element.dataset.shape = shape;
    this.cells.style.setProperty("--cells", shape === "square" ? extent.cols : pixels.length);
    const [words, direction] = CAPTIONS[shape](extent);
    setText(this.caption, words);
    setText(this.direction, direction);
    this.cells.setAttribute("aria-label", this.inWords(readings));
  }

  newCell() {
    const index = this.cells.childElementCount;
    return element("span", { className: "cell", attributes: { "data-index": index } });
  }

  /** For instance "Neighbourhood magnified, row 24, columns 22 to 42: 14 Road, 7 Sidewalk". */
  inWords(readings) {
    const counts = new Map();
    for (const { name } of readings) counts.set(name, (counts.get(name) ?? 0) + 1);
    const words = [...counts].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${count} ${name}`);
    const said = { place: this.caption.textContent, classes: words.join(", ") };
    return _("Neighbourhood magnified, {place}: {classes}", said);
  }

  /** Mark the cell of the pixel under the pointer, here or in the picture. */
  point(pixel) {
    this.pixels.forEach((each, index) => {
      setClass(this.cells.children[index], "pointed", samePixel(each, pixel));
    });
  }
}

const FLAG_REACH = 22; // CSS pixels from a pin's foot within which its name shows

/** Numbered flags at pinned pixels; the name shows while the pointer is near a flag's foot. */
export class Pins {
  constructor() {
    this.element = element("ul", { className: "pins", attributes: { "aria-label": _("Pins") } });
    this.pins = [];
  }

  show(pins, picture) {
    this.pins = pins.map((pin) => ({ ...pin, spot: centreOf(pin, picture.size) }));
    const flags = this.pins.map(({ name, row, col }, index) => {
      const number = element("span", { className: "number", textContent: index + 1 });
      const words = `${name}: ${Picture.inWords(picture.read({ row, col }))}`;
      return element("li", { className: "pin" }, number, element("span", { className: "name", textContent: words }));
    });
    this.element.replaceChildren(...flags);
  }

  place(viewport) {
    this.pins.forEach(({ spot }, index) => {
      const { x, y } = toPlace(spot, viewport);
      const flag = this.element.children[index];
      flag.style.left = `${100 * x}%`;
      flag.style.top = `${100 * y}%`;
      setClass(flag, "away", x < 0 || y < 0 || x > 1 || y > 1);
      setClass(flag, "leftwards", x > 0.5);
      setClass(flag, "below", y < 0.15);
    });
  }

  /** place: of the pointer, or null. box: the picture's size on the page. */
  point(place, viewport, box) {
    const distances = this.pins.map(({ spot }) => {
      if (place === null) return Infinity;
      const at = toPlace(spot, viewport);
      return Math.hypot((at.x - place.x) * box.width, (at.y - place.y) * box.height);
    });
    const nearest = Math.min(...distances);
    this.pins.forEach((_, index) => {
      const named = distances[index] === nearest && nearest <= FLAG_REACH;
      setClass(this.element.children[index], "named", named);
    });
  }
}
