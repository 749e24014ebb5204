// Records, inside the page, when somebody clicked and when each part of the answer appeared.
//
// Polling from outside would add its own delays. Here the click's own time stamp starts the clock, and
// changes to the page stop it: mutations of the DOM, the viewer's shadow tree among it, and of canvases, which
// our chart, ECharts and the data frame are, the texts that they draw.
// All times are milliseconds since 1970, so that an iframe's and the page's can be compared.
(() => {
  const now = () => performance.timeOrigin + performance.now();

  const begin = ({ timeStamp }) => window.top.bench?.begin(performance.timeOrigin + timeStamp);
  addEventListener("pointerup", begin, true);
  if (window !== window.top) return;

  const GRADIOS = { table: "#table", charts: "#chart" }; // both are elements there
  const QUIET = 500; // after so long without a change, the answer is complete
  const SENTENCE = /Pixel \((\d+), (\d+)\) is/;
  let times = null; // what happened since the click
  let texts = null; // the texts that the data frame and the chart, both canvases, have drawn since the click
  let timer = null;
  let finish = null;

  window.bench = {
    begin(clicked) {
      if (times !== null) return; // the second report of the same click
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

    /** Call this before a click, when the viewer is on the page. */
    watch: watchViewers,
  };

  function rest() {
    clearTimeout(timer);
    timer = setTimeout(() => (finish !== null && isComplete() ? finish() : rest()), QUIET);
  }

  /** Whether sentence, chart and table are about one pixel, and not the one before the click. */
  function isComplete() {
    if (times === null || !("sentence" in times)) return false;
    const ours = viewers()[0];
    const sentence = ours?.querySelector(".sentence").textContent ?? document.body.innerText;
    const column = SENTENCE.exec(sentence)?.[2];
    const chosen = ours?.querySelector(".pixels tr.chosen");
    if (document.querySelector("gradio-app")) return "table" in times && "charts" in times;
    const isInTable = ours ? chosen?.cells[1].textContent === column : texts.table.has(column);
    return isInTable && texts.charts.has(column);
  }

  /** A part of the page has changed: it is in the page now, and on the screen after the next frame. */
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

  /** Looks rarely and cheaply, because this is part of what is measured. */
  function watchDocument() {
    new MutationObserver((mutations) => {
      if (times === null) return;
      if (mutations.some(({ target }) => isSentence(target))) note("sentence");
      for (const [part, where] of Object.entries(GRADIOS)) {
        if (mutations.some(({ target }) => elementOf(target)?.closest(where))) note(part);
      }
    }).observe(document, { subtree: true, childList: true, characterData: true });
  }

  const elementOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement);

  function isSentence(node) {
    const element = elementOf(node);
    return element?.closest(".stMarkdown, #sentence") && SENTENCE.test(element.textContent.slice(0, 80));
  }

  /** Components v2 are in shadow roots, which the document's observer does not see. */
  const watched = new WeakSet();
  function watchViewers() {
    for (const shadowRoot of viewers()) {
      if (watched.has(shadowRoot)) continue;
      watched.add(shadowRoot);
      new MutationObserver((mutations) => times !== null && mutations.forEach(noteInViewer)).observe(shadowRoot, {
        subtree: true,
        childList: true,
        characterData: true,
        attributeFilter: ["data-row", "data-col"],
      });
    }
  }

  function viewers() {
    const places = document.querySelectorAll(".stBidiComponent, .stBidiComponent *");
    return [...places].flatMap(({ shadowRoot }) => (shadowRoot?.querySelector(".viewer") ? [shadowRoot] : []));
  }

  function noteInViewer({ type, target }) {
    if (type === "attributes") {
      if (!("viewer" in times)) note("viewer"); // the first answer counts
    } else if (elementOf(target)?.closest(".pixels")) {
      note("table");
    } else if (elementOf(target)?.closest(".sentence")) {
      note("sentence");
    }
  }

  // Data frame and charts are canvases: a text not yet drawn since the click is a change.
  const PAINTED = { table: ".stDataFrame", charts: ".chart, [data-testid=stEChartsChart]" };
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
