// "Suggest the rest": a class for all that is not reviewed, which is seen before it is taken.

import { element } from "./elements.js";
import { fetchInflated } from "./fetching.js";
import { button } from "./toolbox.js";

export class Suggesting {
  /** `editor` has `correction`, `canDraw` and `hand`. `ask` is set before the first picture is shown. */
  constructor(editor) {
    this.editor = editor;
    this.question = null;
    this.isOffered = false; // whether there is a network to ask
    this.suggest = button("Suggest the rest", null, () => this.begin(), {
      wordy: true,
      explained: "A class for all that is not reviewed, learnt from what you have drawn; you see it before you take it",
    });
    this.take = button("Take it", null, () => this.takeAll(), {
      wordy: true,
      explained: "All that is suggested counts as reviewed",
    });
    this.discard = button("Discard it", null, () => this.end(), { wordy: true });
    this.words = element("p", { className: "note", attributes: { role: "status" } });
    this.element = element("div", { className: "suggesting" }, this.suggest, this.take, this.discard, this.words);
  }

  /** Another picture is shown. */
  start() {
    this.question = null;
    this.say("");
  }

  begin() {
    const { editor } = this;
    if (!editor.canDraw || this.question) return;
    editor.hand.finish();
    // Unlike any before the page was loaded: the server answers each question once.
    this.question = { id: editor.correction.id, number: Math.floor(Math.random() * 2 ** 31) };
    this.say("Working it out …");
    this.ask(this.question);
  }

  async follow(answer) {
    const { question } = this;
    const { correction } = this.editor;
    if (!question || !answer || answer.number !== question.number || correction?.id !== question.id) return;
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
      this.say("This is a suggestion. Take it all, or draw “right as it is” over what you like.");
    } catch (error) {
      console.warn("The suggestion could not be loaded.", error);
      this.say("The suggestion could not be loaded. Ask for it again.");
    }
  }

  takeAll() {
    this.editor.hand.acceptEverything();
    this.end();
  }

  end() {
    this.editor.hand.finish();
    this.editor.correction?.preview(null);
    this.say("");
  }

  say(words) {
    this.words.textContent = words;
    const isPreview = this.editor.correction?.isPreview ?? false;
    this.suggest.hidden = isPreview || !this.isOffered;
    this.take.hidden = this.discard.hidden = !isPreview;
    this.suggest.setAttribute("aria-disabled", this.question !== null);
  }
}
