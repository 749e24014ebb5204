// What is said of one pixel: a sentence, how sure the network is, its classes as bars, what a temperature does
// to them, and how the entropy comes about.

import { element, fill, inDigits, inPercent, setClass, setText, swatch } from "./elements.js";
import { _, n_ } from "./language.js";
import { mark } from "./legendrows.js";
import { surprise, tempered } from "./probabilities.js";

const BARS = 5;
const LEAST_SHOWN = 0.0005; // less would read 0.0%
const PROOF_LINES = 5; // classes whose part of the entropy gets a line of its own
const [COLDEST, NEUTRAL, HOTTEST] = [0.1, 1, 5];

const tenths = (probability) => inPercent(100 * probability, 1);

/** A class's bar, and below it the one at another temperature. */
class Bar {
  constructor() {
    this.called = element("span");
    this.mark = mark("");
    this.name = element("dt", {}, this.called, this.mark);
    this.plain = element("span", { className: "bar" });
    this.tempered = element("span", { className: "bar tempered" });
    this.figure = element("span", { className: "figure" });
    const both = element("span", { className: "both", attributes: { "aria-hidden": "true" } }, this.plain, this.tempered);
    this.value = element("dd", {}, both, this.figure);
  }

  show({ name, marked, colour, probability, changed, exact }) {
    const title = marked ? `${name}: ${marked}` : name;
    if (this.name.title !== title) this.name.title = title;
    setText(this.called, name);
    if (this.mark.hidden !== !marked) this.mark.hidden = !marked;
    fill(this.value, colour);
    this.plain.style.width = `${100 * probability}%`;
    this.tempered.style.width = `${100 * (changed ?? 0)}%`;
    const before = exact ? tenths(probability) : inPercent(Math.round(100 * probability));
    setText(this.figure, changed === null ? before : `${before} → ${tenths(changed)}`);
    this.hide(false);
  }

  hide(hidden) {
    setClass(this.name, "absent", hidden);
    setClass(this.value, "absent", hidden);
  }
}

/** The slider for the softmax's temperature. */
class Temperature {
  constructor(onChange) {
    const range = { type: "range", min: COLDEST, max: HOTTEST, step: 0.05, value: NEUTRAL };
    this.input = element("input", range);
    this.output = element("output");
    this.back = element("button", { type: "button", className: "plain", textContent: _("Back to 1") });
    const label = element("label", {}, _("Temperature T"), this.input, this.output);
    label.title = _(
      "1 gives the network's own probabilities. Below 1 the softmax gets sharper, above 1 flatter; the order of the classes stays the same.",
    );
    this.element = element("div", { className: "temperature" }, label, this.back);
    this.input.addEventListener("input", () => {
      this.describe();
      onChange();
    });
    this.back.addEventListener("click", () => {
      this.set(NEUTRAL);
      this.input.focus();
      onChange();
    });
    this.describe();
  }

  get value() {
    return Number(this.input.value);
  }

  get isNeutral() {
    return this.value === NEUTRAL;
  }

  set(value) {
    this.input.value = value;
    this.describe();
  }

  describe() {
    this.output.textContent = inDigits(this.value, 2).replace(/0$/, "");
    this.input.style.setProperty("--filled", `${(100 * (this.value - COLDEST)) / (HOTTEST - COLDEST)}%`);
    setClass(this.back, "absent", this.isNeutral);
  }
}

/** How the entropy comes about: what each class adds to it. */
class Proof {
  constructor() {
    this.caption = element("caption");
    const head = [_("Class"), "p", "log₂ 1/p", "p · log₂ 1/p"];
    const cells = head.map((textContent) => element("th", { textContent, scope: "col" }));
    this.body = element("tbody");
    for (let line = 0; line < PROOF_LINES + 2; line += 1) this.body.append(this.line());
    this.element = element("table", { className: "proof" }, this.caption, element("thead", {}, element("tr", {}, ...cells)), this.body);
  }

  line() {
    const name = element("th", { scope: "row" }, swatch(), element("span"));
    return element("tr", {}, name, element("td"), element("td"), element("td"));
  }

  show({ own, order, entropy }, names, colours) {
    const part = (number) => own.probabilities[number] * surprise(own.probabilities[number]);
    const seen = order.filter((number) => own.probabilities[number] >= LEAST_SHOWN).slice(0, PROOF_LINES);
    const rest = order.slice(seen.length);
    const sum = (numbers, value) => numbers.reduce((total, number) => total + value(number), 0);
    const probability = (number) => own.probabilities[number];
    const lines = seen.map((number) => [
      names[number],
      colours(number),
      inDigits(probability(number), 3),
      inDigits(surprise(probability(number)), 2),
      inDigits(part(number), 2),
    ]);
    if (rest.length > 0) {
      lines.push([n_("{count} other", "{count} others", rest.length), "", inDigits(sum(rest, probability), 3), "", inDigits(sum(rest, part), 2)]);
    }
    const total = _("{number} bits", { number: inDigits(entropy, 2) });
    lines.push([_("Together"), "", inDigits(sum(order, probability), 3), "", total]);
    this.caption.textContent = _("Each class adds its probability p times its surprise, log₂ 1/p bits.");
    [...this.body.children].forEach((row, index) => this.fillLine(row, lines[index]));
  }

