// Notes, inside the page, when somebody clicked and when each part of the answer was there.
//
// Polling from outside would add its own delays. Here the click's own time stamp starts the clock, and
// what changes the page stops it: mutations of the DOM, and for the data frame, a canvas, its texts.
// All times are milliseconds since 1970, so that an iframe's and the page's can be compared.
(() => {
  const now = () => performance.timeOrigin + performance.now();
  const inPage = window === window.top;

  addEventListener(
    "pointerup",
    (event) => window.top.bench?.begin(performance.timeOrigin + event.timeStamp),
    true,
  );
  if (!inPage) return;

  const QUIET = 500; // nothing has changed for so long: the answer is complete
  const SENTENCE = /Pixel \((\d+), (\d+)\) (?:is|belongs)/;
  let times = null; // what happened since the click
  let timer = null;
  let done = null;
  let texts = null; // what the data frame has drawn since the click

  const bench = {
    begin(clicked) {
      if (times !== null) return; // the second report of one click
      times = { clicked };
      texts = new Set();
      rest();
    },

    /** Resolves with the times once nothing changes any more. */
    settled() {
      return new Promise((resolve) => {
        done = () => {
          const result = { ...times, pixel: SENTENCE.exec(document.body.innerText)?.slice(1).map(Number) };
          result.columns = [...document.querySelectorAll(".stPlotlyChart .xtick text")].map((e) => e.textContent);
          result.cells = [...texts];
          times = null;
          resolve(result);
        };
        rest();
      });
    },
  };

  function rest() {
    clearTimeout(timer);
    timer = setTimeout(() => (done !== null && times !== null ? finish() : rest()), QUIET);
  }

  function finish() {
    const tell = done;
    done = null;
    tell();
  }

  /** A part of the page changed: `part` is there as of now, and on the screen after the next frame. */
  function note(part) {
    if (times === null) return;
    times[part] = now();
    rest();
    const { clicked } = times;
    requestAnimationFrame(() =>
      setTimeout(() => {
        if (times?.clicked === clicked) times[`${part}Painted`] = now();
      }, 0),
    );
  }

  const charts = new WeakSet();

  /** Streamlit may draw a chart into a new element: then it is there now, and again when Plotly says so. */
  function watchCharts() {
    for (const chart of document.querySelectorAll(".js-plotly-plot")) {
      if (charts.has(chart) || typeof chart.on !== "function") continue;
      charts.add(chart);
      chart.on("plotly_afterplot", () => note("charts"));
      note("charts");
    }
  }

  /** Few and cheap looks, for they are part of what is measured: Plotly alone makes hundreds of mutations. */
  function watchDocument() {
    new MutationObserver((mutations) => {
      if (times === null) return;
      watchCharts();
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
      new MutationObserver((mutations) => {
        if (times === null || "viewer" in times) return; // the first answer counts
        const moved = mutations.some(({ attributeName }) => attributeName === "data-row" || attributeName === "data-col");
        if (moved) note("viewer");
      }).observe(shadowRoot, { subtree: true, attributeFilter: ["data-row", "data-col"] });
    }
  }

  // The data frame is painted on a canvas: a text not drawn since the click is news of the table.
  for (const kind of [CanvasRenderingContext2D, OffscreenCanvasRenderingContext2D]) {
    const fillText = kind.prototype.fillText;
    kind.prototype.fillText = function (text, ...rest) {
      if (times !== null && this.canvas.closest?.(".stDataFrame") && !texts.has(text)) {
        texts.add(text);
        note("table");
      }
      return fillText.call(this, text, ...rest);
    };
  }

  window.bench = bench;
  document.addEventListener("DOMContentLoaded", () => {
    watchDocument();
  });
  Object.assign(bench, {
    /** To be called before a click, when viewer and charts are on the page. */
    watch() {
      watchViewers();
      watchCharts();
    },
  });
})();
