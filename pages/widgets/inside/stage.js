// A picture on which a pixel is chosen and a patch is moved, and the probabilities of that pixel. A press beside the
// patch chooses a pixel, a drag on it moves it; arrow keys do the same for whichever has the focus.

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const PATIENCE_MS = 5000; // after which a place on its way counts as lost

const within = (value, least, most) => Math.min(most, Math.max(least, value));
const percent = (share) => `${100 * share}%`;
const whole = (probability) => inPercent(Math.floor(100 * probability + 0.5));

class Stage {
  constructor(parent) {
    this.picture = element("img", { alt: "", draggable: false });
    this.boxes = element("div", { className: "boxes" });
    this.pixel = element("span", { className: "pixel" });
    this.patch = element("span", { className: "patch", tabIndex: 0, hidden: true, attributes: { role: "slider" } });
    this.frame = element("div", { className: "frame", tabIndex: 0, attributes: { role: "application" } });
    this.frame.append(this.picture, this.boxes, this.pixel, this.patch);
    this.bars = element("ul", { className: "bars" });
    this.told = element("p", { className: "told", attributes: { role: "status" } });
    this.side = element("div", { className: "side" }, this.told, this.bars);
    this.keys = element("p", { className: "unseen", id: "stage-keys" });
    this.keys.textContent = _("Arrow keys move the chosen pixel by 8, with Shift by 1.");
    this.frame.setAttribute("aria-describedby", "stage-keys");
    this.heard = element("p", { className: "unseen", attributes: { role: "status" } });
    this.root = element("div", { className: "stage" }, this.frame, this.side, this.keys, this.heard);
    this.frame.addEventListener("pointerdown", (event) => this.press(event));
    this.frame.addEventListener("pointermove", (event) => this.drag(event));
    this.frame.addEventListener("pointerup", () => this.release());
    this.frame.addEventListener("pointercancel", () => this.release());
    this.frame.addEventListener("keydown", (event) => this.key(event));
    parent.append(this.root);
  }

  update({ data, setStateValue }) {
    this.send = setStateValue;
    const isNew = this.data?.picture !== data.picture || this.data?.patch?.side !== data.patch?.side;
    this.data = data;
    this.picture.src = String(new URL(data.address, document.baseURI));
    this.picture.alt = data.label;
    this.frame.setAttribute("aria-label", data.label);
    this.frame.style.aspectRatio = `${data.width} / ${data.height}`;
    if (isNew || !this.place) this.place = data.patch && { row: data.patch.row, col: data.patch.col };
    if (isNew) this.asked = this.next = null;
    this.show();
    this.answered(data.patch);
  }

  show() {
    const { width, height, chosen, patch, boxes, bars, told } = this.data;
    const put = (mark, top, left, tall, wide) =>
      Object.assign(mark.style, {
        top: percent(top / height),
        left: percent(left / width),
        height: percent(tall / height),
        width: percent(wide / width),
      });
    put(this.pixel, chosen.row + 0.5, chosen.col + 0.5, 0, 0);
    this.patch.hidden = !patch;
    if (patch) {
      put(this.patch, this.place.row, this.place.col, patch.side, patch.side);
      this.patch.style.background = `rgb(${patch.colour.join(" ")})`;
      this.patch.setAttribute("aria-label", patch.label);
      this.patch.setAttribute("aria-valuemin", 0);
      this.patch.setAttribute("aria-valuemax", height * width);
      this.patch.setAttribute("aria-valuenow", Math.max(0, this.place.row * width + this.place.col)); // may reach outside
      this.patch.setAttribute("aria-valuetext", _("row {row}, column {col}", this.place));
    }
    this.boxes.replaceChildren(
      ...boxes.map(({ top, left, bottom, right, kind, title }) => {
        const box = element("span", { className: `box ${kind}`, title });
        put(box, top, left, bottom - top, right - left);
        return box;
      }),
    );
    this.told.textContent = told;
    this.bars.replaceChildren(...bars.map((bar) => this.bar(bar)));
    this.side.hidden = !told && bars.length === 0;
    this.root.classList.toggle("alone", this.side.hidden);
  }

  /** A class: what it had, as a line, and what it has, as a bar. */
  bar({ name, colour, before, after }) {
    const fill = element("span", { className: "fill" });
    fill.style.width = percent(after);
    fill.style.background = `rgb(${colour.join(" ")})`;
    const was = element("span", { className: "was" });
    was.style.left = percent(before);
    return element(
      "li",
      {},
      element("span", { className: "name", textContent: name }),
      element("span", { className: "track" }, fill, was),
      element("span", { className: "figures", textContent: `${whole(before)} → ${whole(after)}` }),
    );
  }

  at(event) {
    const { width, height } = this.data;
    const box = this.picture.getBoundingClientRect();
    return {
      row: within(Math.floor(((event.clientY - box.top) * height) / box.height), 0, height - 1),
      col: within(Math.floor(((event.clientX - box.left) * width) / box.width), 0, width - 1),
    };
  }

  press(event) {
    if (event.button !== 0) return;
    const at = this.at(event);
    if (event.target !== this.patch) return this.choose(at);
    event.preventDefault();
    this.patch.focus();
    this.frame.setPointerCapture(event.pointerId);
    this.held = { row: at.row - this.place.row, col: at.col - this.place.col };
  }

  drag(event) {
    if (!this.held) return;
    const at = this.at(event);
    this.move(at.row - this.held.row, at.col - this.held.col);
  }

  release() {
    this.held = null;
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || !(event.key in MOVES)) return;
    event.preventDefault();
    const [down, across] = MOVES[event.key];
    if (this.root.getRootNode().activeElement === this.patch) {
      const step = event.shiftKey ? 1 : Math.max(1, Math.round(this.data.patch.side / 4));
      this.move(this.place.row + down * step, this.place.col + across * step);
      return;
    }
    const step = event.shiftKey ? 1 : 8;
    const { row, col } = this.data.chosen;
    this.choose({
      row: within(row + down * step, 0, this.data.height - 1),
      col: within(col + across * step, 0, this.data.width - 1),
    });
  }

  choose(pixel) {
    this.data.chosen = pixel; // shown at once
    if (!this.data.told) this.heard.textContent = _("row {row}, column {col}", pixel); // else the server's answer says it
    this.show();
    this.send("pixel", { ...pixel, picture: this.data.picture });
  }

  /** The patch elsewhere, with its middle in the picture. */
  move(row, col) {
    const { height, width, patch } = this.data;
    const half = Math.floor(patch.side / 2);
    this.place = { row: within(row, -half, height - 1 - half), col: within(col, -half, width - 1 - half) };
    this.show();
    this.ask();
  }

  /** One place at a time is on its way; the newest goes when that is answered. */
  ask() {
    if (this.asked && performance.now() - this.asked.at < PATIENCE_MS) {
      this.next = this.place;
      return;
    }
    this.next = null;
    this.asked = { ...this.place, at: performance.now() };
    this.root.dataset.asking = "";
    this.send("patch", { ...this.place, picture: this.data.picture });
  }

  answered(patch) {
    if (!this.asked || !patch || patch.row !== this.asked.row || patch.col !== this.asked.col) return;
    this.root.dataset.answeredMs = Math.round(performance.now() - this.asked.at);
    delete this.root.dataset.asking;
    this.asked = null;
    if (this.next) this.ask();
  }

  destroy() {
    this.root.remove();
  }
}

export default mounted(Stage);
