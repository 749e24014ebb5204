// A photo on which places are marked by dragging; what is marked is blurred by the server, for good.

const LEAST = 0.005; // of the picture's side: a click is no place

class Places {
  constructor(parent) {
    this.places = [];
    this.picture = element("img", { alt: "", draggable: false });
    this.stage = element("div", { className: "stage", tabIndex: 0 }, this.picture);
    this.stage.setAttribute("role", "application");
    this.back = element("button", { type: "button", textContent: "Remove the last one", disabled: true });
    this.back.addEventListener("click", () => this.remove());
    this.help = element("span", { className: "help", textContent: "Drag over each face and each number plate." });
    this.root = element("div", { className: "blurring" }, this.stage, element("div", { className: "tools" }, this.back, this.help));
    this.picture.addEventListener("load", () => {
      const ratio = this.picture.naturalWidth / this.picture.naturalHeight;
      this.stage.style.width = `min(100%, calc(58vh * ${ratio}))`;
    });
    this.stage.addEventListener("pointerdown", (event) => this.begin(event));
    this.stage.addEventListener("pointermove", (event) => this.drag(event));
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
    this.places = [];
    this.stage.querySelectorAll(".blurred").forEach((each) => each.remove());
  }

  at(event) {
    const box = this.picture.getBoundingClientRect();
    const share = (value, from, length) => Math.min(1, Math.max(0, (value - from) / length));
    return [share(event.clientX, box.left, box.width), share(event.clientY, box.top, box.height)];
  }

  begin(event) {
    if (event.button !== 0 || this.drawn) return;
    event.preventDefault();
    this.stage.setPointerCapture(event.pointerId);
    this.from = this.at(event);
    this.drawn = element("span", { className: "blurred" });
    this.stage.append(this.drawn);
    this.show(this.from);
  }

  drag(event) {
    if (this.drawn) this.show(this.at(event));
  }

  show([x, y]) {
    const [left, right] = [this.from[0], x].sort((a, b) => a - b);
    const [top, bottom] = [this.from[1], y].sort((a, b) => a - b);
    this.place = [left, top, right, bottom];
    const percent = (share) => `${100 * share}%`;
    Object.assign(this.drawn.style, {
      left: percent(left),
      top: percent(top),
      width: percent(right - left),
      height: percent(bottom - top),
    });
  }

  end() {
    if (!this.drawn) return;
    const [left, top, right, bottom] = this.place;
    if (right - left < LEAST || bottom - top < LEAST) return this.cancel();
    this.places.push(this.place);
    this.drawn = null;
    this.tell();
  }

  cancel() {
    this.drawn?.remove();
    this.drawn = null;
  }

  remove() {
    this.places.pop();
    [...this.stage.querySelectorAll(".blurred")].at(-1)?.remove();
    this.tell();
  }

  tell() {
    this.back.disabled = this.places.length === 0;
    this.send("marked", { photo: this.photo, places: this.places });
  }

  destroy() {
    this.root.remove();
  }
}

export default mounted(Places);
