// Shows a network learn: its predictions at one moment after another, by a slider or as a film.
//
// The addresses of all moments are here, so that the slider answers at once; pictures are fetched when needed.

const PAUSE_MS = 350; // between two moments of the film

/** Shows a picture once it is decoded; the last one stays until then. */
async function show(image, address) {
  const wanted = new URL(address, document.baseURI).href;
  if (image.dataset.wanted === wanted) return;
  image.dataset.wanted = wanted;
  const next = new Image();
  next.src = wanted;
  await next.decode().catch(() => {}); // the file is gone: keep the last picture
  if (image.dataset.wanted === wanted && next.naturalWidth) image.src = wanted;
}

/** A class of the legend: its colour and its name. */
function namedColour([name, colour]) {
  const chip = element("span", { className: "chip" });
  chip.style.background = `rgb(${colour.join(" ")})`;
  return element("li", {}, chip, element("span", { textContent: name }));
}

class Previews {
  constructor(parent) {
    this.number = null; // of the chosen moment; null follows the newest
    this.toggle = element("button", { type: "button", textContent: _("Play") });
    this.toggle.onclick = () => (this.timer ? this.pause() : this.play());
    this.slider = element("input", { type: "range", min: 1, step: 1, attributes: { "aria-label": _("Moment") } });
    this.slider.oninput = () => {
      this.pause();
      this.choose(Number(this.slider.value) - 1);
    };
    this.words = element("span", { className: "words", attributes: { "aria-live": "polite" } });
    this.row = element("div", { className: "row" }, this.toggle, this.slider);
    this.frames = element("div", { className: "frames" });
    this.classes = element("ul", { className: "classes", attributes: { "aria-label": _("Classes") } });
    this.root = element("div", { className: "previews" }, this.row, this.words, this.frames, this.classes);
    parent.append(this.root);
  }

  update({ data }) {
    if (data.run !== this.data?.run) {
      this.pause();
      this.number = null;
      this.classes.replaceChildren(...data.classes.map(namedColour));
    }
    this.data = data;
    if (this.columns?.length !== data.photos.length) this.build(data.photos.length);
    this.row.hidden = data.moments.length < 2;
    this.slider.max = data.moments.length;
    this.draw();
  }

  build(count) {
    this.columns = Array.from({ length: count }, () => {
      const images = [_("Photo"), _("The network"), _("Truth")].map((title) => [title, element("img", { alt: title })]);
      const figures = images.map(([title, image]) =>
        element("figure", {}, image, element("figcaption", { textContent: title })),
      );
      return { images: images.map(([, image]) => image), root: element("div", { className: "frame" }, ...figures) };
    });
    this.frames.replaceChildren(...this.columns.map(({ root }) => root));
  }

  /** The chosen moment's index; the newest's if the chosen one no longer exists. */
  place() {
    const { moments } = this.data;
    const found = moments.findIndex(({ number }) => number === this.number);
    return found < 0 ? moments.length - 1 : found;
  }

  choose(place) {
    const { moments } = this.data;
    this.number = place >= moments.length - 1 ? null : moments[place].number;
    this.draw();
  }

  draw() {
    const { moments, photos, truths } = this.data;
    const place = this.place();
    const { words, pictures } = moments[place];
    this.slider.value = place + 1;
    this.slider.setAttribute("aria-valuetext", words);
    this.words.textContent = words[0].toUpperCase() + words.slice(1);
    this.columns.forEach(({ images: [photo, seen, truth] }, number) => {
      const frame = _("Validation frame {number}", { number: number + 1 });
      photo.alt = _("{frame}, photo", { frame });
      seen.alt = _("{frame}, the network, {words}", { frame, words });
      truth.alt = _("{frame}, truth", { frame });
      show(photo, photos[number]);
      show(seen, pictures[number]);
      show(truth, truths[number]);
    });
  }

  play() {
    this.toggle.textContent = _("Pause");
    if (this.place() === this.data.moments.length - 1) this.choose(0);
    this.timer = setInterval(() => {
      const next = this.place() + 1;
      this.choose(next);
      if (next >= this.data.moments.length - 1) this.pause();
    }, PAUSE_MS);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.toggle.textContent = _("Play");
  }

  destroy() {
    this.pause();
    this.root.remove();
  }
}

export default mounted(Previews);
