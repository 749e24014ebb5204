// A photo on which places are marked: found ones are there already, others are drawn by dragging. Each can be
// moved and removed. What is marked when the visitor says so is blurred by the server, for good.

const LEAST = 0.005; // of the picture's side: a click is no place
const STEP = 0.01; // an arrow key moves a place by so much
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const HELP = _("Drag over each face and each number plate. Drag a place to move it.");

const percent = (share) => `${100 * share}%`;
const within = (value, least, most) => Math.min(most, Math.max(least, value));

class Places {
  constructor(parent) {
    this.marks = []; // each the element of a place, with its `place`
    this.picture = element("img", { alt: "", draggable: false });
    this.stage = element("div", { className: "stage", tabIndex: 0 }, this.picture);
    this.stage.setAttribute("role", "group");
    this.back = element("button", { type: "button", textContent: _("Remove the last one"), disabled: true });
    this.back.addEventListener("click", () => this.remove(this.marks.at(-1)));
    this.help = element("span", { className: "help", textContent: HELP });
    this.root = element("div", { className: "blurring" }, this.stage, element("div", { className: "tools" }, this.back, this.help));
    this.picture.addEventListener("load", () => {
      const ratio = this.picture.naturalWidth / this.picture.naturalHeight;
      this.stage.style.width = `min(100%, calc(58vh * ${ratio}))`;
    });
    this.stage.addEventListener("pointerdown", (event) => this.begin(event));
    this.stage.addEventListener("pointermove", (event) => this.held?.drag(this.at(event)));
    this.stage.addEventListener("pointerup", () => this.end());
    this.stage.addEventListener("pointercancel", () => this.cancel());
    parent.append(this.root);
  }

  update({ data, setStateValue }) {
    this.send = setStateValue;
    const address = String(new URL(data.address, document.baseURI));
    this.stage.setAttribute("aria-label", data.label);
    if (this.picture.src === address) return;
    this.picture.src = address;
    this.photo = data.photo;
    this.held = null;
    this.marks.forEach((mark) => mark.remove());
    this.marks = data.found.map((place) => this.mark(place, true));
    this.back.disabled = this.marks.length === 0;
  }

  /** The element of a place, with a button that removes it. */
  mark(place, found) {
    const cross = element("button", { type: "button", className: "cross", textContent: "×", tabIndex: -1 });
    const mark = element("span", { className: found ? "blurred found" : "blurred", tabIndex: 0 }, cross);
    mark.setAttribute("role", "button");
    const words = found
      ? _("Found place; arrow keys move it, Delete removes it")
      : _("Marked place; arrow keys move it, Delete removes it");
    mark.setAttribute("aria-label", words);
    cross.setAttribute("aria-label", _("Remove this place"));
    cross.addEventListener("pointerdown", (event) => event.stopPropagation());
    cross.addEventListener("click", () => this.remove(mark));
    mark.addEventListener("keydown", (event) => this.key(event, mark));
    this.show(mark, place);
    this.stage.append(mark);
    return mark;
  }

  show(mark, place) {
    const [left, top, right, bottom] = (mark.place = place);
    Object.assign(mark.style, {
      left: percent(left),
      top: percent(top),
      width: percent(right - left),
      height: percent(bottom - top),
    });
  }

  /** Put a place elsewhere, as far as the picture goes. */
  shift(mark, [left, top, right, bottom], across, down) {
    const [x, y] = [within(across, -left, 1 - right), within(down, -top, 1 - bottom)];
    this.show(mark, [left + x, top + y, right + x, bottom + y]);
  }

  at(event) {
    const box = this.picture.getBoundingClientRect();
    const share = (value, from, length) => within((value - from) / length, 0, 1);
    return [share(event.clientX, box.left, box.width), share(event.clientY, box.top, box.height)];
  }

  begin(event) {
    if (event.button !== 0 || this.held) return;
    event.preventDefault();
    this.stage.setPointerCapture(event.pointerId);
    const from = this.at(event);
    const mark = event.composedPath().find((each) => this.marks.includes(each));
    this.held = mark === undefined ? this.drawing(from) : this.moving(mark, from);
  }

  drawing([x, y]) {
    const mark = this.mark([x, y, x, y], false);
    const drag = ([across, down]) => {
      this.show(mark, [Math.min(x, across), Math.min(y, down), Math.max(x, across), Math.max(y, down)]);
    };
    return { mark, drag, isNew: true };
  }

  moving(mark, [x, y]) {
    const before = mark.place;
    mark.focus();
    return { mark, before, drag: ([across, down]) => this.shift(mark, before, across - x, down - y) };
  }

  end() {
    if (!this.held) return;
    const { mark, isNew } = this.held;
    const [left, top, right, bottom] = mark.place;
    if (isNew && (right - left < LEAST || bottom - top < LEAST)) return this.cancel();
    if (isNew) this.marks.push(mark);
    const isMoved = isNew || mark.place !== this.held.before;
    this.held = null;
    if (isMoved) this.tell();
  }

  cancel() {
    if (!this.held) return;
    const { mark, isNew, before } = this.held;
    if (isNew) mark.remove();
    else this.show(mark, before);
    this.held = null;
  }

  key(event, mark) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key in MOVES) this.shift(mark, mark.place, ...MOVES[event.key].map((way) => way * STEP));
    else if (event.key !== "Delete" && event.key !== "Backspace") return;
    event.preventDefault();
    if (event.key in MOVES) this.tell();
    else this.remove(mark);
  }

  remove(mark) {
    if (mark === undefined) return;
    this.marks = this.marks.filter((each) => each !== mark);
    mark.remove();
    this.stage.focus();
    this.tell();
  }

  tell() {
    this.back.disabled = this.marks.length === 0;
    this.send("marked", { photo: this.photo, places: this.marks.map(({ place }) => place) });
  }

  destroy() {
    this.root.remove();
  }
}

export default mounted(Places);
