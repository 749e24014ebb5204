// What each key does in the editor.

import { isTyped } from "./holding.js";
import { REVIEWING_KEYS, TOOLS } from "./toolbox.js";

export class Keyboard {
  /** `editor` is what keys work; they count while the pointer or the focus is in it, and nobody types. */
  constructor(editor) {
    this.editor = editor;
    this.ending = new AbortController();
    document.addEventListener("keydown", (event) => this.key(event), { signal: this.ending.signal, capture: true });
  }

  destroy() {
    this.ending.abort();
  }

  key(event) {
    const { root, help } = this.editor;
    const isHere = root.matches(":hover, :focus-within");
    if (!isHere || help.dialog.open || isTyped(event)) return;
    if (event.key === " " && !this.presses(event)) event.preventDefault(); // held, it moves; the page stays
    if (!this.does(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Whether Space presses a button there. */
  presses(event) {
    const [target] = event.composedPath();
    return target instanceof Element && target.matches("button, input");
  }

  /** Whether the key does something here. */
  does(event) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.ctrlKey || event.metaKey) return this.doesWithControl(key, event);
    if (event.altKey) return false;
    const action = this.actionOf(key, event);
    action?.();
    return action !== null;
  }

  doesWithControl(key, event) {
    if (key === "z") this.editor.change(event.shiftKey ? "redo" : "undo");
    else if (key === "y") this.editor.change("redo");
    else return false;
    return true;
  }

  actionOf(key, event) {
    const { editor } = this;
    const { hand, classes, surface } = editor;
    if (editor.paints && REVIEWING_KEYS.has(key.toUpperCase())) return null;
    const tool = Object.keys(TOOLS).find((each) => TOOLS[each].key.toLowerCase() === key);
    if (tool) return () => hand.pick(tool);
    if (/^\d$/.test(key)) return () => classes.chooseByKey(Number(key));
    const actions = {
      "[": () => hand.resize(-1),
      "]": () => hand.resize(1),
      "-": () => classes.step(-1),
      "=": () => classes.step(1),
      "+": () => surface.zoomBy(1, hand.pointer),
      _: () => surface.zoomBy(-1, hand.pointer),
      a: () => editor.accept.element.click(),
      l: () => editor.suggesting.live.element.click(),
      n: () => editor.doubts.next(),
      q: () => editor.square.element.click(),
      w: () => editor.fit(),
      "?": () => editor.help.open(),
    };
    return actions[key] ?? editor.aiming.actionOf(key, event) ?? hand.polygon.actionOf(key, event);
  }
}
