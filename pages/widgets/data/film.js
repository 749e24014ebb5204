// Steps from frame to frame, by buttons and arrow keys, and plays a drive as a film.
//
// Python sends a few frames at a time; the next are requested while these play, so that neither side ever
// holds a whole drive.

const SPEEDS = [2, 4, 8]; // frames a second
const ASK_BEFORE = 12; // frames left when more are requested
const PATIENCE_MS = 1500; // an answer that was overtaken never comes

/** Elements that use the arrow keys themselves. */
const BUSY =
  "input, textarea, select, [contenteditable=true], [role=tab], [role=radio], [role=radiogroup], [role=slider], " +
  "[role=application], [role=combobox], [role=listbox], [role=option], [role=menu], [role=menuitem], [role=grid], " +
  "[role=dialog], .js-plotly-plot";

let speed = 4; // kept as long as the page is open
let opacity = 55;

const button = (words, title, onclick) => element("button", { type: "button", textContent: words, title, onclick });

/** A decoded picture, which can be shown at once. */
async function decoded(address) {
  if (!address) return null;
  const image = element("img", { alt: "", src: new URL(address, document.baseURI) });
  await image.decode();
  return image;
}

class Film {
  constructor(parent) {
    this.pictures = new Map(); // by frame name: a promise of [photo, mask]
    this.names = [];
    this.playing = false;
    this.name = null;
    this.back = button("←", _("Previous frame (left arrow)"), () => this.step(-1));
    this.toggle = button(_("Play"), "", () => (this.playing ? this.stop() : this.play()));
    this.on = button("→", _("Next frame (right arrow)"), () => this.step(1));
    this.back.setAttribute("aria-label", _("Previous frame"));
    this.on.setAttribute("aria-label", _("Next frame"));
    this.where = element("span", { className: "where", attributes: { "aria-live": "polite" } });
    this.speed = element("select", { id: "speed" });
    for (const each of SPEEDS) this.speed.append(new Option(_("{each} frames a second", { each }), each, false, each === speed));
    this.speed.onchange = () => (speed = Number(this.speed.value));
    this.slider = element("input", { type: "range", min: 0, max: 100, step: 5, value: opacity, id: "opacity" });
    this.slider.oninput = () => this.showOpacity(Number(this.slider.value));
    this.stage = element("div", { className: "stage", attributes: { role: "img" } });
    this.settings = element(
      "div",
      { className: "row settings" },
      element("label", { htmlFor: "speed", textContent: _("Speed") }),
      this.speed,
      element("label", { htmlFor: "opacity", textContent: _("Labels") }),
      this.slider,
    );
    this.root = element(
      "div",
      { className: "film" },
      element("div", { className: "row" }, this.back, this.toggle, this.on, this.where),
      this.settings,
      this.stage,
    );
    this.listener = (event) => this.key(event);
    document.addEventListener("keydown", this.listener);
    this.showOpacity(opacity);
    this.showPlaying();
    parent.append(this.root);
  }

  update({ data, setTriggerValue }) {
    this.send = setTriggerValue;
    if (data.frame !== this.data?.frame) this.waiting = false;
    this.data = data;
    if (data.film === null) {
      if (this.playing && !this.asked) this.end();
      this.name = data.frame;
    } else {
      this.take(data.film);
      if (this.asked) this.begin();
      else if (!this.playing) this.stop(); // the page was left while the film played
    }
    this.showWhere();
  }

  showWhere() {
    const { data } = this;
    const steps = !this.playing;
    this.back.disabled = !steps || data.first;
    this.on.disabled = !steps || data.last;
    this.toggle.disabled = !data.playable;
    this.toggle.title = data.play;
    this.where.textContent = this.playing ? this.name : data.where;
  }

  // --- steps -----------------------------------------------------------------------------------

  step(by) {
    if (this.playing || this.waiting || (by < 0 ? this.data.first : this.data.last)) return;
    this.waiting = true; // a held key must not run ahead of the picture
    clearTimeout(this.giveUp);
    this.giveUp = setTimeout(() => (this.waiting = false), PATIENCE_MS);
    this.send("step", by);
  }

  key(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined || event.defaultPrevented) return;
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.composedPath().some((node) => node.matches?.(BUSY))) return;
    event.preventDefault();
    this.step(by);
  }

  // --- the film --------------------------------------------------------------------------------

  play() {
    this.asked = true;
    this.playing = true;
    this.showPlaying();
    this.send("play", this.data.frame);
  }

  stop() {
    const name = this.name ?? this.data.frame;
    this.end();
    this.send("stop", name);
  }

  end() {
    this.playing = this.asked = false;
    clearTimeout(this.timer);
    this.pictures.clear();
    this.names = [];
    this.showPlaying();
  }

  /** Accept the next frames and drop those no longer among them. */
  take({ frames, rest }) {
    this.rest = rest;
    this.more = false;
    this.names = frames.map(({ name }) => name);
    const before = this.pictures;
    this.pictures = new Map(
      frames.map(({ name, photo, mask }) => {
        const made = before.get(name) ?? Promise.all([decoded(photo), decoded(mask)]).catch(() => null);
        return [name, made];
      }),
    );
  }

  begin() {
    this.asked = false;
    this.name = null;
    clearTimeout(this.timer);
    this.show(this.names[0]);
  }

  async show(name) {
    if (!this.playing) return;
    const started = performance.now();
    const pictures = await this.pictures.get(name);
    if (!this.playing) return;
    this.name = name;
    if (pictures) {
      const [photo, mask] = pictures;
      photo.className = "photo";
      if (mask) mask.className = "mask";
      this.stage.replaceChildren(...pictures.filter(Boolean));
      this.stage.setAttribute("aria-label", `Film, ${name}`);
      this.stage.dataset.frame = name;
    }
    this.showWhere();
    const left = this.names.length - 1 - this.names.indexOf(name);
    if (left < ASK_BEFORE && this.rest && !this.more) {
      this.more = true;
      this.send("more", name);
    }
    this.timer = setTimeout(() => this.next(), Math.max(0, 1000 / speed - (performance.now() - started)));
  }

  next() {
    const next = this.names.indexOf(this.name) + 1;
    if (next < this.names.length) this.show(this.names[next]);
    else if (!this.rest) this.show(this.names[0]); // again from the beginning
    else this.timer = setTimeout(() => this.next(), 100); // the next frames are on their way
  }

  showPlaying() {
    this.toggle.textContent = this.playing ? _("Pause") : _("Play");
    this.settings.hidden = this.stage.hidden = !this.playing;
    if (!this.playing) this.stage.replaceChildren();
  }

  showOpacity(value) {
    opacity = value;
    this.root.style.setProperty("--opacity", value / 100);
  }

  destroy() {
    this.end();
    clearTimeout(this.giveUp);
    document.removeEventListener("keydown", this.listener);
    this.root.remove();
  }
}

export default mounted(Film);