  fillLine(row, line) {
    row.hidden = line === undefined;
    if (row.hidden) return;
    const [name, colour, ...numbers] = line;
    const [head, ...cells] = row.children;
    setText(head.lastChild, name);
    head.firstChild.hidden = colour === "";
    fill(head.firstChild, colour);
    cells.forEach((cell, index) => {
      setText(cell, numbers[index]);
    });
  }
}

/** What is said before and after the words for how sure the network is. */
function howSure(certainty, entropy) {
  if (certainty === null) return [_("Working out the other classes …"), ""];
  const said = entropy === null ? _("The network is {certainty} here.") : _("The network is {certainty} here: ");
  return said.split("{certainty}");
}

export class Panel {
  /** onChange: called when the panel must be drawn again. */
  constructor(onChange) {
    this.sentence = element("p", { className: "sentence" });
    this.sure = element("b");
    this.before = element("span");
    this.after = element("span");
    this.bits = element("button", { type: "button", className: "plain bits" });
    this.bits.title = _("Show how the entropy comes about (hold E)");
    this.certainty = element("p", { className: "certainty" }, this.before, this.sure, this.after, this.bits);
    this.bars = Array.from({ length: BARS }, () => new Bar());
    const list = element("dl", { className: "bars" }, ...this.bars.flatMap(({ name, value }) => [name, value]));
    this.temperature = new Temperature(onChange);
    this.proof = new Proof();
    this.likely = element("div", { className: "likely" }, list, this.temperature.element);
    const figures = element("div", { className: "figures" }, this.likely, this.proof.element);
    this.marked = element("span");
    this.note = element("p", { className: "marked", hidden: true }, mark(""), this.marked);
    this.element = element("section", { className: "said" }, this.sentence, this.certainty, figures, this.note);
    this.element.setAttribute("aria-label", _("Reading of the pixel"));
    this.proves = { byKey: false, byButton: false };
    this.bits.addEventListener("click", () => {
      this.proves.byButton = !this.proves.byButton;
      onChange();
    });
  }

  /** While the key is held the entropy's arithmetic is shown. */
  prove(held) {
    this.proves.byKey = held;
  }

  /** marks: a sentence for each class, by number, of which there is something to say. */
  show(reading, names, colours, marks) {
    const { sentence, certainty, entropy } = reading;
    this.showMark(reading.own.label, marks);
    setText(this.sentence, sentence);
    const [before, after] = howSure(certainty, entropy);
    setText(this.before, before);
    setText(this.sure, certainty ?? "");
    setText(this.after, after);
    this.bits.hidden = entropy === null;
    if (entropy !== null) setText(this.bits, _("{number}\u00a0bits of entropy", { number: inDigits(entropy, 2) }));
    const proves = (this.proves.byKey || this.proves.byButton) && entropy !== null;
    this.bits.setAttribute("aria-expanded", proves);
    setClass(this.likely, "absent", proves);
    setClass(this.proof.element, "absent", !proves);
    if (proves) this.proof.show(reading, names, colours);
    else this.showBars(reading, names, colours, marks);
  }

  /** What there is to say of the pixel's class. The line stays free for others: nothing jumps. */
  showMark(label, marks) {
    const [any] = Object.values(marks);
    if (this.note.hidden !== (any === undefined)) this.note.hidden = any === undefined;
    setText(this.marked, marks[label] ?? any ?? "");
    setClass(this.note, "absent", marks[label] === undefined);
  }

  showBars({ own, top }, names, colours, marks) {
    const { temperature } = this;
    const exact = own.probabilities !== null;
    const after = exact && !temperature.isNeutral ? tempered(own.probabilities, temperature.value) : null;
    setClass(this.element, "warm", after !== null);
    this.bars.forEach((bar, index) => {
      const best = top[index];
      const changed = best && after ? after[best.label] : null;
      const seen = best && (index === 0 || best.probability >= LEAST_SHOWN || (changed ?? 0) >= LEAST_SHOWN);
      if (!seen) bar.hide(true);
      else {
        const { label, probability } = best;
        bar.show({ name: names[label], marked: marks[label], colour: colours(label), probability, changed, exact });
      }
    });
  }
}
