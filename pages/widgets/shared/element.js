/** An element with properties and children; text is always text, never markup. */
export function element(tag, properties = {}, ...children) {
  const { attributes = {}, ...rest } = properties;
  const made = Object.assign(document.createElement(tag), rest);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** What scrolls when the page does. */
export function scrollerOf(inside) {
  for (let each = inside; each; each = each.parentElement ?? each.getRootNode().host) {
    if (each.scrollHeight > each.clientHeight && /auto|scroll/.test(getComputedStyle(each).overflowY)) return each;
  }
  return document.scrollingElement;
}

/**
 * A component that is one object wherever it is mounted: `new Kind(parentElement)`, told of each run of the page by
 * `update`, and ended by `destroy`.
 */
export function mounted(Kind) {
  const all = new WeakMap();
  return (component) => {
    const { parentElement } = component;
    if (!all.has(parentElement)) all.set(parentElement, new Kind(parentElement));
    all.get(parentElement).update(component);
    return () => {
      all.get(parentElement)?.destroy();
      all.delete(parentElement);
    };
  };
}
