// What tests/access.py asks a page: its visible texts, and what is too small for a finger.

const NAMING = ["aria-label", "title", "placeholder", "alt"];
const NO_TEXT = "script, style, noscript, code, pre, textarea, title, [translate=no]";
const STREAMLITS = "[data-testid=stIconMaterial], [data-testid=stToolbar]";
const TARGETS = "button, a[href], input, select, summary, [role=button], [role=tab], [role=slider]";

/** All elements, through all shadow roots. */
function* elements(root = document) {
  for (const element of root.querySelectorAll("*")) {
    yield element;
    if (element.shadowRoot) yield* elements(element.shadowRoot);
  }
}

/** Whether all widgets are there, and nothing is pale because it is about to change. */
function isDrawn() {
  for (const element of elements()) {
    if (element.matches("[data-testid=stBidiComponentIsolated]") && !element.shadowRoot?.childElementCount) return false;
    if (element.matches(".viewer, .editor") && element.dataset.ready !== "true") return false;
    if (element.matches("[data-stale=true], [data-testid=stSkeleton]")) return false;
    if (element.matches("[data-testid=stElementContainer]") && getComputedStyle(element).opacity !== "1") return false;
  }
  return true;
}

/** Whether nothing has been added or taken away for some looks: a widget's code may still be on its way. */
function isStill(looks = 4) {
  const count = isDrawn() ? [...elements()].length : -1;
  const last = window.accessLooks ?? { count: -1, times: 0 };
  window.accessLooks = { count, times: count === last.count ? last.times + 1 : 0 };
  if (count < 0 || window.accessLooks.times < looks) return false;
  window.accessLooks = null;
  return true;
}

/** The visible texts, and what elements are called. */
function texts() {
  const found = new Set();
  for (const element of elements()) {
    if (element.closest(NO_TEXT) || element.closest(STREAMLITS)) continue;
    // A table is drawn, and told to screen readers within its canvas.
    const isCell = element.matches("canvas [role=columnheader], canvas [role=gridcell]");
    if (!isCell && !element.checkVisibility({ visibilityProperty: true })) continue;
    for (const name of NAMING) found.add(element.getAttribute(name)?.trim());
    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) found.add(node.data.trim());
  }
  return [...found].filter(Boolean);
}

/** What can be tapped, with its place; not links in a sentence, nor what is for screen readers alone. */
function targets() {
  const found = [];
  for (const element of elements()) {
    if (!element.matches(TARGETS) || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) {
      continue;
    }
    const named = element.closest("label") ?? element;
    const box = named.getBoundingClientRect();
    const inSentence = element.tagName === "A" && getComputedStyle(element).display === "inline";
    if (box.width > 1 && !inSentence) found.push({ element, named, box });
  }
  return found;
}

/**
 * Targets with less than `least` CSS pixels, unless there is as much room around them: a circle of that diameter
 * in the middle of the target touches no other target, and no such circle (WCAG 2.2, success criterion 2.5.8).
 */
function smallTargets(least) {
  const all = targets();
  const isSmall = ({ box }) => Math.min(box.width, box.height) < least - 0.5;
  const middle = ({ box }) => [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const between = (value, low, high) => Math.min(high, Math.max(low, value));
  const found = new Set();
  for (const one of all.filter(isSmall)) {
    const [x, y] = middle(one);
    const isNear = (other) => {
      if (other.named === one.named || other.named.contains(one.named) || one.named.contains(other.named)) return false;
      const { box } = other;
      const gap = Math.hypot(x - between(x, box.left, box.right), y - between(y, box.top, box.bottom));
      const [otherX, otherY] = middle(other);
      return gap < least / 2 || (isSmall(other) && Math.hypot(x - otherX, y - otherY) < least);
    };
    if (!all.some(isNear)) continue;
    const { element, named, box } = one;
    const { width, height } = box;
    const words = element.getAttribute("aria-label") || named.textContent.trim() || element.className;
    found.add(`${element.tagName} "${String(words).slice(0, 40)}" ${Math.round(width)} x ${Math.round(height)}`);
  }
  return [...found];
}
