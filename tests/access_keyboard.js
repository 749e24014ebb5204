// What tests/access_keyboard.py asks a page while it goes through it by Tab.

(() => {
  const WORKED =
    "a[href], button, input, select, textarea, summary, [tabindex], [role=button], [role=tab], [role=slider]";
  const PROPERTIES = ["outline", "boxShadow", "border", "background", "color", "opacity", "textDecoration", "fill"];
  const AROUND = 4; // a field's or a label's frame can be its parents'

  // What fades in looks the same at first.
  const STILL = new CSSStyleSheet();
  STILL.replaceSync("*, *::before, *::after { transition: none !important; }");

  function* elements(root = document) {
    for (const element of root.querySelectorAll("*")) {
      yield element;
      if (element.shadowRoot) yield* elements(element.shadowRoot);
    }
  }

  const focused = () => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element;
  };

  /** A table of Streamlit's draws the focus itself, on its canvas. */
  const inTable = (element) => element?.closest("[data-testid=stDataFrame]") ?? null;

  const parent = (element) => element.parentElement ?? element.getRootNode().host ?? null;

  /** How an element and what is around it looks, as text. */
  const look = (element) => {
    const near = [element, element.nextElementSibling, element.firstElementChild];
    for (let at = parent(element), n = 0; at && n < AROUND; at = parent(at), n += 1) near.push(at);
    const looks = near.filter(Boolean).flatMap((each) =>
      [null, "::before", "::after"].map((pseudo) => {
        const style = getComputedStyle(each, pseudo);
        return PROPERTIES.map((name) => style[name]).join();
      }),
    );
    return looks.join("\n");
  };

  const name = (element) => {
    const label = element.labels?.[0]?.textContent ?? element.closest("label")?.textContent;
    const text = [...element.childNodes].filter((each) => !each.matches?.("[data-testid=stIconMaterial]"));
    const said = text.map((each) => each.textContent).join(" ");
    const words = element.getAttribute("aria-label") || label || said || element.title || "";
    const kind = element.getAttribute("role") ?? element.tagName.toLowerCase();
    return `${kind} "${words.trim().replace(/\s+/g, " ").slice(0, 50)}"`;
  };

  /** Radio buttons of a group are one place to come to. */
  const group = (element) => {
    if (element.type !== "radio" && element.getAttribute("role") !== "radio") return null;
    return element.closest("[role=radiogroup], fieldset") ?? element.name;
  };

  window.keyboard = {
    begin() {
      for (const root of [document, ...[...elements()].map((each) => each.shadowRoot).filter(Boolean)]) {
        root.adoptedStyleSheets = [...root.adoptedStyleSheets, STILL];
      }
      this.steps = [];
      document.activeElement?.blur();
      document.body.tabIndex = -1;
      document.body.focus();
      document.body.removeAttribute("tabindex");
    },

    /** Note what has the focus now; returns whether the round is over. */
    async step() {
      for (let n = 0; n < 2; n += 1) await new Promise(requestAnimationFrame); // until it is drawn
      const now = focused();
      const isKnown = this.steps.some(({ element }) => element === now);
      if (isKnown && inTable(now)) return false; // Tab may go through its cells first
      if (!now || now === document.body || isKnown) return true;
      this.steps.push({ element: now, look: look(now), name: name(now) });
      return false;
    },

    async faults() {
      document.activeElement?.blur();
      for (let n = 0; n < 2; n += 1) await new Promise(requestAnimationFrame);
      const dark = this.steps.filter((step) => step.element.isConnected && look(step.element) === step.look);
      const reached = new Set(this.steps.map(({ element }) => element));
      const groups = new Set([...reached].map(group).filter(Boolean));
      const missed = [];
      for (const element of elements()) {
        if (!element.matches(WORKED) || element.tabIndex < 0 || element.disabled || element.closest("[inert]")) continue;
        if (!element.checkVisibility({ visibilityProperty: true })) continue;
        if (!reached.has(element) && !groups.has(group(element))) missed.push(element);
      }
      const jumps = [...elements()].filter((element) => element.tabIndex > 0);
      return [
        ...missed.map((element) => `not reached: ${name(element)}`),
        ...dark.filter(({ element }) => !inTable(element)).map((step) => `focus not seen: ${step.name}`),
        ...jumps.map((element) => `out of order: ${name(element)}`),
      ];
    },

    order() {
      return this.steps.map(({ name }) => name);
    },
  };
})();
