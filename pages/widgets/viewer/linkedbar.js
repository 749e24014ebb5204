// One toolbar for all viewers of a link: what is picked here holds for each of them.
//
// The viewers share their viewport, and what is pointed at and chosen, among themselves (see linking.js). This
// toolbar adds the view, the mask's opacity, the boundaries and the classes that are isolated or hidden.

import { element, inPercent } from "./elements.js";
import { _ } from "./language.js";
import { rule, viewersOf } from "./linking.js";
import { Help, OpacitySlider, Scale, ViewPicker, ZoomButtons, boundariesToggle, entropyScale, patternsToggle } from "./toolbar.js";

/** What each toolbar said last, by its link: pages come and go. */
const settings = new Map();

const sameNames = (one, other) => one.size === other.size && [...one].every((name) => other.has(name));

class LinkedToolbar {
  constructor(parent, style) {
    this.link = null;
    this.viewPicker = new ViewPicker((view) => this.set({ view }));
    this.boundaries = boundariesToggle((boundaries) => this.set({ boundaries }));
    this.patterns = patternsToggle((patterns) => this.set({ patterns }));
    this.slider = new OpacitySlider(() => this.set({ opacity: this.slider.value }));
    this.scale = new Scale();
    this.note = element("p", { className: "note", attributes: { role: "status" } });
    this.zoomButtons = new ZoomButtons({
      onOut: () => this.leader?.zoomByKey(-1),
      onFit: () => this.leader?.fit(),
      onIn: () => this.leader?.zoomByKey(1),
    });
    this.help = new Help();
    const set = element("div", { className: "settings" }, this.slider.element, this.scale.element, this.note);
    const end = element("div", { className: "end" }, this.zoomButtons.element, this.help.button);
    const apart = element("span", { className: "break" });
    const tools = [this.viewPicker.element, this.boundaries.element, this.patterns.element, apart, set, end];
    const toolbar = element("div", { className: "toolbar" }, ...tools);
    this.root = element("div", { className: "linked-tools", attributes: { role: "group" } }, toolbar, this.help.dialog);
    const tree = parent.getRootNode();
    if (!tree.adoptedStyleSheets.includes(style)) tree.adoptedStyleSheets.push(style);
    parent.append(this.root);
  }

  /** The first of the viewers; the others follow its zoom. */
  get leader() {
    return viewersOf(this.link)[0];
  }

  get said() {
    return settings.get(this.link);
  }

  /** Called with every run of the script. */
  update({ link, views, subject, label }) {
    const before = settings.get(link);
    const first = { view: views.includes("overlay") ? "overlay" : null, boundaries: false, patterns: false, opacity: this.slider.value };
    const classes = { subject, isolated: null, hidden: new Set() };
    if (before === undefined) settings.set(link, { ...first, ...classes });
    else if (before.subject !== subject) settings.set(link, { ...before, ...classes }); // another photo
    this.root.setAttribute("aria-label", label);
    this.views = views;
    this.viewPicker.element.hidden = views.length === 0;
    if (link !== this.link) {
      this.leave();
      this.link = link;
      rule(link, this);
    }
    this.boundaries.set(this.said.boundaries);
    this.patterns.set(this.said.patterns);
    this.slider.set(this.said.opacity);
    for (const viewer of viewersOf(link)) viewer.obey(this.said);
    this.show();
  }

  set(change) {
    settings.set(this.link, { ...this.said, ...change });
    for (const viewer of viewersOf(this.link)) viewer.obey(this.said);
    this.show();
  }

  // --- what viewers tell ------------------------------------------------------------------------

  /** A viewer has come, or shows another picture. */
  welcome(viewer) {
    viewer.obey(this.said);
  }

  /** In one viewer's legend a class was isolated or hidden. Names, as each picture numbers its own classes. */
  classesPicked({ names, isolated, hidden }) {
    const elsewhere = [...this.said.hidden].filter((name) => !names.includes(name));
    const all = new Set([...hidden, ...elsewhere]);
    if (isolated !== this.said.isolated || !sameNames(all, this.said.hidden)) this.set({ isolated, hidden: all });
  }

  /** Show what the viewers show. */
  show() {
    const { leader } = this;
    const { view } = this.said;
    const waiting = viewersOf(this.link).some((viewer) => viewer.isWaiting);
    this.root.dataset.view = view ?? "";
    this.root.toggleAttribute("data-waiting", waiting);
    this.viewPicker.show(this.views, view);
    const words = waiting ? _("Working out the entropy …") : "";
    if (this.note.textContent !== words) this.note.textContent = words; // set again it might be read out again
    if (view === "confidence") this.scale.show(inPercent(0), inPercent(100));
    if (view === "entropy" && leader?.picture) this.scale.show(...entropyScale(leader.picture));
    this.showZoom();
  }

  showZoom() {
    const { leader } = this;
    if (leader) this.zoomButtons.show(leader.viewport.span, leader.leastSpan);
  }

  leave() {
    if (this.link !== null) rule(this.link, null);
  }

  destroy() {
    this.leave();
    this.root.remove();
  }
}

// --- Streamlit's entrance ------------------------------------------------------------------------

const bars = new WeakMap();

/** Called again whenever data or theme change. */
export default function linkedToolbar({ parentElement, data }, style) {
  if (!bars.has(parentElement)) bars.set(parentElement, new LinkedToolbar(parentElement, style));
  bars.get(parentElement).update(data);
  return () => {
    bars.get(parentElement)?.destroy();
    bars.delete(parentElement);
  };
}
