// The photos in one row that scrolls sideways, and in a grid when asked for. Python hears "look", "remove",
// "stop", "resume" and "asked": which photos have come into view whose thumbnails it has not sent yet.

const SOON = "25%"; // of the list's size: thumbnails so far out of view are asked for, too
const PATIENCE = 80; // milliseconds: what flies past in scrolling is not asked for
const MOST_ASKED = 60;

function icon(path) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  drawing.append(line);
  return drawing;
}

const ICONS = {
  add: "M12 5v14M5 12h14",
  grid: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
  stop: "M7 7h10v10H7z",
  resume: "M8 5l11 7-11 7z",
  close: "M6 6l12 12M18 6L6 18",
};

function button(className, title, ...children) {
  return element("button", { type: "button", className, title }, ...children);
}

/** One photo: what is written on it changes, its element stays and keeps the focus. */
class Card {
  constructor(key, act, thumbnails) {
    this.key = key;
    this.thumbnails = thumbnails;
    this.image = element("img", { alt: "" });
    this.name = element("span", { className: "name" });
    this.size = element("span", { className: "fact size" });
    this.classes = element("span", { className: "fact" });
    this.look = button("look", "", this.image, this.name, this.size, this.classes);
    this.look.addEventListener("click", () => act("look", key));
    this.remove = button("remove", _("Remove (or press Delete)"), icon(ICONS.close));
    this.remove.tabIndex = -1; // the key for it is Delete: a Tab would stop twice at each photo
    this.remove.addEventListener("click", () => act("remove", key));
    this.item = element("li", {}, this.look, this.remove);
  }

  show(photo, chosen) {
    const thumbnail = this.thumbnails.get(this.key);
    if (thumbnail && this.image.src !== thumbnail) this.image.src = thumbnail;
    this.look.title = photo.name;
    this.name.textContent = photo.name;
    this.size.textContent = photo.size;
    this.classes.textContent = photo.facts;
    this.remove.hidden = !photo.removable;
    this.remove.setAttribute("aria-label", _("Remove {name}", { name: photo.name }));
    this.item.classList.toggle("chosen", chosen);
    this.item.classList.toggle("waits", photo.waits);
    this.look.setAttribute("aria-pressed", String(chosen));
  }
}

/** A list of cards: one of them can be reached by Tab, the arrow keys lead to the others. */
class Cards {
  constructor(className, act, thumbnails, ask) {
    this.act = act;
    this.thumbnails = thumbnails;
    this.cards = new Map();
    this.inView = new Set();
    this.list = element("ul", { className, attributes: { "aria-label": _("Photos") } });
    this.list.addEventListener("keydown", (event) => this.press(event));
    this.list.addEventListener("focusin", (event) => this.reach(this.indexOf(event.target)));
    // Whoever scrolls decides what is in sight, until another photo is chosen.
    for (const name of ["wheel", "touchmove", "keydown"]) {
      this.list.addEventListener(name, () => (this.follows = false), { passive: true });
    }
    new ResizeObserver(() => this.reveal()).observe(this.list);
    const watch = (changes) => {
      for (const { target, isIntersecting } of changes) this.inView[isIntersecting ? "add" : "delete"](target);
      ask();
    };
    this.watcher = new IntersectionObserver(watch, { root: this.list, rootMargin: SOON });
  }

  /** The photos in view whose thumbnails have not come yet. */
  get missing() {
    const seen = this.items.filter(({ key, item }) => this.inView.has(item) && !this.thumbnails.has(key));
    return seen.map(({ key }) => key);
  }

  get items() {
    return [...this.cards.values()];
  }

  indexOf(target) {
    return this.items.findIndex((card) => card.item.contains(target));
  }

  show(photos, chosen) {
    const focused = this.indexOf(this.list.getRootNode().activeElement);
    const keys = new Set(photos.map((photo) => photo.key));
    for (const [key, card] of [...this.cards]) {
      if (keys.has(key)) continue;
      this.watcher.unobserve(card.item);
      this.inView.delete(card.item);
      card.item.remove();
      this.cards.delete(key);
    }
    photos.forEach((photo, place) => {
      if (!this.cards.has(photo.key)) {
        this.cards.set(photo.key, new Card(photo.key, this.act, this.thumbnails));
        this.watcher.observe(this.cards.get(photo.key).item);
      }
      const card = this.cards.get(photo.key);
      card.show(photo, photo.key === chosen);
      if (this.list.children[place] !== card.item) this.list.insertBefore(card.item, this.list.children[place] ?? null);
    });
    this.cards = new Map(photos.map((photo) => [photo.key, this.cards.get(photo.key)]));
    const lost = focused >= 0 && this.indexOf(this.list.getRootNode().activeElement) < 0;
    if (lost) this.items[Math.min(focused, photos.length - 1)]?.look.focus();
    if (chosen !== this.chosen || !this.items.some((card) => card.look.tabIndex === 0)) {
      this.chosen = chosen;
      this.follows = true;
      this.reach(this.items.findIndex((card) => card.key === chosen));
      this.reveal();
    }
  }

  /** Scroll the list, never the page, until the chosen photo is in its middle. */
  reveal() {
    const card = this.cards.get(this.chosen);
    if (this.follows && card !== undefined) this.bring(card);
  }

  bring({ item }) {
    this.list.scrollTo({
      left: item.offsetLeft - (this.list.clientWidth - item.offsetWidth) / 2,
      top: item.offsetTop - (this.list.clientHeight - item.offsetHeight) / 2,
    });
  }

