// Viewers of one page that share their viewport, and the spots pointed at and chosen.

/** The viewers of each link, by its name. */
const groups = new Map();

/** A viewer's membership of at most one link. */
export class Membership {
  constructor(viewer) {
    this.viewer = viewer;
    this.link = null;
  }

  get others() {
    return [...(groups.get(this.link) ?? [])].filter((viewer) => viewer !== this.viewer);
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
