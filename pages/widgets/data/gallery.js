// A gallery of frames, each a photo under its label map, so that the slider needs no server.

const KEYS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: "up", ArrowDown: "down", Home: "first", End: "last" };

let opacity = 55; // kept as long as the page is open, also across tabs
let left = null; // the frame that was opened last, and how far the page was scrolled

// Relative to the page, like Streamlit's own files, so that any base path works.
const picture = (address, className) =>
  element("img", { className, alt: "", loading: "lazy", decoding: "async", src: new URL(address, document.baseURI) });

function card(frame, open) {
  const place = element("span", { className: "place" });
  if (frame.photo) place.append(picture(frame.photo, "photo"));
  if (frame.mask) place.append(picture(frame.mask, "mask"));
  if (frame.trouble) place.append(element("span", { className: "trouble", textContent: frame.trouble }));
  const facts = frame.facts.map((fact) => element("span", { className: "fact", textContent: fact }));
  const name = element("span", { className: "name", textContent: frame.name });
  const button = element("button", { type: "button" }, place, name, ...facts);
  button.setAttribute("aria-label", [_("Open frame {name}", { name: frame.name }), ...frame.facts, frame.trouble].filter(Boolean).join(", "));
  button.addEventListener("click", () => open(frame.name));
  return element("li", {}, button);
}

/** The button that an arrow key leads to from `from`; the window's width decides the number of columns. */
function goal(buttons, from, key) {
  const move = KEYS[key];
  if (move === "first") return 0;
  if (move === "last") return buttons.length - 1;
  const tops = buttons.map((button) => button.getBoundingClientRect().top);
  const columns = Math.max(1, tops.filter((top) => Math.abs(top - tops[0]) < 1).length);
  const step = move === "up" ? -columns : move === "down" ? columns : move;
  return from + step;
}

class Gallery {
  constructor(parent) {
    this.slider = element("input", { type: "range", min: 0, max: 100, step: 5, value: opacity, id: "opacity" });
    this.word = element("output");
    this.list = element("ul", { className: "grid" });
    this.root = element(
      "div",
      { className: "gallery" },
      element("div", { className: "tools" }, element("label", { htmlFor: "opacity", textContent: _("Labels") }), this.slider, this.word),
      this.list,
    );
    this.slider.addEventListener("input", () => this.showOpacity(Number(this.slider.value)));
    this.list.addEventListener("keydown", (event) => this.key(event));
    this.described = "";
    this.showOpacity(opacity);
    parent.append(this.root);
  }

  showOpacity(value) {
    opacity = value;
    this.word.textContent = value === 0 ? _("off") : inPercent(value);
    this.root.style.setProperty("--opacity", value / 100);
  }

  update({ data, setTriggerValue }) {
    this.send = setTriggerValue;
    const described = JSON.stringify(data.frames);
    this.list.setAttribute("aria-label", data.label);
    if (described !== this.described) {
      this.described = described;
      this.list.replaceChildren(...data.frames.map((frame) => card(frame, (name) => this.open(name))));
    }
    if (data.back !== null && data.back !== this.back) requestAnimationFrame(() => this.comeBack(data));
    this.back = data.back;
  }

  open(name) {
    left = { name, top: scrollerOf(this.root).scrollTop };
    this.send("open", name);
  }

  /** Back from a frame: the page stands where it was left, and the frame's card has the focus. */
  comeBack({ frames, back }) {
    const button = this.list.querySelectorAll("button")[frames.findIndex(({ name }) => name === back)];
    if (left?.name === back) scrollerOf(this.root).scrollTop = left.top;
    button?.scrollIntoView({ block: "nearest" });
    button?.focus({ preventScroll: true });
  }

  key(event) {
    if (!(event.key in KEYS) || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const buttons = [...this.list.querySelectorAll("button")];
    const from = buttons.indexOf(event.target.closest("button"));
    const next = buttons[goal(buttons, from, event.key)];
    event.preventDefault();
    next?.focus();
  }

  destroy() {
    this.root.remove();
  }
}

export default mounted(Gallery);
