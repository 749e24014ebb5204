// Keys that do something for as long as they are held.

const TYPED_INTO = "textarea, select, input:not([type=range], [type=radio], [type=checkbox])";

/** Whether the key is meant for a field that somebody types into. */
export function isTyped(event) {
  const [target] = event.composedPath();
  return target instanceof Element && (target.isContentEditable || target.matches(TYPED_INTO));
}

export class HeldKeys {
  /** root: its keys are held while the pointer or the focus is in it. onChange(key, held). */
  constructor(root, keys, onChange) {
    this.held = new Set();
    this.ending = new AbortController();
    const listen = (type, does) => window.addEventListener(type, does, { signal: this.ending.signal });
    const release = (key) => this.held.delete(key) && onChange(key, false);
    listen("keydown", (event) => {
      const key = event.key.toLowerCase();
      if (!keys.includes(key) || event.altKey || event.ctrlKey || event.metaKey || isTyped(event)) return;
      if (this.held.has(key) || !root.matches(":hover, :focus-within")) return;
      this.held.add(key);
      onChange(key, true);
    });
    listen("keyup", (event) => release(event.key.toLowerCase()));
    // In another window nobody tells us that a key goes up.
    listen("blur", () => [...this.held].forEach(release));
  }

  has(key) {
    return this.held.has(key);
  }

  destroy() {
    this.ending.abort();
  }
}
