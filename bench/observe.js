// Notes, inside the page, when somebody clicked and when each part of the answer was there.
//
// Polling from outside would add its own delays. Here the click's own time stamp starts the clock, and
// what changes the page stops it: mutations of the DOM, and for the data frame, a canvas, its texts.
// All times are milliseconds since 1970, so that an iframe's and the page's can be compared.
(() => {
  const now = () => performance.timeOrigin + performance.now();

  const begin = ({ timeStamp }) => window.top.bench?.begin(performance.timeOrigin + timeStamp);
  addEventListener("pointerup", begin, true);
  if (window !== window.top) return;

  const QUIET = 500; // nothing has changed for so long: no more is coming
  const SENTENCE = /Pixel \((\d+), (\d+)\) is/;
  let times = null; // what happened since the click
  let texts = null; // what data frame and chart, both canvases, have drawn since the click
  let timer = null;
  let finish = null;

  window.bench = {
    begin(clicked) {
      if (times !== null) return; // the second report of one click
      times = { clicked };
      texts = { table: new Set(), charts: new Set() };
    },

    /** Resolves with the times once the answer is complete and nothing changes any more. */
    settled() {
      return new Promise((resolve) => {
        finish = () => {
          resolve(times);
          times = finish = null;
        };
        rest();
      });
    },

    /** To be called before a click, when the viewer is on the page. */
    watch: watchViewers,
  };

  function rest() {
    clearTimeout(timer);
    timer = setTimeout(() => (finish !== null && isComplete() ? finish() : rest()), QUIET);
  }

  /** Whether sentence, chart and table speak of one pixel, and of another one than before the click. */
  function isComplete() {
    if (times === null || !("sentence" in times)) return false;
    const column = SENTENCE.exec(document.body.innerText)?.[2];
    return texts.table.has(column) && texts.charts.has(column);
  }

  /** A part of the page changed: it is there as of now, and on the screen after the next frame. */
  function note(part) {
    if (times === null) return;
    times[part] = now();
    rest();
    const { clicked } = times;
    const painted = () => {
      if (times?.clicked === clicked) times[`${part}Painted`] = now();
    };
    requestAnimationFrame(() => setTimeout(painted, 0));
  }

  /** Few and cheap looks, for they are part of what is measured. */
  function watchDocument() {
    new MutationObserver((mutations) => {
      if (times === null) return;
      if (mutations.some(({ target }) => isSentence(target))) note("sentence");
    }).observe(document, { subtree: true, childList: true, characterData: true });
  }

  function isSentence(node) {
    const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    return element?.closest(".stMarkdown") && SENTENCE.test(element.textContent.slice(0, 80));
  }

  /** Components v2 live in shadow roots, into which the document's observer does not see. */
  const watched = new WeakSet();
  function watchViewers() {
    for (const { shadowRoot } of document.querySelectorAll(".stBidiComponent, .stBidiComponent *")) {
      if (shadowRoot === null || watched.has(shadowRoot)) continue;
      watched.add(shadowRoot);
      const observer = new MutationObserver(() => {
        if (times !== null && !("viewer" in times)) note("viewer"); // the first answer counts
      });
      observer.observe(shadowRoot, { subtree: true, attributeFilter: ["data-row", "data-col"] });
    }
  }

  // Data frame and chart are painted on canvases: a text not drawn since the click is news of theirs.
  const PAINTED = { table: ".stDataFrame", charts: "[data-testid=stEChartsChart]" };
  const { fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    if (times !== null) {
      for (const [part, where] of Object.entries(PAINTED)) {
        if (!texts[part].has(text) && this.canvas.closest(where)) {
          texts[part].add(text);
          note(part);
        }
      }
    }
    return fillText.call(this, text, ...rest);
  };

  document.addEventListener("DOMContentLoaded", watchDocument);
})();
