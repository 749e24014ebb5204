// Brings into view what a choice has changed somewhere else on the page; see reveal.py.

const HEADER = 68; // CSS pixels at the top of the window that Streamlit's own bar covers, and a little air
const PATIENCE_MS = 2500; // how long the page may still be changing
const LOOK_MS = 100;
const INPUT = ["wheel", "touchstart", "pointerdown", "keydown"];

const answered = new Map(); // by place: the number of the last choice that was brought into view

/** Whether a part of the page, or the first `need` CSS pixels of it, lies within the window. */
function isInSight(target, need) {
  const { top, bottom } = target.getBoundingClientRect();
  return top >= HEADER - 12 && Math.min(bottom, top + need) <= window.innerHeight;
}

function scrollTo(target) {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  target.style.scrollMarginTop = `${HEADER}px`;
  target.scrollIntoView({ block: "start", behavior: calm ? "instant" : "smooth" });
}

/** Focus a part of the page as a whole, so that the next key or the screen reader goes on from there. */
function focus(target, label) {
  target.tabIndex = -1;
  target.setAttribute("role", "group");
  target.setAttribute("aria-label", label);
  target.style.outline = "none"; // a part of the page is nothing to press
  target.focus({ preventScroll: true });
}

/**
 * Scroll to a part of the page, and again as long as the page is changing: Streamlit may build the part anew, and
 * what is above it comes and goes. Whoever scrolls or types meanwhile is left alone.
 */
function bringIntoView(place, need, label) {
  const find = () => document.querySelector(`.st-key-${place}`);
  let [target, before, moves] = [null, null, false];
  let looks = PATIENCE_MS / LOOK_MS;
  const look = () => {
    const now = find();
    if (now !== null && (moves || !isInSight(now, need))) {
      if (now !== target) focus(now, label);
      const { top } = now.getBoundingClientRect();
      const rests = now !== target || top === before; // and does not scroll already
      if (rests && Math.abs(top - HEADER) > 2) scrollTo(now); // at the end of the page this does nothing
      [target, before, moves] = [now, top, true];
    }
    if ((looks -= 1) <= 0) stop();
  };
  const timer = setInterval(look, LOOK_MS);
  const stop = () => {
    clearInterval(timer);
    for (const type of INPUT) document.removeEventListener(type, stop, { capture: true });
  };
  for (const type of INPUT) document.addEventListener(type, stop, { capture: true, passive: true });
  look();
}

export default function reveal({ parentElement, data }) {
  const { place, choice, need, label } = data;
  let words = parentElement.querySelector("[role=status]");
  if (words === null) {
    words = element("span", { className: "words", attributes: { role: "status" } });
    parentElement.append(words);
  }
  if (choice <= (answered.get(place) ?? 0)) return;
  answered.set(place, choice);
  words.textContent = label;
  bringIntoView(place, need, label);
}
