// "Suggest the rest": a class for all that is not reviewed, which is seen before it is taken. Asked for once, or
// live: then each answer of the server to a stroke has the suggestion for the mask after it.

import { element, shareInWords } from "./elements.js";
import { fetchInflated } from "./fetching.js";
import { checksum, inflated } from "./runs.js";
import { Switch, button } from "./toolbox.js";
import { _, n_ } from "./language.js";

const SEEN = _("This is a suggestion. Take it all, or draw “right as it is” over what you like.");
const AGAIN_MS = 300; // while the server reads the picture
const FOLLOWS = _("What shows faintly is suggested, and follows what you draw. Take it all, or draw on.");
const NAMED = 2; // of the classes that a suggestion brings: the others are counted

export class Suggesting {
  /** `editor` has `correction`, `canDraw` and `hand`. `ask`, `askLive` are set before a picture is shown. */
  constructor(editor) {
    this.editor = editor;
    this.question = null;
    this.isOffered = false; // whether there is a network to ask
    this.newest = null; // the last live suggestion that has come
    this.shown = null; // the live suggestion that is shown, or said to be none
    this.resumes = false; // whether it was live in the editor that this one replaces
    this.suggest = button(_("Suggest the rest"), null, () => this.begin(), {
      wordy: true,
      explained: _("A class for all that is not reviewed, learnt from what you have drawn; you see it before you take it"),
    });
    this.live = new Switch(_("Live"), (on) => this.turn(on), {
      key: "L",
      explained: _("What the network would now say of the rest follows each stroke"),
    });
    this.wholeSet = new Switch(_("Whole set"), () => this.askAgain(), {
      explained: _("What is reviewed in the other pictures of this set teaches, too"),
    });
    this.take = button(_("Take it"), null, () => this.takeAll(), {
      wordy: true,
      explained: _("All that is suggested counts as reviewed"),
    });
    this.discard = button(_("Discard it"), null, () => this.end(), { wordy: true });
    this.words = element("p", { className: "note", attributes: { role: "status" } });
    this.changes = element("p", { className: "note changes" }); // not read out: it changes with each stroke
    this.element = element("div", { className: "suggesting" });
    this.element.append(this.live.element, this.wholeSet.element, this.suggest, this.take, this.discard);
    this.element.append(this.changes, this.words);
  }

  /** Another picture is shown. */
  start() {
    this.question = this.newest = this.shown = null;
    this.say(this.live.on ? _("Reading the picture …") : "");
    if (!this.resumes || !this.isOffered) return;
    this.resumes = false;
    this.live.element.click();
  }

  // --- the other pictures of the set -------------------------------------------------------------

  /** others: how many there are in which something is reviewed. */
  offerSet(others) {
    this.wholeSet.element.hidden = others === 0 || !this.isOffered;
  }

  get usesSet() {
    return this.wholeSet.on && !this.wholeSet.element.hidden;
  }

  /** Something else is to be learnt from. */
  askAgain() {
    if (this.live.on) this.turn(true);
    else if (this.editor.correction?.isPreview) this.begin();
  }

  // --- live ------------------------------------------------------------------------------------

  turn(on) {
    if (on && (!this.editor.canDraw || !this.isOffered)) {
      this.live.set(false);
      return;
    }
    this.question = this.newest = this.shown = null;
    if (on) this.say(_("Reading the picture …"));
    else this.end();
    this.askLive(on);
  }

  /** live: {id, sum, labels, words} of Python's last run. */
  followLive(live) {
    if (!this.live.on || !live || live.id !== this.editor.correction?.id) return;
    this.newest = live;
    this.showLive();
    clearTimeout(this.timer);
    if (live.waits) this.timer = setTimeout(() => this.live.on && this.askLive(true), AGAIN_MS);
  }

