// Records, inside the Annotate page, when what a hand does is on the screen. Times are in milliseconds.
(() => {
  const editor = () => {
    const found = [...document.querySelectorAll("*")].map(({ shadowRoot }) => shadowRoot?.querySelector(".editor"));
    return found.find(Boolean);
  };
  const found = { move: [], press: [], saved: [], suggested: [] };
  let released = null; // {at, waits}: the end of the last stroke, and what has not followed it yet

  /** After the frame in which a change is painted. */
  const painted = (then) => requestAnimationFrame(() => setTimeout(() => then(performance.now())));

  window.drawing = {
    /** Whether the editor shows the picture of that name, and takes strokes. */
    shows(name) {
      const root = editor();
      const label = root?.querySelector(".marks").getAttribute("aria-label") ?? "";
      return root?.dataset.ready === "true" && label.startsWith(name);
    },

    /** Call this when the editor is on the page. */
    watch() {
      const root = editor();
      const on = (type, does) => root.querySelector(".marks").addEventListener(type, does, true);
      on("pointermove", () => {
        const at = performance.now();
        painted((now) => found.move.push(now - at));
      });
      on("pointerdown", ({ timeStamp }) => painted((now) => found.press.push(now - timeStamp)));
      on("pointerup", ({ timeStamp }) => (released = { at: timeStamp, waits: new Set(["saved", "suggested"]) }));
      const note = ({ attributeName }) => {
        const what = attributeName.slice("data-".length);
        if (!released?.waits.has(what) || (what === "saved" && root.dataset.saved !== "true")) return;
        released.waits.delete(what);
        const { at } = released;
        painted((now) => found[what].push(now - at));
      };
      const observer = new MutationObserver((changes) => changes.forEach(note));
      observer.observe(root, { attributeFilter: ["data-saved", "data-suggested"] });
    },

    count: (what) => found[what].length,

    /** The times since the last call. */
    take: (what) => found[what].splice(0),
  };
})();
