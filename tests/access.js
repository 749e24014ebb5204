// What tests/access.py asks a page: its visible texts, and what is too small for a finger.

const NAMING = ["aria-label", "title", "placeholder", "alt"];
const NO_TEXT = "script, style, noscript, code, pre, title, [translate=no]";
const STREAMLITS = "[data-testid=stIconMaterial], [data-testid=stToolbar]";
const TARGETS = "button, a[href], input, select, summary, [role=button], [role=tab], [role=slider]";

/** All elements, through all shadow roots. */
function* elements(root = document) {
  for (const element of root.querySelectorAll("*")) {
    yield element;
    if (element.shadowRoot) yield* elements(element.shadowRoot);
  }
}

/** The visible texts, and what elements are called. */
function texts() {
  const found = new Set();
  for (const element of elements()) {
    if (element.closest(NO_TEXT) || element.closest(STREAMLITS)) continue;
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    for (const name of NAMING) found.add(element.getAttribute(name)?.trim());
    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) found.add(node.data.trim());
  }
  return [...found].filter(Boolean);
}

/** Targets with less than `least` CSS pixels; not those that are links in a sentence, or for screen readers alone. */
function smallTargets(least) {
  const found = new Set();
  for (const element of elements()) {
    if (!element.matches(TARGETS) || element.closest("[data-testid=stTooltipIcon]")) continue;
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const { width, height } = (element.closest("label") ?? element).getBoundingClientRect();
    const inSentence = element.tagName === "A" && getComputedStyle(element).display === "inline";
    if (width <= 1 || inSentence || (width >= least && height >= least)) continue;
    const words = element.getAttribute("aria-label") || element.textContent.trim() || element.className;
    found.add(`${element.tagName} "${String(words).slice(0, 40)}" ${Math.round(width)} x ${Math.round(height)}`);
  }
  return [...found];
}
