// Building blocks of the viewer's page: elements, icons, and numbers in words.

import { element } from "./element.js";
import { _, inDigits, inPercent } from "./language.js";

export { element, inDigits, inPercent };

/** Set or remove a class, only if that changes something: touching it costs a style pass. */
export function setClass(target, name, on) {
  if (target.classList.contains(name) !== on) target.classList.toggle(name, on);
}

/** Set an element's text, if that changes it, in the text it has: a new one would be laid out from nothing. */
export function setText(target, words) {
  const text = target.firstChild;
  if (text === null) target.textContent = words;
  else if (text.data !== words) text.data = words;
}

/** An icon of lines drawn in a square of 16; the text beside it is the element's own. */
export function icon(...lines) {
  const space = "http://www.w3.org/2000/svg";
  const image = document.createElementNS(space, "svg");
  image.setAttribute("viewBox", "0 0 16 16");
  image.setAttribute("class", "icon");
  image.setAttribute("aria-hidden", "true");
  for (const path of lines) {
    const line = document.createElementNS(space, "path");
    line.setAttribute("d", path);
    image.append(line);
  }
  return image;
}

export const swatch = () => element("span", { className: "swatch", attributes: { "aria-hidden": "true" } });

/** Fill a swatch; "" leaves it empty, for a class without a colour. */
export function fill(target, colour) {
  target.style.setProperty("--swatch", colour || "transparent");
}

/** How many patterns there are; class numbers go through them again and again. */
export const PATTERNS = 12;

/** The pattern of a class, by its number: the same in every picture. */
export const patternOf = (label) => label % PATTERNS;

export const bits = (number) => _("{number}\u00a0bits", { number: inDigits(number, 1) });

export function shareInWords(share) {
  const number = 100 * share;
  return number < 0.1 ? `<\u2009${inPercent(0.1, 1)}` : inPercent(number, 1);
}