  reach(index) {
    if (index < 0) return;
    this.items.forEach((card, place) => (card.look.tabIndex = place === index ? 0 : -1));
  }

  columns() {
    const first = this.items[0].item.offsetTop;
    return this.items.filter((card) => card.item.offsetTop === first).length;
  }

  press(event) {
    const at = this.indexOf(event.target);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Delete" && !this.items[at].remove.hidden) this.act("remove", this.items[at].key);
    const last = this.items.length - 1;
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns(), ArrowDown: this.columns() };
    const to = { Home: 0, End: last }[event.key] ?? at + (steps[event.key] ?? NaN);
    if (Number.isNaN(to)) return;
    event.preventDefault();
    if (to < 0 || to > last) return;
    this.items[to].look.focus({ preventScroll: true });
    this.bring(this.items[to]);
  }
}

class Strip {
  constructor(parent) {
    const act = (event, key) => this.act(event, key);
    this.thumbnails = new Map();
    this.asked = 0;
    const ask = () => this.askSoon();
    this.row = new Cards("strip", act, this.thumbnails, ask);
    this.grid = new Cards("grid", act, this.thumbnails, ask);
    const add = (this.add = button("add", _("Choose photos or a zip of them; drop them anywhere on the page, or paste one"), icon(ICONS.add)));
    add.append(element("span", { className: "words", textContent: _("Add photos") }));
    add.setAttribute("aria-label", _("Add photos")); // on a phone the words are not shown
    // `taking.js` hears of it, and opens the file chooser.
    add.addEventListener("click", () => document.dispatchEvent(new Event("streetscope-choose-photos")));
    this.count = element("span");
    const words = element("span", { className: "words", textContent: _("All") });
    const all = button("all", _("Show all photos as a grid"), icon(ICONS.grid), words, this.count);
    all.setAttribute("aria-haspopup", "dialog");
    all.addEventListener("click", () => this.open());
    this.told = element("span", { className: "told" });
    this.switch = button("switch", "");
    this.switch.addEventListener("click", () => this.send(this.progress.action, "the rest"));
    this.work = element("div", { className: "work", hidden: true }, this.told, this.switch);
    parent.append(element("div", { className: "bar" }, add, this.row.list, this.work, all), this.makeDialog());
    this.all = all;
  }

  makeDialog() {
    this.title = element("h3");
    const close = button("close", _("Close"), icon(ICONS.close));
    close.addEventListener("click", () => this.dialog.close());
    const head = element("div", { className: "head" }, this.title, close);
    this.dialog = element("dialog", { attributes: { "aria-label": _("All photos") } }, head, this.grid.list);
    // A click beside the dialog is a click on it, but not on anything in it.
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    return this.dialog;
  }

  open() {
    this.grid.follows = true;
    this.dialog.showModal();
    this.showGrid();
    this.grid.reveal();
    (this.grid.cards.get(this.grid.chosen) ?? this.grid.items[0]).look.focus({ preventScroll: true });
  }

  act(event, key) {
    if (event === "look") this.dialog.close();
    this.send(event, key);
  }

  /** Ask for the thumbnails in view, one question at a time; what has got lost on its way is asked for again. */
  askSoon() {
    clearTimeout(this.asking);
    this.asking = setTimeout(() => {
      const keys = [...new Set([...this.row.missing, ...(this.dialog.open ? this.grid.missing : [])])];
      if (keys.length === 0 || this.asked > this.answered) return;
      this.asked = this.answered + 1;
      this.ask("asked", { number: this.asked, keys: keys.slice(0, MOST_ASKED) });
    }, PATIENCE);
  }

  showGrid() {
    this.grid.show(this.photos, this.chosen);
  }

  show({ photos, chosen, thumbnails, answered, progress, title, adds }) {
    Object.assign(this, { photos, chosen, answered, progress });
    const keys = new Set(photos.map(({ key }) => key));
    for (const key of this.thumbnails.keys()) if (!keys.has(key)) this.thumbnails.delete(key);
    for (const [key, address] of Object.entries(thumbnails)) this.thumbnails.set(key, address);
    this.row.show(photos, chosen);
    if (this.dialog.open) this.showGrid(); // hundreds of photos; nobody sees them while it is closed
    this.askSoon();
    this.add.hidden = !adds;
    this.count.textContent = photos.length;
    this.all.setAttribute("aria-label", _("All photos, {count}", { count: photos.length }));
    this.title.textContent = title;
    this.work.hidden = progress === null;
    if (progress === null) return this.told.replaceChildren();
    const goes = progress.action === "stop";
    const count = goes ? `${progress.done} of ${progress.of}` : `${progress.of - progress.done}`;
    const words = (text) => element("span", { className: "words", textContent: text });
    this.told.replaceChildren(...(goes ? [words(_("Segmented ")), count] : [count, words(_(" not segmented"))]));
    this.work.style.setProperty("--done", progress.done / progress.of);
    this.switch.title = goes ? _("Segment the others only when you look at them") : _("Segment the others too");
    this.switch.setAttribute("aria-label", goes ? _("Stop") : _("Go on"));
    this.switch.replaceChildren(icon(ICONS[progress.action]), words(goes ? _("Stop") : _("Go on")));
  }
}

const strips = new WeakMap();

export default function photoStrip({ parentElement, data, setStateValue, setTriggerValue }) {
  if (!strips.has(parentElement)) strips.set(parentElement, new Strip(parentElement));
  const strip = strips.get(parentElement);
  strip.send = setTriggerValue;
  strip.ask = setStateValue;
  strip.show(data);
  // Returns nothing to clean up: Streamlit would call it at each change, not only at the end.
}
