// Photos to keep or to drop. What is decided shows at once, and is sent until the server has seen it.

const MOVES = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: "up", ArrowDown: "down", Home: "first", End: "last" };
const HELP = _("Arrow keys move, K keeps, D drops, U takes it back, B blurs");

const image = (address) =>
  element("img", { alt: "", loading: "lazy", decoding: "async", src: new URL(address, document.baseURI) });

class Grid {
  constructor(parent) {
    this.window = crypto.randomUUID?.().slice(0, 8) ?? String(Math.random()).slice(2, 10);
    this.undone = []; // what can be taken back: photos, and what they were before
    this.unseen = []; // decisions that the server may not have seen yet
    this.last = 0;
    this.count = element("strong", { role: "status" });
    this.back = element("button", { type: "button", className: "undo", textContent: _("Undo"), disabled: true });
    this.back.title = _("Take the last decision back (U)");
    this.back.addEventListener("click", () => this.undo());
    this.list = element("ul", { className: "grid" });
    this.help = element("span", { className: "help", textContent: HELP });
    this.root = element(
      "div",
      { className: "photos" },
      element("div", { className: "tools" }, this.count, this.back, this.help),
      this.list,
    );
    this.list.addEventListener("keydown", (event) => this.key(event));
    parent.append(this.root);
  }

  update({ data, setStateValue, setTriggerValue }) {
    this.trigger = setTriggerValue;
    this.data = data;
    this.send = setStateValue;
    if (data.seen[0] === this.window) this.unseen = this.unseen.filter(({ id }) => id > data.seen[1]);
    if (this.set !== data.set) {
      this.set = data.set;
      this.undone = [];
    }
    const waiting = new Map(this.unseen.map(({ number, kept }) => [number, kept]));
    this.photos = data.photos.map((photo) => ({ ...photo, kept: waiting.get(photo.number) ?? photo.kept }));
    this.list.setAttribute("aria-label", data.label);
    const described = JSON.stringify(this.photos.map(({ kept, ...rest }) => rest)) + data.readOnly;
    if (described !== this.described) this.draw(described);
    this.photos.forEach((photo) => this.show(photo));
    this.tell();
  }

  draw(described) {
    const place = this.place();
    const focused = this.buttons()[place]?.dataset.number;
    this.described = described;
    this.cards = new Map();
    this.list.replaceChildren(...this.photos.map((photo) => this.card(photo)));
    this.help.hidden = this.back.hidden = this.data.readOnly;
    // A photo that was decided may be shown no longer: the focus stays with its own, wherever that is now.
    const wanted = this.cards.get(this.wanted);
    const card = wanted ?? this.cards.get(Number(focused));
    if (card) card.button.focus();
    else if (place >= 0) this.focus(place);
    if (wanted || this.unseen.length === 0) this.wanted = undefined;
  }

  card(photo) {
    const place = element("span", { className: "place" });
    if (photo.address) place.append(image(photo.address));
    for (const mark of photo.marks) place.append(element("span", { className: "mark", textContent: mark }));
    const state = element("span", { className: "state", ariaHidden: "true" });
    place.append(state);
    const name = element("span", { className: "name", textContent: `${photo.number} · ${photo.name}` });
    const credit = element("span", { className: "fact", textContent: photo.credit || _("no licence named") });
    const notes = [photo.size, photo.blurred && _("{count} blurred", { count: photo.blurred }), photo.toGoOver && _("not gone over")];
    const facts = notes.filter(Boolean).join(", ");
    const size = element("span", { className: "fact", textContent: facts });
    const button = element("button", { type: "button", className: "card" }, place, name, size, credit);
    button.dataset.number = photo.number;
    button.disabled = this.data.readOnly;
    button.addEventListener("click", () => this.decide(photo.number, !this.of(photo.number).kept));
    this.cards.set(photo.number, { button, state });
    const blur = element("button", { type: "button", className: "blur", textContent: _("Blur"), tabIndex: -1 });
    blur.title = _("Make faces and number plates in this photo unreadable (B)");
    blur.setAttribute("aria-label", _("Blur places in photo {number}", { number: photo.number }));
    blur.hidden = this.data.readOnly;
    blur.addEventListener("click", () => this.trigger("blur", photo.number));
    return element("li", {}, button, blur);
  }

  of(number) {
    return this.photos.find((photo) => photo.number === number);
  }

  show(photo) {
    const { button, state } = this.cards.get(photo.number);
    button.classList.toggle("dropped", !photo.kept);
    button.setAttribute("aria-pressed", photo.kept);
    state.textContent = photo.kept ? "✓" : _("dropped");
    const words = [photo.name, photo.kept ? _("kept") : _("dropped"), ...photo.marks, photo.size, photo.credit];
    button.setAttribute("aria-label", _("Photo {number}: {words}", { number: photo.number, words: words.filter(Boolean).join(", ") }));
  }

  tell() {
    const here = (photos) => photos.filter(({ kept }) => kept).length;
    const kept = this.data.kept + here(this.photos) - here(this.data.photos);
    this.count.textContent = _("{kept} of {count} kept", { kept, count: this.data.of });
    this.back.disabled = this.undone.length === 0;
    this.root.dataset.saved = this.unseen.length === 0;
  }

  decide(number, kept, takenBack = false) {
    const photo = this.of(number);
    if (this.data.readOnly || photo?.kept === kept) return;
    if (!takenBack) this.undone.push({ number, kept: photo.kept });
    this.last += 1;
    this.unseen.push({ id: this.last, number, kept });
    if (photo === undefined) this.wanted = number; // not among those shown, or no longer: it may come back
    else this.show(Object.assign(photo, { kept }));
    this.tell();
    this.send("decided", { set: this.set, window: this.window, list: this.unseen });
  }

  undo() {
    const before = this.undone.pop();
    if (before === undefined) return;
    this.decide(before.number, before.kept, true);
    this.cards.get(before.number)?.button.focus();
    this.tell();
  }

  buttons() {
    return [...this.list.querySelectorAll("button.card")];
  }

  place() {
    return this.buttons().findIndex((button) => button === this.list.getRootNode().activeElement);
  }

  focus(place) {
    const buttons = this.buttons();
    buttons[Math.max(0, Math.min(place, buttons.length - 1))]?.focus();
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const from = this.place();
    const letter = event.key.toLowerCase(); // Caps Lock may be on
    if (event.key in MOVES) this.focus(this.goal(from, MOVES[event.key]));
    else if (letter === "u") this.undo();
    else if (from < 0) return; // the button beneath a photo has the focus
    else if ("kd".includes(letter)) {
      this.decide(Number(this.buttons()[from].dataset.number), letter === "k");
      this.focus(from + 1);
    } else if (letter === "b") this.trigger("blur", Number(this.buttons()[from].dataset.number));
    else return;
    event.preventDefault();
  }

  /** The place that an arrow key leads to; the window's width decides the number of columns. */
  goal(from, move) {
    if (move === "first") return 0;
    if (move === "last") return this.photos.length - 1;
    const tops = this.buttons().map((button) => button.getBoundingClientRect().top);
    const columns = Math.max(1, tops.filter((top) => Math.abs(top - tops[0]) < 1).length);
    const goal = from + (move === "up" ? -columns : move === "down" ? columns : move);
    return goal < 0 || goal >= this.photos.length ? from : goal;
  }

  destroy() {
    this.root.remove();
  }
}

export default mounted(Grid);
