// Viewers of one page that share their viewport, and the spots pointed at and chosen; where one toolbar rules
// them all, also what is set there.

/** The viewers of each link, by its name. */
const groups = new Map();

/** The toolbar of each link that has one of its own. */
const toolbars = new Map();

/** The viewers of a link, in the order in which they came. */
export const viewersOf = (link) => [...(groups.get(link) ?? [])];

/** From now on this toolbar rules the viewers of the link; null: none does. */
export function rule(link, toolbar) {
  if (toolbar === null) toolbars.delete(link);
  else toolbars.set(link, toolbar);
}

/** A viewer's membership of at most one link. */
export class Membership {
  constructor(viewer) {
    this.viewer = viewer;
    this.link = null;
  }

  get others() {
    return viewersOf(this.link).filter((viewer) => viewer !== this.viewer);
  }

  /** The toolbar that rules this viewer, if there is one. */
  get toolbar() {
    return toolbars.get(this.link) ?? null;
  }

  join(link) {
    if (link === this.link) return;
    this.leave();
    this.link = link;
    if (link === null) return;
    if (!groups.has(link)) groups.set(link, new Set());
    const [first] = groups.get(link);
    groups.get(link).add(this.viewer);
    if (first) this.viewer.follow(first);
    this.toolbar?.welcome(this.viewer);
  }

  leave() {
    const group = groups.get(this.link);
    group?.delete(this.viewer);
    if (group?.size === 0) groups.delete(this.link);
    this.link = null;
  }

  tell(method, ...values) {
    for (const viewer of this.others) viewer[method](...values);
  }
}
