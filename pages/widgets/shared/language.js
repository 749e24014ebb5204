// The texts of a front end in the visitor's language. English is the key; `_("Row {row}", { row })` fills the fields.

/** What is served has the translations here, by the English text: see core/languages/browser.py. */
const TEXTS = {};

/** Likewise the language itself, by its code. */
const LANGUAGE = "en";

const FORMATS = new Map();

/** A number as the visitor's language writes it, with so many decimals: 1,234.5 or 1.234,5. */
export function inDigits(number, decimals = 0) {
  if (!FORMATS.has(decimals)) {
    const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    FORMATS.set(decimals, new Intl.NumberFormat(LANGUAGE, digits));
  }
  return FORMATS.get(decimals).format(number);
}

/** Per cent, likewise: 71.3% or 71,3%. */
export const inPercent = (number, decimals = 0) => `${inDigits(number, decimals)}%`;

const filled = (text, values) => text.replaceAll(/\{(\w+)\}/g, (field, name) => values[name] ?? field);

/** A text in the visitor's language. */
export function _(text, values = {}) {
  return filled(TEXTS[text] ?? text, values);
}

/** The text for one or for several of something; `{count}` is how many. */
export function n_(one, several, count, values = {}) {
  const forms = TEXTS[one] ?? [one, several];
  return filled(count === 1 ? forms[0] : forms.at(-1), { count: inDigits(count), ...values });
}
