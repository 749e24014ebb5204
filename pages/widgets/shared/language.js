// The texts of a front end in the visitor's language. English is the key; `_("Row {row}", { row })` fills the fields.

/** What is served has the translations here, by the English text: see core/languages/browser.py. */
const TEXTS = {};

const filled = (text, values) => text.replaceAll(/\{(\w+)\}/g, (field, name) => values[name] ?? field);

/** A text in the visitor's language. */
export function _(text, values = {}) {
  return filled(TEXTS[text] ?? text, values);
}

/** The text for one or for several of something; `{count}` is how many. */
export function n_(one, several, count, values = {}) {
  const forms = TEXTS[one] ?? [one, several];
  return filled(count === 1 ? forms[0] : forms.at(-1), { count, ...values });
}