  /** Show the newest, if it is of the mask that is here; one of an older mask never comes up. */
  async showLive() {
    const { newest } = this;
    const { correction } = this.editor;
    if (newest === null || correction === null || this.isShown(newest) || !this.isOfThisMask(newest)) return;
    if (newest.labels === "") {
      if (newest.waits) this.shown = null;
      else {
        correction.preview(null);
        this.shown = newest;
      }
      this.say(newest.words);
      return;
    }
    const labels = await inflated(newest.labels);
    if (this.newest !== newest || this.editor.correction !== correction || !this.isOfThisMask(newest)) return;
    correction.preview(labels);
    this.shown = newest;
    this.editor.root.dataset.suggested = newest.sum;
    this.say(FOLLOWS);
  }

  /** Each run says it again; and of one mask there can be another, once other pictures teach or a class is added. */
  isShown({ sum, labels, words }) {
    return this.shown?.sum === sum && this.shown.labels === labels && this.shown.words === words;
  }

  isOfThisMask({ sum }) {
    return this.editor.hand.stroke === null && checksum(this.editor.correction.mask) === sum;
  }

  // --- asked for once --------------------------------------------------------------------------

  begin() {
    const { editor } = this;
    if (!editor.canDraw || this.question) return;
    editor.hand.finish();
    // Unlike any before the page was loaded: the server answers each question once.
    this.question = { id: editor.correction.id, number: Math.floor(Math.random() * 2 ** 31), set: this.usesSet };
    this.say(_("Working it out …"));
    this.ask(this.question);
  }

  async follow(answer) {
    const { question } = this;
    const { correction } = this.editor;
    if (!question || !answer || answer.number !== question.number || correction?.id !== question.id) return;
    if (answer.waits) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.question === question && this.ask({ ...question, again: Math.random() }), AGAIN_MS);
      return;
    }
    this.question = null;
    if (answer.trouble) {
      this.say(answer.trouble);
      return;
    }
    try {
      const labels = await fetchInflated(answer.labels, correction.mask.length);
      if (this.editor.correction !== correction) return;
      this.editor.hand.finish();
      correction.preview(labels);
      this.say(SEEN);
    } catch (error) {
      console.warn("The suggestion could not be loaded.", error);
      this.say(_("The suggestion could not be loaded. Ask for it again."));
    }
  }

  takeAll() {
    this.editor.hand.acceptEverything();
    this.end();
  }

  /** The picture shows what it started from again. */
  end() {
    this.editor.hand.finish();
    this.editor.correction?.preview(null);
    this.shown = null;
    this.say("");
  }

  /** Say what the suggestion that is shown would change, now that something was drawn. */
  count() {
    const { correction } = this.editor;
    const [isPreview, counts] = [correction?.isPreview ?? false, correction?.changed() ?? []];
    this.changes.hidden = !isPreview || correction.startsEmpty;
    if (!this.changes.hidden) this.changes.textContent = inWords(counts, correction);
  }

  say(words) {
    this.words.textContent = words;
    this.words.hidden = words === "";
    this.count();
    const isPreview = this.editor.correction?.isPreview ?? false;
    this.live.element.hidden = !this.isOffered;
    this.suggest.hidden = isPreview || this.live.on || !this.isOffered;
    this.take.hidden = !isPreview;
    this.discard.hidden = !isPreview || this.live.on;
    this.suggest.setAttribute("aria-disabled", this.question !== null);
  }
}

/** counts: for each class, the pixels that would become it. */
function inWords(counts, { description, mask }) {
  const changed = counts.reduce((sum, count) => sum + count, 0);
  if (changed === 0) return _("It agrees with all that is not reviewed, and would change nothing.");
  const labels = [...counts.keys()].filter((label) => counts[label] > 0).sort((a, b) => counts[b] - counts[a]);
  const named = labels.slice(0, NAMED).map((label) => description.names[label]);
  const others = labels.length - named.length;
  if (others > 0) named.push(n_("{count} other class", "{count} other classes", others));
  const classes = named.length > 1 ? _("{several} and {last}", { several: named.slice(0, -1).join(", "), last: named.at(-1) }) : named[0];
  return _("Hatched: {share} of the picture would change, to {classes}.", { share: shareInWords(changed / mask.length), classes });
}
